"""What git's history tells of each change: its measures, and which of them did harm."""
