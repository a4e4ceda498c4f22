"""The page holds all its evidence, nothing from outside, and nothing that a transcript could smuggle in."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.report_samples import GOOD, PROBLEM, SCENARIO, TURN, good_panel, heard, poor_panel, spoken
from voice_trainer.domain.listening import EmotionFinding, EmotionStatus, FactStatus, HelpFinding, HelpKind
from voice_trainer.domain.measurement import Curve, Heard, NotScored
from voice_trainer.domain.score import Criterion, CriterionScore, Reason
from voice_trainer.domain.transcript import Transcript, TranscriptSource, Word, typed
from voice_trainer.domain.waveform import Waveform
from voice_trainer.exports import wording
from voice_trainer.exports.envelope import envelope_of
from voice_trainer.exports.plots import y_of
from voice_trainer.exports.report import TEMPLATES, ReportPanel, render_report
from voice_trainer.exports.views import panel_view
from voice_trainer.scoring import load_rubric

EVIL = "<script>alert('x')</script> \"quoted\" & </style>"


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and the text."""

    VOID = frozenset({"meta", "br", "rect", "path", "link", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def said(self) -> str:
        return " ".join(self.text.split())


@pytest.fixture(scope="module")
def html() -> str:
    return render_report("Two replies", [good_panel(), poor_panel()], intro="Listen to both.")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_element_is_closed_and_the_landmarks_stand(page: Page) -> None:
    assert page.open == []
    for tag in ("header", "main", "footer", "article", "h1", "h2", "h3"):
        assert page.all(tag), tag
    assert len(page.all("h1")) == 1
    assert len(page.all("article")) == 2
    assert page.all("html")[0]["lang"] == "en"


def test_ids_are_unique_and_references_lead_somewhere(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        assert set((attrs.get("aria-labelledby") or "").split()) <= set(ids)
        if attrs.get("href"):
            assert str(attrs["href"]).removeprefix("#") in ids


def test_nothing_comes_from_outside(html: str, page: Page) -> None:
    without_audio = re.sub(r"data:audio/flac;base64,[A-Za-z0-9+/=]+", "", html)
    assert not re.search(r"(?i)https?:|//[a-z]|url\(|@import|xmlns", without_audio.replace("// Jumps", ""))
    for tag, attrs in page.elements:
        for key in ("src", "href", "action", "data", "poster"):
            assert str(attrs.get(key) or "#").startswith(("#", "data:audio/")), (tag, attrs)
        assert "style" not in attrs, "the policy forbids inline styles"
        assert not [key for key in attrs if key.startswith("on")], "the policy forbids inline handlers"
    assert not page.all("link")
    assert not page.all("iframe")


def test_the_policy_allows_exactly_the_inline_blocks(html: str, page: Page) -> None:
    policy = next(str(m["content"]) for m in page.all("meta") if m.get("http-equiv"))
    assert policy.startswith("default-src 'none'; media-src data:;")
    for tag in ("style", "script"):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        assert len(blocks) == 1
        digest = base64.b64encode(hashlib.sha256(blocks[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_audio_is_inside(page: Page) -> None:
    for attrs in page.all("audio"):
        assert "controls" in attrs
        assert base64.b64decode(str(attrs["src"]).split(",", 1)[1])[:4] == b"fLaC"
    assert len(page.all("audio")) == 2


def test_each_status_has_a_sign_and_a_word(page: Page) -> None:
    for status in (*(wording.FACTS[s] for s in FactStatus), wording.EMOTIONS[EmotionStatus.NONE]):
        sign, word = status
        assert sign in page.said
        assert word in page.said
    assert set(wording.FACTS) == set(FactStatus)
    assert len({sign for sign, _ in wording.FACTS.values()}) == len(FactStatus)


def test_every_term_of_the_domain_has_a_plain_word() -> None:
    from voice_trainer.domain import listening, scenario, score

    pairs = [
        (wording.CRITERIA, score.Criterion), (wording.MOVES, listening.MoveKind),
        (wording.MISSTEPS, listening.MisstepKind), (wording.HELP, listening.HelpKind),
        (wording.EMOTIONS, listening.EmotionStatus), (wording.REACTIONS, scenario.Reaction),
    ]  # fmt: skip
    for words, terms in pairs:
        assert set(words) == set(terms)


def test_jumps_lead_to_the_second_of_the_words(page: Page) -> None:
    jumps = [attrs for attrs in page.all("a") if attrs.get("class") == "jump"]
    assert len(jumps) > 15
    for attrs in jumps:
        assert re.fullmatch(r"#t=\d+\.\d\d&take=[12]", str(attrs["href"]))
        assert str(attrs["href"]).startswith(f"#t={attrs['data-at']}&")
        assert re.fullmatch(r"Play from \d+:\d\d", str(attrs["aria-label"]))
    said = poor_panel(audio=False).transcript
    assert said is not None
    start = heard(said, "coffee machine eight weeks ago").start_s
    assert start is not None
    assert f"{start - 0.15:.2f}" in {attrs["data-at"] for attrs in jumps}


def test_the_whole_story_is_told(page: Page) -> None:
    for text in (
        "Two replies", "Listen to both.", "The coffee machine that never came", "Dana Whitfield",
        "A synthetic voice speaks here.", "What worked", "Change one thing", "Try saying",
        "You named how Dana feels", "91 of 100", "24 of 100", "The customer is calmer: She heard",
        "The customer is angrier:", "We heard eight weeks; the customer said three.",
        "Added: the customer never said this", "Tells the customer to calm down", "Hides behind a rule",
        "There is no baseline of your voice", "voice-trainer baseline --record", "120-150 words a minute",
        "service-training.co.uk", "reliability 87%", "raised 3.4 s", "your usual pitch, 152 Hz", "Rubric 1",
        "−42", "easy to follow", "rushed",
    ):  # fmt: skip
        assert text in page.said, text


def test_a_stretch_of_sound_is_played_and_not_quoted() -> None:
    reason = Reason("Your voice rose.", 10, (Heard("pitch +3 semitones", 2.0, 4.0),))
    base = good_panel()
    tone = CriterionScore(Criterion.TONE_CALMNESS, 60, "raised", (reason,))
    html = render_report("t", [replace(base, score=replace(base.score, criteria=(tone,)))])  # type: ignore[type-var]
    assert "pitch +3 semitones" not in html
    assert 'data-at="1.85"' in html


def test_a_title_is_not_told_twice() -> None:
    assert Page(render_report(SCENARIO.title, [good_panel()])).said.count(SCENARIO.title) == 2  # title and h1


def test_feedback_comes_before_figures_and_plots(html: str) -> None:
    order = [
        html.index(f'class="block {name}') for name in ("feedback", "summary", "sound", "map", "criteria")
    ]
    assert order == sorted(order)


def test_each_plot_has_words_instead(page: Page) -> None:
    images = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    assert len(images) == 12  # sound, order, pace, pitch, steadiness and level of both
    labels = [str(attrs["aria-label"]) for attrs in images]
    assert any(re.match(r"Waveform of 1\d\.\d seconds, 3 pauses: 0\.8 s at 0:0\d", label) for label in labels)
    assert any("1 raised stretch: 3.4 s at 0:01" in label for label in labels)
    assert any(label.startswith("Order of the reply: Policy at 0:02, Paraphrase") for label in labels)
    paces = [label for label in labels if label.startswith("Pace from ")]
    assert len(paces) == 2
    assert all(label.endswith("; 110-160 words a minute cost nothing.") for label in paces)
    assert any(label.startswith("Steadiness from 0.1 over 0.2 (median) to 0.2; 0 is as") for label in labels)
    decoration = [attrs for attrs in page.all("svg") if attrs.get("role") != "img"]
    assert all(attrs.get("aria-hidden") == "true" for attrs in decoration)


def test_the_band_of_the_pace_lies_between_its_speeds() -> None:
    panel = good_panel(audio=False)
    plotted = panel_view(panel, 1).timeline
    assert plotted is not None
    assert plotted.pace is not None
    band = plotted.pace.band
    assert band is not None
    whole = {"low": 60.0, "high": 220.0, "height": plotted.pace.height}
    assert band.y == y_of(160, **whole)
    assert band.y + band.height == pytest.approx(y_of(110, **whole))
    unknown = panel_view(replace(panel, pace_band_wpm=None), 1).timeline
    assert unknown is not None
    assert unknown.pace is not None
    assert unknown.pace.band is None


def test_the_first_rubric_gives_its_band() -> None:
    assert load_rubric("1").pace_band_wpm == (110, 160)


def test_copied_and_doubtful_words_are_marked(html: str) -> None:
    assert re.search(r'class="w copied"[^>]*>ordered<', html)
    assert re.search(r'class="w copied doubt"[^>]*title="41% sure">eight<', html)
    assert "copied from the customer word for word" in html


def test_what_came_from_people_is_escaped() -> None:
    turn = replace(
        TURN, says=EVIL, facts=(replace(TURN.facts[0], text=EVIL),), wish=replace(TURN.wish, text=EVIL)
    )  # type: ignore[type-var]
    scenario = replace(SCENARIO, title=EVIL, persona=replace(SCENARIO.persona, name=EVIL, about=EVIL))
    said = Transcript(EVIL, tuple(Word(w, 1.0, 1.5, 0.3) for w in EVIL.split()), EVIL, EVIL, 0.9)
    base = poor_panel()
    listening = replace(
        base.listening,  # type: ignore[type-var]
        added=(Heard(EVIL, 1.0, 2.0),),
        emotion=EmotionFinding(EmotionStatus.NAMED, Heard(EVIL)),
    )
    panel = replace(
        base, turn=turn, scenario=scenario, transcript=said, listening=listening, label=EVIL, note=EVIL
    )
    html = render_report(EVIL, [panel], intro=EVIL, language='en"><b>')
    page = Page(html)
    assert page.open == []
    assert len(page.all("script")) == 1
    assert not page.all("b")
    assert "alert('x')" in page.text


def test_untimed_copies_are_found_by_their_words() -> None:
    base = poor_panel(audio=False)
    said = typed("You ordered a coffee machine. It still hasn't arrived!")
    listening = replace(base.listening, copied=(Heard("it still hasn't arrived"),))  # type: ignore[type-var]
    html = render_report(
        "t", [replace(base, transcript=said, listening=listening, delivery=None, duration_s=None)]
    )
    copied = re.findall(r'class="w copied"[^>]*>([^<]+)<', unescape(html))
    assert copied[:4] == ["It", "still", "hasn't", "arrived!"]
    assert "These words were typed." in html


def test_a_panel_without_anything_still_makes_a_page() -> None:
    page = Page(render_report("Nothing", [ReportPanel(SCENARIO, TURN)]))
    assert page.open == []
    assert page.said.count("not scored") == 3
    assert "There is no recording" in page.said
    assert not page.all("audio")
    assert "no reply was given" in Page(render_report("None", [])).said


def test_a_reply_that_was_not_judged_says_why_and_what_to_do() -> None:
    base = poor_panel()
    reason = NotScored("unreliable", "Too few words were understood.", "Correct the transcript.")
    signal = replace(base.delivery.signal, problems=(PROBLEM,))  # type: ignore[union-attr]
    panel = replace(
        base,
        listening=replace(base.listening, withheld=reason),  # type: ignore[type-var]
        delivery=replace(base.delivery, signal=signal),  # type: ignore[type-var]
        score=None,
    )
    said = Page(render_report("Not judged", [panel])).said
    assert "The words were not judged. Too few words were understood. Correct the transcript." in said
    assert "The room is loud (12 dB). Move somewhere quieter." in said
    assert "Contradicted" not in said
    assert "Order of the reply" not in said


def test_without_sound_a_time_is_told_and_not_linked() -> None:
    page = Page(render_report("Quiet", [good_panel(audio=False)]))
    assert not [attrs for attrs in page.all("a") if attrs.get("class") == "jump"]
    assert "at 0:06" in page.said


def test_sales_calls_show_what_helps_and_a_correction_is_named() -> None:
    base = good_panel(audio=False)
    listening = replace(
        base.listening,  # type: ignore[type-var]
        help=(
            HelpFinding(HelpKind.PERMISSION, True, Heard("may I suggest")),
            HelpFinding(HelpKind.EASY_NO, False),
        ),
        indicative=True,
    )
    said = replace(spoken(GOOD, words_per_s=2.6), source=TranscriptSource.CORRECTED)
    text = Page(render_report("Sales", [replace(base, listening=listening, transcript=said)])).said
    assert "Found: Asks before suggesting" in text
    assert "Not found: A “no” is easy" in text
    assert "Indicative only" in text
    assert "The agent corrected these words." in text


def test_different_calls_are_each_told_in_their_panel() -> None:
    other = replace(good_panel(audio=False), turn=replace(TURN, says="Hello again."))
    page = Page(render_report("t", [good_panel(audio=False), other]))
    assert page.said.count("I ordered a coffee machine three weeks ago") == 1
    assert "Hello again." in page.said
    assert len(page.all("blockquote")) == 2


@pytest.mark.parametrize("duration_s", [0.0, 0.02, 0.3, 600.0])
def test_takes_of_any_length(duration_s: float) -> None:
    base = good_panel(audio=False)
    silent = Curve("pitch", "semitones", (0.0, 0.01), (None, float("nan")))
    pace = replace(base.delivery.pace, curve=silent)  # type: ignore[union-attr]
    tone = replace(base.delivery.tone, curve=silent)  # type: ignore[union-attr]
    delivery = replace(base.delivery, pitch=silent, level=silent, pace=pace, tone=tone)  # type: ignore[type-var]
    panel = replace(base, duration_s=duration_s, delivery=delivery, envelope=((0.0, 0.0),) * 3)
    html = render_report("t", [panel])
    assert Page(html).open == []
    assert not re.search(r"(?i)[ ,\"](nan|inf)\b", html)
    assert len(html) < 400_000


def test_the_envelope_holds_lowest_and_highest() -> None:
    samples = np.concatenate([np.full(100, 0.5), np.full(100, -0.25), [0.125] * 50]).astype(np.float32)
    assert envelope_of(Waveform(samples, 3000)) == ((0.5, 0.5), (-0.25, -0.25), (0.125, 0.125))
    assert envelope_of(Waveform(np.zeros(0, np.float32), 3000)) == ()


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_colours_reach_aa_in_light_and_dark() -> None:
    css = (Path(TEMPLATES) / "report.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css.split("@media", 1)[0]))
    dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css.split("@media", 2)[1]))
    assert light.keys() == dark.keys()
    text = [
        ("ink", "page"),
        ("muted", "page"),
        ("accent", "page"),
        ("shade-ink", "shade"),
        ("muted", "pause"),
    ]
    names = ("ink", "muted", "accent", "good", "mid", "bad", "unsure")
    text += [(name, back) for back in ("card", "soft") for name in names]
    shapes = [(name, "card") for name in ("pitch", "level", "good", "mid", "bad")]
    for colours in (light, dark):
        for front, back in text:
            assert _contrast(colours[front], colours[back]) >= 4.5, (front, back)
        for front, back in [*shapes, ("pitch", "shade")]:
            assert _contrast(colours[front], colours[back]) >= 3, (front, back)
