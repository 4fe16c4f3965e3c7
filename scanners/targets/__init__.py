"""What is looked at: the sides of a change, a tree on disk, and what kind a file is."""
