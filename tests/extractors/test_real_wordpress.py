"""A real WordPress, collected end to end: posts, edits, comments beneath comments, deletion, and 304 on its feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from extractors.revisit import revisit
from extractors.run import extract
from settings import Settings
from settings.models import Rate, Source, Sources
from tests.extractors import real_wordpress
from tests.extractors.real_wordpress import Absent, WordPress
from warehouse.connection import connect

pytestmark = pytest.mark.slow
BANK = "Velmora"


@pytest.fixture(scope="module")
def site() -> Iterator[WordPress]:
    try:
        real_wordpress.install()
    except Absent as error:
        pytest.skip(f"no real WordPress: {error}")
    with real_wordpress.running() as running:
        yield running


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000")
    monkeypatch.delenv("RENOWN_SANDBOX_URL", raising=False)


def configured(settings: Settings, site: WordPress, now: datetime, **options: Any) -> Settings:
    """The settings at an instant, with the site by its API and by its feed."""
    shared = {
        "terms": "approved",
        "query": BANK,
        "rate": Rate(requests=1000, per_seconds=1),
        "history_start": now - timedelta(days=30),
    }
    blog = Source(id="blog", platform="wordpress", base_url=site.address, overlap_minutes=5, options=options, **shared)
    feed = Source(id="feed", platform="rss", base_url=f"{site.address}/feed/", **shared)
    return settings.model_copy(update={"sources": Sources(sources=[blog, feed]), "as_of": now.replace(microsecond=0)})


def post(number: int, at: datetime, text: str, title: str = "News", **more: Any) -> tuple[str, dict[str, Any]]:
    stamp = f"{at:%Y-%m-%d %H:%M:%S}"
    local = f"{at + timedelta(hours=3):%Y-%m-%d %H:%M:%S}"
    return "post", {"post_title": f"{title} {number}", "post_content": text, "post_status": "publish", "post_author": 1,
                    "post_date": local, "post_date_gmt": stamp, **more}  # fmt: skip


def comment(post_id: int, at: datetime, text: str, parent: int = 0) -> tuple[str, dict[str, Any]]:
    return "comment", {"comment_post_ID": post_id, "comment_content": text, "comment_parent": parent, "comment_approved": 1,
                       "comment_author": "Ann", "comment_author_email": "ann@example.org",
                       "comment_date": f"{at + timedelta(hours=3):%Y-%m-%d %H:%M:%S}",
                       "comment_date_gmt": f"{at:%Y-%m-%d %H:%M:%S}"}  # fmt: skip


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def now() -> datetime:
    return datetime.now(UTC)


def test_posts_edits_comments_and_deletion(site: WordPress, settings: Settings, warehouse_url: str) -> None:
    start = now() - timedelta(hours=5)
    texts = [f"<p>{BANK} &amp; fees {n} 🙂</p>" for n in range(120)]  # more than a page of a hundred
    ids = site.act(
        *[post(n, start - timedelta(minutes=n), text) for n, text in enumerate(texts)], post(120, start, "of another house")
    )
    about, other = ids[:120], ids[120]
    top, held = site.act(comment(about[0], start, "first answer"), comment(about[1], start, "answered and held"))
    below, named = site.act(comment(about[0], start, "answer to the answer", top), comment(other, start, f"and {BANK}?"))
    assert all(isinstance(n, int) and n for n in [*ids, top, below, named, held])

    first = extract(configured(settings, site, now()), "blog", url=warehouse_url)
    assert first["status"] == "success"
    assert not first["gap"]
    assert first["items_rejected"] == 0
    mentions = {
        (kind, int(number)): rest
        for kind, number, *rest in rows(
            warehouse_url,
            "select kind, native_id, site, text, parent_id, conversation_id, created_at, version, author_name from core.mentions",
        )
    }
    assert set(mentions) == {("post", n) for n in about} | {("comment", n) for n in (top, below, held, named)}
    at = start.replace(microsecond=0)
    assert mentions["post", about[0]] == ["127.0.0.1", f"{BANK} & fees 0 🙂", None, str(about[0]), at, 1, "admin"]
    assert mentions["comment", top][1:4] == ["first answer", str(about[0]), str(about[0])]
    assert mentions["comment", below][2:4] == [str(top), str(about[0])]
    assert mentions["comment", named][2:4] == [str(other), str(other)]

    again = extract(configured(settings, site, now()), "blog", url=warehouse_url)
    assert (again["items_new"], again["items_rejected"]) == (0, 0)

    site.act(("edit", {"ID": about[2], "post_content": f"<p>{BANK} says sorry</p>"}))
    late = site.act(comment(about[0], now() - timedelta(minutes=1), "a day later", below))[0]
    third = extract(configured(settings, site, now() + timedelta(seconds=1)), "blog", url=warehouse_url)
    assert third["items_new"] == 2
    versions = rows(
        warehouse_url,
        f"select version, text, edited_at is null from core.mentions where native_id = '{about[2]}' and kind = 'post' order by 1",
    )
    assert versions == [(1, f"{BANK} & fees 2 🙂", True), (2, f"{BANK} says sorry", False)]
    assert rows(warehouse_url, f"select parent_id from core.mentions where native_id = '{late}' and kind = 'comment'") == [
        (str(below),)
    ]

    site.act(("delete", {"ID": about[3]}), ("trash", {"ID": about[4]}), ("spam", {"ID": held}))
    site.act(("delete_comment", {"ID": late}))
    looked = revisit(configured(settings, site, now() + timedelta(hours=30), revisit_limit=500), "blog", url=warehouse_url)
    assert looked is not None
    assert looked["status"] == "success"
    buried = rows(
        warehouse_url,
        "select m.kind, m.native_id, d.basis, d.reason from core.deletions d join core.mentions m using (mention_id) where d.undone_at is null "
        "and m.version = 1",
    )
    assert sorted(buried) == sorted(
        [
            ("post", str(about[3]), "platform", "rest_post_invalid_id"),
            ("post", str(about[4]), "platform", "rest_forbidden"),
            ("comment", str(held), "page", "rest_cannot_read"),
            ("comment", str(late), "page", "rest_comment_invalid_id"),
        ]
    )


def test_feed_that_did_not_change_lands_nothing(site: WordPress, settings: Settings, warehouse_url: str) -> None:
    first = extract(configured(settings, site, now()), "feed", url=warehouse_url)
    cursor = rows(warehouse_url, "select cursor from raw.cursors where source_id = 'feed' and stream = ''")[0][0]
    assert first["items_new"] > 0
    assert cursor["etag"]
    second = extract(configured(settings, site, now()), "feed", url=warehouse_url)
    assert (second["requests"], second["items_returned"], second["status"]) == (1, 0, "success")
    assert (
        rows(warehouse_url, "select cursor from raw.cursors where source_id = 'feed' and stream = ''")[0][0]["etag"]
        == cursor["etag"]
    )
    site.act(post(500, now(), f"{BANK} once more"))  # the site counts by the youngest change: an older date would be 304 again
    third = extract(configured(settings, site, now()), "feed", url=warehouse_url)
    assert third["items_new"] == 1


def test_plain_permalinks_and_an_application_password(
    site: WordPress, settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = site.act(("password", {"user": 1}))[0]
    monkeypatch.setenv("RENOWN_WORDPRESS_BLOG", f"admin:{secret}")
    site.act(post(900, now() - timedelta(minutes=2), f"{BANK} by number"))
    options = {"rest_route": True, "password_env": "RENOWN_WORDPRESS_BLOG"}
    outcome = extract(configured(settings, site, now(), **options), "blog", url=warehouse_url)
    assert outcome["status"] == "success"
    assert rows(warehouse_url, f"select count(*) from core.mentions where text = '{BANK} by number'") == [(1,)]
    assert rows(warehouse_url, f"select count(*) from raw.payloads where convert_from(body, 'UTF8') like '%{secret}%'") == [(0,)]
