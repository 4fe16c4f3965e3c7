"""The decisions as plain functions: evidence in, verdict out."""
