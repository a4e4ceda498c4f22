"""What was said: reply and scenario turn -> measurements."""
