"""What Discourse's answers hold, as the posts of one shape.

    {latest_posts} | {post_stream} | {posts, topics} (search) | {user_actions} | {post} | [..] | a single post
         ──envelopes──► {item, parent? {id, user_id}, first?}
Sources: the software's serializers (post, topic view, user action, grouped search result) and recorded answers. Lists of topics hold no
posts: a topic's first post has an id of its own, which such a list does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from extractors.text import flowing, unique
from extractors.values import count, flag, identifier, mapping, objects, text_or_none

_SMALL_ACTION = 3  # post_type of "closed this topic" and the like: no person's words, unless somebody wrote some beneath
_OWN_TIME = {4, 5, 6, 7, 9}  # user actions that are as old as their post: a topic, a reply, a response, a mention, a quote
_ELLIPSIS = ("…", "...")
# Names of emoji that are Discourse's own
_EMOJI = {"slight_smile": "🙂", "slight_frown": "🙁", "upside_down": "🙃", "frowning_face": "☹️", "roll_eyes": "🙄",
          "face_with_head_bandage": "🤕", "hugs": "🤗", "zipper_mouth": "🤐", "nerd": "🤓"}  # fmt: skip
_LIGHTBOX = re.compile(r'<div class="meta">.*?</div>', re.S)  # file name and size below a picture
_MENTION = re.compile(r'<(?:a|span)\b[^>]*\bclass="mention[^"]*"[^>]*>\s*@([^<\s]+)\s*<')
_CODE = re.compile(r"<(?:pre|code)\b.*?</(?:pre|code)>", re.S)


def envelopes(value: Any) -> Iterator[dict[str, Any]]:
    """One envelope a post of a recorded answer, each post once; parents are told only if they came with it."""
    for answer in objects(value) if isinstance(value, list) else [mapping(value)]:
        posts = _posts_of(answer)
        details = mapping(answer.get("details"))
        people = {(identifier(p.get("topic_id")), count(p.get("post_number"))): person(p) for p in posts}
        names = {text_or_none(p.get("username")): p.get("id") for p in objects(details.get("participants"))}
        names |= {text_or_none(p.get("username")): p.get("user_id") for p in posts}
        author = mapping(details.get("created_by")).get("id")
        for post in posts:
            if not is_event(post):
                yield _recorded(post, people, names, author)


def is_event(post: dict[str, Any]) -> bool:
    """Whether a post only says what was done to the topic ("closed this topic")."""
    return post.get("post_type") == _SMALL_ACTION and not any(
        text_or_none(post.get(name)) for name in ("cooked", "raw", "excerpt")
    )


def person(post: dict[str, Any]) -> dict[str, Any]:
    """Who wrote a post."""
    return {"id": post.get("id"), "user_id": post.get("user_id")}


def envelope(post: dict[str, Any], parent: dict[str, Any] | None, first: dict[str, Any] | None) -> dict[str, Any]:
    """The envelope of a post with those of {parent, first} that are known."""
    extra = {"parent": parent} if parent else {}
    return {"item": post, **extra, **({"first": first} if first else {})}


def _posts_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    if actions := objects(answer.get("user_actions")):
        once = {identifier(post["id"]) or f"#{place}": post for place, post in enumerate(map(_action_post, actions))}
        return list(once.values())
    topic = answer if "post_stream" in answer else {}
    shared = {
        name: topic[key]
        for name, key in (("topic_title", "title"), ("topic_slug", "slug"), ("topic_views", "views"))
        if topic.get(key)
    }
    listed = next((found for name in ("latest_posts", "private_posts", "posts") if (found := objects(answer.get(name)))), [])
    listed = objects(mapping(answer.get("post_stream")).get("posts")) or listed
    if not listed and "cooked" in mapping(answer.get("post")):
        listed = [mapping(answer["post"])]
    if not listed and "cooked" in answer:
        listed = [answer]
    topics = {identifier(t.get("id")): t for t in objects(answer.get("topics"))} if "posts" in answer else {}
    return [{**shared, **_topic_of(post, topics), **post} for post in listed]


def _topic_of(post: dict[str, Any], topics: dict[str | None, dict[str, Any]]) -> dict[str, Any]:
    """Title and slug of a found post: they stand beside the posts of a search."""
    topic = topics.get(identifier(post.get("topic_id")), {})
    return {name: topic[key] for name, key in (("topic_title", "title"), ("topic_slug", "slug")) if topic.get(key)}


def _action_post(action: dict[str, Any]) -> dict[str, Any]:
    """The post that a user's action is about; `user` is who wrote it, `acting_user` who liked or answered."""
    names = (
        "topic_id",
        "post_number",
        "user_id",
        "username",
        "name",
        "excerpt",
        "post_type",
        "reply_to_post_number",
        "hidden",
        "action_code",
    )
    known = {name: action[name] for name in names if name in action}
    when = action.get("created_at") if action.get("action_type") in _OWN_TIME else None
    deleted = {"action_deleted": True} if flag(action.get("deleted")) else {}
    return {
        **known,
        "id": action.get("post_id"),
        "created_at": when,
        "topic_title": action.get("title"),
        "topic_slug": action.get("slug"),
        **deleted,
    }


def _recorded(
    post: dict[str, Any], people: dict[Any, dict[str, Any]], names: dict[str | None, Any], author: Any
) -> dict[str, Any]:
    if count(post.get("post_number")) == 1:
        return {"item": post}
    wanted = count(post.get("reply_to_post_number")) or 1
    topic_id = identifier(post.get("topic_id"))
    answered = names.get(text_or_none(mapping(post.get("reply_to_user")).get("username"))) if post.get("reply_to_user") else None
    parent = people.get((topic_id, wanted)) or ({"user_id": answered} if answered else None)
    parent = parent or ({"user_id": author} if wanted == 1 and author else None)
    return envelope(post, parent, people.get((topic_id, 1)) if wanted != 1 else None)


def source_of(post: dict[str, Any]) -> tuple[str | None, bool]:
    """(HTML, whether it is cut) of a post: cooked, else raw, else the excerpt of a list or the blurb of a search."""
    for name in ("cooked", "raw"):
        if isinstance(post.get(name), str):
            return _prepared(post[name]), bool(flag(post.get("cooked_hidden")))
    for name in ("excerpt", "blurb"):
        if isinstance(post.get(name), str):
            shown = post[name].replace("&hellip;", "…").strip()
            return shown, shown.endswith(_ELLIPSIS) or shown.startswith(_ELLIPSIS)
    return None, False


def _prepared(cooked: str) -> str:
    bare = flowing(_LIGHTBOX.sub("", cooked) if "lightbox" in cooked else cooked) if "<" in cooked else cooked
    return re.sub(r'alt=":(\w+):"', lambda found: f'alt="{_EMOJI[found[1]]}"' if found[1] in _EMOJI else found[0], bare)


def mentions_of(post: dict[str, Any], text: str) -> tuple[str, ...] | None:
    """Accounts and groups that the post's own words name, as Discourse marked them up; None for posts without mark-up."""
    cooked = post.get("cooked")
    if not isinstance(cooked, str):
        return None
    return unique(name for name in _MENTION.findall(_CODE.sub("", cooked)) if f"@{name}" in text)
