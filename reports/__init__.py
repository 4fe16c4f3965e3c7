"""Records to text: pure functions, one file a format."""
