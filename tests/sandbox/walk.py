"""Plain walkers of the five contracts, sharing nothing with the extractors: ids of what a patient reader finds."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from starlette.testclient import TestClient

from sandbox.world.model import CLOCK_END, CLOCK_START, Bank

Found = dict[str, dict[str, Any]]
"""native id → the item's own JSON"""


def aliases(banks: dict[str, Bank]) -> list[str]:
    """Every alias of every bank, each once."""
    return sorted({name for bank in banks.values() for names in bank.aliases.values() for name in names})


def x_queries(banks: dict[str, Bank], limit: int = 1024) -> list[str]:
    """Queries of aliases and handles, joined by OR up to the platform's length."""
    handles = sorted({handle for bank in banks.values() for handle in bank.handles["x"]})
    terms = [f'"{name}"' for name in aliases(banks)]
    terms += [f"{operator}{handle}" for handle in handles for operator in ("from:", "to:", "@")]
    queries = [""]
    for term in terms:
        longer = f"{queries[-1]} OR {term}".removeprefix(" OR ")
        queries = [*queries[:-1], longer] if len(longer) <= limit else [*queries, term]
    return queries


def walk_x(client: TestClient, banks: dict[str, Bank]) -> Found:
    """Everything that the archive search finds by the banks' names and handles."""
    found: Found = {}
    for query in x_queries(banks):
        params: dict[str, str] = {
            "query": query, "max_results": "500", "start_time": "2026-01-05T00:00:00Z",
            "end_time": "2026-03-29T23:59:30Z", "tweet.fields": "created_at,author_id,public_metrics,conversation_id",
        }  # fmt: skip
        while True:
            body = client.get("/x/2/tweets/search/all", params=params).raise_for_status().json()
            found |= {tweet["id"]: tweet for tweet in body.get("data", [])}
            if "next_token" not in body["meta"]:
                break
            params["next_token"] = body["meta"]["next_token"]
    return found


def vk(client: TestClient, method: str, **params: Any) -> dict[str, Any]:
    """One call of the VK API."""
    answer = client.get(f"/vk/method/{method}", params={"v": "5.199", **params}).raise_for_status().json()
    response: dict[str, Any] = answer["response"]
    return response


def walk_vk(client: TestClient, banks: dict[str, Bank]) -> Found:
    """Posts by name, time sliced below the cap, with all comments of those that have any."""
    posts: Found = {}
    for name in aliases(banks):
        _vk_slice(client, name, CLOCK_START, CLOCK_END, posts)
    comments: Found = {}
    for post in posts.values():
        if (post.get("comments") or {}).get("count"):
            _vk_comments(client, post, comments)
    return posts | comments


def _vk_slice(client: TestClient, name: str, start: int, end: int, posts: Found) -> None:
    found = vk(client, "newsfeed.search", q=name, count=200, start_time=start, end_time=end)
    if found["total_count"] > 1000:
        middle = (start + end) // 2
        _vk_slice(client, name, start, middle, posts)
        return _vk_slice(client, name, middle + 1, end, posts)
    while True:
        posts |= {f"{item['owner_id']}_{item['id']}": item for item in found["items"]}
        if "next_from" not in found:
            return None
        found = vk(
            client, "newsfeed.search", q=name, count=200, start_time=start, end_time=end, start_from=found["next_from"]
        )


def _vk_comments(client: TestClient, post: dict[str, Any], comments: Found, comment_id: int | None = None) -> None:
    offset = 0
    where = {"owner_id": post["owner_id"], "post_id": post["id"]} | ({"comment_id": comment_id} if comment_id else {})
    while True:
        page = vk(client, "wall.getComments", **where, count=100, offset=offset)
        for item in page["items"]:
            comments[f"{item['owner_id']}_{item['id']}"] = item
            if (item.get("thread") or {}).get("count"):
                _vk_comments(client, post, comments, item["id"])
        offset += len(page["items"])
        if not page["items"] or offset >= page["current_level_count"]:
            return


def walk_weibo(client: TestClient, banks: dict[str, Bank]) -> Found:
    """Statuses by name, with all comments."""
    found: Found = {}
    for name in aliases(banks):
        page = 1
        while statuses := _weibo(client, "search/statuses", q=name, starttime=CLOCK_START, count=50, page=page):
            found |= {status["idstr"]: status for status in statuses}
            page += 1
    for status in [status for status in found.values() if status.get("comments_count")]:
        page = 1
        while comments := _weibo(client, "comments/show", id=status["idstr"], count=200, page=page)["comments"]:
            found |= {comment["idstr"]: comment for comment in comments}
            page += 1
    return found


def _weibo(client: TestClient, method: str, **params: Any) -> Any:
    return client.get(f"/weibo/2/{method}.json", params={"access_token": "any", **params}).raise_for_status().json()


def walk_discourse(client: TestClient) -> Found:
    """All posts, newest first, down to the oldest."""
    found: Found = {}
    before: int | None = None
    while True:
        params = {"before": before} if before else {}
        page = client.get("/discourse/posts.json", params=params).raise_for_status().json()["latest_posts"]
        if not page:
            return found
        found |= {str(post["id"]): post for post in page}
        before = page[-1]["id"] - 1
        if before < 1:
            return found


def walk_news(client: TestClient) -> Found:
    """All articles along the links to older pages."""
    found: Found = {}
    address: str | None = "/news/feed.xml"
    while address:
        channel = ElementTree.fromstring(client.get(address).raise_for_status().content).find("channel")
        assert channel is not None
        for item in channel.findall("item"):
            found[str(item.findtext("guid"))] = {child.tag: child.text for child in item}
        links = channel.findall("{http://www.w3.org/2005/Atom}link")
        address = next((link.get("href") for link in links if link.get("rel") == "next"), None)
    return found
