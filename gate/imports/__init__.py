"""What other tools found, held against the change."""
