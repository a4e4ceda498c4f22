"""One file in: the scenario, or an error that names file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_trainer.domain.scenario import CallKind, Gender, Reaction
from voice_trainer.errors import ExitStatus, ScenarioError
from voice_trainer.library import load_scenario, sha256

COFFEE = """\
id: late-coffee-machine            # * kebab-case, unique, equals the file's name
version: 1
title: The coffee machine that never came      # *
industry: retail-delivery
language: en-GB
kind: complaint
difficulty: 2
skills: [paraphrase, validation]
persona: {name: Dana Whitfield, voice: female, about: works nights and took a day off to wait in}
turns:
  - id: opening
    says: >
      I ordered a coffee machine three weeks ago and it still hasn't arrived. Every time I ring you I get a different story.
    emotion: frustrated
    accept_emotions: [annoyed, fed up]
    wish: {text: know when the coffee machine is coming}
    facts:
      - id: late
        text: the coffee machine was ordered three weeks ago and has not arrived
        contrary: the coffee machine arrived on time
        keys: [[coffee machine, coffee maker, order], [arrive, deliver, turn up]]
        values: [3 weeks]
        confusable: [washing machine]
        weight: 1
    model_replies:
      - So you've waited three weeks for this coffee machine and hear something new each time you ring.
    then: {calmer: thanks, same: thanks, angrier: threat}
  - id: threat
    says: So you have nothing for me. Then cancel the order, I will buy it somewhere else.
    emotion: angry
    wish: {text: cancel the order}
    then: {calmer: thanks, same: thanks, angrier: thanks}
  - id: thanks
    says: All right. Thank you for sorting it out.
    emotion: relieved
"""  # noqa: E501

SMALL = """\
id: my-call
version: 1
title: A parcel
industry: post
language: en-GB
kind: complaint
difficulty: 1
turns:
  - id: opening
    says: My parcel is late.
"""


def written(tmp_path: Path, text: str, name: str = "my-call.yaml") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def refused(path: Path) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.exit_status is ExitStatus.USAGE
    assert str(path) in caught.value.message
    assert caught.value.remedy
    return caught.value


def test_the_example_of_the_format_loads_whole(tmp_path: Path) -> None:
    call = load_scenario(written(tmp_path, COFFEE, "late-coffee-machine.yaml"))
    assert (call.id, call.version, call.difficulty, call.kind) == (
        "late-coffee-machine", 1, 2, CallKind.COMPLAINT,
    )  # fmt: skip
    assert call.persona.name == "Dana Whitfield"
    assert call.persona.voice is Gender.FEMALE
    opening = call.opening
    assert opening.says.endswith("a different story.")
    assert "\n" not in opening.says
    assert opening.facts[0].keys == (
        ("coffee machine", "coffee maker", "order"),
        ("arrive", "deliver", "turn up"),
    )
    assert opening.following(Reaction.ANGRIER) == "threat"
    assert call.turn("thanks").following(Reaction.SAME) is None  # type: ignore[union-attr]


def test_only_the_starred_fields_are_needed(tmp_path: Path) -> None:
    call = load_scenario(written(tmp_path, SMALL))
    assert call.opening.facts == ()
    assert call.persona.name == "the customer"


def test_a_key_with_nothing_after_it_counts_as_left_out(tmp_path: Path) -> None:
    assert load_scenario(written(tmp_path, SMALL + "    facts:\n    then:\n")).opening.facts == ()


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "my-call.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_scenario(path).title == "A parcel"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "says", "remedy"),
    [
        ("version: 1", "version: 1\nmood: bad", 3, "mood", "unknown", "Known keys: id, version"),
        ("title: A parcel", "titel: A parcel", 3, "titel", "unknown", "Did you mean `title`?"),
        ("title: A parcel", "title:", 3, "title", "missing", "Add it, as in `title:"),
        ("    says: My parcel is late.", "    emotion: sad", 9, "turns[0].says", "missing", "says:"),
        ("version: 1", "version: 1.5", 2, "version", "whole number", "version: 1"),
        ("version: 1", "version: '1'", 2, "version", "whole number", "without quotes"),
        ("version: 1", "version: 0", 2, "version", "greater than or equal to 1", "Change"),
        ("difficulty: 1", "difficulty: 6", 7, "difficulty", "less than or equal to 5", "Change"),
        ("difficulty: 1", "difficulty: 0", 7, "difficulty", "greater than or equal to 1", "Change"),
        ("title: A parcel", "title: off", 3, "title", "true or false", '"off"'),
        ("title: A parcel", "title: 2024-05-01", 3, "title", "a date", '"2024-05-01"'),
        ("title: A parcel", "title: 42", 3, "title", "is a number", '"42"'),
        ("title: A parcel", "title: 12:30", 3, "title", "a number", '"12:30"'),
        ("title: A parcel", "title: [a, b]", 3, "title", "not a list", "quotes"),
        ("title: A parcel", "title: A: parcel", 3, "", "not valid YAML", "colon"),
        ("title: A parcel", "title: 'A parcel", 3, "", "not valid YAML", "quotes"),
        ("title: A parcel", "title: !!python/name:os.system x", 3, "title", "python/name", "quotes"),
        ("language: en-GB", "language: English", 5, "language", "not a language tag", "en-GB"),
        ("kind: complaint", "kind: compliment", 6, "kind", "not possible", "'complaint' or 'sales'"),
        ("industry: post", "industry: Post Office", 4, "industry", "kebab-case", "`post-office`"),
        ("id: my-call", "id: My Call", 1, "id", "kebab-case", "`my-call`"),
        ("id: my-call", "id: your-call", 1, "id", "the file is called `my-call.yaml`", "Rename"),
        ("id: my-call", "id: my-call\nid: my-call", 2, "id", "written twice, first in line 1", "Keep one"),
        (
            "title: A parcel",
            "title: &t A\nskills: &s [*s]",
            4,
            "skills[0]",
            "reference",
            "Write the text out",
        ),
        ("turns:", "turns: []\nskills:", 8, "turns", "at least 1 item", "Change"),
    ],
)
def test_a_fault_names_line_key_and_remedy(  # noqa: PLR0917
    tmp_path: Path, old: str, new: str, line: int, key: str, says: str, remedy: str
) -> None:
    assert old in SMALL
    error = refused(written(tmp_path, SMALL.replace(old, new)))
    assert error.code == "scenario_invalid"
    assert f"line {line}" in error.message
    assert f", {key}: " in error.message if key else True
    assert says in error.message
    assert remedy in error.remedy


TURN = "    facts:\n      - {id: late, text: the parcel is late"


@pytest.mark.parametrize(
    ("added", "line", "key", "says"),
    [
        ("    then: {calmer: nowhere}\n", 11, "turns[0].then.calmer", "no turn `nowhere`"),
        ("    then: {happier: opening}\n", 11, "turns[0].then.happier", "unknown"),
        ("  - id: lost\n    says: Hello?\n", 11, "turns[1].id", "No reply ever leads"),
        ("  - id: opening\n    says: Hello?\n", 11, "turns[1].id", "Two turns have the id"),
        (f"{TURN}}}\n      - {{id: late, text: again}}\n", 13, "turns[0].facts[1].id", "Two facts"),
        (f"{TURN}, keys: [[on, off]]}}\n", 12, "turns[0].facts[0].keys[0][0]", "true or false"),
        (f"{TURN}, keys: [parcel]}}\n", 12, "turns[0].facts[0].keys[0]", "list is needed"),
        (f"{TURN}, keys: [[]]}}\n", 12, "turns[0].facts[0].keys[0]", "at least 1 item"),
        (f"{TURN}, values: [3]}}\n", 12, "turns[0].facts[0].values[0]", "is a number"),
        (f"{TURN}, weight: heavy}}\n", 12, "turns[0].facts[0].weight", "number is needed"),
        (f"{TURN}, weight: .nan}}\n", 12, "turns[0].facts[0].weight", "finite number"),
        (f"{TURN}, weight: -1}}\n", 12, "turns[0].facts[0].weight", "greater than 0"),
        ("offers: [{name: a box}]\n", 11, "offers", "belong to sales calls"),
        ("\tthen: {}\n", 11, "", "tab"),
        ("---\nid: other\n", 11, "", "not valid YAML"),
    ],
)
def test_a_fault_inside_the_turns(tmp_path: Path, added: str, line: int, key: str, says: str) -> None:
    error = refused(written(tmp_path, SMALL + added))
    assert f"line {line}" in error.message
    assert f", {key}: " in error.message if key else True
    assert says in error.message


def test_offers_must_fit_a_known_fact(tmp_path: Path) -> None:
    sales = SMALL.replace("complaint", "sales") + TURN + "}\noffers:\n  - {name: a box, fits: [late, big]}\n"
    error = refused(written(tmp_path, sales))
    assert "line 14, offers[0].fits[1]: No turn has a fact `big`" in error.message
    assert load_scenario(written(tmp_path, sales.replace(", big", ""))).offers[0].fits == ("late",)


def _ring(size: int, exit_after: int | None) -> str:
    """`size` turns in a circle; the one heard as number `exit_after` may end the call."""
    text = SMALL + "    then: {calmer: t1, same: t1, angrier: t1}\n"
    for i in range(1, size):
        target = f"t{i + 1}" if i + 1 < size else "opening"
        ways = f"calmer: {target}, same: {target}" + ("" if i + 1 == exit_after else f", angrier: {target}")
        text += f"  - id: t{i}\n    says: And?\n    then: {{{ways}}}\n"
    return text


def test_a_loop_needs_an_exit_within_eight_turns(tmp_path: Path) -> None:
    load_scenario(written(tmp_path, _ring(8, 8)))
    for endless in (_ring(3, None), _ring(9, 9)):
        error = refused(written(tmp_path, endless))
        assert "more than 8 turns" in error.message
        assert "line 11, turns[0].then" in error.message


def test_a_long_call_without_a_loop_is_fine(tmp_path: Path) -> None:
    text = _ring(12, None).replace("opening, same: opening, angrier: opening", "t11, same: t11")
    assert len(load_scenario(written(tmp_path, text)).turns) == 12  # the last may end


def test_inside_prompts_the_industry_is_the_folder(tmp_path: Path) -> None:
    load_scenario(written(tmp_path, SMALL, "prompts/post/my-call.yaml"))
    load_scenario(written(tmp_path, SMALL, "elsewhere/banking/my-call.yaml"))
    error = refused(written(tmp_path, SMALL, "prompts/banking/my-call.yaml"))
    assert "line 4, industry: The industry is `post`, the folder is called `banking`" in error.message


def test_what_is_no_scenario_at_all(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.yaml").code == "scenario_missing"
    assert refused(tmp_path).code == "scenario_missing"
    assert "empty" in refused(written(tmp_path, "")).message
    assert "empty" in refused(written(tmp_path, "# only a comment\n")).message
    assert "key: value" in refused(written(tmp_path, "just words")).message
    assert "characters" in refused(written(tmp_path, "a" * 500_000)).message
    assert "not valid YAML" in refused(written(tmp_path, "a: [" * 5000)).message
    assert "levels" in refused(written(tmp_path, "a: " + "[" * 50 + "]" * 50)).message
    path = tmp_path / "latin.yaml"
    path.write_bytes(SMALL.replace("A parcel", "Ein Päckchen").encode("latin-1"))
    assert "UTF-8" in refused(path).message


def test_further_faults_are_counted(tmp_path: Path) -> None:
    error = refused(written(tmp_path, SMALL.replace("version: 1", "version: x").replace("post", "Post")))
    assert "1 more" in error.remedy
    assert "scenarios check" in error.remedy


def test_the_hash_follows_the_content_and_not_the_layout(tmp_path: Path) -> None:
    plain = sha256(load_scenario(written(tmp_path, SMALL)))
    laid_out = SMALL.replace("title: A parcel", "title:   >-\n    A\n    parcel  # no comment")
    assert len(plain) == 64
    assert sha256(load_scenario(written(tmp_path, "# a comment\n" + SMALL))) == plain
    assert sha256(load_scenario(written(tmp_path, laid_out))) != plain  # a folded text keeps its hash sign
    assert sha256(load_scenario(written(tmp_path, SMALL.replace("version: 1", "version: 2")))) != plain
    ordered = SMALL + "    then: {calmer: b, same: c}\n  - {id: b, says: B}\n  - {id: c, says: C}\n"
    swapped = ordered.replace("calmer: b, same: c", "same: c, calmer: b")
    hashes = {sha256(load_scenario(written(tmp_path, text))) for text in (ordered, swapped)}
    assert len(hashes) == 1
