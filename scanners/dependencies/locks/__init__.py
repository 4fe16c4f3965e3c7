"""Locks, bills of materials and installed distributions, each to pins and gaps."""
