"""What is found on both sides of a change."""
