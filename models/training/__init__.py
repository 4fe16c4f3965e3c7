"""Scripts that train what the package ships, and the table that they read."""
