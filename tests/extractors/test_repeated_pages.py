"""Lists of forums that serve a page which was there before: asked for again, taken as an end of reading where it never changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import responses

from extractors.base import PlatformError
from extractors.slices import LOOP
from settings import Settings
from tests.extractors.test_contract_suite import read, reading
from tests.extractors.worlds import WORLDS, World

LISTS = {"discourse": "/posts.json", "nodebb": "/api/recent", "forum_html": "viewforum.php"}
Choose = Callable[[list[Any], int], Any]


def served(platform: str, mock: responses.RequestsMock, choose: Choose) -> World:
    """A forum of 60 posts; `choose(answers so far, number from 1)` may put an earlier answer of the list in place of the true one."""
    world = WORLDS[platform]()
    world.total = 60
    true, answers = world.callback, list[Any]()

    def callback(request: Any) -> tuple[int, dict[str, str], bytes]:
        answer = true(request)
        if LISTS[platform] not in request.url:
            return answer
        answers.append(answer)
        return choose(answers, len(answers)) or answer

    world.callback = callback  # type: ignore[method-assign]
    world.serve(mock)
    return world


@pytest.mark.parametrize("platform", sorted(LISTS))
def test_an_earlier_page_in_place_of_a_later_one_loses_nothing(platform: str, settings: Settings) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        world = served(platform, mock, lambda answers, number: answers[0] if number == 3 else None)
        _, keys, _ = read(world, reading(world, settings))
    assert keys == world.keys()


@pytest.mark.parametrize("platform", sorted(LISTS))
def test_a_list_that_runs_in_a_circle_ends(platform: str, settings: Settings) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        world = served(platform, mock, lambda answers, number: answers[(number - 1) % 3] if number > 3 else None)
        given = reading(world, settings)
        given.source.options["max_pages_per_run"] = 300
        with pytest.raises(PlatformError, match="came again and again") as caught:
            read(world, given, 1000)
    assert caught.value.code == LOOP
