"""Measurements and a rubric -> score, feedback and the customer's reaction."""
