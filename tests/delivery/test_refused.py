"""One address that is refused takes nothing from those who have their issue: they hear what was restated, and never get another file as the same issue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from delivery import letters, restated
from delivery.deliver import REST
from settings import RenownError, Settings
from tests.delivery.test_channels import ANNA, BORIS, World, sent, stores, to, world  # noqa: F401
from tests.delivery.test_deliver import configure, execute, mart_url  # noqa: F401
from tests.delivery.test_issues import CHANGE, PUBLISH, correcting, told
from warehouse.connection import connect

Configure = Callable[..., Settings]
REFUSED = {ANNA: ["550 no such user"]}


@pytest.fixture
def half(world: World, mart_url: str, configure: Configure) -> Settings:  # noqa: F811
    """Anna's address is refused, Boris has his issue."""
    settings = to(configure(), "email")
    world.post.answers = dict(REFUSED)
    with pytest.raises(RenownError, match="1 of 2"):
        sent(world, settings, mart_url)
    return settings


def again(world: World, settings: Settings, url: str) -> list[str]:  # noqa: F811
    return restated(settings, "care", url=url, credentials=world.addresses.get)


def attached(world: World, who: str) -> list[tuple[str, str]]:  # noqa: F811
    """Names and contents of the files that somebody got."""
    files = [next(iter(mail.iter_attachments())) for mail in world.post.of(who)]
    return [(str(file.get_filename()), str(file.get_content())) for file in files]


def hashes(url: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute("select issue, file_sha256, content_sha256, publication_id from ops.deliveries order by issue").fetchall()


def test_who_has_it_gets_the_correction_although_another_is_refused(world: World, mart_url: str, half: Settings) -> None:  # noqa: F811
    execute(mart_url, CHANGE)
    execute(mart_url, PUBLISH)
    with pytest.raises(RenownError, match="1 of 2"):
        again(world, correcting(half), mart_url)
    assert told(mart_url, "issue, status, outdated_at is not null") == [(1, "failed", True), (2, "failed", False)]
    assert [name for name, _ in attached(world, BORIS)] == ["care_2026-03-23_2026-03-29.csv", "care_2026-03-23_2026-03-29_2.csv"]
    assert ",13," in attached(world, BORIS)[1][1]


def test_it_is_marked_outdated_where_no_corrections_are_sent(world: World, mart_url: str, half: Settings) -> None:  # noqa: F811
    execute(mart_url, CHANGE)
    with pytest.raises(RenownError, match="1 of 2"):  # nothing was published anew
        again(world, half, mart_url)
    assert told(mart_url, "outdated_at is null") == [(True,)]
    execute(mart_url, PUBLISH)
    world.post.answers = {}
    assert len(again(world, half, mart_url)) == 2, "it was restated, and Anna has it"
    assert told(mart_url, "issue, status, outdated_at is not null") == [(1, "sent", True)]
    assert attached(world, ANNA) == attached(world, BORIS), "everybody has the same file"


def test_without_the_file_the_rest_get_the_next_issue(world: World, mart_url: str, half: Settings) -> None:  # noqa: F811
    before = hashes(mart_url)
    for path in (half.home / "outbox").iterdir():  # as an erasure leaves it
        path.unlink()
    execute(mart_url, CHANGE)
    with pytest.raises(RenownError, match="not taken"):
        sent(world, half, mart_url)
    with pytest.raises(RenownError, match="not taken"):  # the next run tries the same issue
        sent(world, half, mart_url)
    world.post.answers = {}
    sent(world, half, mart_url)
    assert hashes(mart_url)[:1] == before, "what Boris has is what the ledger says"
    assert told(mart_url, "issue, status, reason, outdated_at is not null") == [(1, "failed", None, True), (2, "sent", REST, False)]
    assert [name for name, _ in attached(world, BORIS)] == ["care_2026-03-23_2026-03-29.csv"], "not twice"
    [(name, text)] = attached(world, ANNA)
    assert name.endswith("_2.csv")
    assert REST in text


def test_the_next_issue_for_the_rest_ends_when_they_are_taken_out_of_config(world: World, mart_url: str, half: Settings) -> None:  # noqa: F811
    letters.drop(next((half.home / "outbox").glob("*.csv")))
    with pytest.raises(RenownError, match="not taken"):
        sent(world, half, mart_url)
    assert told(mart_url, "outdated_at is null") == [(True,), (True,)], "the numbers are the same"
    sent(world, to(half, "email", to=[BORIS]), mart_url)
    assert (told(mart_url, "status")[1], len(world.post.of(BORIS))) == (("sent",), 1)


def test_without_the_file_all_get_the_correction_where_numbers_moved(world: World, mart_url: str, half: Settings) -> None:  # noqa: F811
    letters.drop(next((half.home / "outbox").glob("*.csv")))
    world.post.answers = {}
    execute(mart_url, CHANGE)
    sent(world, correcting(half), mart_url)
    assert attached(world, ANNA) == attached(world, BORIS)[1:]
    assert told(mart_url, "issue, reason like 'restated%'") == [(1, None), (2, True)]
