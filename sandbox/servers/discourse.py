"""A Discourse forum's public JSON, as recorded bodies show it.

    GET /discourse/posts.json?before=ID            50 posts with id <= ID, newest first: walk down
    GET /discourse/latest.json?page=N              30 topics by their last post
    GET /discourse/t/{id}.json, /t/{slug}/{id}.json  the first 20 posts, and the ids of all in post_stream.stream
    GET /discourse/t/{id}/posts.json?post_ids[]=   the posts asked for
    GET /discourse/posts/{id}.json                 a single post, without its topic's title; 404 for what a moderator deleted

`cooked` is HTML; version > 1 is an edit; a deleted post stays as a stub with user_deleted or deleted_at.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import defaultdict

from fastapi import APIRouter, Request, Response

from sandbox.servers.common import Json, iso_millis, json_answer, whole
from sandbox.world.model import Account, Item, World

PREFIX = "/discourse"
_PAGE, _FIRST_POSTS, _TOPICS_PAGE = 50, 20, 30
_MENTION = re.compile(r"(?<![\w/])@([\w-]+)")
_URL = re.compile(r"https?://[^\s<]+")
_STUB = "(post deleted by author)"


class Forum:
    """Posts by id and by topic."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.posts = sorted(world.of("discourse"), key=lambda item: -item.number)
        self.descending = [-item.number for item in self.posts]
        self.by_number = {item.number: item for item in self.posts}
        self.topics: dict[int, list[Item]] = defaultdict(list)
        for item in reversed(self.posts):
            self.topics[item.topic_number].append(item)
        self.latest = sorted(self.topics, key=lambda number: -self.topics[number][-1].number)

    def cooked(self, text: str) -> str:
        """HTML of a text: paragraphs, links, and mentions of people that exist."""
        escaped = html.escape(text, quote=False)
        escaped = _URL.sub(lambda found: f'<a href="{found[0]}" rel="nofollow">{found[0]}</a>', escaped)
        return "\n".join(f"<p>{_MENTION.sub(self._mention, part)}</p>" for part in escaped.split("\n") if part)

    def _mention(self, found: re.Match[str]) -> str:
        if ("discourse", found[1].lower()) not in self.world.by_handle:
            return found[0]
        return f'<a class="mention" href="/u/{found[1].lower()}">{found[0]}</a>'


def _person(account: Account) -> Json:
    return {
        "id": account.account_id and int(account.account_id), "username": account.handle, "name": account.name,
        "avatar_template": f"/letter_avatar_proxy/v4/letter/{account.handle[0].lower()}/df705f/{{size}}.png",
    }  # fmt: skip


def is_by_moderator(item: Item) -> bool:
    """Of a deleted post: whether the forum's staff took it away, which visitors see nothing of; else its author did, and a stub stays."""
    return item.number % 2 == 0


def _text(forum: Forum, item: Item) -> Json:
    if not item.deleted:
        return {"raw": item.text, "cooked": forum.cooked(item.text), "deleted_at": None, "user_deleted": False}
    by_moderator = is_by_moderator(item)
    stub = {"raw": _STUB, "cooked": f"<p>{_STUB}</p>"}
    gone_at = iso_millis(item.deleted_at or item.at) if by_moderator else None
    return stub | {"deleted_at": gone_at, "user_deleted": not by_moderator}


def post(forum: Forum, item: Item) -> Json:
    """One post, as /posts.json and topic streams give it."""
    author, opener, pointed = item.author, item.thread, _points_at(item)
    person = _person(author) if author else {"id": -1, "username": "system", "name": None, "avatar_template": ""}
    official = bool(author and author.official_of)
    body: Json = {
        "id": item.number, "name": person["name"], "username": person["username"],
        "avatar_template": person["avatar_template"], "created_at": iso_millis(item.at),
        **_text(forum, item), "post_number": item.post_number, "post_type": 1,
        "updated_at": iso_millis(item.edited_at or item.at),
        "reply_count": item.engagement["comments"],
        "reply_to_post_number": pointed.post_number if pointed else None, "quote_count": 0,
        "avg_time": None, "incoming_link_count": 0, "reads": 3 + item.number % 80, "score": 0.2, "yours": False,
        "topic_id": item.topic_number, "topic_slug": slug(item), "topic_title": opener.title,
        "topic_html_title": html.escape(opener.title or "", quote=False), "category_id": 4,
        "display_username": person["name"], "primary_group_name": "banks" if official else None,
        "version": 2 if item.edited_at else 1, "can_edit": False, "can_delete": False, "can_recover": False,
        "can_wiki": False, "user_title": None,
        "actions_summary": [{"id": 2, "count": item.engagement["likes"], "hidden": False, "can_act": None}],
        "moderator": False, "admin": False, "staff": False, "user_id": person["id"], "hidden": False, "trust_level": 1,
        "edit_reason": None, "can_view_edit_history": True, "wiki": False,
    }  # fmt: skip
    if pointed and pointed.author:
        body["reply_to_user"] = _person(pointed.author)
    return body


def _points_at(item: Item) -> Item | None:
    """The post that a reply points at by number: people who reply to the topic as a whole point at none."""
    if item.parent is None or (item.parent.parent is None and not item.official_of):
        return None
    return item.parent


def slug(item: Item) -> str:
    """The topic's slug; titles without Latin letters have none but "topic"."""
    words = re.findall(r"[a-z0-9]+", (item.thread.title or "").lower())
    return "-".join(words[:9]) or "topic"


def _topic_row(forum: Forum, number: int) -> Json:
    posts = forum.topics[number]
    first, last = posts[0], posts[-1]
    return {
        "id": number, "title": first.title, "fancy_title": html.escape(first.title or ""), "slug": slug(first),
        "posts_count": len(posts), "reply_count": len(posts) - 1, "highest_post_number": last.post_number,
        "image_url": None, "created_at": iso_millis(first.at),
        "last_posted_at": iso_millis(last.at), "bumped": True,
        "bumped_at": iso_millis(last.at), "archetype": "regular", "unseen": False, "pinned": False,
        "visible": True, "closed": False, "archived": False, "views": 20 + 7 * len(posts),
        "like_count": sum(p.engagement["likes"] or 0 for p in posts), "category_id": 4,
        "last_poster_username": last.author.handle if last.author else "system",
        "posters": [{"extras": "latest", "description": "Original Poster", "user_id": int(first.author.account_id)}]
        if first.author else [],
    }  # fmt: skip


def not_found() -> Response:
    """Discourse's 404."""
    body = {"errors": ["The requested URL or resource could not be found."], "error_type": "not_found"}
    return json_answer(body, 404)


def rate_limited() -> Response:
    """Discourse's 429, with the wait in the body and in Retry-After."""
    body = {
        "errors": ["You’ve performed this action too many times, please try again later."],
        "error_type": "rate_limit", "extras": {"wait_seconds": 2, "time_left": "2 seconds"},
    }  # fmt: skip
    return json_answer(body, 429, {"Retry-After": "2"})


def server_error() -> Response:
    """The page that a failing forum shows."""
    return Response("<html><body><h1>Oops</h1><p>502 Bad Gateway</p></body></html>", 502, media_type="text/html")


def _posts(forum: Forum, before: int) -> Response:
    start = bisect_left(forum.descending, -before) if before > 0 else 0
    page = forum.posts[start : start + _PAGE]
    return json_answer({"latest_posts": [post(forum, item) for item in page]})


def _topic(forum: Forum, number: int) -> Response:
    posts = forum.topics.get(number)
    if not posts:
        return not_found()
    stream = {"posts": [post(forum, p) for p in posts[:_FIRST_POSTS]], "stream": [p.number for p in posts]}
    return json_answer({"post_stream": stream, **_topic_row(forum, number), "deleted_at": None, "deleted_by": None})


def _single(forum: Forum, number: int) -> Response:
    """posts#show: as in a list, but for what only a list adds (the software's `add_title`)."""
    item = forum.by_number.get(number)
    if item is None or (item.deleted and is_by_moderator(item)):
        return not_found()
    listed = ("topic_title", "topic_html_title", "category_id")
    return json_answer({name: value for name, value in post(forum, item).items() if name not in listed})


def router(world: World) -> APIRouter:
    """The routes below /discourse."""
    forum, routes = Forum(world), APIRouter(prefix=PREFIX)

    @routes.get("/posts.json")
    async def posts(request: Request) -> Response:
        return _posts(forum, whole(request.query_params.get("before"), 0))

    @routes.get("/posts/{number}.json")
    async def single(number: int) -> Response:
        return _single(forum, number)

    @routes.get("/latest.json")
    async def latest(request: Request) -> Response:
        page = max(0, whole(request.query_params.get("page"), 0))
        numbers = forum.latest[page * _TOPICS_PAGE : (page + 1) * _TOPICS_PAGE]
        rows: Json = {"per_page": _TOPICS_PAGE, "topics": [_topic_row(forum, number) for number in numbers]}
        if (page + 1) * _TOPICS_PAGE < len(forum.latest):
            rows["more_topics_url"] = f"/latest?page={page + 1}"
        authors = {a.account_id: a for n in numbers if (a := forum.topics[n][0].author)}
        return json_answer({"users": [_person(account) for account in authors.values()], "topic_list": rows})

    @routes.get("/t/{number}/posts.json")
    async def some_posts(number: int, request: Request) -> Response:
        wanted = {whole(value, 0) for value in request.query_params.getlist("post_ids[]")}
        found = [post(forum, p) for p in forum.topics.get(number, []) if not wanted or p.number in wanted]
        body = {"post_stream": {"posts": found[: _FIRST_POSTS if not wanted else None]}, "id": number}
        return json_answer(body) if number in forum.topics else not_found()

    @routes.get("/t/{number}.json")
    async def topic(number: int) -> Response:
        return _topic(forum, number)

    @routes.get("/t/{_slug}/{number}.json")
    async def topic_by_slug(_slug: str, number: int) -> Response:
        return _topic(forum, number)

    return routes
