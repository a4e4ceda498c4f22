"""Practise active listening aloud."""
