"""Who wrote which field: patches, field sets, managed fields and server-side apply, as pure functions."""
