"""Facebook pages by the Graph API: what a page and its visitors post, posts that tag it, and every comment below them.

    /{page}/feed, /{page}/tagged ──► data[], paging.next ──► {item, page | tagged} ──► post
         └─ /{post}/comments?filter=stream ──► {item, post {id, from}, page} ──► comment (replies too)
`from` is told for a page's own posts and with the page's own token only, so authors are often unknown; with Page Public Content Access
comments come without an id (v11 on), which their permalink holds. Sources: the Graph API reference (v26.0), the field lists of the
official business SDK, recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from extractors.base import Contract, Engagement, ErrorRule, Item, Key, Mention, Page, PlatformError, Reading, Tombstone
from extractors.decoding import decode_json
from extractors.jsons import dump
from extractors.shapes import graph
from extractors.shapes.graph import Graph, Permalink
from extractors.slices import LOOP, Answer, Repeats, Slice, Threads, walk
from extractors.source_options import FLAG, NUMBER, Form, Need
from extractors.text import handles, hashtags, plain, unique, urls
from extractors.times import from_epoch, from_iso
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

_TOKEN = "set RENOWN_FACEBOOK_TOKEN to a valid page or system user token"
_REVIEW = (
    "let the application pass review for Page Public Content Access, or use the page's own token with pages_read_user_content"
)
CONTRACT = Contract(
    platform="facebook",
    base_url="https://graph.facebook.com",
    endpoints=("{page}", "{page}/feed", "{page}/tagged", "{post}/comments", "?ids="),
    auth="page or system user token, or an application with Page Public Content Access",
    credential_env="RENOWN_FACEBOOK_TOKEN",
    cursor="time_slice",
    is_sorted=True,
    page_limit=100,
    cap=600,  # posts of a page and year
    errors=(
        ErrorRule("1", "retry", "unknown error, possibly a passing one"),
        ErrorRule("2", "retry", "the service is out of order for the moment"),
        ErrorRule(graph.REDUCE, "skip", "the answer would be too large", "set a smaller page_size for the source"),
        ErrorRule("4", "wait_until", "the application's calls are used up", "lower the source's rate"),
        ErrorRule("17", "wait_until", "the user's calls are used up", "lower the source's rate"),
        ErrorRule("32", "wait_until", "the page's calls are used up", "lower the source's rate"),
        ErrorRule("341", "wait_until", "the application's limit is reached", "lower the source's rate"),
        ErrorRule("613", "wait_until", "too many calls of this kind", "lower the source's rate"),
        ErrorRule("80001", "wait_until", "the page's calls in this business use case are used up", "lower the source's rate"),
        ErrorRule("368", "stop", "blocked for a time for breaking the platform's rules", "read the platform's mail to the application"),
        ErrorRule("100/33", "skip", "the object does not exist, or may not be seen with this token"),
        ErrorRule("803", "skip", "some of the ids do not exist"),
        ErrorRule("3", "fatal", "the application lacks a capability", _REVIEW),
        ErrorRule("10", "fatal", "permission denied or feature missing", _REVIEW),
        ErrorRule("12", "fatal", "this endpoint is no longer served", "set the option graph_version of the source"),
        ErrorRule("21", "fatal", "the page has moved to another id", "correct the page id in banks.yml or in the source's options"),
        ErrorRule("100", "fatal", "a parameter is wrong, or a permission or reviewed feature is missing", _REVIEW),
        ErrorRule("102", "fatal", "the session is over", _TOKEN),
        ErrorRule("104", "fatal", "an access token is required", _TOKEN),
        ErrorRule("190/460", "fatal", "the token ended when its password changed", _TOKEN),
        ErrorRule("190/463", "fatal", "the token has expired", _TOKEN),
        ErrorRule("190", "fatal", "the token is not valid", _TOKEN),
        ErrorRule("200", "fatal", "a permission is missing", _REVIEW),
        ErrorRule("2500", "fatal", "the request is malformed", "correct the options graph_version, post_fields and comment_fields"),
    ),
    time_formats=("ISO 8601 with +0000", "epoch seconds where date_format=U was asked for"),
    deletion="is_hidden (the page hid it); what is removed vanishes, and by id the answer is error 100/33",
    edits="text is read again; no time of an edit (updated_time moves with every comment)",
    history_limit="at most 600 ranked posts of a page and year",
    terms="Meta platform terms: an approved application, public page content only",
    not_offered=(
        "title", "author_following", "author_posts", "author_created_at", "author_followers", "author_verified", "author_location",
        "edited_at", "quote_of_id", "language_hint", "rating",
    ),
    kinds=("post", "comment"),
    collects=("posts of pages and of their visitors", "posts that tag a page", "comments and replies below them"),
    how_to="developers.facebook.com: create an application, pass review for Page Public Content Access, take a system user token",
    rate=(200, 3600.0),
    options={
        "pages": "ids or names of further pages",
        "tagged": "false: leave out posts that tag a page",
        "graph_version": f"version of the API ({graph.VERSION})",
        "post_fields": "fields of a post, where the token may not see all of the usual ones",
        "comment_fields": "fields of a comment, likewise",
        "usage_stop": "per cent of the budget at which a run stops (95)",
        "thread_hours": "how long a post's comments are read again (72)",
    },
    forms={
        "pages": Form("names", "[velmorabank, 123456789]", r"[\w.-]+"),
        "tagged": FLAG,
        "graph_version": Form("name", graph.VERSION, r"v\d+\.\d+"),
        **dict.fromkeys(("post_fields", "comment_fields"), Form("name", "id,message,created_time")),
        "usage_stop": NUMBER,
    },
    needs=(Need(("pages",), "options: {pages: [velmorabank]}", ("pages",)),),
)  # fmt: skip
PAGE_FIELDS = "id,name,username,fan_count,followers_count"
POST_FIELDS = (
    "id,created_time,updated_time,message,story,from,permalink_url,status_type,parent_id,message_tags,place,shares,is_hidden,"
    "attachments{title,type,media_type,target,url,unshimmed_url,subattachments},"
    "reactions.summary(true).limit(0),comments.filter(stream).summary(true).limit(0)"
)
COMMENT_FIELDS = (
    "id,created_time,message,from,parent{id,from},permalink_url,comment_count,like_count,message_tags,attachment,is_hidden"
)
COMMENTS = POSTS = 100
_IDS = 50  # most ids of one ?ids= request
_DENIED = ("10", "200", "100", "100/33", "3")
_MEDIA = ("attachments", "attachment", "full_picture", "picture")
_SHARED = ("link", "source", "object_id")  # of posts, whose ids are of two parts; albums and pages have links of their own
_PHOTO = ("images", "album", "webp_images", "embed_html", "length")  # what photo and video nodes have
_LINKED = ("share", "link", "fallback")
decode = decode_json
error_of = partial(graph.error_of, CONTRACT)


def pages(reading: Reading) -> Iterator[Page]:
    """New comments of young posts, then each page's feed and the posts that tag it, each followed by its comments."""
    client = Graph(reading)
    known = _known_pages(client, reading)
    yield from (page for page in known.values() if isinstance(page, Page))
    read = [page for page in known.values() if isinstance(page, dict)]
    by_id = {str(page.get("id")): page for page in read}
    threads = Threads(reading, lambda post: _comments(client, post, by_id))
    yield from threads.young({"id": native_id, "from": {"id": author}} for native_id, author in threads.recent())
    for page in read:
        fetch = partial(_posts, client, threads, page, "feed")
        yield from _capped(walk(reading, f"feed:{page['id']}", fetch))
    for page in read if reading.option("tagged", True) else []:
        yield from _tagged(client, reading, threads, page)
    if client.withheld:
        yield Page([], "threads", gap=f"the comments of {client.withheld} posts may not be read")


def _known_pages(client: Graph, reading: Reading) -> dict[str, dict[str, Any] | Page]:
    """Each page's own object, or the gap that it leaves. Raises where no page at all can be read."""
    official = [page for bank in reading.settings.banks.banks for page in bank.pages.get("facebook", [])]
    wanted = [str(page) for page in dict.fromkeys([*official, *reading.option("pages", [])])]
    found: dict[str, dict[str, Any] | Page] = {}
    for name in wanted:
        try:
            found[name] = {"id": name, **client.get(name, {"fields": PAGE_FIELDS}, "{page}")}
        except PlatformError as error:
            if error.action != "skip" or (len(found) + 1 == len(wanted) and not any(isinstance(p, dict) for p in found.values())):
                raise
            found[name] = Page([], f"feed:{name}", gap=f"page {name} cannot be read: {error.what}")
    return found


def _posts(client: Graph, threads: Threads, page: dict[str, Any], edge: str, piece: Slice) -> Answer:
    """One page of an edge. The interval is asked for and checked: an edge that does not know it ends where the interval ends."""
    size = min(client.reading.source.page_size or POSTS, POSTS)
    fields = client.reading.option("post_fields", POST_FIELDS)
    first = {"fields": fields, "since": piece.start, "until": piece.end, "limit": size}
    value = client.page(f"{page['id']}/{edge}", graph.params_of(piece.position) if piece.position else first, f"{{page}}/{edge}")
    posts = objects(value.get("data"))
    moments = [int(moment.timestamp()) if (moment := _moment(post.get("created_time"))) else piece.end for post in posts]
    inside = [post for post, at in zip(posts, moments, strict=True) if piece.start <= at <= piece.end]
    more = graph.next_of(value) if not posts or max(moments) >= piece.start else None
    if more is not None and more == piece.position and not inside:
        raise PlatformError("retry", "facebook: the same page came again and again", "run again", code=LOOP)
    role = "page" if edge == "feed" else "tagged"
    found = [make_item({"item": graph.clean(post), role: page}, client.reading.source.site) for post in inside]
    return Answer(found, more, None, _follow(threads, inside))


def _follow(threads: Threads, posts: list[dict[str, Any]]) -> Iterator[Item]:
    for post in posts:
        told = graph.total(post.get("comments"))
        if identifier(post.get("id")):
            yield from threads.follow(str(post["id"]), 1 if told is None else told, post)


def _tagged(client: Graph, reading: Reading, threads: Threads, page: dict[str, Any]) -> Iterator[Page]:
    """Posts that tag a page; they want a permission of their own, and without it they are a gap, not the run's end."""
    try:
        yield from walk(reading, f"tagged:{page['id']}", partial(_posts, client, threads, page, "tagged"))
    except PlatformError as error:
        if error.code not in _DENIED:
            raise
        yield Page([], f"tagged:{page['id']}", gap=f"posts that tag page {page['id']} cannot be read: {error.what}")


def _capped(found: Iterator[Page]) -> Iterator[Page]:
    """The pages of a feed, with a gap where a year of it holds as many posts as the platform gives at most."""
    years: dict[str, int] = {}
    for page in found:
        for item in page.items:
            if item.kind == "post":
                year = str(item.value["item"].get("created_time"))[:4]
                years[year] = years.get(year, 0) + 1
        full = sorted(year for year, posts in years.items() if CONTRACT.cap and posts >= CONTRACT.cap)
        yield (
            page
            if page.more or not full
            else replace(page, gap=f"{CONTRACT.cap} posts came of {', '.join(full)}: there may be more")
        )


def _comments(client: Graph, post: dict[str, Any], known: Mapping[str, dict[str, Any]]) -> Iterator[Item]:
    """Every comment and reply below a post, oldest first. Comments that may not be read are counted as withheld."""
    fields = client.reading.option("comment_fields", COMMENT_FIELDS)
    params: dict[str, Any] = {
        "filter": "stream",
        "order": "chronological",
        "summary": "true",
        "fields": fields,
        "limit": COMMENTS,
    }
    context, guard = _context(post, known), Repeats("facebook")
    try:
        while True:
            value = client.page(f"{post['id']}/comments", params, "{post}/comments")
            data = objects(value.get("data"))
            if not guard.is_new(entry.get("id") or entry.get("permalink_url") for entry in data):
                continue
            for entry in data:
                yield from _with_replies(entry, context, client.reading.source.site)
            more = graph.next_of(value)
            if more is None:
                return
            params = graph.params_of(more)
    except PlatformError as error:
        if error.action != "skip":
            raise
        client.withheld += 1


def _context(post: dict[str, Any], known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What a comment's envelope says of the post above it: {post {id, from {id}}, page}."""
    author = identifier(mapping(post.get("from")).get("id"))
    page = known.get(str(post["id"]).partition("_")[0])
    return {"post": {"id": post["id"], "from": {"id": author} if author else None}, **({"page": page} if page else {})}


def _with_replies(entry: dict[str, Any], context: dict[str, Any], site: str) -> Iterator[Item]:
    """A comment, and the replies that came inside it."""
    item = make_item({"item": graph.clean(entry), **context}, site)
    yield item
    for reply in objects(mapping(entry.get("comments")).get("data")):
        above = {"id": item.native_id, "from": entry.get("from")}
        yield from _with_replies({"parent": above, **reply}, context, site)


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts and comments of an edge's page, of a single node, of a map by ids, of a page with edges inside, of a batch's answers."""
    for found in graph.nodes(value, url):
        envelope: dict[str, Any] = {"item": graph.clean(found.node)}
        if found.page:
            envelope["tagged" if found.edge == "tagged" else "page"] = found.page
        if found.is_complete and "message" not in found.node:
            envelope["asked"] = ["message"]
        if found.is_comment:
            # an edge of replies lies under a comment, so the permalink knows the post better
            above = graph.permalink(found.node.get("permalink_url")).post_id() or found.above
            told: dict[str, Any] = {"post": {"id": above}} if above else {"kind": "comment"}
            yield from _with_replies(envelope.pop("item"), {**envelope, **told}, site)
            continue
        yield make_item(envelope, site)
        context = _context({"from": found.node.get("from"), "id": found.node.get("id")}, {})
        for comment in objects(mapping(found.node.get("comments")).get("data")):
            yield from _with_replies(comment, {**context, **({"page": found.page} if found.page else {})}, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, post?, page?, tagged?, kind?, asked?}; a comment without an id has the one that its permalink names."""
    entry = mapping(envelope.get("item"))
    is_comment = "post" in envelope or envelope.get("kind") == "comment" or graph.is_comment(entry)
    link = graph.permalink(entry.get("permalink_url"))
    own = identifier(entry.get("id")) or (link.comment_id(_post_id(envelope)) if is_comment else link.post_id())
    return Item("comment" if is_comment else "post", own or "", site, dump(envelope), envelope)


def _post_id(envelope: Mapping[str, Any]) -> str | None:
    entry = mapping(envelope.get("item"))
    told = identifier(mapping(envelope.get("post")).get("id")) or identifier(mapping(entry.get("object")).get("id"))
    return told or graph.story_of(entry.get("id"))


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post or comment as a Mention."""
    entry, page = mapping(item.value.get("item")), mapping(item.value.get("page"))
    author = mapping(entry.get("from"))
    link = graph.permalink(entry.get("permalink_url"))
    text = _text(item.value, entry, _original(item))
    # of live videos; of an edge of tags that was asked without fields, where the tag comes with the post
    created = next((entry[name] for name in ("created_time", "creation_time", "tagged_time") if name in entry), None)
    place = mapping(entry.get("place"))
    spot = mapping(place.get("location")) or mapping(entry.get("coordinates"))
    latitude, longitude = coordinates(spot.get("latitude"), spot.get("longitude"))
    return Mention(
        platform="facebook",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(item),
        text=text,
        author_id=identifier(author.get("id")),
        author_handle=text_or_none(author.get("username")),
        author_name=text_or_none(author.get("name")),
        page_id=_page_id(item, link),
        page_name=text_or_none(page.get("name")),
        page_followers=count(page.get("followers_count")) if "followers_count" in page else count(page.get("fan_count")),
        created_at=_moment(created),
        created_at_raw=None if created is None else str(created),
        deleted=_is_hidden(entry),
        **_thread(item, link),
        country=text_or_none(spot.get("country")),
        place_name=text_or_none(place.get("name")),
        latitude=latitude,
        longitude=longitude,
        engagement=_engagement(entry),
        mentions=_named(item.value, entry, text or ""),
        hashtags=hashtags(text or ""),
        **_attached(entry, text or ""),
    )


def _moment(value: Any) -> datetime | None:
    return from_iso(value) or (from_epoch(value) if not isinstance(value, str) or value.isdigit() else None)


def _is_hidden(entry: Mapping[str, Any]) -> bool:
    return bool(flag(entry.get("is_hidden")) or flag(entry.get("removed")))


def _text(envelope: Mapping[str, Any], entry: Mapping[str, Any], original: str | None) -> str | None:
    """message, else the platform's line about the post, else a photo's or video's caption; empty where there is media alone, where
    message was asked and left out, or where a post is shared without a word: "Ann shared Bank's post" is Facebook's."""
    names = ("message", *(() if original else ("story",)), *(("description", "name") if any(name in entry for name in _PHOTO) else ()))
    told = next((entry[name] for name in names if isinstance(entry.get(name), str)), None)
    is_media = any(entry.get(name) for name in (*_MEDIA, *(_SHARED if "_" in str(entry.get("id")) else ())))
    if told is None and (is_media or original or envelope.get("asked")):
        return ""
    return None if told is None else plain(told)


def _original(item: Item) -> str | None:
    """The post that a post shares."""
    original = identifier(mapping(item.value.get("item")).get("parent_id")) if item.kind == "post" else None
    return original if original != item.native_id else None


def _thread(item: Item, link: Permalink) -> dict[str, Any]:
    """parent, conversation and whom a comment answers; for a post what it shares."""
    entry = mapping(item.value.get("item"))
    if item.kind == "post":
        return {"conversation_id": item.native_id, "repost_of_id": _original(item)}
    post = _post_id(item.value) or link.post_id()
    above, opened = mapping(entry.get("parent")), mapping(item.value.get("post"))
    parent = identifier(above.get("id")) or link.parent_id(post)
    author = mapping(above.get("from") if parent else opened.get("from")).get("id")
    return {"parent_id": parent or post, "conversation_id": post, "in_reply_to_author_id": identifier(author)}


def _page_id(item: Item, link: Permalink) -> str | None:
    """The page where it lies: told by what was asked for, else the first half of a post's id. A post that only tags a page lies elsewhere."""
    if told := identifier(mapping(item.value.get("page")).get("id")):
        return told
    if item.value.get("tagged"):
        return None
    post = item.native_id if item.kind == "post" else _post_id(item.value) or ""
    return post.partition("_")[0] if "_" in post else link.page


def _url(item: Item) -> str | None:
    if told := text_or_none(mapping(item.value.get("item")).get("permalink_url")):
        return f"https://www.facebook.com{told}" if told.startswith("/") else told
    page, _, post = item.native_id.partition("_")
    return f"https://www.facebook.com/{page}/posts/{post}" if item.kind == "post" and post else None


def _engagement(entry: Mapping[str, Any]) -> Engagement:
    """Likes are reactions of every kind where they are told (v2.6 on), else likes."""
    likes = [
        graph.total(entry.get("reactions")),
        count(entry.get("like_count")),
        graph.total(entry.get("likes")),
        graph.total(entry.get("like")),
    ]
    comments = [count(entry.get("comment_count")), graph.total(entry.get("comments"))]
    shares = entry.get("shares")
    return Engagement(
        likes=next((n for n in likes if n is not None), None),
        shares=count(shares.get("count")) if isinstance(shares, dict) else count(shares),
        comments=next((n for n in comments if n is not None), None),
    )


def _named(envelope: Mapping[str, Any], entry: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Whom a text names: tags (people and pages have names there, no handles), @handles, and the page whose tagged edge it came from."""
    tagged = mapping(envelope.get("tagged"))
    tags = [str(tag.get("name") or "").lstrip("@") for tag in graph.tags(entry.get("message_tags"))]
    return unique([text_or_none(tagged.get("username")) or tagged.get("name"), *tags, *handles(text)])


def _attached(entry: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Links that a text or a shared card holds, redirects resolved, and how many photos and videos there are."""
    cards = list(graph.cards(entry))
    linked = [graph.target(card) for card in cards if card.get("type") in _LINKED or card.get("media_type") == "link"]
    media = sum(1 for card in cards if graph.is_media(card)) or int(any(name in entry for name in _PHOTO))
    return {"links": unique([*urls(text), *linked]), "media_count": media}


def tombstones(item: Item) -> Iterable[Tombstone]:
    """What the page hid; who removed what has vanished the platform does not tell."""
    entry = mapping(item.value.get("item"))
    if not _is_hidden(entry):
        return []
    hidden = bool(flag(entry.get("is_hidden")))
    return [Tombstone(item.native_id, item.kind, "page" if hidden else "platform", reason="hidden" if hidden else "removed")]


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These items again by ?ids=. What does not exist is gone only where its page can be read: the same error stands for a lost right."""
    client = Graph(reading)
    known: dict[str, dict[str, Any]] = {}
    for kind in ("post", "comment"):
        fields = reading.option(f"{kind}_fields", POST_FIELDS if kind == "post" else COMMENT_FIELDS)
        wanted = [key for key in keys if key.kind == kind]
        for start in range(0, len(wanted), _IDS):
            batch = wanted[start : start + _IDS]
            nodes = client.by_ids([key.native_id for key in batch], fields)
            found = [_again(client, key, node, known) for key in batch if (node := nodes[key.native_id])]
            lost = [key for key in batch if not nodes[key.native_id] and _page_of(client, key, known)]
            yield Page(found, "lookup", gone=[Tombstone(key.native_id, key.kind, "platform") for key in lost])


def _page_of(client: Graph, key: Key, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The page that an item lies on, {} where it cannot be read."""
    name = key.page_id or (key.native_id if key.kind == "post" else key.conversation_id or "").partition("_")[0]
    if name and name not in known:
        try:
            known[name] = client.get(name, {"fields": PAGE_FIELDS}, "{page}")
        except PlatformError as error:
            if error.code not in _DENIED:
                raise
            known[name] = {}
    return known.get(name, {})


def _again(client: Graph, key: Key, node: dict[str, Any], known: dict[str, dict[str, Any]]) -> Item:
    page = _page_of(client, key, known)
    envelope = {"item": graph.clean(node), **({"page": page} if page else {})}
    if key.kind == "comment":
        envelope["post"] = {"id": key.conversation_id}
    return make_item(envelope, client.reading.source.site)
