"""Histories as tables and statistics: pure functions over streams of records."""
