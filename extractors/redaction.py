"""Secrets out of whatever is stored, logged or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAMES = (
    "access_token|oauth_token|refresh_token|client_secret|service_token|session_secret_key|application_key|api_key|apikey|appkey"
    "|accessjwt|refreshjwt|password|sig|sid|key"
)
_SECRET = re.compile(rf"((?<![\w-])(?:{_NAMES})=)[^&\s\"'<>\\]+", re.I)
_SECRET_JSON = re.compile(
    r"(\"key\"\s*:\s*\"(?:access_token|client_secret|sig)\"\s*,\s*\"value\"\s*:\s*\")[^\"]*"
    r"|(\"(?:access_token|refresh_token|client_secret|accessJwt|refreshJwt)\"\s*:\s*\")[^\"]*"
)
_BEARER = re.compile(r"((?:bearer|basic)\s+)[\w.~+/%=-]{8,}", re.I)


def redact(text: str, secrets: str | Iterable[str] | None = None) -> str:
    """`text` with access tokens replaced by ***: in URLs, in JSON (VK's request_params too), and the given secrets anywhere."""
    for secret in [secrets] if isinstance(secrets, str) else secrets or ():
        if len(secret) >= 8:
            text = text.replace(secret, "***")
    text = _SECRET.sub(r"\1***", text)
    text = _SECRET_JSON.sub(lambda m: (m[1] or m[2]) + "***", text)
    return _BEARER.sub(r"\1***", text)
