"""Traces of an object, for whoever shows or explains them: read, found by the object, followed over links."""
