"""Sina Weibo: the open API's search by time slices, comments, timelines; or, where approved for it, the mobile site.

    2/search/statuses, 2/statuses/user_timeline ──► statuses[] ──comments_count > 0──► 2/comments/show ──► comments[]
    options.transport: mobile ──► shapes.weibo_mobile        2/statuses|comments/show_batch ──► lookup
q knows no OR: one query an alias. Sources: open.weibo.com wiki (2/search, 2/statuses, 2/comments, error codes), recorded answers;
the shapes: extractors/shapes/weibo_objects.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from extractors import query
from extractors.base import Contract, ErrorRule, Item, Key, Page, PlatformError, Reading, Tombstone, contract_error
from extractors.decoding import decode_json
from extractors.limits import wait_seconds
from extractors.shapes import weibo_mobile
from extractors.shapes.weibo_found import own_id, rendered
from extractors.shapes.weibo_objects import body_of, comment, items, make_item, to_mention, tombstones
from extractors.slices import Answer, Repeats, Slice, Threads, walk
from extractors.source_options import FLAG, Form, Need
from extractors.times import from_weibo
from extractors.values import count, flag, identifier, mapping, objects
from settings import RenownError

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]

_TOKEN_MEND = "set RENOWN_WEIBO_TOKEN to a valid access token"
CONTRACT = Contract(
    platform="weibo",
    base_url="https://api.weibo.com",
    endpoints=(
        "2/search/statuses.json",
        "2/comments/show.json",
        "2/statuses/user_timeline.json",
        "2/statuses/show.json",
        "2/statuses/show_batch.json",
        "2/comments/show_batch.json",
        "m: api/container/getIndex",
        "m: statuses/extend",
        "m: comments/hotflow",
        "m: api/comments/show",
    ),
    auth="access token of an application with search rights",
    credential_env="RENOWN_WEIBO_TOKEN",
    cursor="time_slice",
    is_sorted=True,
    page_limit=50,
    cap=None,
    errors=(
        ErrorRule("10001", "retry", "system error"),
        ErrorRule("10002", "retry", "service unavailable"),
        ErrorRule("10003", "retry", "remote service error"),
        ErrorRule("10009", "retry", "too many pending tasks"),
        ErrorRule("10010", "retry", "job expired"),
        ErrorRule("10011", "retry", "RPC error"),
        ErrorRule("10022", "wait_until", "IP requests out of rate limit", "wait for the next hour and lower the source's rate"),
        ErrorRule("10023", "wait_until", "user requests out of rate limit", "wait for the next hour and lower the source's rate"),
        ErrorRule(
            "10024",
            "wait_until",
            "user requests to this interface out of rate limit",
            "wait for the next hour and lower the source's rate",
        ),
        ErrorRule("10004", "fatal", "IP limit", "register this server's address with the application"),
        ErrorRule(
            "10005",
            "fatal",
            "permission denied: the application has no access to this resource",
            "apply for advanced search rights",
        ),
        ErrorRule("10014", "fatal", "insufficient app permissions", "apply for advanced search rights"),
        ErrorRule("10006", "fatal", "source parameter (appkey) is missing", _TOKEN_MEND),
        ErrorRule("10013", "fatal", "invalid weibo user", _TOKEN_MEND),
        ErrorRule("10008", "fatal", "parameter error", "correct the source's query"),
        ErrorRule("10012", "fatal", "illegal request", "correct the source's query"),
        ErrorRule("10016", "fatal", "a required parameter is missing", "correct the source's query"),
        ErrorRule("10020", "fatal", "no such interface", "correct the source's base_url"),
        ErrorRule("21301", "fatal", "authorization failed", _TOKEN_MEND),
        ErrorRule(
            "21335",
            "skip",
            "only the authorizing account's own timeline is given",
            "collect this account by its name in the query",
        ),
        ErrorRule("20003", "skip", "the account does not exist"),
        ErrorRule("20101", "skip", "the status does not exist"),
        ErrorRule("20112", "skip", "permission denied to the status"),
        ErrorRule("20201", "skip", "the comment does not exist"),
        ErrorRule("21314", "fatal", "token used already", _TOKEN_MEND),
        ErrorRule("21315", "fatal", "token expired", _TOKEN_MEND),
        ErrorRule("21316", "fatal", "token revoked", _TOKEN_MEND),
        ErrorRule("21317", "fatal", "token rejected", _TOKEN_MEND),
        ErrorRule("21327", "fatal", "token expired", _TOKEN_MEND),
        ErrorRule("21332", "fatal", "invalid access token", _TOKEN_MEND),
        ErrorRule(
            "ok=-100",
            "stop",
            "the site wants a login",
            "use the open API, or set RENOWN_WEIBO_TOKEN to the session of an approved account",
        ),
        ErrorRule("ok=0", "stop", "the site refuses", "use the open API, or run again later"),
        ErrorRule("432", "stop", "the mobile site wants a session", "use the open API instead"),
        ErrorRule("418", "stop", "requests look automated", "lower the source's rate and run again later"),
    ),
    time_formats=("EEE MMM dd HH:mm:ss Z yyyy", "MM-dd", "刚刚", "N分钟前", "N小时前", "昨天 HH:mm"),
    deletion='deleted: "1" on a status, or a notice without a user; the notice tells whether the author or the platform removed it',
    edits="edit_count, edit_at on a status",
    history_limit="search rights decide; user_timeline gives the newest 2000; the mobile search some 50 pages",
    terms="Weibo open platform agreement: approved application, public content; options.transport: mobile needs an approval of its own",
    not_offered=("title", "page_id", "page_name", "page_followers", "language_hint", "country", "rating"),
    kinds=("post", "comment"),
    collects=("statuses by keyword", "comments and the answers to them", "statuses of the banks' accounts"),
    how_to="open.weibo.com: register an application, apply for search rights, take its access token",
    rate=(1000, 3600.0),
    options={
        "transport": "open (the open API, the default) or mobile (m.weibo.cn; needs base_url, and terms approved for it)",
        "timelines": "true: statuses of the banks' handles too; accounts in pages (uids) are always read",
        "cap": "most results of one query, where the application has such a limit",
        "complete_texts": "false: do not ask the mobile site for the rest of long texts",
        "thread_hours": "how long a status's comments are read again (72)",
    },
    forms={"transport": Form("name", "open", "open|mobile"), "complete_texts": FLAG},
    needs=(Need(("base_url",), "base_url: https://m.weibo.cn", when={"transport": "mobile"}),),
)
_EMPTY = ("没有内容", "没有数据", "还没有", "no data", "暂无", "发表你的评论")
_ABSENT = ("不存在", "查看权限", "已被删除")
TIMELINE, LOOKUP = 100, 50


def decode(body: bytes) -> list[Any]:
    """JSON, or the data inside a mobile detail page. Raises PlatformError where HTML came instead: a captcha or a login page."""
    try:
        return decode_json(body)
    except RenownError:
        if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            raise
    found = rendered(body.decode("utf-8", "replace"))
    if found is None:
        raise contract_error(CONTRACT, "418", "HTML instead of data")
    return found


def pages(reading: Reading) -> Iterator[Page]:
    """Statuses by alias and time slice, each followed by its comments; first the new comments of young threads, last timelines."""
    for page in _mobile_pages(reading) if reading.option("transport", "open") == "mobile" else _open_pages(reading):
        cut = sum(1 for item in page.items if item.kind == "post" and body_of(mapping(item.value.get("item")))[2])
        yield replace(page, gap=page.gap or f"{cut} texts are cut off by the platform") if cut else page


def _open_pages(reading: Reading) -> Iterator[Page]:
    threads = Threads(reading, lambda status: _comments(reading, status))
    yield from threads.young({"id": native_id, "user": {"id": author}} for native_id, author in threads.recent())
    for stream, text in _queries(reading):
        fetch = partial(_fetch, reading, threads, text)
        yield from walk(reading, stream, fetch, cap=reading.option("cap", None), split_short=True)
    for name, account in _accounts(reading):
        yield from walk(reading, f"timeline:{account}", partial(_timeline, reading, threads, name, account))


def _queries(reading: Reading) -> Iterator[tuple[str, str]]:
    """(stream, q) of the source's query."""
    tree = query.parse(reading.source.query, reading.settings, "weibo")
    for text in query.compile_terms(tree, "weibo"):
        yield f"search:{sha256(text.encode()).hexdigest()[:12]}", text


def _accounts(reading: Reading) -> list[tuple[str, str]]:
    """(parameter, value) of the banks' accounts: pages are uids, handles screen names."""
    banks = reading.settings.banks.banks
    found = [("uid", page) for bank in banks for page in bank.pages.get("weibo", [])]
    if reading.option("timelines", False):
        found += [("screen_name", handle.lstrip("@")) for bank in banks for handle in bank.handles.get("weibo", [])]
    return list(dict.fromkeys(found))


def _mobile_pages(reading: Reading) -> Iterator[Page]:
    """The same from m.weibo.cn, newest first: it knows no time slices."""
    site = weibo_mobile.Mobile(reading, CONTRACT, error_of)
    threads = Threads(reading, site.comments)
    yield from threads.young({"id": native_id, "user": {"id": author}} for native_id, author in threads.recent())
    for stream, text in _queries(reading):
        yield from walk(reading, f"mobile:{stream}", partial(site.search, threads, text))
    for name, account in _accounts(reading):
        if name == "uid":
            yield from walk(reading, f"mobile:timeline:{account}", partial(site.timeline, threads, account))


def _call(reading: Reading, endpoint: str, **params: Any) -> Any:
    sent = {**params, "access_token": reading.http.token or ""}
    return reading.http.get_json(f"{reading.base_url}/{endpoint}?{urlencode(sent)}", endpoint=endpoint)


def _fetch(reading: Reading, threads: Threads, text: str, piece: Slice) -> Answer:
    page, size = int(piece.position or 1), min(reading.source.page_size or 50, 50)
    value = _call(
        reading,
        "2/search/statuses.json",
        q=text,
        starttime=piece.start,
        endtime=piece.end,
        count=size,
        page=page,
        needcount="true",
    )
    found = list(items(value, None, reading.source.site))
    listed = len(objects(value) or objects(mapping(value).get("statuses")))
    total = count(mapping(value).get("total_number"))
    seen = (page - 1) * size + listed
    more = listed > 0 and (seen < total if total is not None else listed >= size)
    return Answer(found, page + 1 if more else None, total, _follow(threads, found), listed)


def _follow(threads: Threads, found: list[Item]) -> Iterator[Item]:
    """The comments of what the search found; reposted originals came along unasked."""
    for item in found:
        status = mapping(item.value.get("item"))
        if not item.value.get("original"):
            yield from threads.follow(item.native_id, count(status.get("comments_count")), status)


def _timeline(reading: Reading, threads: Threads, name: str, account: str, piece: Slice) -> Answer:
    """A page of an account's statuses, newest first (one on top apart), by max_id: a deletion meanwhile moves nothing."""
    more = {"max_id": piece.position} if piece.position else {}
    try:
        value = mapping(_call(reading, "2/statuses/user_timeline.json", **{name: account, "count": TIMELINE, **more}))
    except PlatformError as error:
        if error.action != "skip":
            raise
        return Answer([])
    listed = [(entry, from_weibo(entry.get("created_at"), None)) for entry in objects(value.get("statuses"))]
    inside = [entry for entry, at in listed if not at or piece.start <= at.timestamp() <= piece.end]
    found = list(items({"statuses": inside}, None, reading.source.site))
    newest = max((at.timestamp() for _, at in listed if at), default=0.0)
    oldest = min((int(own) for entry, _ in listed if (own := own_id(entry)) and own.isdigit()), default=0)
    is_over = len(listed) < 2 or newest < piece.start or not oldest or str(oldest) == piece.position
    return Answer(found, None if is_over else str(oldest), None, _follow(threads, found), len(listed))


def _comments(reading: Reading, status: dict[str, Any]) -> Iterator[Item]:
    """All comments of a status, oldest pages last; a status that is closed to us is skipped."""
    page, read, guard = 1, 0, Repeats("weibo")
    parent = {
        "id": identifier(status.get("idstr") or status.get("id") or status.get("mid")),
        "user": {"id": mapping(status.get("user")).get("id")},
    }
    while True:
        try:
            value = mapping(_call(reading, "2/comments/show.json", id=parent["id"], count=50, page=page))
        except PlatformError as error:
            if error.action != "skip":
                raise
            return
        listed = objects(value.get("comments"))
        if not guard.is_new(entry.get("id") for entry in listed):
            continue
        for entry in listed:
            yield make_item(comment(entry, parent), reading.source.site)
        read, page = read + len(listed), page + 1
        if not listed or read >= (count(value.get("total_number")) or 0):
            return


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Open API: {error, error_code, request}. Mobile: {ok: 0 or -100, msg}; an ok: 0 that says "no content" is an empty page."""
    answer = mapping(value)
    if "error_code" in answer or ("error" in answer and "statuses" not in answer):
        return contract_error(
            CONTRACT, answer.get("error_code", status), str(answer.get("error", "")), wait_seconds=wait_seconds(headers)
        )
    message = str(answer.get("msg") or answer.get("message") or "")
    if (
        "ok" in answer
        and flag(answer.get("ok")) is not True
        and not any(hint in message for hint in _EMPTY)
        and not mapping(answer.get("data")).get("cards")
    ):
        code = "20101" if any(hint in message for hint in _ABSENT) else f"ok={answer.get('ok')}"
        return contract_error(CONTRACT, code, "the site refuses", "stop", "use the open API, or run again later")
    if status >= 400:
        default: Any = "retry" if status >= 500 or status == 429 else "fatal"
        return contract_error(CONTRACT, status, "", default, _TOKEN_MEND if status in (401, 403) else None, wait_seconds(headers))
    return None


# -- what became of items --------------------------------------------------------------------------------------------
def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These statuses and comments again, 50 a request. A status that a batch leaves out is gone where show says that it does not
    exist; a comment has no such second opinion."""
    if reading.option("transport", "open") == "mobile":
        yield from weibo_mobile.Mobile(reading, CONTRACT, error_of).lookup(keys)
        return
    for kind, endpoint, name in (
        ("post", "2/statuses/show_batch.json", "ids"),
        ("comment", "2/comments/show_batch.json", "cids"),
    ):
        asked = [key for key in keys if key.kind == kind]
        for start in range(0, len(asked), LOOKUP):
            batch = asked[start : start + LOOKUP]
            yield _looked_up(reading, batch, _call(reading, endpoint, **{name: ",".join(key.native_id for key in batch)}))


def _looked_up(reading: Reading, asked: Sequence[Key], value: Any) -> Page:
    kind, site = asked[0].kind, reading.source.site
    if kind == "comment":
        listed = objects(value) or objects(mapping(value).get("comments"))
        found = [make_item(comment(entry, {}), site) for entry in listed]
    else:
        found = list(items(value, None, site))
    graves = [grave for item in found for grave in tombstones(item)]
    buried, live = {grave.native_id for grave in graves}, {item.native_id for item in found if item.kind == kind}
    for key in asked:
        if key.native_id not in live and (kind == "comment" or _is_absent(reading, key.native_id)):
            graves.append(Tombstone(key.native_id, kind, "platform"))
    return Page([item for item in found if item.native_id not in buried], "lookup", gone=graves)


def _is_absent(reading: Reading, native_id: str) -> bool:
    """Whether 2/statuses/show says that there is no such status; any other refusal is no deletion."""
    try:
        _call(reading, "2/statuses/show.json", id=native_id)
    except PlatformError as error:
        if error.action != "skip":
            raise
        return error.code == "20101"
    return False
