"""The history of a repository as one stream of what landed, oldest first."""
