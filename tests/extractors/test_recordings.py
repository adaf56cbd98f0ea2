"""Recorded answers of the real platforms, against expectations written by hand from the recordings (ids, times, numbers)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.base import PlatformError
from extractors.parse import parse_body, parse_with_rejects

FETCHED = datetime(2019, 6, 15, 4, 0, tzinfo=UTC)  # noon in China, the day after the recording's "06-14"
COUNTS: dict[str, tuple[str, int]] = {
    "x/twarc_edited_before.jsonl": ("x", 2), "x/twarc_mentions_tweet.jsonl": ("x", 2),
    "x/twarc_search_recent_full_page.jsonl": ("x", 164), "x/twarc_tweets_compliance.jsonl": ("x", 2),
    "x/v2_search_recent_default_fields.json": ("x", 10), "x/v2_user_mentions_default_fields.json": ("x", 10),
    "vk/newsfeed_search.json": ("vk", 3), "vk/newsfeed_search_empty_after_1000.json": ("vk", 0), "vk/vk_group_example.json": ("vk", 0),
    "weibo/m_cards1.json": ("weibo", 11), "weibo/m_comments1.json": ("weibo", 12), "weibo/m_userInfo.json": ("weibo", 0),
    "weibo/one_weibo.json": ("weibo", 1),
    "discourse/categories.json": ("discourse", 0), "discourse/latest.json": ("discourse", 0),
    "discourse/posts_latest.json": ("discourse", 4), "discourse/topic.json": ("discourse", 4),
    "feeds/feeder_f28a.xml": ("rss", 20), "feeds/feeder_kotaku.xml": ("rss", 34), "feeds/feeder_lobsters.xml": ("rss", 25),
    "feeds/feeder_nitter.xml": ("rss", 3), "feeds/feeder_redakciya.xml": ("rss", 15),
    "feeds/feedjira_DuplicateContentAtomFeed.xml": ("rss", 10), "feeds/feedjira_HuffPostCanada.xml": ("rss", 2),
    "feeds/feedjira_json_feed.json": ("rss", 20), "feeds/feedparser_big5.xml": ("rss", 0),
    "feeds/feedparser_http_application_atom_xml_gb2312_encoding.xml": ("rss", 0), "feeds/feedparser_koi8r.xml": ("rss", 2),
    "feeds/feedparser_utf-16le-bom.xml": ("rss", 0), "feeds/huginn_onethingwell.rss": ("rss", 20),
    "feeds/huginn_slickdeals.atom": ("rss", 79), "feeds/miniflux_encoding_ISO-8859-1.xml": ("rss", 40),
    "feeds/miniflux_encoding_WINDOWS-1251.xml": ("rss", 50), "feeds/miniflux_large_rss.xml": ("rss", 25),
    "feeds/miniflux_rdf_UTF8.xml": ("rss", 60), "feeds/nodefp_tpm.atom": ("rss", 20), "feeds/nodefp_wapowellness.xml": ("rss", 29),
    "feeds/picofeed_ibash.ru.xml": ("rss", 50), "feeds/picofeed_rue89.xml": ("rss", 25), "feeds/picofeed_xakep.ru.xml": ("rss", 25),
    "feeds/rssparser_craigslist.rss": ("rss", 25), "feeds/rssparser_reddit.rss": ("rss", 24), "feeds/rssparser_uolNoticias.rss": ("rss", 15),
}  # fmt: skip
ERRORS: dict[str, tuple[str, str, str]] = {
    "x/error_429_about_blank.json": ("x", "wait_until", "x: error 429 (too many requests): wait"),
    "x/error_429_usage_cap.json": ("x", "stop", "x: error UsageCapExceeded (usage cap of the product exceeded): wait"),
    "vk/error_15_token_required.json": ("vk", "fatal", "vk: error 15 (access denied: a token is required"),
    "vk/error_5_invalid_token.json": ("vk", "fatal", "vk: error 5 (user authorization failed): set RENOWN_VK_TOKEN"),
    "weibo/error_10023.json": ("weibo", "wait_until", "weibo: error 10023 (user requests out of rate limit): wait"),
}  # fmt: skip


def parsed(shared: Path, name: str, platform: str) -> dict[str, dict[str, Any]]:
    """native_id → mention as JSON."""
    body = (shared / "payloads" / name).read_bytes()
    return {mention.native_id: mention.to_dict() for mention in parse_body(platform, body, None, FETCHED)}


def test_every_recording_is_expected(shared_data: Path) -> None:
    folders = ("x", "vk", "weibo", "discourse", "feeds")
    found = {f"{folder}/{path.name}" for folder in folders for path in (shared_data / "payloads" / folder).iterdir()}
    assert found == set(COUNTS) | set(ERRORS)


@pytest.mark.parametrize("name", COUNTS)
def test_counts(shared_data: Path, name: str) -> None:
    platform, count = COUNTS[name]
    mentions, rejects = parse_with_rejects(platform, (shared_data / "payloads" / name).read_bytes(), None, FETCHED)
    assert (len(mentions), rejects) == (count, [])
    assert len({(m.kind, m.native_id) for m in mentions}) == count
    for mention in mentions:
        assert mention.platform == platform
        assert all(ord(c) >= 32 or c in "\n\t" for c in mention.text or "")


@pytest.mark.parametrize("name", ERRORS)
def test_error_bodies(shared_data: Path, name: str) -> None:
    platform, action, line = ERRORS[name]
    with pytest.raises(PlatformError) as caught:
        parse_body(platform, (shared_data / "payloads" / name).read_bytes())
    assert caught.value.action == action
    assert str(caught.value).startswith(line)
    assert caught.value.exit_code == 2


def test_x_full_page(shared_data: Path) -> None:
    found = parsed(shared_data, "x/twarc_search_recent_full_page.jsonl", "x")
    first = found["1380242611781386245"]
    assert first["kind"] == "post"
    assert first["created_at"] == "2021-04-08T19:34:16Z"
    assert first["author_id"] == "1352661060663336960"
    assert first["author_handle"] == "Alexandravm12"
    assert (first["author_followers"], first["author_following"], first["author_posts"]) == (58, 49, 14483)
    assert first["author_created_at"] == "2021-01-22T16:55:15Z"
    assert first["author_verified"] is False
    assert first["author_location"] is None
    assert first["repost_of_id"] == "1380175475545362437"
    assert first["truncated"] is True
    assert first["language_hint"] == "es"
    assert first["engagement"] == {"likes": 0, "shares": 410, "comments": 0, "views": None, "quotes": 0}
    assert first["mentions"] == ["williamserafino"]
    assert "1380175475545362437" in found, "the original of a repost is a mention of its own"
    replies = [m for m in found.values() if m["kind"] == "reply"]
    assert all(m["parent_id"] for m in replies)
    assert sum(m["repost_of_id"] is not None for m in found.values()) == 47
    assert sum(m["media_count"] for m in found.values() if m["media_count"]) >= 6
    assert not any("&amp;" in m["text"] or "&lt;" in m["text"] for m in found.values())


def test_x_edit_and_long_lists(shared_data: Path) -> None:
    edited = parsed(shared_data, "x/twarc_edited_before.jsonl", "x")
    assert edited["1576994746135764992"]["edited_at"] is None
    assert edited["1576994789110992896"]["edited_at"] == "2022-10-03T17:57:11Z"
    assert edited["1576994746135764992"]["media_count"] == 1
    original = parsed(shared_data, "x/twarc_mentions_tweet.jsonl", "x")["1589671906718134272"]
    assert original["hashtags"] == ["Xbox", "PlayStation", "gaming"]
    assert len(original["mentions"]) == 8
    assert original["author_handle"] == "S3NT1N3L17"
    assert original["engagement"]["likes"] == 6


def test_x_default_fields_are_null_not_zero(shared_data: Path) -> None:
    bare = parsed(shared_data, "x/v2_search_recent_default_fields.json", "x")["1578516068309794817"]
    assert bare["author_id"] is None
    assert bare["created_at"] is None
    assert bare["engagement"] == dict.fromkeys(("likes", "shares", "comments", "views", "quotes"))


def test_x_compliance_is_deletion(shared_data: Path) -> None:
    lines = parsed(shared_data, "x/twarc_tweets_compliance.jsonl", "x")
    assert {m["deleted"] for m in lines.values()} == {True}
    assert lines["1170147183095664640"]["created_at"] == "2019-09-07T01:30:03.390Z"


def test_vk_posts(shared_data: Path) -> None:
    found = parsed(shared_data, "vk/newsfeed_search.json", "vk")
    assert set(found) == {"-102759215_55128", "32363369_14051", "-50496202_324404"}
    community, person = found["-102759215_55128"], found["32363369_14051"]
    assert community["created_at"] == "2021-12-26T20:53:38Z"
    assert (community["author_id"], community["page_id"]) == ("-102759215", "-102759215")
    assert (person["author_id"], person["page_id"]) == ("32363369", None)
    assert community["engagement"] == {"likes": 0, "shares": 0, "comments": 0, "views": 12, "quotes": None}
    assert community["url"] == "https://vk.com/wall-102759215_55128"
    assert community["media_count"] == 1
    assert len(found["-50496202_324404"]["hashtags"]) == 4
    assert "\U0001f60a" in found["-50496202_324404"]["text"], "HTML entities are decoded to emoji"
    assert "\U0001f468\u200d\U0001f393" in found["-50496202_324404"]["text"], "joined emoji stay joined"


def test_weibo_open_api(shared_data: Path) -> None:
    status = parsed(shared_data, "weibo/one_weibo.json", "weibo")["11488058246"]
    assert status["created_at"] == "2011-05-31T09:46:55Z"
    assert status["author_id"] == "1404376560"
    assert status["author_created_at"] == "2009-08-27T16:00:00Z"
    assert (status["author_followers"], status["author_following"], status["author_posts"]) == (1204, 447, 2908)
    assert status["engagement"] == {"likes": None, "shares": 8, "comments": 9, "views": None, "quotes": None}
    assert status["latitude"] is None


def test_weibo_mobile(shared_data: Path) -> None:
    cards = parsed(shared_data, "weibo/m_cards1.json", "weibo")
    first = cards["4383183661430868"]
    assert first["created_at"] == "2019-06-13T16:00:00Z", "a year-less day is the last one before the fetch, in China's time"
    assert first["created_at_raw"] == "06-14"
    assert first["text"].count("[偷笑]") == 3
    assert first["url"] == "https://weibo.com/1669879400/HyTZc60ew"
    assert first["engagement"] == {"likes": 348872, "shares": 240492, "comments": 95535, "views": None, "quotes": None}
    assert first["media_count"] == 3
    assert cards["4383180406740606"]["repost_of_id"] == "4383031864995274"
    assert cards["4383031864995274"]["author_id"] == "2007341923"
    assert "614致敬法医" in cards["4383031864995274"]["hashtags"]
    assert not any("<" in m["text"] and "href" in m["text"] for m in cards.values())
    comments = parsed(shared_data, "weibo/m_comments1.json", "weibo")
    assert {m["kind"] for m in comments.values()} == {"comment"}
    assert comments["4383932071637949"]["created_at"] == "2019-06-15T04:00:00Z"
    assert comments["4383184256927204"]["engagement"]["likes"] == 5389
    assert comments["4383931988671914"]["parent_id"] == "4383928213171598"


def test_weibo_without_fetch_time_has_no_time(shared_data: Path) -> None:
    body = (shared_data / "payloads/weibo/m_comments1.json").read_bytes()
    assert {m.created_at for m in parse_body("weibo", body)} == {None}


def test_discourse(shared_data: Path) -> None:
    body = (shared_data / "payloads/discourse/topic.json").read_bytes()
    topic = {m.native_id: m.to_dict() for m in parse_body("discourse", body, "https://try.discourse.org/t/57.json")}
    first = topic["83"]
    assert first["site"] == "try.discourse.org"
    assert first["kind"] == "post"
    assert first["title"] == "THIS SITE IS A SANDBOX -- it is reset every day"
    assert first["created_at"] == "2013-02-04T20:26:26.278Z"
    assert first["edited_at"] == "2013-04-30T18:33:37.273Z"
    assert first["conversation_id"] == "57"
    assert first["url"].startswith("https://try.discourse.org/t/this-site-is-a-sandbox")
    reply = topic["226"]
    assert (reply["kind"], reply["parent_id"], reply["in_reply_to_author_id"]) == ("reply", "83", "15")
    assert reply["title"] is None
    latest = parsed(shared_data, "discourse/posts_latest.json", "discourse")
    assert (latest["15"]["parent_id"], latest["15"]["in_reply_to_author_id"]) == ("14", "1")


def test_feed_traps(shared_data: Path) -> None:
    uol = list(parsed(shared_data, "feeds/rssparser_uolNoticias.rss", "rss").values())
    assert uol[0]["created_at"] == "2018-09-24T22:42:40Z", "a month in Portuguese"
    assert all(m["created_at"] for m in uol)
    assert uol[0]["created_at_raw"] == "Seg, 24 Set 2018 19:42:40 -0300"
    assert all(m["native_id"] == m["url"] for m in uol)
    assert "ç" in uol[0]["text"], "ISO-8859-1 without a declaration is detected"
    koi = parsed(shared_data, "feeds/feedparser_koi8r.xml", "rss")["http://example.com/post1"]
    assert koi["created_at"] == "2026-02-15T10:00:00Z"
    assert koi["language_hint"] == "ru"
    assert koi["title"].startswith("П")
    est = parsed(shared_data, "feeds/nodefp_wapowellness.xml", "rss")
    assert next(iter(est.values()))["created_at"] == "2012-08-21T15:33:00Z"
    tpm = next(iter(parsed(shared_data, "feeds/nodefp_tpm.atom", "rss").values()))
    assert tpm["url"].startswith("http")
    assert tpm["created_at"] == "2017-11-08T23:15:58Z"
    assert tpm["author_name"] == "Esme Cribb"
    video = next(iter(parsed(shared_data, "feeds/feeder_redakciya.xml", "rss").values()))
    assert (video["created_at"], video["edited_at"]) == ("2019-09-12T09:53:10Z", "2019-09-12T18:10:57Z")
    json_feed = next(iter(parsed(shared_data, "feeds/feedjira_json_feed.json", "rss").values()))
    assert json_feed["created_at"] == "2017-06-03T05:05:47Z"
    assert "<" not in json_feed["text"][:50]
