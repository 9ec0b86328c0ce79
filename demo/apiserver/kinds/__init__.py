"""What the API server knows of the built-in kinds: their defaults and their rules."""
