"""LiveJournal's entries and comments as Items and Mentions.

    {item, journal, full?} (an entry) | {item, post} (a comment) | {gone} ──make_item──► Item ──to_mention──► Mention
Source: the fields of the site's feeds and of its comment JSON (Site.page, __rpc_get_thread).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from extractors.base import Basis, Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.text import handles, hashtags, html_to_text, read_html, unique, urls
from extractors.times import from_epoch, from_feed
from extractors.values import count, flag, identifier, mapping, text_or_none

ENTRY = re.compile(r"/(\d+)\.html")
CUT = re.compile(
    r"\((?:<[^>]*>\s*)*<a [^>]*href=[\"'][^\"']*/\d+\.html(?:#cutid\d+)?[\"'][^>]*>[^<]{0,300}</a>(?:\s*</?[^>]*>)*\s*\)\s*(?:</[^>]*>\s*)*$",
    re.I,
)
UNPADDED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\s*([ap])m)?", re.I)
SPOKEN = re.compile(r"([A-Z][a-z]+) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?")


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, journal, full?} (an entry), {item, post} (a comment) or {gone}."""
    entry, gone = mapping(envelope.get("item")), mapping(envelope.get("gone"))
    if gone:
        return Item(str(gone.get("kind") or "post"), identifier(gone.get("id")) or "", site, dump(envelope), envelope)
    if "post" in envelope:
        own = identifier(entry.get("dtalkid")) or identifier(entry.get("thread"))
        return Item("comment", own or "", site, dump(envelope), envelope)
    return Item("post", _entry_id(entry), site, dump(envelope), envelope)


def _entry_id(entry: Mapping[str, Any]) -> str:
    """The number of the entry's address or of its Atom id; a guid of another form as it is."""
    guid, link = str(entry.get("guid") or ""), str(entry.get("link") or "")
    found = ENTRY.search(link) or ENTRY.search(guid) or re.search(r"^urn:lj:.*:(\d+)$", guid) or re.fullmatch(r"(\d+)", guid)
    return found[1] if found else (guid or link).strip()


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One entry or comment as a Mention."""
    if "gone" in item.value:
        return Mention(platform="livejournal", site=item.site, native_id=item.native_id, kind=item.kind, deleted=True)
    return _comment_mention(item) if item.kind == "comment" else _entry_mention(item)


def _entry_mention(item: Item) -> Mention:
    entry, journal = mapping(item.value.get("item")), mapping(item.value.get("journal"))
    source = item.value.get("full") or entry.get("description")
    text, links, images = read_html(source) if isinstance(source, str) else (None, (), 0)
    author = author_of(entry, journal)
    raw = text_or_none(entry.get("published")) or text_or_none(entry.get("local"))
    published, updated = from_feed(raw), from_feed(entry.get("updated"))
    title = text_or_none(entry.get("title"))
    tags = entry.get("tags")
    return Mention(
        platform="livejournal",
        site=item.site,
        native_id=item.native_id,
        kind="post",
        url=text_or_none(entry.get("link")) or text_or_none(entry.get("guid")),
        title=html_to_text(title) if title else None,
        text=text if text is not None else "" if title else None,
        author_id=author,
        author_handle=author,
        author_name=text_or_none(entry.get("name")) or author,
        page_id=text_or_none(journal.get("name")),
        page_name=text_or_none(journal.get("title")),
        created_at=published,
        created_at_raw=raw,
        edited_at=updated if updated and published and updated > published else None,
        conversation_id=item.native_id,
        engagement=Engagement(comments=count(entry.get("replies"))),
        mentions=unique([*_users(str(source or "")), *handles(text or "")]),
        hashtags=unique([*hashtags(text or ""), *(tags if isinstance(tags, list) else [])]),
        links=unique([*links, *urls(text or "")]),
        media_count=images or len(entry.get("media") or []),
        truncated="full" not in item.value and bool(CUT.search(str(entry.get("description") or "").rstrip())),
    )


def author_of(entry: Mapping[str, Any], journal: Mapping[str, Any]) -> str | None:
    """Who wrote an entry: lj:poster in communities; an author that is no mail address; else the journal itself, if it is a person's."""
    listed = text_or_none(entry.get("author"))
    own = (
        text_or_none(journal.get("name"))
        if str(journal.get("type") or "personal").lower() not in ("community", "shared", "news")
        else None
    )
    return (
        text_or_none(entry.get("poster"))
        or (listed if listed and "@" not in listed and " " not in listed.strip() else None)
        or own
    )


def _users(source: str) -> list[str]:
    """Accounts that the text names by LiveJournal's own tag."""
    return re.findall(r"(?:lj:user|data-ljuser|<lj (?:user|comm))=[\"']?([\w-]+)", source)


def _comment_mention(item: Item) -> Mention:
    entry, post = mapping(item.value.get("item")), mapping(item.value.get("post"))
    article, subject = entry.get("article"), text_or_none(entry.get("subject"))
    text, links, images = read_html(article) if isinstance(article, str) else (None, (), 0)
    author, thread = text_or_none(entry.get("uname")), identifier(post.get("id"))
    above = identifier(entry.get("parent")) or identifier(entry.get("above"))
    raw = text_or_none(entry.get("ctime")) or (str(entry["ctime_ts"]) if entry.get("ctime_ts") else None)
    address = text_or_none(entry.get("thread_url"))
    if not address and thread and item.site:
        address = f"https://{item.site}/{thread}.html?thread={item.native_id}#t{item.native_id}"
    return Mention(
        platform="livejournal",
        site=item.site,
        native_id=item.native_id,
        kind="comment",
        url=address,
        title=html_to_text(subject) if subject else None,
        text=text if text is not None else "" if subject else None,
        author_id=author,
        author_handle=author,
        author_name=text_or_none(entry.get("dname")) or author,
        page_id=text_or_none(post.get("journal")),
        page_name=text_or_none(post.get("title")),
        created_at=from_epoch(entry.get("ctime_ts")) or shown_time(entry.get("ctime")),
        created_at_raw=raw,
        edited_at=from_epoch(entry.get("etime_ts")),
        deleted=stub_of(entry) is not None,
        parent_id=above or thread,
        conversation_id=thread,
        in_reply_to_author_id=text_or_none(post.get("above")) if above else text_or_none(post.get("author")),
        mentions=unique([*_users(str(article or "")), *handles(text or "")]),
        hashtags=hashtags(text or ""),
        links=unique([*links, *urls(text or "")]),
        media_count=images,
        truncated=flag(entry.get("loaded")) is False and stub_of(entry) is None,
    )


def shown_time(value: Any) -> datetime | None:
    """A comment's time as shown to readers without an account, which is UTC: `2015-6-25 18:15:0`, `April 2 2018, 21:03:47 UTC`, am and pm."""
    if not isinstance(value, str):
        return None
    if found := UNPADDED.search(value):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        if half := found[7]:
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
    elif found := SPOKEN.search(value):
        written = from_feed(f"{found[2]} {found[1]} {found[3]} {found[4]}:{found[5]}:{found[6] or '00'} GMT")
        return written
    else:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def stub_of(comment: Mapping[str, Any]) -> tuple[Basis, str] | None:
    """(basis, reason) of a comment that was taken away: a deletion's author only where told; screening and spam are the journal's doing."""
    said = str(comment.get("stub") or comment.get("leafclass") or comment.get("state") or "").lower()
    by = f"{said} {comment.get('deletedby') or ''} {comment.get('deleted_by') or ''}".lower()
    if flag(comment.get("suspended")) or "suspended" in said:
        return "platform", "suspended"
    if "screened" in said or "spam" in said or (flag(comment.get("shown")) is False and not comment.get("article")):
        return "page", "spam" if "spam" in said else "screened"
    if not flag(comment.get("deleted")) and "deleted" not in said:
        return None
    if re.search(r"by (?:the )?(?:author|poster|commenter)|автором", by):
        return "author", "deleted"
    return ("page" if re.search(r"owner|maintainer|moderator|journal|владел|хозя|смотрител", by) else "platform"), "deleted"


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Stubs of comments that were deleted, screened or suspended; entries and comments that lookup() did not find any more."""
    if "gone" in item.value:
        return [Tombstone(item.native_id, item.kind, "platform", reason="not found")]
    stub = stub_of(mapping(item.value.get("item"))) if item.kind == "comment" else None
    return [Tombstone(item.native_id, "comment", stub[0], reason=stub[1])] if stub else []
