"""The files that judge: which they are, what of them counts, and how a change touches them."""
