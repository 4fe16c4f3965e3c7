"""Dependency files: their pins, held against the advisories."""
