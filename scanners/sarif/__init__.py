"""Results of other tools, as their SARIF 2.1.0 files tell them."""
