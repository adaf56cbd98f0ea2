"""A real Superset, asked as people ask it: its API for the numbers, a headless Chromium for the pages.

python -m tests.bi.live FOLDER    pictures of every dashboard of the platform in RENOWN_HOME, to be looked at
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, Page, Response, sync_playwright

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
WIDTH, HEIGHT = 1600, 1000
PATIENCE = 180_000  # ms
ERRORS = "[data-test='chart-container'] .ant-alert-error, .ant-alert-error, .error-boundary, [data-test='error-message'], .missing-chart-container, .dashboard-component-chart-holder .ant-result-error"


class Api:
    """A logged-in session of Superset's API."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url, self.session = url, requests.Session()
        self.session.trust_env = False
        token = self._json(
            "post", "/api/v1/security/login", json={"username": user, "password": password, "provider": "db", "refresh": False}
        )["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.headers["X-CSRFToken"] = self._json("get", "/api/v1/security/csrf_token/")["result"]
        self.session.headers["Referer"] = url

    def charts(self) -> dict[str, dict[str, Any]]:
        """Every chart by uuid: id, name, query context."""
        listed = self._json("get", "/api/v1/chart/?q=(page_size:100,columns:!(id,uuid))")["result"]
        found = {}
        for row in listed:
            chart = self._json("get", f"/api/v1/chart/{row['id']}")["result"]
            found[chart.get("uuid") or row["uuid"]] = chart
        return found

    def dashboards(self) -> dict[str, dict[str, Any]]:
        """Every dashboard by slug: its filters among the metadata."""
        listed = self._json("get", "/api/v1/dashboard/?q=(page_size:100)")["result"]
        return {row["slug"]: self._json("get", f"/api/v1/dashboard/{row['id']}")["result"] for row in listed}

    def data(self, context: dict[str, Any]) -> dict[str, Any]:
        """The answer to one query: colnames, data, rowcount."""
        return dict(self._json("post", "/api/v1/chart/data", json=context)["result"][0])

    def _json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self.session.request(method, self.url + path, timeout=180, **more)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return dict(answer.json())


def filtered(chart: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    """The chart's query as the dashboard asks it at first: with the filters that reach it."""
    context: dict[str, Any] = json.loads(chart["query_context"])
    query = context["queries"][0]
    for one in metadata["native_filter_configuration"]:
        if chart["id"] in one["scope"]["excluded"]:
            continue
        query["filters"] += one["defaultDataMask"]["extraFormData"].get("filters", [])
        period = one["defaultDataMask"]["extraFormData"].get("time_range")
        for entry in query["filters"] if period else ():
            if entry["op"] == "TEMPORAL_RANGE":
                entry["val"] = period
    return context


def comparable(rows: list[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows in one shape and order: instants as milliseconds, numbers rounded to nine digits."""
    return sorted((tuple(_value(value) for value in row) for row in rows), key=repr)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return _value(value.replace(tzinfo=value.tzinfo or UTC).timestamp() * 1000)
    if isinstance(value, date):
        return _value(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    number = float(value) if isinstance(value, Decimal | int) else value
    return None if math.isnan(number) else float(f"{number:.9g}")


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium of the machine's own."""
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, headless=True, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


def log_in(opened: Browser, url: str, user: str, password: str) -> Page:
    """A page of somebody who logged in by the form."""
    page = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/login/")
    page.get_by_label("Username").or_(page.locator("input#username")).first.fill(user)
    page.locator("input[type=password]").first.fill(password)
    page.locator("button[type=submit], input[type=submit], button:has-text('Sign in')").first.click()
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def look(page: Page, url: str, slug: str, charts: int, picture: Path | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    """Open one dashboard and wait for all its charts; returns the data answers that it got, and what it shows of errors."""
    answers: list[dict[str, Any]] = []
    refused: list[str] = []

    def heard(response: Response) -> None:
        if "/api/v1/chart/data" in response.url:
            (answers.extend(response.json()["result"]) if response.ok else refused.append(response.text()[:300]))

    page.on("response", heard)
    page.goto(f"{url}/superset/dashboard/{slug}/?standalone=1")
    page.wait_for_selector("[data-test='grid-content']")
    page.set_viewport_size({"width": WIDTH, "height": _height(page)})  # charts out of sight are drawn when they are scrolled to
    page.wait_for_function(
        "wanted => document.querySelectorAll('.slice_container').length >= wanted"
        " && !document.querySelector('.loading, [data-test=\"loading-indicator\"]')",
        arg=charts,
    )
    page.set_viewport_size({"width": WIDTH, "height": _height(page)})
    page.wait_for_timeout(2500)
    refused += [element.inner_text()[:300] for element in page.query_selector_all(ERRORS)]
    if picture:
        page.screenshot(path=picture)
    drawn = len(page.query_selector_all(".slice_container"))
    refused += [f"{drawn} of {charts} charts are on the page"] * (drawn < charts)
    page.remove_listener("response", heard)
    return answers, refused


def _height(page: Page) -> int:
    page.wait_for_timeout(3000)
    return (
        int(
            page.evaluate(
                "Math.ceil(Math.max(...[...document.querySelectorAll('[data-test=\"grid-content\"] .dragdroppable-row')].map(e => e.getBoundingClientRect().bottom)) + scrollY)"
            )
        )
        + 250
    )


def main(folder: str, only: Sequence[str] = ()) -> None:
    """Pictures of every dashboard, or of those named."""
    from bi.superset import declaration, layout
    from cli.services import superset
    from settings.home import home_path

    home = home_path()
    url = superset.running(home)
    assert url, "Superset is down: renown bi superset"
    Path(folder).mkdir(parents=True, exist_ok=True)
    with browser() as opened:
        page = log_in(opened, url, *superset.login(home))
        for board in declaration.read():
            if not only or board.slug in only:
                answers, errors = look(
                    page, url, f"renown-{board.slug}", len(layout.shown(board)), Path(folder) / f"{board.slug}.png"
                )
                print(board.slug, len(answers), "answers", [row["rowcount"] for row in answers], errors)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
