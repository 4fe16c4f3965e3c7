"""Python code: bandit, notebooks, and what names a finding wherever it moves."""
