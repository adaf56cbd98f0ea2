"""Budgets and waits: a sliding-window limiter for each credential and endpoint, and what a platform's headers ask for."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from settings import RenownError

_LONGEST = 86400.0 * 40  # a reset further away than this is no reset


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


def wait_seconds(headers: Mapping[str, str]) -> float | None:
    """What the headers ask for, in seconds; None where they ask for nothing that can be used.

    Read in this order: Retry-After (seconds or an HTTP date), x-rate-limit-reset (X: epoch seconds), x-ratelimit-reset (Mastodon:
    ISO 8601; Reddit: seconds from now; others: epoch seconds). A moment is measured against the server's own Date, so that a skewed
    clock of either side does not matter.
    """
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    now = _http_date(lowered.get("date")) or time.time()
    retry_after = lowered.get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", retry_after):
        return float(retry_after)
    until = _http_date(retry_after)
    if until is None:
        until = _epoch(lowered.get("x-rate-limit-reset", "")) or _reset(lowered.get("x-ratelimit-reset", ""), now)
    return until - now if until is not None and 0 <= until - now < _LONGEST else None


def _epoch(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d{9,11}", value) else None


def _reset(value: str, now: float) -> float | None:
    """x-ratelimit-reset: epoch seconds, seconds from now (a smaller number), or ISO 8601 with a zone."""
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return _epoch(value) or now + float(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None


def rate_factor() -> float:
    """RENOWN_RATE_FACTOR: how many times faster than the configured rates (1 except against the sandbox)."""
    raw = os.environ.get("RENOWN_RATE_FACTOR") or "1"
    try:
        factor = float(raw)
    except ValueError:
        factor = 0.0
    if not 0 < factor < 1e9:
        raise RenownError(f"RENOWN_RATE_FACTOR='{raw}' is not a positive number", "unset it, or use 1", exit_code=2)
    return factor


def _http_date(value: str | None) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError, OverflowError):
        return None
