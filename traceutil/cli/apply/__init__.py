"""`traceutil apply`: write manifests, open their object spans, and follow them until they are reached."""
