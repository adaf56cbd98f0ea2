"""VK's objects of every API version, and the events of its Streaming and Callback APIs, with the names of today's (5.199).

    {uid, cid, to_id, copy_post_id, attachment, …} ──modern()──► {from_id, id, owner_id, copy_history, attachments, …}
Sources: dev.vk.com (objects post, comment, topic; versions; Streaming API, Callback API), VKCOM/vk-api-schema.
"""

from __future__ import annotations

from typing import Any

from extractors.values import identifier, mapping, objects

_RENAMED = {
    "owner_id": ("to_id", "source_id", "topic_owner_id", "post_owner_id"),
    "from_id": ("uid", "user_id"),
    "reply_to_user": ("reply_to_uid",),
    "reply_to_comment": ("reply_to_cid",),
}


def modern(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with today's names beside its own."""
    found = dict(entry)
    for name, older in _RENAMED.items():
        if not identifier(found.get(name)):
            found[name] = next((entry[old] for old in older if identifier(entry.get(old))), found.get(name))
    if not identifier(found.get("id")):
        found["id"] = next((entry[old] for old in ("cid", "tid", "post_id") if identifier(entry.get(old))), None)
    if not identifier(found.get("from_id")) and identifier(entry.get("source_id")):
        found["from_id"] = entry["source_id"]  # newsfeed.get shows what a source itself wrote
    found["attachments"] = _attachments(entry)
    if identifier(entry.get("copy_post_id")) and not objects(entry.get("copy_history")):
        found["copy_history"] = [_copied(entry)]
        found["text"] = entry.get("copy_text") or ""  # before 5.0 `text` is the original's, copy_text what the repost adds
    return found


def _attachments(entry: dict[str, Any]) -> list[dict[str, Any]]:
    listed = entry.get("attachments")
    if isinstance(listed, dict):
        listed = [listed] if "type" in listed else list(listed.values())
    return objects(listed) or objects([entry.get("attachment")])


def _copied(entry: dict[str, Any]) -> dict[str, Any]:
    owner = entry.get("copy_owner_id")
    return {
        "id": entry.get("copy_post_id"),
        "owner_id": owner,
        "from_id": owner,
        "date": entry.get("copy_post_date"),
        "text": entry.get("text"),
        "attachments": _attachments(entry),
    }


def from_event(event: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(entry, topic or {}) of a Streaming API event: event_id holds the ids that belong to its event_type."""
    ids, author = mapping(event.get("event_id")), mapping(event.get("author"))
    kind = event.get("event_type")
    entry: dict[str, Any] = {
        "owner_id": ids.get("post_owner_id") or ids.get("topic_owner_id"),
        "id": ids.get("post_id"),
        "from_id": author.get("id"),
        "date": event.get("creation_time"),
        "text": event.get("text"),
        "attachments": objects(event.get("attachments")),
        "geo": event.get("geo"),
        "is_deleted": event.get("action") == "delete",
        "edited": event.get("action_time") if event.get("action") == "update" else None,
    }
    if kind == "comment":
        entry |= {"id": ids.get("comment_id"), "post_id": ids.get("post_id"), "parents_stack": []}
    elif kind == "share" and identifier(ids.get("shared_post_id")):
        original = {"id": ids.get("shared_post_id"), "owner_id": author.get("shared_post_author_id")}
        entry["copy_history"] = [original]
    elif kind == "topic_post":
        entry["id"] = ids.get("topic_post_id")
        return entry, {"owner_id": ids.get("topic_owner_id"), "id": ids.get("topic_id")}
    return entry, {}
