"""Reddit's things as mentions: Listings, trees of comments, morechildren, single things, bare objects of archives.

    Listing | [post, comments] | {json: {data: {things}}} | a thing ──things_of──► (kind, data)
         ──items──► {kind, item, parent?} ──to_mention──► Mention (post | comment)
Who removed something is told apart: its author, the subreddit's moderators, Reddit. Sources: the thing and Listing forms of the reddit
archive's wiki, recorded answers of praw's cassettes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from extractors.base import Basis, Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.text import plain, read_html, unique, urls
from extractors.times import from_epoch
from extractors.values import count, flag, identifier, mapping, objects, text_or_none

_KINDS: dict[str, str] = {"t1": "comment", "t3": "post"}
_BY: dict[str, Basis] = {"author": "author", "deleted": "author", "moderator": "page", "automod_filtered": "page"}
_STUBS: dict[str, Basis] = {"[deleted]": "author", "[deleted by user]": "author", "[removed]": "page"}
_OTHER_KIND = re.compile(r"t\d|more|Listing|LiveUpdate\w*|ModAction|modaction|wikipage\w*|UserList|TrophyList|LabeledMulti\w*")


def person_of(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: thing.get(name) for name in ("name", "author_fullname")}


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts and comments of Listings, [post, comments] pairs, morechildren, single things and bare objects (archives)."""
    found = list(things_of(value))
    people = {name: person_of(thing) for _, thing in found if (name := identifier(thing.get("name")))}
    seen: set[str] = set()
    for item in (item for kind, thing in found for item in recorded(kind, thing, people, site)):
        if (
            not item.native_id or item.native_id not in seen
        ):  # what was asked for twice, and crossposted ones beside their original
            seen.add(item.native_id)
            yield item


def things_of(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, data) of everything in an answer, trees flattened top down, "more" nodes included."""
    waiting = [value]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, list):
            waiting = [*found, *waiting]
            continue
        answer = mapping(found)
        data, kind = mapping(answer.get("data")), str(answer.get("kind") or "")
        if kind == "Listing" or (not kind and isinstance(data.get("children"), list)):
            waiting = [*map(_sorted_out, objects(data.get("children"))), *waiting]
        elif not kind and isinstance(answer.get("data"), list):  # an archive's page of bare objects
            waiting = [*(entry for entry in objects(answer["data"]) if "created_utc" in entry), *waiting]
        elif "json" in answer:
            waiting = [*objects(mapping(mapping(answer["json"]).get("data")).get("things")), *waiting]
        elif kind in ("t1", "t3", "more"):
            yield kind, data
            waiting = [data.get("replies"), *waiting] if isinstance(data.get("replies"), dict) else waiting
        elif "collection_id" in answer or "sorted_links" in answer:  # a subreddit's collection: the posts in it
            waiting = [answer.get("sorted_links"), *waiting]
        elif not kind and ("body" in answer or "selftext" in answer or "permalink" in answer):
            yield ("t1" if "body" in answer else "t3"), answer


def _sorted_out(child: dict[str, Any]) -> dict[str, Any]:
    """An entry of a listing under a kind that is known: by its name where its kind is broken, else as what becomes a reject."""
    if "kind" not in child and "data" not in child:
        return child  # a bare object: one of an archive, or a person of a subreddit's list
    kind, data = child.get("kind"), child.get("data")
    if isinstance(kind, str) and isinstance(data, dict) and (kind in _KINDS or _OTHER_KIND.fullmatch(kind)):
        return child
    prefix = str(mapping(data).get("name"))[:2]
    return {"kind": prefix if prefix in _KINDS else "t3", "data": mapping(data)}


def recorded(kind: str, thing: dict[str, Any], people: Mapping[str, dict[str, Any]], site: str) -> Iterator[Item]:
    """The item of a thing, and the post that it crossposts: a mention of its own."""
    if kind not in _KINDS:
        return
    parent = people.get(str(thing.get("parent_id"))) if kind == "t1" else None
    own = {name: value for name, value in thing.items() if name != "replies"}
    yield make_item({"kind": kind, "item": own, **({"parent": parent} if parent else {})}, site)
    for original in objects(thing.get("crosspost_parent_list"))[:1]:
        yield make_item({"kind": "t3", "item": original}, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {kind, item, parent?}; the native id is the fullname, as parent_id and link_id give it."""
    thing, kind = mapping(envelope.get("item")), str(envelope.get("kind"))
    bare = identifier(thing.get("id"))
    name = identifier(thing.get("name")) or (f"{kind}_{bare}" if bare else "")
    return Item(_KINDS.get(kind, "post"), name, site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post or comment as a Mention; its text is the markdown that was written."""
    thing, parent = mapping(item.value.get("item")), mapping(item.value.get("parent"))
    is_post, basis = item.kind == "post", _removed_by(thing)
    handle, title, link = _name(thing.get("author")), _title(thing), thing.get("permalink")
    return Mention(
        platform="reddit",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(link) or (None if is_post else _comment_url(thing, item.native_id)),
        title=plain(_unescaped(title, thing)) if is_post and isinstance(title, str) else None,
        text=_text(thing, is_post),
        author_id=identifier(thing.get("author_fullname")) if handle else None,
        author_handle=handle,
        page_id=identifier(thing.get("subreddit_id")),
        page_name=text_or_none(thing.get("subreddit")),
        page_followers=count(thing.get("subreddit_subscribers")),
        created_at=from_epoch(thing.get("created_utc")),
        created_at_raw=None if thing.get("created_utc") is None else str(thing["created_utc"]),
        edited_at=None if isinstance(thing.get("edited"), bool) else from_epoch(thing.get("edited")),
        deleted=basis is not None,
        parent_id=None if is_post else identifier(thing.get("parent_id")),
        conversation_id=item.native_id if is_post else _link_id(thing),
        in_reply_to_author_id=identifier(parent.get("author_fullname")) or _link_author(thing, is_post),
        repost_of_id=identifier(thing.get("crosspost_parent")) if is_post else None,
        engagement=_engagement(thing, is_post),
        **_named(thing, is_post),
        media_count=_media(thing),
    )


def _title(thing: dict[str, Any]) -> Any:
    """A crosspost's title where somebody wrote one: Reddit fills in the original's."""
    original = next(iter(objects(thing.get("crosspost_parent_list"))), {})
    return None if original and thing.get("title") == original.get("title") else thing.get("title")


def _name(value: Any) -> str | None:
    return None if value in ("[deleted]", "[removed]") else text_or_none(value)


def _removed_by(thing: dict[str, Any]) -> Basis | None:
    """Who took it away: the author, the subreddit's moderators (page), Reddit itself; None where it stands.

    The author alone being [deleted] is a closed account: what it wrote still stands.
    """
    category = thing.get("removed_by_category")
    if isinstance(category, str) and category:
        return _BY.get(category, "platform")
    words = thing.get("body", thing.get("selftext"))
    stub = words.strip() if isinstance(words, str) else ""
    if thing.get("removal_reason") == "legal" or re.fullmatch(r"\[ ?removed by reddit\b[^\]]*\]", stub, re.I):
        return "platform"
    if stub in _STUBS:
        return _STUBS[stub]
    return "author" if thing.get("collapsed_reason_code") == "DELETED" else None


def _text(thing: dict[str, Any], is_post: bool) -> str | None:
    """What was written. A link post has no words of its own (""); a stub that stands for removed words is none."""
    words = thing.get("selftext" if is_post else "body")
    if is_post and words is None and ("title" in thing or "url" in thing):
        words = ""
    if not isinstance(words, str):
        return None
    return (
        None
        if _removed_by(thing) and re.fullmatch(r"\s*\[ ?(deleted|removed)\b[^\]]*\]\s*", words, re.I)
        else plain(_unescaped(words, thing))
    )


def _unescaped(words: str, thing: dict[str, Any]) -> str:
    """Without raw_json=1 Reddit escapes <, > and & once more: its own HTML field shows whether it did."""
    markup = thing.get("selftext_html") or thing.get("body_html")
    return html.unescape(words) if isinstance(markup, str) and markup.lstrip().startswith("&lt;") else words


def _url(link: Any) -> str | None:
    """The permalink without where it was shown (?ref=search_posts)."""
    if isinstance(link, str) and link.startswith("/"):
        return f"https://www.reddit.com{link.partition('?')[0]}"
    return link if isinstance(link, str) and link.startswith("http") else None


def _link_id(thing: dict[str, Any]) -> str | None:
    """The post that a comment stands below: an inbox names it by the address only, and by the parent of a top-level comment."""
    named, parent = identifier(thing.get("link_id")), identifier(thing.get("parent_id"))
    found = re.search(r"/comments/(\w+)/", str(thing.get("context") or thing.get("permalink") or ""))
    return named or (f"t3_{found[1]}" if found else parent if parent and parent.startswith("t3_") else None)


def _comment_url(thing: dict[str, Any], name: str) -> str | None:
    """The address of a comment that came without one (before 2017, and inboxes)."""
    post, shown = _link_id(thing), thing.get("context")
    if isinstance(shown, str) and shown.startswith("/r/"):
        return _url(shown)
    bare = name.removeprefix("t1_")
    return f"https://www.reddit.com/comments/{post.removeprefix('t3_')}/_/{bare}/" if post and bare else None


def _link_author(thing: dict[str, Any], is_post: bool) -> str | None:
    """Archives name the answered author beside the comment; Reddit's own listings do not."""
    return None if is_post else identifier(thing.get("parent_author_fullname"))


def _engagement(thing: dict[str, Any], is_post: bool) -> Engagement:
    """A hidden score is unknown. Comments carry no count of their answers."""
    hidden = flag(thing.get("score_hidden")) or flag(thing.get("hide_score"))
    return Engagement(
        likes=None if hidden else count(thing.get("score")),
        shares=count(thing.get("num_crossposts")) if is_post else None,
        comments=count(thing.get("num_comments")) if is_post else None,
        views=count(thing.get("view_count")) if is_post else None,
    )


def _named(thing: dict[str, Any], is_post: bool) -> dict[str, Any]:
    """u/names and links of the text, and where a link post leads."""
    words = _unescaped(str(thing.get("selftext" if is_post else "body") or ""), thing)
    markup = thing.get("selftext_html" if is_post else "body_html")
    shown = _unescaped(markup, thing) if isinstance(markup, str) else ""
    links = list(read_html(shown)[1]) if shown else [found.rstrip(")]") for found in urls(words.replace("](", " "))]
    target = thing.get("url_overridden_by_dest") or (None if thing.get("is_self") is not False else thing.get("url"))
    if is_post and isinstance(target, str) and target.startswith("http") and not _is_media(target):
        links.insert(0, html.unescape(target))
    return {"mentions": unique(re.findall(r"(?<![\w/])/?u/([\w-]{3,20})", words)), "links": unique(links)}


def _is_media(address: str) -> bool:
    return (urlsplit(address).hostname or "").endswith(".redd.it") or "/gallery/" in address


def _media(thing: dict[str, Any]) -> int:
    """Pictures of a gallery or of the text, else 1 for an image or video post."""
    gallery = objects(mapping(thing.get("gallery_data")).get("items"))
    if gallery or mapping(thing.get("media_metadata")):
        return len(gallery) or len(mapping(thing.get("media_metadata")))
    hint = str(thing.get("post_hint") or "")
    return 1 if flag(thing.get("is_video")) or hint in ("image", "hosted:video", "rich:video") else 0


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Removed by its author, by the subreddit's moderators (page), or by Reddit: with Reddit's own category where it is told."""
    thing = mapping(item.value.get("item"))
    basis = _removed_by(thing)
    reason = text_or_none(thing.get("removed_by_category")) or text_or_none(thing.get("removal_reason"))
    return [Tombstone(item.native_id, item.kind, basis, reason=reason)] if basis and item.native_id else []
