"""`traceutil show`: an object's trace, found and drawn."""
