"""X API v2: search, the home bank's mentions, official timelines, conversations, and what became of posts.

    search/all|recent, users/:id/mentions|tweets, conversation_id:… ──► data[] + includes ──► shapes.x_objects ──► Mention
    tweets?ids= ──► fresh counts, what is gone            compliance/jobs ──► result lines ──► Tombstone
Sources: docs.x.com/x-api (posts/search, users/timelines, posts/lookup, compliance/batch-compliance), recorded answers (twarc, tweepy).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from extractors import query
from extractors.base import Contract, ErrorRule, Key, Page, PlatformError, Reading, Tombstone, contract_error, iso
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.shapes.x_objects import compliance_graves, gone_reason, items, make_item, to_mention, tombstones
from extractors.slices import Answer, Slice, Threads, walk
from extractors.source_options import FLAG, NUMBER, Form
from extractors.values import count, identifier, mapping, objects, text_or_none

__all__ = ["CONTRACT", "comply", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]

_NO_SUCH = "nothing to do: it was deleted, or its account was suspended or made private"
CONTRACT = Contract(
    platform="x",
    base_url="https://api.x.com",
    endpoints=(
        "2/tweets/search/all",
        "2/tweets/search/recent",
        "2/users/by",
        "2/users/:id/mentions",
        "2/users/:id/tweets",
        "2/tweets",
        "2/compliance/jobs",
    ),
    auth="OAuth 2.0 app-only bearer token",
    credential_env="RENOWN_X_TOKEN",
    cursor="token",
    is_sorted=True,
    page_limit=500,
    cap=None,
    query_limit=1024,
    min_interval={"2/tweets/search/all": 1.0},
    errors=(
        ErrorRule("429", "wait_until", "too many requests", "wait for x-rate-limit-reset and run again"),
        ErrorRule("88", "wait_until", "rate limit exceeded", "wait for x-rate-limit-reset and run again"),
        ErrorRule(
            "UsageCapExceeded", "stop", "usage cap of the product exceeded", "wait for the next billing cycle or raise the cap"
        ),
        ErrorRule("401", "fatal", "unauthorized", "set RENOWN_X_TOKEN to a valid app-only bearer token"),
        ErrorRule("32", "fatal", "could not authenticate", "set RENOWN_X_TOKEN to a valid app-only bearer token"),
        ErrorRule("89", "fatal", "invalid or expired token", "set RENOWN_X_TOKEN to a valid app-only bearer token"),
        ErrorRule(
            "403", "fatal", "forbidden", "enrol the app in a product that allows this endpoint, or set options.search: recent"
        ),
        ErrorRule("453", "fatal", "access level too low", "raise the app's access level, or set options.search: recent"),
        ErrorRule("400", "fatal", "invalid request", "correct the source's query or page_size"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("34", "skip", "not found"),
        ErrorRule("50", "skip", "user not found"),
        ErrorRule("63", "skip", "the account is suspended"),
        ErrorRule("144", "skip", "no post with that id", _NO_SUCH),
        ErrorRule("179", "skip", "not authorized to see this post", _NO_SUCH),
        ErrorRule("resource-not-found", "skip", "no such post or account", _NO_SUCH),
        ErrorRule("not-authorized-for-resource", "skip", "not authorized to see a protected post or account", _NO_SUCH),
        ErrorRule("130", "retry", "over capacity"),
        ErrorRule("131", "retry", "internal error"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("YYYY-MM-DDTHH:mm:ss.sssZ", "YYYY-MM-DDTHH:mm:ss+00:00", "EEE MMM dd HH:mm:ss Z yyyy"),
    deletion="compliance jobs (deleted, deactivated, suspended, protected); errors[] of a lookup or search name posts that are gone",
    edits="a new id, chained by edit_history_tweet_ids",
    history_limit="recent: 7 days; all: since 2006-03; the newest 800 mentions and 3200 posts of an account",
    terms="X developer agreement: honour deletions; no use against individuals",
    not_offered=("title", "page_id", "page_name", "page_followers", "rating"),
    kinds=("post", "reply"),
    collects=(
        "posts by keyword",
        "mentions of the home bank's accounts",
        "posts and replies of the banks' accounts",
        "replies in young conversations",
    ),
    how_to="developer.x.com: a project with an app whose product allows the endpoints; its app-only bearer token",
    rate=(300, 900.0),
    options={
        "search": "all (full archive, the default) or recent (7 days)",
        "query_limit": "characters of a query that the product allows (1024 for all, 512 for recent)",
        "mentions": "true: the mentions timeline of the home bank's handles",
        "timelines": "true: what the banks' handles (and pages: user ids) post and reply, even where it does not name a bank",
        "conversations": "true: replies by conversation_id of threads younger than thread_hours",
        "thread_hours": "how long a thread counts as young (72)",
        "timeline_caps": "newest posts that a timeline gives: {mentions: 800, tweets: 3200}",
        "compliance_wait": "seconds to wait for a compliance job (900)",
    },
    forms={
        "search": Form("name", "all", "all|recent"),
        **dict.fromkeys(("query_limit", "compliance_wait"), NUMBER),
        **dict.fromkeys(("mentions", "conversations"), FLAG),
        "timeline_caps": Form("numbers", "{mentions: 800, tweets: 3200}"),
    },
)

FIELDS = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_controls,edit_history_tweet_ids,entities,geo,id,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,reply_settings,source,text,withheld",
    "user.fields": "created_at,description,id,location,name,protected,public_metrics,username,verified,verified_type",
    "place.fields": "contained_within,country,country_code,full_name,geo,id,name,place_type",
    "media.fields": "alt_text,media_key,type,url",
    "poll.fields": "duration_minutes,end_datetime,id,options,voting_status",
    "expansions": "attachments.media_keys,attachments.poll_ids,author_id,edit_history_tweet_ids,entities.mentions.username,"
    "geo.place_id,in_reply_to_user_id,referenced_tweets.id,referenced_tweets.id.author_id",
}
SAFETY = timedelta(seconds=10)  # end_time must lie at least this long before the request
RECENT = timedelta(days=7) - timedelta(minutes=5)  # how far back search/recent reaches, less what paging takes
TIMELINE_CAPS = {"mentions": 800, "tweets": 3200}
LOOKUP = 100  # ids of one request
POLL_SECONDS = 15.0
# What API v1 answered instead of a code: {"error": "Not found", "request": "/1/…"}, {"errors": "…"}
_OLDER = (
    ("rate limit", "88"),
    ("not found", "34"),
    ("no status found", "144"),
    ("authenticate", "32"),
    ("not authorized", "179"),
)
decode = decode_json
Fetch = Callable[[Slice], Answer]


def pages(reading: Reading) -> Iterator[Page]:
    """Search pages, newest first (a long expression is split into several streams), then what the options ask for."""
    reading = replace(reading, end=reading.end - SAFETY)
    is_archive = reading.option("search", "all") == "all"
    limit = int(reading.option("query_limit", 1024 if is_archive else 512))
    tree = query.parse(reading.source.query, reading.settings, "x")
    for text in query.compile_x(tree, limit):
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        yield from _reachable(reading, stream, is_archive)
        yield from walk(reading, stream, partial(_search, reading, text))
    yield from _timelines(reading)
    if reading.option("conversations", False):
        yield from _conversations(reading, limit)


def _reachable(reading: Reading, stream: str, is_archive: bool) -> Iterator[Page]:
    """Names the hours that search/recent cannot give any more, where a stream was left alone for longer than a week."""
    left = (reading.cursors.get(stream) or {}).get("watermark")
    missing = (reading.end - RECENT).timestamp() - left if isinstance(left, int | float) else 0
    if not is_archive and missing > 0:
        yield Page(
            [], stream, gap=f"{missing / 3600:.0f} hours before {iso(reading.end - RECENT)} are older than search/recent reaches"
        )


def _search(reading: Reading, text: str, piece: Slice) -> Answer:
    is_archive = reading.option("search", "all") == "all"
    start = piece.start if is_archive else max(piece.start, int((reading.end - RECENT).timestamp()))
    if start >= piece.end:
        return Answer([])
    size = min(reading.source.page_size or 100, 500 if is_archive else 100)
    params = {"query": text, "max_results": max(10, size), "start_time": _second(start), "end_time": _second(piece.end)}
    endpoint = f"2/tweets/search/{'all' if is_archive else 'recent'}"
    return _page(reading, endpoint, endpoint, params, "next_token", piece.position)


def _page(reading: Reading, path: str, endpoint: str, asked: Mapping[str, Any], name: str, token: Any) -> Answer:
    """One page of a search or timeline; a token that X takes no more means the slice from its beginning."""
    params = {**asked, **FIELDS}
    try:
        value = _get(reading, path, endpoint, params | ({name: token} if token else {}))
    except PlatformError as error:
        if error.code != "400" or not token:
            raise
        value = _get(reading, path, endpoint, params)
    found, token = list(items(value, None, reading.source.site)), mapping(mapping(value).get("meta")).get("next_token")
    return Answer(found, text_or_none(token), listed=len(objects(mapping(value).get("data"))))


def _get(reading: Reading, path: str, endpoint: str, params: Mapping[str, Any]) -> Any:
    return reading.http.get_json(f"{reading.base_url}/{path}?{urlencode(params)}", headers=_headers(reading), endpoint=endpoint)


def _headers(reading: Reading) -> dict[str, str]:
    return {"Authorization": f"Bearer {reading.http.token}"} if reading.http.token else {}


def _second(epoch: int) -> str:
    return iso(datetime.fromtimestamp(epoch, UTC))


# -- timelines -------------------------------------------------------------------------------------------------------
def _timelines(reading: Reading) -> Iterator[Page]:
    """Mentions of the home bank's accounts; posts and replies of all banks' accounts."""
    banks = reading.settings.banks
    wanted = {
        "mentions": [banks.by_id(banks.home)] if reading.option("mentions", False) else [],
        "tweets": banks.banks if reading.option("timelines", False) else [],
    }
    for kind, listed in wanted.items():
        names = dict.fromkeys(name.lstrip("@") for bank in listed for name in bank.handles.get("x", []))
        ids, unknown = _user_ids(reading, list(names))
        if unknown:
            yield Page([], f"{kind}:", gap=f"{len(unknown)} configured accounts do not exist, or are suspended")
        pages_of = [page for bank in listed for page in bank.pages.get("x", [])]
        for user_id in dict.fromkeys([*ids, *pages_of]):
            yield from _timeline(reading, kind, user_id)


def _user_ids(reading: Reading, names: list[str]) -> tuple[list[str], list[str]]:
    """(ids, names that X does not know), by /2/users/by."""
    ids: list[str] = []
    known: set[str] = set()
    for start in range(0, len(names), LOOKUP):
        params = {"usernames": ",".join(names[start : start + LOOKUP])}
        try:
            users = objects(mapping(_get(reading, "2/users/by", "2/users/by", params)).get("data"))
        except PlatformError as error:
            if error.action != "skip":
                raise
            continue
        ids += [found for user in users if (found := identifier(user.get("id")))]
        known |= {str(user.get("username")).casefold() for user in users}
    return ids, [name for name in names if name.casefold() not in known]


def _timeline(reading: Reading, kind: str, user_id: str) -> Iterator[Page]:
    """An account's timeline by time; one that ends at X's cap before the slice's beginning is a gap."""
    stream = f"{kind}:{user_id}"
    cap = {**TIMELINE_CAPS, **mapping(reading.option("timeline_caps", {}))}[kind]
    read = 0

    def fetch(piece: Slice) -> Answer:
        nonlocal read
        params = {
            "max_results": max(5, min(reading.source.page_size or 100, 100)),
            "start_time": _second(piece.start),
            "end_time": _second(piece.end),
        }
        try:
            answer = _page(
                reading, f"2/users/{user_id}/{kind}", f"2/users/:id/{kind}", params, "pagination_token", piece.position
            )
        except PlatformError as error:  # a protected or suspended account
            if error.action != "skip":
                raise
            return Answer([])
        read += answer.listed or 0
        return answer

    for page in walk(reading, stream, fetch):
        is_capped = page.cursor is not None and "todo" not in page.cursor and read >= cap
        yield replace(page, gap=f"the timeline of account {user_id} gives its newest {cap} posts only") if is_capped else page


# -- conversations ---------------------------------------------------------------------------------------------------
def _conversations(reading: Reading, limit: int) -> Iterator[Page]:
    """Replies in young threads, many threads a query: those that name no bank are found only so."""
    since = reading.end - timedelta(hours=float(reading.option("thread_hours", 72)))
    young = replace(reading, cursors={}, start=since)
    terms = [f"conversation_id:{native_id}" for native_id, _ in Threads(reading, lambda post: ()).recent()]
    while terms:
        text = terms.pop(0)
        while terms and len(text) + len(terms[0]) + 4 <= limit:
            text += f" OR {terms.pop(0)}"
        for page in walk(young, "threads", partial(_search, reading, text)):
            yield replace(page, cursor=None)


# -- what became of posts --------------------------------------------------------------------------------------------
def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts again, by /2/tweets?ids=; `gone` are those that X itself names as not readable, with its reason."""
    for start in range(0, len(keys), LOOKUP):
        asked = {key.native_id: key for key in keys[start : start + LOOKUP]}
        url = f"{reading.base_url}/2/tweets?{urlencode({'ids': ','.join(asked), **FIELDS})}"
        value, _ = reading.http.ask_json(Ask(url, headers=_headers(reading), endpoint="2/tweets"), _lookup_error)
        found = [item for item in items(value, None, reading.source.site) if "item" in item.value]
        gone = [
            Tombstone(key.native_id, key.kind, "platform", None, gone_reason(error))
            for error in objects(mapping(value).get("errors"))
            if gone_reason(error) and (key := asked.get(str(error.get("resource_id"))))
        ]
        yield Page(found, "lookup", more=start + LOOKUP < len(keys), gone=gone)


def _lookup_error(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """As error_of; that every asked post is gone is an answer."""
    errors = objects(mapping(value).get("errors"))
    return None if status == 200 and errors and all(map(gone_reason, errors)) else error_of(value, status, headers)


def comply(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """What a batch compliance job says of these posts. Raises PlatformError (stop) where the job does not end in time."""
    kinds = {key.native_id: key.kind for key in keys}
    if not kinds:
        return
    ask = Ask(
        f"{reading.base_url}/2/compliance/jobs", headers=_headers(reading), endpoint="2/compliance/jobs", json={"type": "tweets"}
    )
    job = mapping(mapping(reading.http.ask_json(ask)[0]).get("data"))
    upload = Ask(
        str(job.get("upload_url")),
        headers={"Content-Type": "text/plain"},  # the address is signed: no token goes there
        endpoint="2/compliance/upload",
        body="\n".join(kinds).encode(),
        verb="PUT",
        open_web=True,
    )
    reading.http.send(upload)
    result = Ask(_finished(reading, job), endpoint="2/compliance/download", open_web=True)
    lines = reading.http.send(result, lambda answer: decode_json(answer.body) if answer.body.strip() else [])
    graves = [grave for line in map(mapping, lines) for grave in compliance_graves(line, kinds.get(str(line.get("id"))))]
    for start in range(0, len(graves), 1000):
        yield Page([], "comply", more=start + 1000 < len(graves), gone=graves[start : start + 1000])


def _finished(reading: Reading, job: Mapping[str, Any]) -> str:
    """The download address of the job, once it is complete."""
    path, patience = f"2/compliance/jobs/{identifier(job.get('id'))}", float(reading.option("compliance_wait", 900))
    while patience > 0:
        state = mapping(mapping(_get(reading, path, "2/compliance/jobs", {})).get("data"))
        if state.get("status") == "complete":
            return str(state.get("download_url") or job.get("download_url"))
        if state.get("status") in ("failed", "expired"):
            break
        reading.http.pause(POLL_SECONDS)
        patience -= POLL_SECONDS
    raise PlatformError(
        "stop", "x: the compliance job did not end", "run again later, or raise options.compliance_wait", code="compliance"
    )


# -- errors ----------------------------------------------------------------------------------------------------------
def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """X's own forms: problem objects, legacy errors[{code}], two kinds of 429, errors[] alone. Beside data or meta errors[] are partial."""
    answer = mapping(value)
    if answer.get("title") == "UsageCapExceeded" or "usage-cap" in str(answer.get("type", "")):
        return contract_error(CONTRACT, "UsageCapExceeded", str(answer.get("detail", "")))
    found = None if _has_content(answer) else _stated(answer, status)
    if found is None and status >= 400:
        found = status, str(answer.get("detail") or answer.get("title") or "")
    if found is None:
        return None
    code, message = found
    wait = wait_seconds(headers) if status != 200 else None
    default = "retry" if (count(code) or status) >= 500 else "fatal"
    return contract_error(CONTRACT, code, message, default, wait_seconds=wait)  # type: ignore[arg-type]


def _stated(answer: dict[str, Any], status: int) -> tuple[Any, str] | None:
    """(code, message) of an answer that holds nothing but an error."""
    errors = objects(answer.get("errors"))
    legacy = [error for error in errors if "code" in error]
    if legacy:
        return legacy[0]["code"], str(legacy[0].get("message", ""))
    if "id" in answer or "text" in answer:
        return None
    if isinstance(told := answer.get("errors") or (answer.get("error") if "request" in answer else None), str):
        return next((code for words, code in _OLDER if words in told.lower()), "error"), told
    if "status" in answer or ("title" in answer and "type" in answer):
        return answer.get("status") or _http_status(answer, status), f"{answer.get('title', '')} {answer.get('detail', '')}"
    problems = [error for error in errors if "type" in error or "title" in error]
    if not problems:
        return None
    kind = str(problems[0].get("type", "")).rpartition("/")[2]
    code = kind if CONTRACT.rule(kind) else problems[0].get("status") or _titled(problems[0])
    return code, str(problems[0].get("detail") or problems[0].get("title") or "")


def _http_status(answer: dict[str, Any], status: int) -> int:
    """The status of a recorded problem that does not state it."""
    return status if status >= 400 else 400 if str(answer.get("type", "")).endswith("invalid-request") else status


def _titled(problem: dict[str, Any]) -> str:
    title = str(problem.get("title", ""))
    return (
        "not-authorized-for-resource"
        if title.startswith(("Authorization", "Forbidden"))
        else "resource-not-found"
        if title.startswith("Not Found")
        else "400"
    )


def _has_content(answer: Iterable[str]) -> bool:
    return any(name in answer for name in ("data", "meta", "includes"))
