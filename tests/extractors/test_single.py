"""One post by its address: from each kind of platform into the warehouse, or one clear line why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import responses

from extractors import single
from extractors.registry import PLATFORMS
from extractors.single import ingest_url
from sandbox.plot import Ask
from settings import RenownError, Settings
from settings.models import Source
from tests.extractors.platforms.served import serve
from tests.extractors.worlds import HOST, PlotWorld

WORDS = "The bank Velmora has raised its card fees for the third time this year, and customers say that nobody told them. "
ARTICLE = f"""<!doctype html><html lang="en"><head><title>Card fees</title>
<link rel="canonical" href="https://paper.test/2026/card-fees"><meta property="og:site_name" content="The Paper">
<meta property="article:published_time" content="2026-03-01T10:15:00+01:00"></head>
<body><article><h1>Card fees</h1>{"".join(f"<p>{number}. {WORDS * 3}</p>" for number in range(1, 9))}</article></body></html>"""
BLOG = '<html><head><link rel="alternate" type="application/json" href="https://blog.test/wp-json/wp/v2/posts/4" /></head><body>…</body></html>'


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[responses.RequestsMock]:
    """The sandbox's servers under HOST, and nothing else."""
    monkeypatch.setenv("RENOWN_SANDBOX_URL", HOST)
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def page(network: responses.RequestsMock, url: str, body: str | bytes, status: int = 200, robots: str = "") -> None:
    """A page of another site, and its robots.txt."""
    root = "/".join(url.split("/")[:3])
    network.add(responses.GET, f"{root}/robots.txt", robots, status=200 if robots else 404)
    network.add(responses.GET, url, body, status=status, content_type="text/html; charset=utf-8")


BY_KEY = {
    "telegram": ("https://t.me/velmora_news/4", ("message", "velmora_news/4")),
    "reddit": ("https://www.reddit.com/r/banking/comments/1004/velmora/", ("post", "t3_1004")),
    "mastodon": ("https://social.example/@u8/116151916953600004", ("post", "116151916953600004")),
    "youtube": ("https://youtu.be/vid00000004", ("post", "vid00000004")),
    "livejournal": ("https://velmora-club.livejournal.com/1088.html", ("post", "1088")),
    "nodebb": ("https://nodebb.test/post/705", ("reply", "705")),
    "bluesky": (
        "https://bsky.app/profile/did:plc:000000000000000000000008/post/3000000000004",
        ("post", "at://did:plc:000000000000000000000008/app.bsky.feed.post/3000000000004"),
    ),
}


@pytest.mark.parametrize("platform", BY_KEY)
def test_a_post_comes_by_its_platforms_own_look_up(
    platform: str, settings: Settings, warehouse_url: str, network: responses.RequestsMock
) -> None:
    serve(platform, network)
    address, key = BY_KEY[platform]
    found = ingest_url(settings, address, url=warehouse_url)
    assert (found.platform, found.new, found.known) == (platform, 1, 0)
    with psycopg.connect(warehouse_url) as connection:
        rows = connection.execute("select kind, native_id, source_id, text like 'Velmora %' from core.mentions").fetchall()
        assert rows == [(*key, "ingest_url", True)]
        batches = "select source_id, platform, mode, status, items_new, requests > 0 from raw.batches"
        assert connection.execute(batches).fetchall() == [("ingest_url", platform, "ingest", "success", 1, True)]
        assert connection.execute("select count(*) from raw.cursors").fetchone() == (0,)
    again = ingest_url(settings, address, url=warehouse_url)
    assert (again.new, again.known) == (0, 1)


def test_every_platform_that_addresses_lead_to_can_look_up() -> None:
    missing = [name for name in (*BY_KEY, "x", "vk", "weibo", "odnoklassniki", "facebook") if not hasattr(PLATFORMS[name], "lookup")]
    assert missing == []


def test_a_handle_of_bluesky_is_resolved(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    did = "did:plc:000000000000000000000008"
    network.add(responses.GET, f"{HOST}/bluesky/xrpc/com.atproto.identity.resolveHandle?handle=ann.example", json={"did": did})
    serve("bluesky", network)
    found = ingest_url(settings, "https://bsky.app/profile/ann.example/post/3000000000004", url=warehouse_url)
    assert [mention.native_id for mention in found.mentions] == [BY_KEY["bluesky"][1][1]]


def topic(*numbers: int) -> dict[str, Any]:
    posts = [{"id": 100 + n, "topic_id": 7, "post_number": n, "post_type": 1, "user_id": n, "username": f"user{n}", "cooked": f"<p>Velmora {n}</p>",
              "created_at": "2026-03-01T10:00:00.000Z", "reply_to_post_number": 2 if n == 3 else None, "version": 1} for n in numbers]  # fmt: skip
    return {"id": 7, "title": "Card fees", "slug": "card-fees", "post_stream": {"posts": posts, "stream": [p["id"] for p in posts]}}


def test_of_a_discourse_topic_the_named_post_is_taken(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    network.add(responses.GET, f"{HOST}/robots.txt", status=404)
    network.add(responses.GET, f"{HOST}/discourse/t/7/3.json", json=topic(1, 2, 3))
    found = ingest_url(settings, "https://talk.test/t/card-fees/7/3", url=warehouse_url)
    (mention,) = found.mentions
    assert (mention.native_id, mention.parent_id, mention.in_reply_to_author_id) == ("103", "102", "2")
    assert (mention.site, mention.url) == ("talk.test", "https://talk.test/t/card-fees/7/3")


def test_of_a_nodebb_topic_the_first_post_is_taken(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    serve("nodebb", network)
    found = ingest_url(settings, "https://nodebb.test/topic/4/velmora", url=warehouse_url)
    assert [(mention.kind, mention.native_id) for mention in found.mentions] == [("post", "704")]


def test_a_wordpress_page_names_its_id(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    page(network, "https://blog.test/velmora-4/", BLOG)
    serve("wordpress", network)
    found = ingest_url(settings, "https://blog.test/velmora-4/", url=warehouse_url)
    assert [(m.platform, m.kind, m.native_id, m.site) for m in found.mentions] == [("wordpress", "post", "4", "blog.test")]
    found = ingest_url(settings, "https://blog.test/velmora-4/#comment-5", url=warehouse_url)
    assert [(mention.kind, mention.native_id, mention.parent_id) for mention in found.mentions] == [("comment", "5", "4")]


def test_a_wordpress_with_a_closed_api_is_read_as_a_page(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    head = BLOG.partition("</head>")[0].removeprefix("<html><head>")
    page(network, "https://paper.test/2026/card-fees", ARTICLE.replace("<head>", f"<head>{head}"))
    world = serve("wordpress", network)
    world.plan = dict.fromkeys(range(1, 20), world.error("rest_forbidden"))
    assert ingest_url(settings, "https://paper.test/2026/card-fees", url=warehouse_url).platform == "news"


def forum_page(number: int) -> bytes:
    """The page of a thread as the sandbox's forum shows it."""
    world = PlotWorld(__import__("sandbox.servers.forum_html", fromlist=["answer"]))
    reply = world.server.answer(world.plot, Ask("GET", "/viewtopic.php", {"p": str(number)}, [("p", str(number))], {}, b"", world.base))
    assert reply.status == 200
    return reply.body


@pytest.mark.parametrize(
    ("address", "taken"),
    [("https://board.test/viewtopic.php?p=9005#p9005", ("reply", "9005")), ("https://board.test/viewtopic.php?t=4", ("post", "9004"))],
)
def test_a_forums_page_is_known_by_its_engine(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, address: str, taken: tuple[str, str]
) -> None:
    page(network, address.partition("#")[0], forum_page(9005))
    found = ingest_url(settings, address, url=warehouse_url)
    assert [(mention.platform, mention.kind, mention.native_id) for mention in found.mentions] == [("forum_html", *taken)]


def test_anything_else_is_an_article(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    page(network, "https://paper.test/2026/card-fees?utm_source=mail", ARTICLE)
    (mention,) = ingest_url(settings, "https://paper.test/2026/card-fees?utm_source=mail", url=warehouse_url).mentions
    assert (mention.platform, mention.kind, mention.title) == ("news", "article", "Card fees")
    assert (mention.native_id, mention.site) == ("https://paper.test/2026/card-fees", "paper.test")
    assert mention.created_at is not None
    assert mention.created_at.isoformat() == "2026-03-01T09:15:00+00:00"
    assert "third time" in (mention.text or "")


def test_a_form_that_deceives_is_read_as_a_page(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    page(network, "https://paper.test/t/card-fees/7", ARTICLE)
    network.add(responses.GET, f"{HOST}/robots.txt", status=404)
    network.add(responses.GET, f"{HOST}/discourse/t/7/1.json", "<html>not found</html>", status=404)
    assert ingest_url(settings, "https://paper.test/t/card-fees/7", url=warehouse_url).platform == "news"


def test_rate_site_and_options_of_a_configured_source_hold(settings: Settings, network: responses.RequestsMock) -> None:
    known = settings.sources.sources[0].model_copy(
        update={"id": "talk", "platform": "discourse", "base_url": "https://talk.test", "site": "talk", "options": {"apply_query": True}}
    )
    own = settings.model_copy(update={"sources": settings.sources.model_copy(update={"sources": [known]})})
    network.add(responses.GET, f"{HOST}/robots.txt", status=404)
    network.add(responses.GET, f"{HOST}/discourse/t/7/1.json", json=topic(1))
    found = single.find(own, "https://talk.test/t/card/7")
    assert (found.source.site, found.source.rate, found.source.options) == ("talk", known.rate, {"apply_query": True})
    assert [item.site for item in found.pages[0].items] == ["talk"]


# ---- why not ----


def refused(settings: Settings, address: str, url: str) -> str:
    """The one line; nothing may have landed."""
    with pytest.raises(RenownError) as caught:
        ingest_url(settings, address, url=url)
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from raw.payloads").fetchone() == (0,)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_login_that_is_missing_is_named(settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_SANDBOX_URL", raising=False)
    monkeypatch.delenv("RENOWN_YOUTUBE_TOKEN", raising=False)
    line = refused(settings, "https://youtu.be/vid00000004", warehouse_url)
    assert line.startswith("youtube needs a login: set RENOWN_YOUTUBE_TOKEN (console.cloud.google.com")


def test_a_platform_that_fails_may_do_another_time(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    world = serve("telegram", network)
    world.plan = {number: (503, {}, b"") for number in range(1, 99)}
    with pytest.raises(RenownError, match="telegram: error 503") as caught:
        ingest_url(settings, "https://t.me/velmora_news/4", url=warehouse_url)
    assert caught.value.exit_code == 1  # the address is right


def test_robots_txt_is_kept(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    page(network, "https://paper.test/2026/card-fees", ARTICLE, robots="User-agent: *\nDisallow: /2026/")
    assert "robots.txt of paper.test forbids this address" in refused(settings, "https://paper.test/2026/card-fees", warehouse_url)
    assert [call.request.url for call in network.calls] == ["https://paper.test/robots.txt"]


def test_a_host_that_is_not_there_is_no_prohibition(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    line = refused(settings, "https://paper.test/2026/card-fees", warehouse_url)  # nobody answers: responses refuses the connection
    assert line.startswith("paper.test does not give its robots.txt, so nothing of it is read: check the address")


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/x", "http://127.0.0.1:8900/x", "http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/x"]
)
def test_a_private_network_is_not_asked(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, address: str
) -> None:
    assert "lies in a private network" in refused(settings, address, warehouse_url)
    assert not network.calls


def test_an_intranets_own_forum_is_read_where_it_is_a_source(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock
) -> None:
    own = Source(id="intranet", platform="forum_html", terms="approved", base_url="http://10.0.0.1/forum")
    settings.sources.sources.append(own)
    page(network, "http://10.0.0.1/forum/1", "", status=404)
    assert "nothing is at this address" in refused(settings, "http://10.0.0.1/forum/1", warehouse_url)


@pytest.mark.parametrize(
    ("status", "words"), [(404, "nothing is at this address (HTTP 404)"), (410, "nothing is at this address"), (403, "does not show this address")]
)
def test_a_page_that_is_not_shown(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, status: int, words: str
) -> None:
    page(network, "https://paper.test/2026/card-fees", "no", status=status)
    assert words in refused(settings, "https://paper.test/2026/card-fees", warehouse_url)


@pytest.mark.parametrize("body", [b"<html><body><nav>Home</nav></body></html>", b"%PDF-1.7 \xff\xfe\x00", b"", b'{"a": 1}'])
def test_a_page_without_an_article_has_no_parser(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, body: bytes
) -> None:
    page(network, "https://paper.test/about", body)
    assert "no parser for this address" in refused(settings, "https://paper.test/about", warehouse_url)


def test_a_post_that_is_gone(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    world = serve("telegram", network)
    world.gone[4] = "author"
    assert "the post is not there" in refused(settings, "https://t.me/velmora_news/4", warehouse_url)


def test_a_platforms_refusal_keeps_secrets_out(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_YOUTUBE_TOKEN", "secret-key-of-mine")
    network.add(responses.GET, f"{HOST}/youtube/videos", status=403, body=json.dumps(
        {"error": {"code": 403, "message": "the key secret-key-of-mine is not allowed", "errors": [{"reason": "accessNotConfigured"}]}}))  # fmt: skip
    line = refused(settings, "https://youtu.be/vid00000004", warehouse_url)
    assert line.startswith("youtube: error ")
    assert "secret-key-of-mine" not in line


def test_what_is_no_address_asks_nobody(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    assert "is no web address" in refused(settings, "card fees", warehouse_url)
    assert len(network.calls) == 0
