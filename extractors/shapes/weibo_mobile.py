"""m.weibo.cn, the mobile site's JSON: search cards, timelines, comments, and the rest of long texts. Off unless a source asks for it.

    api/container/getIndex ──cards[].mblog──► …全文? ──statuses/extend──► the whole text ──► items
         └─ comments_count > 0 ──► comments/hotflow (by max_id), or where that wants a login api/comments/show (by page)
It answers HTTP 432, a captcha page or {ok: -100} to whoever it does not like: that stops the run, it is never tried around.
Sources: recorded answers (gottaegbert/weiboAPI), what public clients of the site read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from extractors.base import Contract, Item, Key, Page, PlatformError, Reading, contract_error
from extractors.http import Answer as HttpAnswer
from extractors.shapes.weibo_found import found, own_id
from extractors.shapes.weibo_objects import body_of, comment, items, make_item, tombstones
from extractors.slices import LOOP, Answer, Slice, Threads
from extractors.times import from_weibo
from extractors.values import count, identifier, mapping, objects

SITE = "https://m.weibo.cn"
ErrorOf = Callable[[Any, int, Mapping[str, str]], PlatformError | None]


class Mobile:
    """The site as one source reads it. The source's credential is sent as the session cookie SUB, where there is one."""

    def __init__(self, reading: Reading, contract: Contract, error_of: ErrorOf) -> None:
        self._reading, self._contract, self._error_of = reading, contract, error_of
        self._base = SITE if reading.base_url == contract.base_url else reading.base_url

    def search(self, threads: Threads, text: str, piece: Slice) -> Answer:
        """A page of the newest statuses that hold `text`."""
        return self._cards(threads, {"containerid": f"100103type=61&q={text}", "page_type": "searchall"}, piece)

    def timeline(self, threads: Threads, uid: str, piece: Slice) -> Answer:
        """A page of an account's statuses."""
        return self._cards(threads, {"type": "uid", "value": uid, "containerid": f"107603{uid}"}, piece)

    def _cards(self, threads: Threads, params: dict[str, Any], piece: Slice) -> Answer:
        page = int(piece.position or 1)
        value = self._call("api/container/getIndex", **params, page=page)
        now = self._reading.settings.now()
        listed = [(entry, from_weibo(entry.get("created_at"), now)) for entry, _ in found(value, None)]
        fresh = [entry for entry, at in listed if at is None or piece.start <= at.timestamp() <= piece.end]
        for entry in fresh:
            self._complete(entry)
            self._complete(mapping(entry.get("retweeted_status")))
        known = list(items({"statuses": fresh}, None, self._reading.source.site))
        newest = max((at.timestamp() for _, at in listed if at), default=0.0)
        more = bool(listed) and newest >= piece.start
        return Answer(known, page + 1 if more else None, None, self._follow(threads, known), len(fresh))

    def _follow(self, threads: Threads, known: list[Item]) -> Iterator[Item]:
        for item in known:
            status = mapping(item.value.get("item"))
            if not item.value.get("original"):
                yield from threads.follow(item.native_id, count(status.get("comments_count")), status)

    def _complete(self, entry: dict[str, Any]) -> None:
        """Put the whole text beside one that ends in …全文; where it cannot be had the status stays marked as cut off."""
        if not body_of(entry)[2] or not self._reading.option("complete_texts", True):
            return
        try:
            data = mapping(self._call("statuses/extend", id=own_id(entry)).get("data"))
        except PlatformError as error:
            if error.action != "skip" and error.code != "ok=0":
                raise
            return
        if isinstance(data.get("longTextContent"), str):
            entry["longText"] = {"longTextContent": data["longTextContent"]}

    # -- comments ----------------------------------------------------------------------------------------------------
    def comments(self, status: dict[str, Any]) -> Iterator[Item]:
        """All comments of a status and the answers below them."""
        author = mapping(status.get("user")).get("id")
        parent = {"id": own_id(status), "user": {"id": author}}
        try:
            yield from self._flow("comments/hotflow", parent, id=parent["id"], mid=parent["id"])
        except PlatformError as error:
            if error.action == "skip":
                return
            if error.code != "ok=-100":
                raise
            yield from self._paged(parent)

    def _flow(self, endpoint: str, parent: dict[str, Any], **params: Any) -> Iterator[Item]:
        """Pages by max_id (0 is the end); of a comment with more answers than came along, the rest."""
        position, kind, passed = "0", "0", set[str]()
        while True:
            value = self._call(endpoint, **params, max_id=position, max_id_type=kind)
            data = mapping(value.get("data")) or value
            for entry, _ in found(value, None):
                yield make_item(comment(entry, parent), self._reading.source.site)
                nested = objects(entry.get("comments"))
                if endpoint.endswith("hotflow") and (count(entry.get("total_number")) or 0) > len(nested):
                    yield from self._flow("comments/hotFlowChild", parent, cid=own_id(entry))
            passed.add(position)
            position, kind = identifier(data.get("max_id")) or "0", identifier(data.get("max_id_type")) or "0"
            if position == "0":
                return
            if position in passed:
                raise PlatformError("retry", "weibo: the same page of comments came again", "run again", code=LOOP)

    def _paged(self, parent: dict[str, Any]) -> Iterator[Item]:
        page, last = 1, 1
        while page <= last:
            value = self._call("api/comments/show", id=parent["id"], page=page)
            last = count(mapping(value.get("data")).get("max")) or 0
            for entry, _ in found(value, None):
                yield make_item(comment(entry, parent), self._reading.source.site)
            page += 1

    # -- what became of statuses -------------------------------------------------------------------------------------
    def lookup(self, keys: Sequence[Key]) -> Iterator[Page]:
        """Statuses again, one by one. A refusal is no deletion: the site says "does not exist or may not be seen" for both."""
        for key in keys:
            if key.kind != "post":
                continue
            try:
                value = self._call("statuses/show", id=key.native_id)
            except PlatformError as error:
                if error.action != "skip":
                    raise
                continue
            looked_up = list(items(value, None, self._reading.source.site))
            graves = [grave for item in looked_up for grave in tombstones(item)]
            buried = {grave.native_id for grave in graves}
            yield Page([item for item in looked_up if item.native_id not in buried], "lookup", gone=graves)

    def _call(self, endpoint: str, **params: Any) -> dict[str, Any]:
        headers = {"X-Requested-With": "XMLHttpRequest", "Referer": f"{SITE}/"}
        if self._reading.http.token:
            headers["Cookie"] = f"SUB={self._reading.http.token}"
        url = f"{self._base}/{endpoint}?{urlencode(params)}"
        value: dict[str, Any] = self._reading.http.get(url, headers=headers, endpoint=f"m: {endpoint}", read=self._read)
        return value

    def _read(self, answer: HttpAnswer) -> dict[str, Any]:
        """The JSON of an answer. Raises PlatformError (stop) for a page made for people: a captcha."""
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise contract_error(self._contract, "418", "a page instead of JSON") from None
        if error := self._error_of(value, answer.status, answer.headers):
            raise error
        return mapping(value)
