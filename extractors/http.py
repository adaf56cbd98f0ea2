"""The one way out to the network: a session with own limits, a retry budget and clear errors.

get_json() ──► limiter ──► request (time-outs, size limit) ──► error_of() ──► value
get_page() ──► robots ─┘      ▲             │ retry / wait_until
                              └── back-off ◄┘   stop, skip, fatal ──► PlatformError
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import NameResolutionError

from extractors.base import Contract, PlatformError, contract_error
from extractors.jsons import load
from extractors.limits import LIMITER, Limiter, rate_factor, wait_seconds
from extractors.reach import is_private
from extractors.redaction import redact
from extractors.robots import Robots
from settings.models import Rate

TIMEOUT = (10.0, 60.0)  # connect, between two chunks; seconds
SLOWEST = 300.0  # seconds that one answer may take as a whole
MAX_BYTES = 64 * 1024 * 1024  # of the decompressed answer: the guard against decompression bombs
MAX_ATTEMPTS = 6
HOST_ATTEMPTS = 3  # where a name does not resolve: hardly ever a passing fault
ASKED_ATTEMPTS = 2  # of an unreachable host where a person waits for the answer
MAX_WAIT = 960.0  # seconds; X's window is 900
MAX_REDIRECTS = 5
ROBOTS = "robots.txt"
MAX_CRAWL_DELAY = 60.0  # seconds; a site that asks for more gets this much

ErrorOf = Callable[[Any, int, Mapping[str, str]], PlatformError | None]


@dataclass(frozen=True)
class Answer:
    """A whole answer: HTTP status, headers (case-insensitive), bytes after decompression, the address after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class Ask:
    """One request. `form` and `json` are sent by POST, `body` (raw bytes) by `verb`; `open_web`: a link that was found, which may not
    lead into a private network."""

    url: str
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    endpoint: str = ""
    form: Mapping[str, Any] | None = None
    json: Any = None
    open_web: bool = False
    gap: float = 0.0
    body: bytes | None = None
    verb: str = ""

    @property
    def method(self) -> str:
        """`verb` where it is set; GET without a body, else POST."""
        return self.verb or ("GET" if self.form is None and self.json is None and self.body is None else "POST")


class Http:
    """A session for one source. `requests` and `waited` (seconds) are counted for the coverage ledger.

    `token` is the platform's first credential, `secrets` all of them by the name of their environment variable. `patient` False: a
    person waits, so that a host which cannot be reached is told soon.
    """

    def __init__(
        self,
        contract: Contract,
        error_of: ErrorOf,
        rate: Rate,
        user_agent: str,
        token: str | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        factor: float | None = None,
        limiter: Limiter | None = None,
        sleep: Callable[[float], object] = time.sleep,
        patient: bool = True,
    ) -> None:
        self.patient = patient
        self.contract, self.token, self.requests, self.waited = contract, token, 0, 0.0
        self.secrets = dict(secrets or {})
        self.learned: set[str] = set()  # session tokens met on the way, kept out of errors like the configured ones
        self._error_of, self._rate, self._sleep = error_of, rate, sleep
        self._factor = factor if factor is not None else rate_factor()
        self._limiter = limiter or LIMITER
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent
        self._session.trust_env = False  # a .netrc or proxy of the machine must not add credentials or detours
        self.home: str | None = None  # the source's own address
        self._robots = Robots(contract.platform, user_agent, self._robots_file)

    def get_json(
        self, url: str, params: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None, endpoint: str = ""
    ) -> Any:
        """The decoded answer. Raises PlatformError after the retry budget, or at once where retrying is no use."""
        return self.ask_json(Ask(url, params, headers or {}, endpoint))[0]

    def ask_json(self, ask: Ask, error_of: ErrorOf | None = None) -> tuple[Any, Answer]:
        """(decoded answer, the answer with its headers) of any request; errors as in get_json."""

        def read(answer: Answer) -> tuple[Any, Answer]:
            value = self._decode(answer)
            error = (error_of or self._error_of)(value, answer.status, answer.headers)
            if error:
                raise error
            return value, answer

        found: tuple[Any, Answer] = self._retried(ask, read)
        return found

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        endpoint: str = "",
        read: Callable[[Answer], Any] | None = None,
    ) -> Any:
        """The raw answer (200 or 304), or what `read` makes of it; other statuses raise PlatformError."""
        return self._raw(Ask(url, None, headers or {}, endpoint), read)

    def send(self, ask: Ask, read: Callable[[Answer], Any] | None = None) -> Any:
        """The raw answer of any request, or what `read` makes of it; with a `verb` any 2xx is an answer, else 200 and 304."""
        return self._raw(ask, read)

    def pause(self, seconds: float) -> None:
        """Wait for a job of the platform to go on; counted as waited."""
        wait = seconds / max(1.0, self._factor)
        self.waited += wait
        self._sleep(wait)

    def get_page(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        endpoint: str = "",
        read: Callable[[Answer], Any] | None = None,
        open_web: bool = True,
    ) -> Any:
        """Like get(), for pages made for people: robots.txt and its crawl delay are kept, and a found link stays on the public web.

        Raises PlatformError (skip, code robots) where robots.txt forbids the address, (skip, code private) where it leads into a
        private network while the source itself is public.
        """
        delay = min(self._robots.allow(url), MAX_CRAWL_DELAY)
        return self._raw(Ask(url, None, headers or {}, endpoint, open_web=open_web, gap=delay), read)

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that robots.txt of this address names."""
        return self._robots.sitemaps(url)

    def clean(self, text: str) -> str:
        """`text` without secrets."""
        return redact(text, self.all_secrets())

    def all_secrets(self) -> list[str]:
        """Every secret that this session knows."""
        return [secret for secret in (self.token, *self.secrets.values(), *self.learned) if secret]

    def _raw(self, ask: Ask, read: Callable[[Answer], Any] | None) -> Any:
        def checked(answer: Answer) -> Any:
            is_done = 200 <= answer.status < 300 if ask.verb else answer.status in (200, 304)
            if not is_done:
                raise status_error(self.contract, answer)
            return read(answer) if read else answer

        return self._retried(ask, checked)

    def _retried(self, ask: Ask, read: Callable[[Answer], Any]) -> Any:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return read(self._once(ask))
            except PlatformError as error:
                if error.action not in ("retry", "wait_until") or attempt >= self._attempts(error):
                    raise
                self._pause(error, attempt)
        raise AssertionError("unreachable")

    def _attempts(self, error: PlatformError) -> int:
        """How often a request is made that ends like this."""
        if error.code == "host":
            return HOST_ATTEMPTS if self.patient else 1
        return ASKED_ATTEMPTS if error.code == "network" and not self.patient else MAX_ATTEMPTS

    def _pause(self, error: PlatformError, attempt: int) -> None:
        backoff = min(60.0, 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0) / max(1.0, min(self._factor, 20.0))
        wait = error.wait_seconds + random.uniform(0, 0.5) / max(1.0, self._factor) if error.wait_seconds is not None else backoff
        if wait > MAX_WAIT:
            raise PlatformError(
                "stop", f"{error.what}; the platform asks to wait {wait:.0f} s", "run again after that", code=error.code
            ) from None
        self.waited += wait
        self._sleep(wait)

    def _once(self, ask: Ask) -> Answer:
        gap = max(self.contract.min_interval.get(ask.endpoint, 0.0), ask.gap) / self._factor
        self.waited += self._limiter.acquire(
            (f"{self.contract.platform}:{hash(self.token)}", ask.endpoint),
            self._rate.requests,
            self._rate.per_seconds / self._factor,
            gap,
        )
        self.requests += ask.endpoint != ROBOTS  # the ledger counts what was asked of the platform, not for leave to ask
        try:
            return self._fetch(ask)
        except requests.RequestException as error:
            raise self._unreachable(urlsplit(ask.url).netloc.rsplit("@", 1)[-1], error) from None

    def _unreachable(self, host: str, error: requests.RequestException) -> PlatformError:
        """What is told of a request that got no answer: a name that does not resolve has another mend than a host that is silent."""
        if (unresolved := _unresolved(error)) and not (self.patient and unresolved == socket.EAI_AGAIN):
            mend = "correct the address (of a source: base_url in sources.yml), or check this machine's network"
            return PlatformError("retry", f"{self.contract.platform}: the name {host} does not resolve", mend, code="host")
        return PlatformError(
            "retry",
            f"{self.contract.platform}: {host} does not answer ({_reason(error)})",
            "check the network and the source's base_url, then run again",
            code="network",
        )

    def _fetch(self, ask: Ask) -> Answer:
        method, target, params, sent, value = ask.method, ask.url, ask.params, dict(ask.headers), ask.json
        form: Mapping[str, Any] | bytes | None = ask.form if ask.body is None else ask.body
        if ask.open_web and is_private(urlsplit(target).hostname) and not self._is_home_private():
            raise PlatformError(
                "skip", f"{self.contract.platform}: a link leads into a private network", "nothing to do", code="private"
            )
        for _ in range(MAX_REDIRECTS + 1):
            with self._session.request(
                method,
                target,
                params=params,
                headers=sent,
                data=form,
                json=value,
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,
            ) as response:
                if response.is_redirect:
                    target, sent = self._redirected(target, response.headers["location"], sent, ask.open_web)
                    params = None
                    if response.status_code not in (307, 308):  # RFC 9110: these two keep method and body
                        method, form, value = "GET", None, None
                    continue
                return Answer(response.status_code, response.headers, self._read_limited(response), response.url)
        raise PlatformError(
            "fatal", f"{self.contract.platform}: more than {MAX_REDIRECTS} redirects", "correct the source's base_url"
        )

    def _is_home_private(self) -> bool:
        """Whether the source itself lives in a private network (an intranet forum, the sandbox): then its links may too."""
        return self.home is not None and is_private(urlsplit(self.home).hostname)

    def _redirected(self, old: str, location: str, sent: dict[str, str], open_web: bool) -> tuple[str, dict[str, str]]:
        new = urljoin(old, location)
        before, after = urlsplit(old), urlsplit(new)
        if after.scheme not in ("http", "https") or (not is_private(before.hostname) and is_private(after.hostname)):
            raise PlatformError(
                "skip" if open_web else "fatal",
                f"{self.contract.platform}: a redirect to {after.hostname or 'nowhere'} is refused",
                "set base_url to the final public address",
                code="redirect",
            )
        if before.netloc != after.netloc:
            sent = {name: value for name, value in sent.items() if name.lower() not in ("authorization", "cookie")}
        return new, sent

    def _read_limited(self, response: requests.Response) -> bytes:
        chunks, size, started = [], 0, time.monotonic()
        for chunk in response.iter_content(65536):
            size += len(chunk)
            if size > MAX_BYTES:
                raise PlatformError(
                    "fatal",
                    f"{self.contract.platform}: an answer is larger than {MAX_BYTES >> 20} MB",
                    "set a smaller page_size for the source",
                )
            if time.monotonic() - started > SLOWEST:
                raise requests.ReadTimeout("the body drips")
            chunks.append(chunk)
        return b"".join(chunks)

    def _robots_file(self, url: str) -> tuple[int, bytes]:
        try:
            answer = self._retried(Ask(url, endpoint=ROBOTS), lambda answer: answer)
        except PlatformError as error:
            if error.code == "network" or (error.code == "host" and self.patient):
                return 503, b""
            raise
        return answer.status, answer.body

    def _decode(self, answer: Answer) -> Any:
        try:
            return load(answer.body)
        except (ValueError, RecursionError):
            if answer.status >= 300:
                raise status_error(self.contract, answer) from None
            raise malformed(self.contract.platform, "JSON", answer.body, self.all_secrets()) from None


def malformed(platform: str, expected: str, body: bytes, secrets: Iterable[str] = ()) -> PlatformError:
    """The error of an answer that cannot be read at all; it carries the body for raw.rejects."""
    kept = redact(body[:1_000_000].decode("utf-8", "surrogateescape"), secrets).encode("utf-8", "surrogateescape")
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


def _unresolved(error: requests.RequestException) -> int | None:
    """getaddrinfo's error number where the host's name did not resolve, None where something else failed."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if not isinstance(reason, NameResolutionError):
        return None
    cause = reason.__cause__ or reason.__context__
    return cause.errno if isinstance(cause, socket.gaierror) and cause.errno else socket.EAI_NONAME


def _reason(error: requests.RequestException) -> str:
    names = {
        requests.ConnectTimeout: "connection timed out",
        requests.ReadTimeout: "read timed out",
        requests.exceptions.SSLError: "TLS failed",
        requests.ConnectionError: "connection failed",
    }
    return next((text for kind, text in names.items() if isinstance(error, kind)), type(error).__name__)
