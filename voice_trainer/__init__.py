"""Practise active listening aloud."""

__version__ = "0.1.0"
