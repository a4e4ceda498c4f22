"""The pages of several people, each as the one who works with it sees it: no fault, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents import allowed_in
from tests.browsers import Server, chromium, serving, suits_everybody
from tests.unit.test_web_team import furnish
from voice_trainer.settings import Settings
from voice_trainer.wiring import House

SCREENS = [("light", 360), ("dark", 768), ("light", 1440)]
PAGES = {
    None: ["/sign-in"],
    "agent": ["/", "/attempts", "/attempts/agent-given/takes/t1", "/progress", "/me"],
    "coach": [
        "/team",
        "/desk",
        "/desk/agent-given/takes/t1",
        "/desk/agreement",
        "/calibration",
        "/rubrics",
    ],
    "hr": ["/reports", "/me"],
    "admin": ["/admin", "/jobs", "/me"],
}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, playwright: Any) -> Iterator[tuple[Server, House]]:
    """A server with an account of each role, and the house that lets them in."""
    folder = tmp_path_factory.mktemp("team")
    furnish(folder)
    with serving(folder, "--team") as server:
        yield server, House(Settings(data_dir=folder))


@pytest.mark.parametrize("person", PAGES, ids=str)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    playwright: Any, team: tuple[Server, House], person: str | None
) -> None:
    server, house = team
    with chromium(playwright, base_url=server.url) as page:
        if person is not None:
            name, _, value = allowed_in(house, person).partition("=")
            page.context.add_cookies([{"name": name, "value": value, "url": server.url}])
        for path in PAGES[person]:
            answer = page.goto(path)
            assert (answer.status, page.url.removeprefix(server.url.rstrip("/"))) == (200, path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            suits_everybody(page, path, SCREENS)
        assert page.faults == []
