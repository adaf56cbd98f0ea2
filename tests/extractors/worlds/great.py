"""Small worlds behind each platform's own API form, for the contract suite: written from the documents, not from the extractors.

A world holds `total` items at known instants, serves them page by page, and fails as told: `plan` maps the number of a request
(1-based) to a whole answer (status, headers, body) that is given instead, `stuck` makes every page the first one.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses

from settings.models import Rate, Source

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 3, 30, tzinfo=UTC)
HOST = "https://platform.test"
TOKEN = "secret-token-of-the-test"
Plan = dict[int, tuple[int, dict[str, str], bytes]]


class World(ABC):
    """Items 1..total, one an hour from START on, all naming the bank."""

    platform = ""
    base = HOST
    total = 23
    page = 5
    repeats_are_errors = True

    def __init__(self) -> None:
        self.plan: Plan = {}
        self.stuck = False
        self.requests = 0
        self.urls: list[str] = []
        self.added = 0
        self.late: dict[int, datetime] = {}

    @property
    def source(self) -> Source:
        return Source(
            id=f"{self.platform}_test", platform=self.platform, terms="approved", query="Velmora", history_start=START,
            overlap_minutes=120, page_size=self.page, rate=Rate(requests=1000, per_seconds=1), site=self.site,
            base_url=self.base,
        )  # fmt: skip

    site = ""

    def at(self, number: int) -> datetime:
        return self.late.get(number, START + timedelta(hours=number))

    def numbers(self) -> list[int]:
        return list(range(1, self.total + self.added + 1))

    def keys(self) -> set[tuple[str, str]]:
        return {self.key(number) for number in self.numbers()}

    def key(self, number: int) -> tuple[str, str]:
        return "post", str(number)

    def newest_first(self, since: float, until: float) -> list[int]:
        found = [n for n in self.numbers() if since <= self.at(n).timestamp() <= until]
        return sorted(found, key=lambda n: (self.at(n), n), reverse=True)

    @abstractmethod
    def answer(self, path: str, query: dict[str, str]) -> Any:
        """The platform's answer to a request."""

    def body(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def callback(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        self.requests += 1
        self.urls.append(request.url)
        if self.requests in self.plan:
            return self.plan[self.requests]
        parts = urlsplit(request.url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return 200, {}, self.body(self.answer(parts.path, query))

    def serve(self, mock: responses.RequestsMock) -> None:
        mock.add_callback(responses.GET, re.compile(re.escape(HOST) + ".*"), self.callback)

    @abstractmethod
    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        """The platform's own form of an error code."""


def _http_status(code: str) -> int:
    return int(code) if code.isdigit() and 400 <= int(code) < 600 else 400


class XWorld(World):
    platform = "x"
    page = 10

    def tweet(self, n: int) -> dict[str, Any]:
        return {
            "id": str(n),
            "text": f"Velmora {n}",
            "author_id": "7",
            "created_at": self.at(n).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }

    def answer(self, path: str, query: dict[str, str]) -> Any:
        assert path == "/2/tweets/search/all"
        since, until = (datetime.fromisoformat(query[name]).timestamp() for name in ("start_time", "end_time"))
        found = self.newest_first(since, until - 1)
        place = 0 if self.stuck else int(query.get("next_token", "t0")[1:])
        shown = found[place : place + 10]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if self.stuck or place + 10 < len(found):
            meta["next_token"] = f"t{place + 10}"
        users = [{"id": "7", "username": "ann", "name": "Ann"}]
        return {"meta": meta} | ({"data": [self.tweet(n) for n in shown], "includes": {"users": users}} if shown else {})

    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        if code == "UsageCapExceeded":
            return (
                429,
                {},
                self.body({"title": code, "period": "Monthly", "type": "https://api.twitter.com/2/problems/usage-capped"}),
            )
        if not code.isdigit():  # a 200 that holds nothing but problems
            problem = {"title": "Problem", "detail": "as documented", "type": f"https://api.twitter.com/2/problems/{code}"}
            return 200, {}, self.body({"errors": [{**problem, "resource_type": "user", "resource_id": "7"}]})
        if int(code) < 400 or code == "453":
            return 400, {}, self.body({"errors": [{"code": int(code), "message": "as documented"}]})
        return (
            int(code),
            {},
            self.body({"title": "Problem", "detail": "as documented", "type": "about:blank", "status": int(code)}),
        )


class VkWorld(World):
    platform = "vk"
    cap = 1000

    def key(self, number: int) -> tuple[str, str]:
        return ("comment" if number % 5 == 0 else "post"), f"-9_{number}"

    def post(self, n: int) -> dict[str, Any]:
        has_comment = (n + 1) % 5 == 0 and n + 1 in self.numbers()
        return {"id": n, "owner_id": -9, "from_id": 7, "date": int(self.at(n).timestamp()), "text": f"Velmora {n}", "post_type": "post",
                "comments": {"count": 1 if has_comment else 0}}  # fmt: skip

    def answer(self, path: str, query: dict[str, str]) -> Any:
        assert query["access_token"] == TOKEN
        if path.endswith("wall.get"):
            return {"response": {"count": 0, "items": []}}
        if path.endswith("wall.getComments"):
            n = int(query["post_id"]) + 1
            entry = {"id": n, "from_id": 8, "date": int(self.at(n).timestamp()), "text": f"answer {n}", "post_id": n - 1, "owner_id": -9,
                     "parents_stack": []}  # fmt: skip
            shown = [entry] if int(query["offset"]) == 0 and n in self.numbers() else []
            return {"response": {"count": 1, "current_level_count": 1, "items": shown, "profiles": [], "groups": []}}
        found = [n for n in self.newest_first(int(query["start_time"]), int(query["end_time"])) if n % 5]
        place = 0 if self.stuck else int(query.get("start_from", "0/").split("/")[0])
        shown, total = found[: self.cap][place : place + self.page], len(found)
        response: dict[str, Any] = {"items": [self.post(n) for n in shown], "count": min(total, self.cap), "total_count": total}
        if self.stuck or (shown and place + self.page < min(total, self.cap)):
            response["next_from"] = f"{place + self.page}/x"
        return {"response": response}

    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        params = [{"key": "access_token", "value": TOKEN}, {"key": "v", "value": "5.199"}]
        return (200, {}, self.body({"error": {"error_code": int(code), "error_msg": "as documented", "request_params": params}}))


class WeiboWorld(World):
    platform = "weibo"

    def key(self, number: int) -> tuple[str, str]:
        return ("comment" if number % 5 == 0 else "post"), str(number)

    def stamp(self, n: int) -> str:
        return (self.at(n) + timedelta(hours=8)).strftime("%a %b %d %H:%M:%S +0800 %Y")

    def status(self, n: int) -> dict[str, Any]:
        has_comment = (n + 1) % 5 == 0 and n + 1 in self.numbers()
        return {"id": n, "idstr": str(n), "created_at": self.stamp(n), "text": f"Velmora {n}", "comments_count": int(has_comment),
                "user": {"id": 7, "screen_name": "ann"}}  # fmt: skip

    def answer(self, path: str, query: dict[str, str]) -> Any:
        assert query["access_token"] == TOKEN
        if path.endswith("comments/show.json"):
            n = int(query["id"]) + 1
            shown = [
                {
                    "id": n,
                    "idstr": str(n),
                    "created_at": self.stamp(n),
                    "text": f"re {n}",
                    "user": {"id": 8},
                    "status": self.status(n - 1),
                }
            ]
            return {"comments": shown if query["page"] == "1" and n in self.numbers() else [], "total_number": 1}
        found = [n for n in self.newest_first(int(query["starttime"]), int(query["endtime"])) if n % 5]
        place = 0 if self.stuck else (int(query["page"]) - 1) * self.page
        total = 99 if self.stuck else len(found)
        return {"statuses": [self.status(n) for n in found[place : place + self.page]], "total_number": total}

    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        if code in ("418", "432"):
            return int(code), {}, b"<html>who are you</html>"
        if code.startswith("ok="):
            return 200, {}, self.body({"ok": int(code[3:]), "msg": "as seen"})
        return (403, {}, self.body({"error": "as documented", "error_code": int(code), "request": "/2/search/statuses.json"}))


class DiscourseWorld(World):
    platform = "discourse"
    site = "forum.test"

    def key(self, number: int) -> tuple[str, str]:
        return ("post" if number % 5 == 1 else "reply"), str(number)

    def post(self, n: int) -> dict[str, Any]:
        return {"id": n, "topic_id": 100 + (n - 1) // 5, "post_number": (n - 1) % 5 + 1, "user_id": 7 + n % 5, "username": f"u{n % 5}",
                "created_at": self.at(n).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "cooked": f"<p>Velmora {n}</p>", "version": 1,
                "topic_title": "Velmora", "topic_slug": "velmora", "reply_to_post_number": None}  # fmt: skip

    def answer(self, path: str, query: dict[str, str]) -> Any:
        if topic := re.match(r"/t/(\d+)\.json", path):
            posts = [n for n in self.numbers() if 100 + (n - 1) // 5 == int(topic[1])]
            return {
                "post_stream": {"posts": [self.post(n) for n in posts], "stream": posts},
                "id": int(topic[1]),
                "title": "Velmora",
            }
        before = int(query.get("before", 10**9)) if not self.stuck else 10**9
        return {"latest_posts": [self.post(n) for n in sorted(self.numbers(), reverse=True) if n <= before][: self.page]}

    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        if code.isdigit():
            return int(code), {}, b"<html>nginx</html>"
        status = {"rate_limit": 429, "not_found": 404, "read_only": 503}.get(code, 403)
        return status, {}, self.body({"errors": ["as documented"], "error_type": code, "extras": {"wait_seconds": 2}})


class RssWorld(World):
    platform = "rss"
    base = f"{HOST}/feed.xml"
    site = "news.test"
    repeats_are_errors = False  # a circle in the paging links ends the read and is named as a gap

    def key(self, number: int) -> tuple[str, str]:
        return "article", f"urn:{number}"

    def body(self, value: Any) -> bytes:
        return str(value).encode()

    def answer(self, path: str, query: dict[str, str]) -> Any:
        found = self.newest_first(0, 9e9)
        page = 1 if self.stuck else int(query.get("page", 1))
        shown = found[(page - 1) * self.page : page * self.page]
        link = (
            f'<atom:link rel="next" href="{self.base}?page={page + 1}"/>' if self.stuck or page * self.page < len(found) else ""
        )
        entries = "".join(
            f"<item><guid>urn:{n}</guid><title>Velmora {n}</title><description>text {n}</description>"
            f"<pubDate>{format_datetime(self.at(n), usegmt=True)}</pubDate></item>" for n in shown
        )  # fmt: skip
        return f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>{link}{entries}</channel></rss>'

    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        return int(code), {}, b"<html>no feed</html>"
