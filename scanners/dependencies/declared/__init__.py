"""What projects declare, and whether a lock beside them holds it."""
