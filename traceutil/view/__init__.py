"""Spans → tree → critical path → a drawing, a JSON document or OTLP lines. Pure: nothing here does I/O."""
