"""Whatever the teams are: no shown figure, and no difference of two, rests on one to four people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice_trainer.domain.group_report import ALL_TEAMS, GROUP_MIN, GroupReport, PersonMonth, group_report
from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion

points = st.dictionaries(st.sampled_from(CONTENT_CRITERIA), st.floats(0, 100))
people = st.lists(
    st.builds(
        PersonMonth,
        team_id=st.sampled_from(["east", "north", "south", "west"]),
        attempts=st.integers(0, 30),
        assigned=st.integers(0, 3),
        completed=st.integers(0, 3),
        points=points,
        stress=st.none() | st.floats(1, 5),
        confidence=st.none() | st.floats(1, 5),
    ),
    max_size=30,
)


def behind(name: str, everyone: list[PersonMonth]) -> dict[str, set[int]]:
    """The people on whom a figure of each group rests."""

    def counts(person: PersonMonth) -> bool:
        if name == "practised":
            return True
        if name == "completed":
            return person.assigned > 0
        if name in ("stress", "confidence"):
            return getattr(person, name) is not None
        return Criterion(name) in person.points

    groups: dict[str, set[int]] = {ALL_TEAMS: {at for at, one in enumerate(everyone) if counts(one)}}
    for at, one in enumerate(everyone):
        if counts(one):
            groups.setdefault(one.team_id, set()).add(at)
    return groups


def shown(report: GroupReport, name: str) -> list[str]:
    return [
        row.team_id
        for row in report.rows
        for figure in row.figures
        if figure.name == name and figure.value is not None
    ]


@given(people)
def test_nobody_can_be_singled_out(everyone: list[PersonMonth]) -> None:
    report = group_report("2026-11", everyone, rubric_version="1")
    names = [figure.name for figure in report.rows[0].figures]
    for name in names:
        groups = behind(name, everyone)
        visible = shown(report, name)
        assert all(len(groups[team]) >= GROUP_MIN for team in visible)
        if ALL_TEAMS in visible:
            parts = set().union(*(groups[team] for team in visible if team != ALL_TEAMS))
            rest = groups[ALL_TEAMS] - parts
            assert not rest or len(rest) >= GROUP_MIN


@given(people)
def test_shares_never_say_none_or_all(everyone: list[PersonMonth]) -> None:
    for row in group_report("2026-11", everyone, rubric_version="1").rows:
        assert row.people is None or row.people % GROUP_MIN == 0
        for figure in row.figures:
            if figure.unit == "%" and figure.value is not None:
                assert 0 < figure.value < 100


def test_large_groups_are_shown_and_nothing_of_tone_is() -> None:
    team = [PersonMonth("north", attempts=2, points={Criterion.PARAPHRASE: 70.0 + at}) for at in range(6)]
    report = group_report("2026-11", team, rubric_version="1")
    north = {figure.name: figure.value for figure in report.rows[0].figures}
    assert (report.rows[0].people, north["practised"], north["paraphrase"]) == (5, 95.0, 72.0)
    assert north["validation"] is None
    assert {"tone_calmness", "pace", "reaction", "delivery"}.isdisjoint(north)
