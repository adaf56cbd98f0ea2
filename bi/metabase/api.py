"""Metabase's API as far as we need it, by an API key.

Source of the shapes: metabase.com/docs/v0.54/api (database, permissions, collection, card) and docs/permissions/data. The API is unversioned and may
change between releases. These shapes are checked against a server that the tests play, never against a Metabase.
"""

from __future__ import annotations

from typing import Any

import requests

from settings import RenownError

SECONDS = 60


class Metabase:
    """A session. Every call raises RenownError, without the key or a body that may hold a password."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.session = url.rstrip("/"), requests.Session()
        self.session.headers["X-API-KEY"] = key

    def get(self, path: str) -> Any:
        """What the path holds; lists come bare or as `data`."""
        answer = self._call("GET", path, None)
        return answer["data"] if isinstance(answer, dict) and isinstance(answer.get("data"), list) else answer

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PUT", path, body)

    def ensure(self, path: str, known: list[dict[str, Any]], body: dict[str, Any], update: bool = True) -> int:
        """The id of the entry of this name among `known`: changed where it is there, else made."""
        found = next((entry for entry in known if entry["name"] == body["name"] and not entry.get("archived")), None)
        if found is None:
            return int(self.post(path, body)["id"])
        if update:
            self.put(f"{path}/{found['id']}", body)
        return int(found["id"])

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        try:
            answer = self.session.request(method, f"{self.url}/api/{path}", json=body, timeout=SECONDS)
        except requests.RequestException as error:
            raise RenownError(f"Metabase at {self.url} does not answer ({type(error).__name__})", "correct --url", 3) from None
        if answer.status_code in (401, 403):
            raise RenownError(
                "Metabase refused the key", "make an API key of group Administrators and set RENOWN_METABASE_KEY", 2
            )
        if not answer.ok:
            raise RenownError(
                f"Metabase refused {method} /api/{path} ({answer.status_code})",
                "see its log; its API may have changed since v0.54",
            )
        return answer.json() if answer.content else None
