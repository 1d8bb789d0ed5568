"""What a user writes: schema, loading, overriding; every error with file, line and remedy."""
