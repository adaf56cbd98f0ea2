"""Addresses as people copy them: which post of which platform is meant, and what is refused with a reason."""

from __future__ import annotations

import pytest

from extractors.addresses import Pointer, mid_of, point
from extractors.base import Key
from settings import RenownError
from settings.models import Source

POSTS = {
    "https://t.me/velmora_news/12": ("telegram", Key("message", "velmora_news/12")),
    "https://t.me/s/velmora_news/12?before=3": ("telegram", Key("message", "velmora_news/12")),
    "https://www.reddit.com/r/banking/comments/1abcd/some_title/": ("reddit", Key("post", "t3_1abcd")),
    "https://old.reddit.com/r/banking/comments/1abcd/some_title/k9x?context=3": ("reddit", Key("comment", "t1_k9x")),
    "https://redd.it/1abcd": ("reddit", Key("post", "t3_1abcd")),
    "https://bsky.app/profile/ann.example/post/3kabc": ("bluesky", Key("post", "at://ann.example/app.bsky.feed.post/3kabc")),
    "https://www.youtube.com/watch?v=abcdefghijk&t=3": ("youtube", Key("post", "abcdefghijk")),
    "https://youtu.be/abcdefghijk?si=1": ("youtube", Key("post", "abcdefghijk")),
    "https://m.youtube.com/shorts/abcdefghijk": ("youtube", Key("post", "abcdefghijk")),
    "https://www.youtube.com/watch?v=abcdefghijk&lc=Ugx": ("youtube", Key("comment", "Ugx", conversation_id="abcdefghijk")),
    "https://www.youtube.com/watch?v=abcdefghijk&lc=Ugx.9a": (
        "youtube", Key("reply", "Ugx.9a", parent_id="Ugx", conversation_id="abcdefghijk")),
    "https://x.com/ann/status/1234567890123456789?s=20": ("x", Key("post", "1234567890123456789")),
    "https://mobile.twitter.com/ann/status/12/photo/1": ("x", Key("post", "12")),
    "https://vk.com/wall-1_23": ("vk", Key("post", "-1_23")),
    "https://vk.com/velmora?w=wall-1_23": ("vk", Key("post", "-1_23")),
    "https://vk.com/wall-1_23?reply=5": ("vk", Key("comment", "-1_5", conversation_id="-1_23")),
    "https://vk.com/wall-1_23?reply=5&thread=4": ("vk", Key("comment", "-1_5", conversation_id="-1_23")),
    "https://m.weibo.cn/detail/4488888888888888": ("weibo", Key("post", "4488888888888888")),
    "https://weibo.com/1234567890/z0JH2lOMb": ("weibo", Key("post", "3501756485200075")),
    "https://ok.ru/group/57110225354790/topic/621900000004": ("odnoklassniki", Key("post", "621900000004")),
    "https://www.facebook.com/permalink.php?story_fbid=70004&id=501": ("facebook", Key("post", "501_70004", page_id="501")),
    "https://www.facebook.com/501/posts/70004": ("facebook", Key("post", "501_70004", page_id="501")),
    "https://velmora-club.livejournal.com/1088.html": ("livejournal", Key("post", "1088", page_id="velmora_club")),
    "https://users.livejournal.com/_ann_/1088.html": ("livejournal", Key("post", "1088", page_id="_ann_")),
    "https://ann.livejournal.com/1088.html?thread=2000#t2000": (
        "livejournal", Key("comment", "2000", conversation_id="1088", page_id="ann")),
}  # fmt: skip


@pytest.mark.parametrize("address", POSTS)
def test_a_post_of_a_platform(address: str) -> None:
    platform, key = POSTS[address]
    assert point(address) == Pointer(platform, key)


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ("https://social.example/@ann/116151916953600004", Pointer("mastodon", Key("post", "116151916953600004"))),
        ("https://social.example/@ann@other.example/116151916953600004", Pointer("mastodon", Key("post", "116151916953600004"))),
        ("https://social.example/users/ann/statuses/116151916953600004", Pointer("mastodon", Key("post", "116151916953600004"))),
        ("https://social.example/t/card-fees/7/3?u=ann", Pointer("discourse", path="t/7/3.json", number=3)),
        ("https://social.example/t/card-fees/7", Pointer("discourse", path="t/7/1.json", number=1)),
        ("https://social.example/t/7/3", Pointer("discourse", path="t/7/3.json", number=3)),
        ("https://social.example/talk/t/card-fees/7/3", Pointer("discourse", path="t/7/3.json", number=3, base_url="/talk")),
        ("https://social.example/topic/7/card-fees/3", Pointer("nodebb", path="api/topic/7/card-fees/3", number=3)),
        ("https://social.example/topic/7", Pointer("nodebb", path="api/topic/7", number=1)),
        ("https://social.example/post/705", Pointer("nodebb", Key("reply", "705"))),
    ],
)
def test_software_that_many_sites_run_is_guessed_by_the_form(address: str, pointer: Pointer) -> None:
    found = point(address)
    assert found is not None
    assert found.base_url == "https://social.example" + (pointer.base_url or "")
    assert (found.site, found.sure) == ("social.example", False)
    assert (found.platform, found.key, found.path, found.number) == (pointer.platform, pointer.key, pointer.path, pointer.number)


@pytest.mark.parametrize(
    "address", ["https://paper.example/2026/03/01/card-fees", "https://paper.example/@ann/card-fees-1", "https://forum.example/viewtopic.php?p=5#p5"]
)
def test_of_anything_else_only_the_page_can_tell(address: str) -> None:
    assert point(address) is None


def test_a_configured_source_decides_for_its_host() -> None:
    sources = [Source(id="talk", platform="discourse", base_url="https://www.social.example/talk/", site="the-site")]
    found = point("https://social.example/talk/t/card/7/3", sources)
    assert found == Pointer("discourse", path="t/7/3.json", number=3, base_url="https://www.social.example/talk", site="the-site")
    plain = point("https://social.example/talk/about", sources)
    assert plain == Pointer("discourse", base_url="https://www.social.example/talk", site="the-site")
    mirror = [Source(id="paper", platform="rss", base_url="https://social.example/feed.xml")]
    found = point("https://social.example/t/card/7/3", mirror)
    assert found is not None
    assert (found.platform, found.key, found.path) == ("rss", None, None)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("velmora", "is no web address"),
        ("ftp://paper.example/1", "is no web address"),
        ("https://[::1", "is no web address"),
        ("https://www.instagram.com/p/abc/", "Instagram needs a login"),
        ("https://play.google.com/store/apps/details?id=com.velmora", "a review has no address of its own"),
        ("https://t.me/velmora_news", "no parser for this kind of address"),
        ("https://t.me/c/1234567/12", "no parser for this kind of address"),
        ("https://x.com/ann", "no parser for this kind of address"),
        ("https://www.facebook.com/velmora/posts/pfbid02", "no parser for this kind of address"),
        ("https://www.youtube.com/@velmora", "no parser for this kind of address"),
    ],
)
def test_what_is_no_post_is_told_with_a_mend(address: str, words: str) -> None:
    with pytest.raises(RenownError, match=words.replace("(", r"\(")) as caught:
        point(address)
    assert caught.value.exit_code == 2
    assert caught.value.mend


def test_a_host_that_only_ends_alike_is_another() -> None:
    assert point("https://notreddit.com/r/a/comments/1abcd/x/") is None


def test_short_ids_of_weibo() -> None:
    assert mid_of("z0JH2lOMb") == "3501756485200075"
    assert mid_of("A") == "36"
    assert mid_of("10000") == "10000000"  # two groups: 1 and 0000
