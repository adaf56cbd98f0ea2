"""VK's answers into items and mentions: posts, reposted originals, comments and their threads, board topics and their comments.

    response (object, list, execute pack, event) ──► {item, people?, post?} or {item, topic} or {event} ──► Mention
A native id is VK's global key: owner_id on walls (-1_2), topic-1_2 and topic-1_2_3 on boards, whose numbers are counted apart.
Sources: VKCOM/vk-api-schema, dev.vk.com (objects, board.*, wall.*, Streaming API), recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from extractors.base import Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.shapes.vk_older import from_event, modern
from extractors.text import handles, hashtags, plain, unique, urls
from extractors.times import from_epoch
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

_LINK = re.compile(r"\[((?:id|club|public|event)\d+|[\w.]+)(?::[\w-]+)?\|([^\]]*)\]")
_WEB_LINK = re.compile(r"\[(https?://[^|\]\s]+)\|([^\]]*)\]")
_OTHER = ("first_name", "screen_name", "is_closed", "members_count", "photo_50")
_PARAMETERS = {"gid": "group_id", "tid": "topic_id"}  # before 5.0
_PARTS_OF_POSTS = ("attachments", "attachment", "photos", "profiles", "groups")
_MEDIA = {
    "photo",
    "posted_photo",
    "video",
    "audio",
    "audio_message",
    "doc",
    "graffiti",
    "album",
    "sticker",
    "story",
    "photos_list",
    "clip",
    "podcast",
}


_PRIVATE = ("peer_id", "conversation_message_id", "read_state")
_COMMENTED = {"photo": "photo_id", "video": "video_id", "market": "item_id"}  # kind → the field of an event that names it


@dataclass(frozen=True)
class View:
    """An envelope opened: `entry` with today's names, the `post` or board `topic` (or photo, video, product, by its `kind`) above it, the
    people known by signed id."""

    entry: dict[str, Any]
    post: dict[str, Any]
    topic: dict[str, Any]
    people: dict[str, Any]
    is_comment: bool

    @property
    def owner(self) -> str | None:
        """The wall or board: negative for a community. None where the body does not tell."""
        above = identifier(self.topic.get("owner_id")) or identifier(self.post.get("owner_id"))
        own = identifier(self.entry.get("owner_id"))
        return own or above or (None if self.is_comment or self.topic else identifier(self.entry.get("from_id")))

    @property
    def thread(self) -> str | None:
        """Native id of the post or topic that opened the thread, for comments."""
        if self.topic:
            return _key(str(self.topic.get("kind") or "topic"), self.owner, self.topic.get("id"))
        return _key("", self.owner, self.entry.get("post_id") or self.post.get("id")) if self.is_comment else None


def _key(prefix: str, owner: str | None, number: Any) -> str | None:
    own = identifier(number)
    return None if not own else f"{prefix}{owner}_{own}" if owner else own


def view(envelope: dict[str, Any]) -> View:
    """The envelope with its entry in today's form."""
    people, topic = mapping(envelope.get("people")), mapping(envelope.get("topic"))
    if event := mapping(envelope.get("event")):
        entry, topic = from_event(event)
    else:
        entry = modern(mapping(envelope.get("item")))
    if not topic and identifier(entry.get("topic_id")):  # a Callback API event of a board
        topic = {"owner_id": entry.get("owner_id"), "id": entry.get("topic_id")}
    if is_topic(entry) and not topic:
        topic = {"owner_id": entry.get("owner_id"), "id": entry.get("id")}
    post = mapping(envelope.get("post"))
    is_comment = bool(post) or (_is_comment(entry) if not topic else not (is_topic(entry) or envelope.get("opening")))
    return View(entry, post, topic, people, is_comment)


def is_topic(entry: dict[str, Any]) -> bool:
    """Whether this is a topic of a board (board.getTopics)."""
    return "title" in entry and "created" in entry and ("created_by" in entry or "updated_by" in entry)


def _is_comment(entry: dict[str, Any]) -> bool:
    if "post_type" in entry:
        return bool(entry["post_type"] == "reply")
    marks = ("parents_stack", "reply_to_comment", "thread", "cid")
    has_mark = any(entry.get(name) is not None for name in marks) or ("post_id" in entry and "type" not in entry)
    return has_mark or not any(identifier(entry.get(name)) for name in ("owner_id", "to_id", "source_id", "copy_owner_id"))


# -- items -----------------------------------------------------------------------------------------------------------
def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts and comments of every answer: {response: {items, profiles, groups}}, bare or counted lists, execute packs, events."""
    asked = {_PARAMETERS.get(name, name): values[0] for name, values in parse_qs(urlsplit(url or "").query).items()}
    for answer in objects(value) if isinstance(value, list) and not _counted(value) else [value]:
        found = mapping(answer)
        if event := mapping(found.get("event")) or (found if "event_id" in found and "event_type" in found else {}):
            yield make_item({"event": event}, site)
        elif "object" in found and str(found.get("type", "")).startswith(("wall_", "board_")):
            yield from _entry_items([_called_back(found)], {}, {}, site)
        elif medium := _commented(found):
            yield joined({"item": _called_back(found), "topic": medium}, {}, site)
        else:
            for listed, people in _parts(found.get("response", answer)):
                yield from _entry_items(listed, people, asked, site)


def _called_back(event: dict[str, Any]) -> dict[str, Any]:
    """The object of a Callback API event; a deletion is known by the event's name only."""
    entry = mapping(event.get("object"))
    return {**entry, "is_deleted": True} if str(event.get("type")).endswith("_delete") else entry


def _commented(event: dict[str, Any]) -> dict[str, Any]:
    """{kind, owner_id, id} of the photo, video or product that a Callback API event's comment lies under; {} for other events."""
    kind, entry = str(event.get("type", "")).partition("_comment_")[0], mapping(event.get("object"))
    if kind not in _COMMENTED:
        return {}
    told = {"owner_id": entry.get(f"{kind}_owner_id") or entry.get("owner_id"), "id": entry.get(_COMMENTED[kind])}
    return {"kind": kind, **told} if identifier(told["id"]) else {}


def _counted(value: list[Any]) -> bool:
    """A list of versions before 5.0: the total, then the items."""
    return bool(value) and isinstance(value[0], int | str) and not isinstance(value[0], bool)


def _parts(response: Any, depth: int = 0) -> Iterator[tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]]:
    """(entries, people) of a response; an execute pack holds several, in a list or under names of its own."""
    group = mapping(response)
    listed = next((group[name] for name in ("items", "wall", "comments", "topics") if isinstance(group.get(name), list)), None)
    if listed is None and _is_message(group):
        listed = [group]
    if listed is None and isinstance(response, list) and any(map(_is_message, map(_unwrapped, objects(response)))):
        listed = response
    if listed is not None:
        yield [entry for entry in map(_unwrapped, objects(listed)) if not _is_other(entry)], _people(group, listed)
    elif depth < 3:
        parts = response if isinstance(response, list) else [part for name, part in group.items() if name not in _PARTS_OF_POSTS]
        for part in parts:
            if isinstance(part, dict | list):
                yield from _parts(part, depth + 1)


def _unwrapped(entry: dict[str, Any]) -> dict[str, Any]:
    return mapping(entry.get("wall") or entry.get("post")) or entry


def _is_message(entry: dict[str, Any]) -> bool:
    if _is_private(entry):
        return False
    has_id = any(name in entry for name in ("id", "cid", "tid", "post_id"))
    is_said = any(name in entry for name in ("text", "owner_id", "copy_history", "deleted", "is_deleted"))
    return (has_id and is_said and ("date" in entry or "is_deleted" in entry)) or is_topic(entry)


def _is_other(entry: dict[str, Any]) -> bool:
    """Whether an element of a list is a person, a community or something else that says nothing."""
    says = "text" in entry or "date" in entry or is_topic(entry)
    return _is_private(entry) or (not says and any(name in entry for name in _OTHER))


def _is_private(entry: dict[str, Any]) -> bool:
    """Whether this is a message of a conversation, which is not public."""
    return any(name in entry for name in _PRIVATE)


def _people(response: dict[str, Any], listed: list[Any]) -> dict[str, dict[str, Any]]:
    """Profiles and groups by signed id: people positive, communities negative. Before 5.0 they may stand inside the entries."""
    profiles, groups = objects(response.get("profiles")) + objects(response.get("users")), objects(response.get("groups"))
    profiles += [found for entry in objects(listed) if (found := mapping(entry.get("user")))]
    groups += [found for entry in objects(listed) if (found := mapping(entry.get("group")))]
    known = [(identifier(p.get("id") or p.get("uid")), p) for p in profiles]
    known += [(f"-{own}", g) for g in groups if (own := identifier(g.get("id") or g.get("gid")))]
    return {key: value for key, value in known if key}


def _entry_items(
    listed: list[dict[str, Any]], people: dict[str, dict[str, Any]], asked: dict[str, str], site: str
) -> Iterator[Item]:
    """Items of one list; `asked`: the request's parameters, which name the wall, post or topic where the entries do not."""
    post = {"owner_id": asked.get("owner_id"), "id": asked["post_id"]} if asked.get("post_id") else None
    board = {"owner_id": _board_owner(asked), "id": asked.get("topic_id")} if asked.get("group_id") else None
    for entry in listed:
        if board and is_topic(entry):
            yield joined({"item": entry, "topic": {**board, "id": entry.get("id") or entry.get("tid")}}, people, site)
        elif board and board["id"]:
            yield joined({"item": entry, "topic": board}, people, site)
        elif is_topic(entry) or not _is_comment(entry):
            for part in [entry, *objects(modern(entry).get("copy_history"))]:
                yield joined({"item": part}, people, site)
        else:
            yield from comment_items([entry], post, people, site)


def _board_owner(asked: dict[str, str]) -> str:
    return f"-{asked['group_id'].lstrip('-')}"


def comment_items(
    listed: Iterable[dict[str, Any]], post: dict[str, Any] | None, people: dict[str, dict[str, Any]], site: str
) -> Iterator[Item]:
    """Comments and what of their threads came along, below `post` {owner_id, id, from_id} where that is known."""
    for top in listed:
        for entry in [top, *objects(mapping(top.get("thread")).get("items"))]:
            yield joined({"item": entry, "post": post} if post else {"item": entry}, people, site)


def people_of(response: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The profiles and groups of a response by signed id."""
    return _people(response, objects(response.get("items")))


def joined(envelope: dict[str, Any], people: dict[str, dict[str, Any]], site: str) -> Item:
    """The envelope with the profile of the author, the wall's owner and every account that the text names."""
    seen = view(envelope)
    named = [_account_id(target) for target, _ in _LINK.findall(str(seen.entry.get("text") or ""))]
    wanted = dict.fromkeys([identifier(seen.entry.get("from_id")), seen.owner, *named])
    known = {key: people[key] for key in wanted if key and key in people}
    return make_item({**envelope, "people": known} if known else envelope, site)


def _account_id(target: str) -> str | None:
    found = re.fullmatch(r"(id|club|public|event)(\d+)", target)
    return None if not found else found[2] if found[1] == "id" else f"-{found[2]}"


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, people?, post?}, {item, topic} or {event}."""
    seen = view(envelope)
    native_id = _key("", seen.owner, seen.entry.get("id"))
    if seen.topic and seen.is_comment:
        own = identifier(seen.entry.get("id"))
        native_id = f"{seen.thread}_{own}" if own and seen.thread else own
    elif seen.topic:
        native_id = seen.thread
    return Item("comment" if seen.is_comment else "post", native_id or "", site, dump(envelope), envelope)


# -- mentions --------------------------------------------------------------------------------------------------------
def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post, comment or topic as a Mention."""
    seen = view(item.value)
    entry, owner, date = seen.entry, seen.owner or "", seen.entry.get("date")
    if is_topic(entry):
        date, first = entry.get("created"), text_or_none(entry.get("first_comment"))
        entry = {**entry, "from_id": entry.get("created_by"), "text": first or "", "comments": {"count": entry.get("comments")}}
    author, thread = identifier(entry.get("from_id")), seen.thread if seen.is_comment else item.native_id
    text, names, linked = _text(entry, seen.people)
    return Mention(
        platform="vk",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(item, seen),
        title=text_or_none(entry.get("title") or seen.topic.get("title")) if seen.topic and not seen.is_comment else None,
        text=text,
        author_id=author,
        **_author(seen.people.get(author or "", {})),
        **_page(owner, author, seen.people),
        created_at=from_epoch(date),
        created_at_raw=None if date is None else str(date),
        edited_at=from_epoch(entry.get("edited")),
        deleted=is_deleted(entry),
        parent_id=_parent(seen) if seen.is_comment else None,
        conversation_id=thread,
        in_reply_to_author_id=_answered(seen) if seen.is_comment else None,
        repost_of_id=_repost(entry),
        **_place(entry),
        engagement=_engagement(entry, item.kind),
        mentions=names,
        **_attached(entry, text, linked),
        truncated=_is_paid(entry),
    )


def is_deleted(entry: dict[str, Any]) -> bool:
    """Whether this is the stub of something deleted."""
    return bool(flag(entry.get("is_deleted")) or flag(entry.get("deleted")))


def _is_paid(entry: dict[str, Any]) -> bool:
    """A post for paying subscribers (VK Donut), of which a placeholder came instead of the text."""
    donut = mapping(entry.get("donut"))
    return flag(donut.get("is_donut")) is True and ("placeholder" in donut or not text_or_none(entry.get("text")))


def _text(entry: dict[str, Any], people: dict[str, Any]) -> tuple[str | None, tuple[str, ...], list[str]]:
    """(text with [club1|Name] shown as Name, handles that it names, addresses behind [https://…|words]).

    A community's short name is its handle where it is known. Posts of media only come with an empty text, or without one.
    """
    came = entry.get("text")
    if not isinstance(came, str) and not (entry.get("attachments") or entry.get("copy_history")):
        return None, (), []
    raw = plain(came if isinstance(came, str) else "")
    linked = [target for target, _ in _WEB_LINK.findall(raw)]
    raw = _WEB_LINK.sub(lambda found: found[2], raw)
    names = []
    for target, shown in _LINK.findall(raw):
        known = mapping(people.get(_account_id(target) or "")).get("screen_name")
        names.append(known or (shown[1:] if re.fullmatch(r"@[\w.]+", shown) else target))
    shown_text = _LINK.sub(lambda found: found[2], raw)
    return shown_text, unique([*names, *handles(shown_text, r"(?<![\w@./])[@*]([A-Za-z][\w.]{2,})")]), linked


def _author(person: dict[str, Any]) -> dict[str, Any]:
    full_name = " ".join(part for part in (person.get("first_name"), person.get("last_name")) if isinstance(part, str) and part)
    location = mapping(person.get("city")).get("title") or mapping(person.get("country")).get("title")
    return {
        "author_handle": text_or_none(person.get("screen_name")) or text_or_none(person.get("domain")),
        "author_name": text_or_none(person.get("name")) or full_name or None,
        "author_followers": count(person.get("followers_count"))
        if "followers_count" in person
        else count(person.get("members_count")),
        "author_verified": flag(person.get("verified")),
        "author_location": text_or_none(location),
    }


def _page(owner: str, author: str | None, people: dict[str, Any]) -> dict[str, Any]:
    """The wall or board: a community's always, a person's where somebody else writes on it."""
    if not owner or (not owner.startswith("-") and owner == author):
        return {}
    wall = mapping(people.get(owner))
    return {"page_id": owner, "page_name": _author(wall)["author_name"], "page_followers": _author(wall)["author_followers"]}


def _url(item: Item, seen: View) -> str | None:
    own = identifier(seen.entry.get("id"))
    if kind := seen.topic.get("kind"):
        medium = f"{'product' if kind == 'market' else kind}{seen.owner}_{identifier(seen.topic.get('id'))}"
        return f"https://vk.com/{medium}?reply={own}" if seen.owner and own else None
    if seen.topic:
        where = seen.thread if seen.owner else None
        return f"https://vk.com/{where}{f'?post={own}' if seen.is_comment else ''}" if where else None
    if item.kind == "comment":
        return f"https://vk.com/wall{seen.thread}?reply={own}" if seen.thread and seen.owner else None
    return f"https://vk.com/wall{item.native_id}" if item.native_id else None


def _parent(seen: View) -> str | None:
    if seen.topic:
        return seen.thread
    above, stack = identifier(seen.entry.get("reply_to_comment")), seen.entry.get("parents_stack")
    if not above and isinstance(stack, list) and stack:
        above = identifier(stack[-1])
    return _key("", seen.owner, above) if above else seen.thread


def _answered(seen: View) -> str | None:
    """Whom a comment answers: the named commenter, else (directly under the post or topic) its author where that is known."""
    if named := identifier(seen.entry.get("reply_to_user")):
        return named
    if seen.entry.get("reply_to_comment") or seen.entry.get("parents_stack"):
        return None
    return identifier(seen.post.get("from_id")) or identifier(seen.topic.get("created_by"))


def _repost(entry: dict[str, Any]) -> str | None:
    original = objects(entry.get("copy_history"))[:1]
    return make_item({"item": original[0]}, "").native_id or None if original else None


def _place(entry: dict[str, Any]) -> dict[str, Any]:
    geo = mapping(entry.get("geo"))
    place, point = mapping(geo.get("place")), geo.get("coordinates")
    spot = mapping(point)
    parts: list[Any] = [spot.get("latitude"), spot.get("longitude")]
    if isinstance(point, str):
        parts = [*point.split()]
    latitude, longitude = coordinates(*parts) if len(parts) == 2 else (None, None)
    country = place.get("country")
    return {
        "latitude": latitude,
        "longitude": longitude,
        "place_name": text_or_none(place.get("title")) or text_or_none(place.get("city")),
        "country": text_or_none(country),
    }


def _engagement(entry: dict[str, Any], kind: str) -> Engagement:
    def of(name: str) -> int | None:
        return count(mapping(entry.get(name)).get("count"))

    return Engagement(
        likes=of("likes"), shares=of("reposts"), comments=of("thread") if kind == "comment" else of("comments"), views=of("views")
    )


def _attached(entry: dict[str, Any], text: str | None, linked: list[str]) -> dict[str, Any]:
    attachments = objects(entry.get("attachments"))
    linked = linked + [str(mapping(entry.get("link")).get("url") or "") for entry in attachments if entry.get("type") == "link"]
    return {
        "hashtags": hashtags(text or ""),
        "links": unique([*urls(text or ""), *linked]),
        "media_count": sum(1 for entry in attachments if entry.get("type") in _MEDIA),
    }


def tombstones(item: Item) -> Iterable[Tombstone]:
    """VK does not tell who deleted."""
    return [Tombstone(item.native_id, item.kind, "platform")] if is_deleted(view(item.value).entry) else []
