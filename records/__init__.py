"""The words of DESIGN.md as frozen dataclasses, a file a family."""
