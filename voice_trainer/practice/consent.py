"""What a person agrees to before the first recording."""

CONSENT_VERSION = "1"

CONSENT_TEXT = """Before the first recording
  voice-trainer records your replies and judges pace, steadiness of voice and
  what you gave back.
  Recordings, transcripts and scores stay on this machine; nothing is sent
  anywhere.
  They are yours: `attempts delete` removes them for good. Recordings are meant
  to be kept {days} days.
  A coach hears a recording only when you export it. HR never sees tone, sound
  or words."""
