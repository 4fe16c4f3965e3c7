"""Ruff's copies of bandit's rules."""
