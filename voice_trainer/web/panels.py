"""A take as pages show it: here, at the desk, and in a file to hand on."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import HTMLResponse

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import as_judged, in_order
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.exports.envelope import envelope_of
from voice_trainer.exports.panel import ReportPanel
from voice_trainer.exports.report import render_report
from voice_trainer.exports.views import PanelView, panel_view
from voice_trainer.teams.policy import Action, permits
from voice_trainer.web.deps import Visit


def take_view(visit: Visit, attempt: Attempt, take: Take, number: int) -> PanelView:
    """What the template `panel` shows of a take that stands as `number` on the page."""
    return panel_view(panel_of(visit, attempt, take), number)


def panel_of(visit: Visit, attempt: Attempt, take: Take, *, inside: bool = False) -> ReportPanel:
    """What is shown of a take; with `inside` the recording itself, else where the page finds it."""
    heard = permits(visit.actor, Action.LISTEN, visit.services.access.attempt(attempt, take))
    key = take.audio_key if take.state is not TakeState.RECORDING and heard else None
    note, audio, url = "", None, ""
    envelope: tuple[tuple[float, float], ...] = ()
    if key is not None:
        try:
            envelope = envelope_of(visit.house.blobs.read(key))
            audio = visit.house.blobs.get(key) if inside else None
            url = "" if inside else f"/api/attempts/{attempt.id}/takes/{take.id}/sound"
        except StorageError as error:
            note = error.message
    if take.recovered:
        note = f"{note} The recording was interrupted; what there was of it is kept.".strip()
    return ReportPanel(
        scenario=attempt.scenario,
        turn=as_judged(attempt, take),
        label=f"Take {in_order(attempt).index(take) + 1}" if take in in_order(attempt) else "Thrown away",
        note=note,
        transcript=take.transcript,
        delivery=take.delivery,
        listening=take.listening,
        score=take.score,
        baseline=take.baseline,
        audio=audio,
        audio_type="audio/wav" if audio is not None and audio[:4] == b"RIFF" else "audio/flac",
        audio_url=url,
        example_url="" if inside else example_url(attempt, take),
        envelope=envelope,
        duration_s=take.duration_s,
        pace_band_wpm=_pace_band_wpm(visit, take),
    )


def _pace_band_wpm(visit: Visit, take: Take) -> tuple[float, float] | None:
    """By the rubric the take was judged by; None where it was not, or by one that is not known here."""
    if take.score is None:
        return None
    try:
        return visit.house.rubric_office.rubric(take.score.rubric_version).pace_band_wpm
    except UsageError:  # an attempt from another machine
        return None


def example_url(attempt: Attempt, take: Take) -> str:
    """Where the sentence to try is heard; empty where there is none."""
    if take.score is None or not take.score.feedback.try_saying:
        return ""
    return f"/api/attempts/{attempt.id}/takes/{take.id}/example"


def file_to_hand_on(
    visit: Visit, attempt: Attempt, takes: Sequence[Take], *, name: str, intro: str = ""
) -> HTMLResponse:
    """One page that needs nothing else: sound, plots and words are inside."""
    panels = [panel_of(visit, attempt, take, inside=True) for take in takes]
    page = render_report(attempt.scenario.title, panels, intro=intro)
    # A page of its own policy, to be opened from disk: shown from here it would fall under ours.
    return HTMLResponse(page, headers={"Content-Disposition": f'attachment; filename="{name}.html"'})
