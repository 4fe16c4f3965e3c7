"""Credentials in text: detect-secrets' plug-ins and a few patterns, line by line."""
