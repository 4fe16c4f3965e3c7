"""Which changes did harm, how that is known, since when and how surely."""
