"""The use cases: one call, turn by turn."""
