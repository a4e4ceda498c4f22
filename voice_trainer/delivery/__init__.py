"""How it was said: waveform and words -> measurements."""
