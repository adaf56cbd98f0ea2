"""What every registered platform must do; a new platform gets this suite by registering, and needs a world to pass it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import responses

from extractors.base import Mention, Page, PlatformError, Reading
from extractors.http import Http
from extractors.limits import Limiter
from extractors.parse import understand
from extractors.registry import PLATFORMS
from extractors.slices import LOOP
from settings import Settings
from tests.extractors.worlds import END, START, TOKEN, WORLDS, VkWorld, World
from warehouse.landing import advance

NAMES = sorted(PLATFORMS)
SLEEPS: list[float] = []


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> World:
    assert request.param in WORLDS, f"write a world for {request.param} (a server in sandbox/servers/)"
    made = WORLDS[request.param]()
    if isinstance(made, VkWorld):  # a cap small enough for a small world
        made.cap = 12
        contract = PLATFORMS["vk"].CONTRACT
        monkeypatch.setattr(PLATFORMS["vk"], "CONTRACT", type(contract)(**{**vars(contract), "cap": 12}))
    made.serve(network)
    return made


def reading(world: World, settings: Settings, cursors: dict[str, Any] | None = None, end: datetime = END) -> Reading:
    module = PLATFORMS[world.platform]
    SLEEPS.clear()
    secrets = {name: f"{TOKEN}-{name}" for name in module.CONTRACT.secrets[1:]}
    http = Http(module.CONTRACT, module.error_of, world.source.rate, "test/1", TOKEN, secrets=secrets, factor=1e6,
                limiter=Limiter(sleep=lambda s: None), sleep=SLEEPS.append)  # fmt: skip
    http.home = world.base
    return Reading(world.source, settings, http, world.base, cursors or {}, START, end)


def read(world: World, given: Reading, pages: int | None = None) -> tuple[list[Page], set[tuple[str, str]], dict[str, Any]]:
    """(pages, keys of understood items, cursors) of at most `pages` pages, with cursors moved as landing moves them."""
    module = PLATFORMS[world.platform]
    seen: list[Page] = []
    keys, cursors = set(), {name: dict(cursor) for name, cursor in given.cursors.items()}
    for page in module.pages(given):
        seen.append(page)
        for item in page.items:
            mention = understand(module, item, END)
            assert isinstance(mention, Mention), mention
            keys.add((mention.kind, mention.native_id))
        moved = advance(cursors.get(page.stream), page.cursor)
        if moved is not None:
            cursors[page.stream] = moved
        if pages is not None and len(seen) >= pages:
            break
    return seen, keys, cursors


def test_contract_is_complete(world: World) -> None:
    contract = PLATFORMS[world.platform].CONTRACT
    assert contract.endpoints
    assert contract.errors
    assert contract.time_formats
    assert contract.kinds
    assert contract.deletion
    assert contract.edits
    assert contract.terms
    assert {rule.action for rule in contract.errors} >= {"fatal", "retry"}
    assert len({rule.code for rule in contract.errors}) == len(contract.errors)


def test_reads_every_item(world: World, settings: Settings) -> None:
    pages, keys, _ = read(world, reading(world, settings))
    assert keys == world.keys()
    assert len(pages) > 2
    assert not any(page.gap for page in pages)


def test_boundary_items_are_kept_once_by_key(world: World, settings: Settings) -> None:
    module = PLATFORMS[world.platform]
    items = [item for page in module.pages(reading(world, settings)) for item in page.items]
    assert {(item.kind, item.native_id) for item in items} == world.keys()
    assert len({(item.kind, item.native_id, item.raw) for item in items}) == len(world.keys())


def test_resumes_at_every_page(world: World, settings: Settings, request: pytest.FixtureRequest) -> None:
    """Every page; of a long read every third where the long tests are left out."""
    total = len(read(world, reading(world, settings))[0])
    is_quick = total > 20 and "not slow" in request.config.option.markexpr
    for stop in sorted({*range(1, total, 3 if is_quick else 1), total - 1} - {0}):
        _, first, cursors = read(world, reading(world, settings), stop)
        _, rest, _ = read(world, reading(world, settings, cursors))
        assert first | rest == world.keys(), f"after page {stop}"


def test_second_run_reads_what_is_new_and_late(world: World, settings: Settings) -> None:
    noon = START + timedelta(hours=world.total)
    _, _, cursors = read(world, reading(world, settings, end=noon + timedelta(minutes=1)))
    world.added = 2
    late = world.total + 1  # indexed after the first run, dated before its end: only the overlap finds it
    world.late[late] = noon - timedelta(minutes=30)
    _, keys, _ = read(world, reading(world, settings, cursors))
    new = {world.key(late), world.key(late + 1)}
    assert new <= keys
    assert len(keys) < len(world.keys()), "history was read again"


def test_a_page_that_repeats_for_ever_ends(world: World, settings: Settings) -> None:
    world.stuck = True
    if world.repeats_are_errors:
        with pytest.raises(PlatformError) as caught:
            read(world, reading(world, settings), 50)
        assert caught.value.code == LOOP
    else:
        assert any(page.gap for page in read(world, reading(world, settings), 50)[0])
    assert world.requests < 20


def test_error_map(world: World, settings: Settings) -> None:
    module = PLATFORMS[world.platform]
    for rule in module.CONTRACT.errors:
        status, headers, body = world.error(rule.code)
        world.plan = dict.fromkeys(range(world.requests + 1, world.requests + 30), (status, headers, body))
        before = world.requests
        with pytest.raises(PlatformError) as caught:
            read(world, reading(world, settings))
        error = caught.value
        assert (error.action, error.code) == (rule.action, rule.code)
        assert str(error).startswith(f"{world.platform}: error {rule.code} ({rule.meaning})")
        assert len(str(error).splitlines()) == 1
        assert TOKEN not in str(error)
        assert (world.requests - before == 1) == (rule.action in ("fatal", "stop", "skip"))


def test_transient_errors_heal(world: World, settings: Settings) -> None:
    bad = next(rule.code for rule in PLATFORMS[world.platform].CONTRACT.errors if rule.action == "retry")
    world.plan = {
        2: world.error(bad),
        3: (200, {}, b'{"broken'),
        5: (502, {}, b"<html>bad gateway</html>"),
        6: (200, {}, b"<html>captcha</html>"),
    }
    _, keys, _ = read(world, reading(world, settings))
    assert keys == world.keys()
    assert len(SLEEPS) == 4


def test_rate_limit_waits_as_long_as_the_platform_asks(world: World, settings: Settings) -> None:
    waiting = next((rule.code for rule in PLATFORMS[world.platform].CONTRACT.errors if rule.action == "wait_until"), None)
    if waiting is None:
        pytest.skip("this platform has no rate limit that names a wait")
    status, _, body = world.error(waiting)
    world.plan = {1: (status, {"Retry-After": "2"}, body)}
    _, keys, _ = read(world, reading(world, settings))
    assert keys == world.keys()
    assert SLEEPS
    assert 2 <= SLEEPS[0] < 2.5


def test_malformed_page_ends_with_its_body_and_without_the_cursor(world: World, settings: Settings) -> None:
    world.plan = dict.fromkeys(range(2, 40), (200, {}, b'{"half": "of a pa access_token=' + TOKEN.encode()))
    seen: list[Page] = []
    with pytest.raises(PlatformError) as caught:
        seen.extend(PLATFORMS[world.platform].pages(reading(world, settings)))  # extend keeps what came before the error
    cursors = {page.stream: page.cursor for page in seen if page.cursor}
    assert caught.value.code == "malformed"
    assert caught.value.body is not None
    assert TOKEN.encode() not in caught.value.body
    world.plan = {}
    _, keys, _ = read(world, reading(world, settings, cursors))
    assert keys | {(item.kind, item.native_id) for page in seen for item in page.items} == world.keys()


def test_token_is_in_no_stored_byte(world: World, settings: Settings) -> None:
    pages, _, cursors = read(world, reading(world, settings))
    assert all(TOKEN.encode() not in item.raw for page in pages for item in page.items)
    assert TOKEN not in repr(cursors)


def test_stored_items_are_understood_again_by_replay(world: World, settings: Settings) -> None:
    import json

    module = PLATFORMS[world.platform]
    for page in read(world, reading(world, settings))[0]:
        for item in page.items:
            again = module.make_item(json.loads(item.raw), item.site)
            assert (again.kind, again.native_id, again.raw) == (item.kind, item.native_id, item.raw)
            assert module.to_mention(again, END) == module.to_mention(item, END)
