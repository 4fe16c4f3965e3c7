"""Bandit: its plugins, unchanged, behind the scanner seam."""
