"""Python that is newer than the one that runs."""
