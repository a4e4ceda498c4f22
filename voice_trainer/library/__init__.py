"""Finds, loads and checks scenarios."""
