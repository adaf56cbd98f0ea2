"""robots.txt: asked once a host, kept for the run; what it forbids is not fetched, and its crawl delay is kept.

Source: RFC 9309: a missing file (4xx) permits everything, an unreachable one (5xx) forbids everything.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from extractors.base import PlatformError

MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are read
Fetch = Callable[[str], tuple[int, bytes]]


class Robots:
    """The rules of every host that a run meets."""

    def __init__(self, platform: str, user_agent: str, fetch: Fetch) -> None:
        self._platform, self._agent, self._fetch = platform, user_agent, fetch
        self._rules: dict[str, Protego] = {}
        self._unreachable: set[str] = set()

    def allow(self, url: str) -> float:
        """The crawl delay of a permitted address in seconds, 0 without one. Raises PlatformError (skip, code robots) where it is forbidden."""
        rules, host = self._of(url), urlsplit(url).netloc.rsplit("@", 1)[-1]
        if host in self._unreachable:
            raise PlatformError(
                "skip",
                f"{self._platform}: {host} does not give its robots.txt, so nothing of it is read",
                "check the address and the network, then run again",
                code="robots",
            )
        if not rules.can_fetch(url, self._agent):
            raise PlatformError(
                "skip",
                f"{self._platform}: robots.txt of {host} forbids this address",
                "ask the site's owner, or leave it out",
                code="robots",
            )
        return float(rules.crawl_delay(self._agent) or 0.0)

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the host of this address names."""
        return list(self._of(url).sitemaps)

    def _of(self, url: str) -> Protego:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._rules:
            status, body = self._fetch(root + "/robots.txt")
            if status >= 500:
                self._unreachable.add(parts.netloc.rsplit("@", 1)[-1])
            text = body[:MAX_BYTES].decode("utf-8", "replace") if status == 200 else ""
            self._rules[root] = Protego.parse("User-agent: *\nDisallow: /" if status >= 500 else text)
        return self._rules[root]
