"""App Store Connect: reviews of one's own apps with the developer's published answers, newest first.

    RENOWN_APP_STORE_KEY (.p8), its id, the issuer ──ES256──► a token of ten minutes ──► v1/apps/{app}/customerReviews ──► pages
Answers come days later and a review's date is that of its first writing: reviews of the last options.thread_hours are read again, and
each one when it is looked at again. Sources: Apple's App Store Connect API reference (Generating Tokens for API Requests: header kid,
claims iss or sub "user", iat, exp at most 20 minutes, aud; List All Customer Reviews for an App: sort, limit to 200, include;
Identifying Rate Limits: 429, a rolling hour a key).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from extractors.base import PlatformError, Reading
from extractors.times import from_iso
from extractors.values import mapping, objects

ADDRESS = "https://api.appstoreconnect.apple.com"
KEY, KEY_ID, ISSUER = "RENOWN_APP_STORE_KEY", "RENOWN_APP_STORE_KEY_ID", "RENOWN_APP_STORE_ISSUER_ID"
NEEDED = (KEY, KEY_ID)
PAGE = 200
LIFETIME = 600  # seconds of a token; Apple takes 1200 at most
_RENEWED = 60  # seconds before its end
_MEND = f"set {KEY} to the text or the path of AuthKey_….p8, {KEY_ID} to its id and {ISSUER} to the issuer id (an individual key has none)"


def is_public(review: Mapping[str, Any]) -> bool:
    """Whether the resource is shown in the store: an answer that waits for its publication is not."""
    return mapping(mapping(review.get("item")).get("attributes")).get("state") != "PENDING_PUBLISH"


@dataclass
class Connect:
    """The calls of one run, with one key."""

    reading: Reading
    _token: str = ""
    _until: float = 0.0

    def listed(self, app: str, position: str | None) -> tuple[dict[str, Any], str | None, str]:
        """(answer, place of the next page or None, address): a page of an app's reviews, newest first."""
        size = min(self.reading.source.page_size or PAGE, PAGE)
        asked = {"include": "response", "sort": "-createdDate", "limit": size, **({"cursor": position} if position else {})}
        path = f"v1/apps/{quote(app)}/customerReviews"
        value = self._get(f"{path}?{urlencode(asked)}", "apps/customerReviews")
        following = parse_qs(urlsplit(str(mapping(value.get("links")).get("next") or "")).query).get("cursor")
        return value, following[0] if following else None, f"{ADDRESS}/{path}"

    def single(self, review: str) -> dict[str, Any]:
        """One review with its answer. Raises PlatformError, code 404, where it is gone."""
        return self._get(f"v1/customerReviews/{quote(review)}?include=response", "customerReviews")

    def floor(self, start: float, is_first: bool) -> float:
        """Down to where a walk from `start` reads: young reviews again, for the answers that they may have got."""
        if is_first:
            return start
        young = self.reading.end - timedelta(hours=float(self.reading.option("thread_hours", 72)))
        return max(min(start, young.timestamp()), self.reading.start.timestamp())

    def _get(self, path: str, endpoint: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        return mapping(self.reading.http.get_json(f"{address(self.reading)}/{path}", headers=headers, endpoint=endpoint))

    def _bearer(self) -> str:
        if time.time() > self._until - _RENEWED:
            self._until = time.time() + LIFETIME
            self._token = signed(self.reading.http.secrets, time.time())
            self.reading.http.learned.add(self._token)
        return self._token


def address(reading: Reading) -> str:
    """options.connect_url, the sandbox's own prefix where that stands in, else Apple's."""
    told = reading.option("connect_url", None)
    stands_in = urlsplit(reading.base_url).hostname != "itunes.apple.com"
    return str(told or (reading.base_url if stands_in else ADDRESS)).rstrip("/")


def missing(secrets: Mapping[str, str]) -> list[str]:
    """The variables that are not set."""
    return [name for name in NEEDED if not secrets.get(name)]


def signed(secrets: Mapping[str, str], now: float) -> str:
    """A token for the key of these credentials, valid from `now` (epoch seconds) on. Raises PlatformError for a key that is none."""
    import jwt

    whose = {"iss": secrets[ISSUER]} if secrets.get(ISSUER) else {"sub": "user"}
    claims = {**whose, "iat": int(now), "exp": int(now) + LIFETIME, "aud": "appstoreconnect-v1"}
    try:
        return jwt.encode(claims, _pem(secrets[KEY]), algorithm="ES256", headers={"kid": secrets[KEY_ID]})
    except (ValueError, TypeError, OSError, jwt.PyJWTError) as error:
        what = f"app_store: the key of App Store Connect cannot be used ({type(error).__name__})"
        raise PlatformError("fatal", what, _MEND, code="key") from None


def _pem(told: str) -> str:
    """The key's text: as given (with real or written line ends), or of the file that is named."""
    return told.replace("\\n", "\n") if "-----BEGIN" in told else Path(told).expanduser().read_text("ascii")


def oldest(value: Mapping[str, Any]) -> float | None:
    """The earliest writing among the reviews of an answer, epoch seconds."""
    told = (mapping(entry.get("attributes")).get("createdDate") for entry in objects(value.get("data")))
    times: Sequence[float] = [when.timestamp() for text in told if (when := from_iso(text))]
    return min(times, default=None)
