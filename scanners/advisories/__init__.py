"""The advisory database: built from OSV records, matched by their rules."""
