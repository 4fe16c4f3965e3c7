"""The one form in which a promoted model is stored, checked and scored: JSON and plain Python."""
