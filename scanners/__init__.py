"""Look at code and dependencies: every scanner yields `Finding` or `Skipped`."""
