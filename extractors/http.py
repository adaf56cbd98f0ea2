"""The one way out to the network: a session with own limits, a retry budget and clear errors.

get_json() ──► limiter ──► request (time-outs, size limit) ──► error_of() ──► value
                  ▲             │ retry / wait_until
                  └── back-off ◄┘   stop, skip, fatal ──► PlatformError
"""

from __future__ import annotations

import ipaddress
import json
import os
import random
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from extractors.base import Contract, PlatformError, contract_error
from settings import RenownError
from settings.models import Rate

TIMEOUT = (10.0, 60.0)  # connect, read; seconds
MAX_BYTES = 64 * 1024 * 1024  # of the decompressed answer: the guard against decompression bombs
MAX_ATTEMPTS = 6
MAX_WAIT = 960.0  # seconds; X's window is 900
MAX_REDIRECTS = 5
_SECRET = re.compile(r"((?:access_token|oauth_token|client_secret|service_token|api_key|appkey|sig)=)[^&\s\"'<>\\]+", re.I)
_SECRET_JSON = re.compile(
    r"(\"key\"\s*:\s*\"(?:access_token|client_secret)\"\s*,\s*\"value\"\s*:\s*\")[^\"]*|(\"(?:access_token|client_secret)\"\s*:\s*\")[^\"]*"
)
_BEARER = re.compile(r"(bearer\s+)[\w.~+/%=-]{8,}", re.I)

ErrorOf = Callable[[Any, int, Mapping[str, str]], PlatformError | None]


@dataclass(frozen=True)
class Answer:
    """A whole answer: HTTP status, headers (case-insensitive), bytes after decompression, the address after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Limiter:
    """A sliding window per key: at most `requests` starts in any `per_seconds`, and `gap` seconds between two starts."""

    def __init__(self, sleep: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic) -> None:
        self._starts: dict[tuple[str, str], deque[float]] = {}
        self._sleep, self._clock = sleep, clock

    def acquire(self, key: tuple[str, str], requests_allowed: int, per_seconds: float, gap: float = 0.0) -> float:
        """Wait until one more request may start; returns the seconds waited."""
        starts, now = self._starts.setdefault(key, deque()), self._clock()
        while starts and starts[0] <= now - per_seconds:
            starts.popleft()
        wait = max(0.0, starts[-1] + gap - now if starts else 0.0)
        if len(starts) >= requests_allowed:
            wait = max(wait, starts[-requests_allowed] + per_seconds - now)
        if wait > 0:
            self._sleep(wait)
        starts.append(self._clock())
        return wait


LIMITER = Limiter()  # shared by all sources of a process: a budget belongs to the credential, not to the source


class Http:
    """A session for one source. `requests` and `waited` (seconds) are counted for the coverage ledger."""

    def __init__(
        self,
        contract: Contract,
        error_of: ErrorOf,
        rate: Rate,
        user_agent: str,
        token: str | None = None,
        *,
        factor: float | None = None,
        limiter: Limiter | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.contract, self.token, self.requests, self.waited = contract, token, 0, 0.0
        self._error_of, self._rate, self._sleep = error_of, rate, sleep
        self._factor = factor if factor is not None else rate_factor()
        self._limiter = limiter or LIMITER
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent
        self._session.trust_env = False  # a .netrc or proxy of the machine must not add credentials or detours

    def get_json(
        self, url: str, params: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None, endpoint: str = ""
    ) -> Any:
        """The decoded answer. Raises PlatformError after the retry budget, or at once where retrying is no use."""

        def read(answer: Answer) -> Any:
            value = self._decode(answer)
            error = self._error_of(value, answer.status, answer.headers)
            if error:
                raise error
            return value

        return self._retried(url, params, headers, endpoint, read)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        endpoint: str = "",
        read: Callable[[Answer], Any] | None = None,
    ) -> Any:
        """The raw answer (200 or 304), or what `read` makes of it; other statuses raise PlatformError."""

        def checked(answer: Answer) -> Any:
            if answer.status not in (200, 304):
                raise status_error(self.contract, answer)
            return read(answer) if read else answer

        return self._retried(url, None, headers, endpoint, checked)

    def clean(self, text: str) -> str:
        """`text` without secrets."""
        return redact(text, self.token)

    def _retried(
        self,
        url: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        endpoint: str,
        read: Callable[[Answer], Any],
    ) -> Any:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return read(self._once(url, params, headers, endpoint))
            except PlatformError as error:
                if error.action not in ("retry", "wait_until") or attempt == MAX_ATTEMPTS:
                    raise
                self._pause(error, attempt)
        raise AssertionError("unreachable")

    def _pause(self, error: PlatformError, attempt: int) -> None:
        backoff = min(60.0, 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0) / max(1.0, min(self._factor, 20.0))
        wait = error.wait_seconds + random.uniform(0, 0.5) / max(1.0, self._factor) if error.wait_seconds is not None else backoff
        if wait > MAX_WAIT:
            raise PlatformError(
                "stop", f"{error.what}; the platform asks to wait {wait:.0f} s", "run again after that", code=error.code
            ) from None
        self.waited += wait
        self._sleep(wait)

    def _once(self, url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None, endpoint: str) -> Answer:
        gap = self.contract.min_interval.get(endpoint, 0.0) / self._factor
        self.waited += self._limiter.acquire(
            (f"{self.contract.platform}:{hash(self.token)}", endpoint),
            self._rate.requests,
            self._rate.per_seconds / self._factor,
            gap,
        )
        self.requests += 1
        try:
            return self._fetch(url, params, headers)
        except requests.RequestException as error:
            host = urlsplit(url).netloc.rsplit("@", 1)[-1]
            reason = _reason(error)
            raise PlatformError(
                "retry",
                f"{self.contract.platform}: {host} does not answer ({reason})",
                "check the network and the source's base_url, then run again",
                code="network",
            ) from None

    def _fetch(self, url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None) -> Answer:
        target, sent = url, dict(headers or {})
        for _ in range(MAX_REDIRECTS + 1):
            with self._session.get(
                target, params=params, headers=sent, timeout=TIMEOUT, stream=True, allow_redirects=False
            ) as response:
                if response.is_redirect:
                    target, params, sent = self._redirected(target, response.headers["location"], sent)
                    continue
                return Answer(response.status_code, response.headers, self._read_limited(response), response.url)
        raise PlatformError(
            "fatal", f"{self.contract.platform}: more than {MAX_REDIRECTS} redirects", "correct the source's base_url"
        )

    def _redirected(self, old: str, location: str, sent: dict[str, str]) -> tuple[str, None, dict[str, str]]:
        new = urljoin(old, location)
        before, after = urlsplit(old), urlsplit(new)
        if after.scheme not in ("http", "https") or (not _is_private(before.hostname) and _is_private(after.hostname)):
            raise PlatformError(
                "fatal",
                f"{self.contract.platform}: a redirect to {after.hostname or 'nowhere'} is refused",
                "set base_url to the final public address",
            )
        if before.netloc != after.netloc:
            sent = {name: value for name, value in sent.items() if name.lower() != "authorization"}
        return new, None, sent

    def _read_limited(self, response: requests.Response) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_content(65536):
            size += len(chunk)
            if size > MAX_BYTES:
                raise PlatformError(
                    "fatal",
                    f"{self.contract.platform}: an answer is larger than {MAX_BYTES >> 20} MB",
                    "set a smaller page_size for the source",
                )
            chunks.append(chunk)
        return b"".join(chunks)

    def _decode(self, answer: Answer) -> Any:
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            if answer.status >= 300:
                raise status_error(self.contract, answer) from None
            raise malformed(self.contract.platform, "JSON", answer.body, self.token) from None


def malformed(platform: str, expected: str, body: bytes, token: str | None = None) -> PlatformError:
    """The error of an answer that cannot be read at all; it carries the body for raw.rejects."""
    kept = redact(body[:1_000_000].decode("utf-8", "surrogateescape"), token).encode("utf-8", "surrogateescape")
    return PlatformError(
        "retry",
        f"{platform}: an answer is not {expected} ({len(body)} bytes)",
        "run again; the page is kept in raw.rejects",
        code="malformed",
        body=kept,
    )


def status_error(contract: Contract, answer: Answer) -> PlatformError:
    """A PlatformError of an HTTP status alone (the body is no error form of the platform)."""
    default: Any = "fatal"
    if answer.status in (408, 425, 429) or answer.status >= 500:
        default = "wait_until" if answer.status == 429 else "retry"
    elif answer.status in (404, 410, 451):
        default = "skip"
    wait = wait_seconds(answer.headers) if answer.status in (429, 503) else None
    return contract_error(contract, answer.status, _phrase(answer.status), default, wait_seconds=wait)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase.lower()
    except ValueError:
        return "unexpected answer"


def wait_seconds(headers: Mapping[str, str]) -> float | None:
    """What Retry-After (seconds or date) or x-rate-limit-reset (epoch seconds) asks for; None where neither is usable.

    The reset is measured against the server's own Date, so that a skewed clock of either side does not matter.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    now = _http_date(lowered.get("date")) or time.time()
    retry_after = lowered.get("retry-after", "")
    if retry_after.strip().isdigit():
        return float(retry_after)
    until = _http_date(retry_after)
    if until is None and re.fullmatch(r"\d{9,11}", lowered.get("x-rate-limit-reset", "")):
        until = float(lowered["x-rate-limit-reset"])
    return until - now if until is not None and 0 <= until - now < 86400 * 40 else None


def redact(text: str, token: str | None = None) -> str:
    """`text` with access tokens replaced by ***, in URLs, in JSON (VK's request_params too) and the given token anywhere."""
    if token and len(token) >= 8:
        text = text.replace(token, "***")
    text = _SECRET.sub(r"\1***", text)
    text = _SECRET_JSON.sub(lambda m: (m[1] or m[2]) + "***", text)
    return _BEARER.sub(r"\1***", text)


def rate_factor() -> float:
    """RENOWN_RATE_FACTOR: how many times faster than the configured rates (1 except against the sandbox)."""
    raw = os.environ.get("RENOWN_RATE_FACTOR") or "1"
    try:
        factor = float(raw)
    except ValueError:
        factor = 0.0
    if not 0 < factor < 1e9:
        raise RenownError(f"RENOWN_RATE_FACTOR='{raw}' is not a positive number", "unset it, or use 1")
    return factor


def _http_date(value: str | None) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError, OverflowError):
        return None


def _is_private(host: str | None) -> bool:
    """Whether a host is, or resolves to, an address that is not on the public internet."""
    if not host:
        return True
    try:
        addresses = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False  # it will fail to connect, and say so
    return any(not ipaddress.ip_address(str(address).split("%")[0]).is_global for address in addresses)


def _reason(error: requests.RequestException) -> str:
    names = {
        requests.ConnectTimeout: "connection timed out",
        requests.ReadTimeout: "read timed out",
        requests.exceptions.SSLError: "TLS failed",
        requests.ConnectionError: "connection failed",
    }
    return next((text for kind, text in names.items() if isinstance(error, kind)), type(error).__name__)
