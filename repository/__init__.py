"""Reads git; nothing else calls it."""
