"""Signed links: whoever holds one may ask for the one thing that it is for, and nothing else.

    kind + what it is about ──► signature by RENOWN_LINK_KEY ──► <link_base_url>/<kind>/<name>?token=…  ──► delivery.door

    subscriptions  in a file's footer, and in the headings of an e-mail: change or stop that subscription (an e-mail's own link: for that
                   recipient alone)
    received       in a message: "I have it" (ops.delivery_recipients.confirmed_at)

The same delivery gives the same link, so that the same rows give the same bytes. Each kind is signed for itself: a token of one opens
no other. A link has no end: it stands in files that people keep; a new key ends all of them.
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
SALTS = {"subscriptions": "renown.delivery.change"}  # those that differ from renown.<kind>


def link(settings: Settings, kind: str, name: str, said: dict[str, Any]) -> str | None:
    """A link of this kind, None where no base address is configured. Raises RenownError where the key is missing or short."""
    base = settings.subscriptions.link_base_url
    if not base:
        return None
    return f"{base.rstrip('/')}/{kind}/{quote(name, safe='')}?token={_serializer(kind).dumps(said)}"


def change_link(settings: Settings, sub: Subscription, window: Window) -> str | None:
    """For a file's footer: change or stop the subscription."""
    return link(settings, "subscriptions", sub.id, {"subscription": sub.id, "until": window.end_day.isoformat()})


def stop_link(settings: Settings, sub: Subscription, window: Window, recipient: str) -> str | None:
    """For an e-mail's headings: stop it for this recipient (RFC 8058)."""
    return link(settings, "subscriptions", sub.id, {"subscription": sub.id, "until": window.end_day.isoformat(), "recipient": recipient})


def received_link(settings: Settings, sub: Subscription, window: Window, issue: int, recipient: str) -> str | None:
    """For a message: this recipient says that it is there."""
    return link(settings, "received", sub.id, {"subscription": sub.id, "from": window.start.isoformat(), "to": window.end.isoformat(),
                                               "issue": issue, "recipient": recipient})


def verify(token: str, kind: str = "subscriptions") -> dict[str, Any]:
    """What a token of this kind says. Raises RenownError for one that we did not sign, or signed for another kind."""
    try:
        said: dict[str, Any] = _serializer(kind).loads(token)
    except BadSignature:
        raise RenownError("the token is not ours, or was changed", "take the link as it stands in the delivery", 2) from None
    return said


def verify_key() -> None:
    """Raises RenownError where the key is missing or short."""
    _serializer("subscriptions")


def _serializer(kind: str) -> URLSafeSerializer:
    key = os.environ.get(KEY, "")
    if len(key) < SHORTEST:
        raise RenownError(f"{KEY} is missing or shorter than {SHORTEST} letters", "set it, or take link_base_url out of subscriptions.yml", 2)
    return URLSafeSerializer(key, salt=SALTS.get(kind, f"renown.{kind}"))
