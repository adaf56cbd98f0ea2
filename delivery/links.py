"""Signed links in a delivery's footer: whoever holds one may ask to change or stop that delivery, and nothing else.

    subscription + window ──► signature by RENOWN_LINK_KEY ──► <link_base_url>/subscriptions/<id>?token=…

The same subscription and window give the same link, so that the same rows give the same bytes. What stands behind the address checks a
token by verify(), or by `renown subscriptions verify`.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer

from delivery.window import Window
from settings import RenownError, Settings
from settings.models import Subscription

KEY = "RENOWN_LINK_KEY"
SHORTEST = 16  # letters of a key


def change_link(settings: Settings, sub: Subscription, window: Window) -> str | None:
    """The link, None where no base address is configured. Raises RenownError where the key is missing or short."""
    base = settings.subscriptions.link_base_url
    if not base:
        return None
    token = _serializer().dumps({"subscription": sub.id, "until": window.end_day.isoformat()})
    return f"{base.rstrip('/')}/subscriptions/{quote(sub.id)}?token={token}"


def verify(token: str) -> dict[str, Any]:
    """What a token says: {"subscription", "until"}. Raises RenownError for one that we did not sign."""
    try:
        said: dict[str, Any] = _serializer().loads(token)
    except BadSignature:
        raise RenownError("the token is not ours, or was changed", "take the link as it stands in the delivery", 2) from None
    return said


def _serializer() -> URLSafeSerializer:
    key = os.environ.get(KEY, "")
    if len(key) < SHORTEST:
        raise RenownError(f"{KEY} is missing or shorter than {SHORTEST} letters", "set it, or take link_base_url out of subscriptions.yml", 2)
    return URLSafeSerializer(key, salt="renown.delivery.change")
