"""X API v2 beside the search: accounts by name, their timelines, posts by id, batch compliance jobs; as docs.x.com shows them.

    GET  /x/2/users/by                        usernames (≤ 100); unknown ones in errors[]
    GET  /x/2/users/{id}/mentions | tweets    5..100 a page, pagination_token; the newest 800 and 3,200
    GET  /x/2/tweets                          ids (≤ 100); deleted ones in errors[]
    POST /x/2/compliance/jobs, PUT upload_url (ids as text), GET /x/2/compliance/jobs/{id}, GET download_url (JSON lines)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from sandbox.servers.common import Json, iso_millis, json_answer, place_of, whole
from sandbox.world.model import CLOCK_END, Item

if TYPE_CHECKING:
    from sandbox.servers.x import XServer

_PROBLEM = "https://api.twitter.com/2/problems/"
_CAPS = {"mentions": 800, "tweets": 3200}
PageOf = Callable[[list[int], int, int, str, Request], Response]
Window = Callable[[Request, str], Json | Response]
Refuse = Callable[[Request], Response | None]


def missing(value: str, parameter: str, kind: str) -> Json:
    """The partial error of something that is not there."""
    return {
        "value": value, "resource_id": value, "parameter": parameter, "resource_type": kind, "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{value}].", "type": f"{_PROBLEM}resource-not-found",
    }  # fmt: skip


def add(routes: APIRouter, server: XServer, page_of: PageOf, window: Window, refused: Refuse) -> None:
    """Add the routes; `page_of` and `window` are the search's own, `refused` its 401."""

    @routes.get("/2/users/by")
    async def users(request: Request) -> Response:
        return refused(request) or _users(server, request)

    @routes.get("/2/users/{user_id}/{kind}")
    async def timeline(user_id: str, kind: str, request: Request) -> Response:
        return refused(request) or _timeline(server, user_id, kind, request, page_of, window)

    @routes.get("/2/tweets")
    async def tweets(request: Request) -> Response:
        return refused(request) or _tweets(server, request)

    _add_compliance(routes, server, refused)


def _users(server: XServer, request: Request) -> Response:
    names = [name for name in request.query_params.get("usernames", "").split(",") if name]
    known = [(name, server.world.by_handle.get(("x", name.lower()))) for name in names]
    data = [{key: server.user(account)[key] for key in ("id", "name", "username")} for _, account in known if account]
    errors = [missing(name, "usernames", "user") for name, account in known if account is None]
    return json_answer({name: found for name, found in (("data", data), ("errors", errors)) if found})


def _timeline(server: XServer, user_id: str, kind: str, request: Request, page_of: PageOf, window: Window) -> Response:
    account = next((a for a in server.world.accounts["x"].values() if a.account_id == user_id), None)
    if kind not in _CAPS or account is None:
        return json_answer({"errors": [missing(user_id, "id", "user")]})
    params = window(request, "all" if request.query_params.get("start_time") else "recent")
    if isinstance(params, Response):
        return params
    text = f"@{account.handle}" if kind == "mentions" else f"from:{account.handle}"
    found = server.window(server.matches(text), params)[: _CAPS[kind]]
    size, token = whole(request.query_params.get("max_results"), 10), request.query_params.get("pagination_token")
    key = f"{kind}{user_id}{params}"
    start = place_of(token, key) if token else 0
    if start is None or not 5 <= size <= 100:
        return json_answer({"title": "Invalid Request", "detail": "as documented", "type": f"{_PROBLEM}invalid-request"}, 400)
    return page_of(found, start, size, key, request)


def _tweets(server: XServer, request: Request) -> Response:
    ids = [number for number in request.query_params.get("ids", "").split(",") if number][:100]
    by_id: dict[str, Item] = {item.native_id: item for item in server.items}
    fields = {"id", "text", "edit_history_tweet_ids"} | set(request.query_params.get("tweet.fields", "").split(","))
    data = [{k: v for k, v in server.tweet(by_id[n]).items() if k in fields} for n in ids if n in by_id]
    errors = [missing(number, "ids", "tweet") for number in ids if number not in by_id]
    return json_answer({name: found for name, found in (("data", data), ("errors", errors)) if found})


def _add_compliance(routes: APIRouter, server: XServer, refused: Refuse) -> None:
    jobs: dict[str, list[str]] = {}

    def job(number: str, request: Request) -> Json:
        base = str(request.url).partition("/2/")[0]
        return {
            "id": number, "type": "tweets", "status": "complete" if jobs[number] else "created", "resumable": False,
            "created_at": iso_millis(CLOCK_END), "upload_url": f"{base}/signed/{number}?signature=upload",
            "upload_expires_at": iso_millis(CLOCK_END + 900), "download_url": f"{base}/signed/{number}?signature=download",
            "download_expires_at": iso_millis(CLOCK_END + 604800),
        }  # fmt: skip

    @routes.post("/2/compliance/jobs")
    async def create(request: Request) -> Response:
        number = str(1_400_000_000_000_000_000 + len(jobs))
        if answer := refused(request):
            return answer
        jobs[number] = []
        return json_answer({"data": job(number, request)})

    @routes.get("/2/compliance/jobs/{number}")
    async def state(number: str, request: Request) -> Response:
        known: Json = {"errors": [missing(number, "id", "compliance-job")]}
        if number in jobs:
            known = {"data": job(number, request)}
        return refused(request) or json_answer(known)

    @routes.put("/signed/{number}")
    async def upload(number: str, request: Request) -> Response:
        jobs[number] = (await request.body()).decode().split()
        return Response(status_code=200)

    @routes.get("/signed/{number}")
    async def download(number: str) -> Response:
        gone = [n for n in jobs.get(number, []) if n in server.gone]
        stamp = iso_millis(CLOCK_END).replace("Z", "+00:00")
        lines = [{"id": n, "action": "delete", "created_at": stamp, "reason": "deleted"} for n in gone]
        return Response("".join(json.dumps(line) + "\n" for line in lines), media_type="text/plain")
