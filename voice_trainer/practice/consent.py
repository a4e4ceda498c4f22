"""What a person agrees to before the first recording."""

CONSENT_VERSION = "2"  # whoever agreed to another text is asked again
CONSENT_TITLE = "Before the first recording"


def consent_sentences(*, retention_days: int, on_a_server: bool = False) -> tuple[str, ...]:
    """The text, a paragraph each; on a server with accounts other people are there."""
    where, coach = (
        ("on the server of your company", "once you hand the call in; you can take it back")
        if on_a_server
        else ("on this machine", "when you export it or show it")
    )
    return (
        "voice-trainer records your replies and judges pace, steadiness of voice and what you gave back.",
        f"Recordings, transcripts and scores stay {where}; nothing is sent anywhere else.",
        "They are yours: delete one call or all of them at any time, and they are gone for good. "
        f"Recordings are kept {retention_days} days; the program deletes them when it runs next.",
        f"A coach hears a recording only {coach}. HR never sees tone, sound or words.",
    )
