"""Measurements, a file each: `python -m benchmarks.NAME --data DIR --json`."""
