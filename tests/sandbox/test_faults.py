"""Faults on demand: counted, in the platform's own form, and gone afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.world.model import World

PAGES = {
    "x": "/x/2/tweets/search/all?query=velmora",
    "vk": "/vk/method/newsfeed.search?q=velmora&v=5.199&access_token=any",
    "weibo": "/weibo/2/search/statuses.json?q=velmora&access_token=any",
    "discourse": "/discourse/posts.json",
    "news": "/news/feed.xml",
}


@pytest.fixture
def own(world: World) -> TestClient:
    return TestClient(create_app(world), headers={"Authorization": "Bearer any"})


def order(client: TestClient, **fault: Any) -> None:
    client.post("/control/faults", json=fault).raise_for_status()


@pytest.mark.parametrize(
    ("platform", "status", "sign"),
    [("x", 429, "Too Many Requests"), ("vk", 200, '"error_code":6'), ("weibo", 403, "10023"),
     ("discourse", 429, "wait_seconds"), ("news", 429, "Too Many")],
)  # fmt: skip
def test_rate_limit_in_the_platforms_form(own: TestClient, platform: str, status: int, sign: str) -> None:
    order(own, platform=platform, fault="rate_limit", times=2)
    for _ in range(2):
        answer = own.get(PAGES[platform])
        assert answer.status_code == status
        assert sign in answer.text
    assert sign not in own.get(PAGES[platform]).text


def test_x_rate_limit_tells_the_reset_in_a_header(own: TestClient) -> None:
    order(own, platform="x", fault="rate_limit", times=1)
    headers = own.get(PAGES["x"]).headers
    assert headers["x-rate-limit-remaining"] == "0"
    assert "retry-after" not in headers


@pytest.mark.parametrize("platform", ["x", "vk", "weibo", "discourse"])
def test_malformed_page_is_a_cut_body(own: TestClient, platform: str) -> None:
    sound = own.get(PAGES[platform]).text
    order(own, platform=platform, fault="malformed_page", times=1)
    cut = own.get(PAGES[platform])
    assert cut.status_code == 200
    assert sound.encode().startswith(cut.content)
    with pytest.raises(ValueError, match=r".*"):
        json.loads(cut.content)
    assert own.get(PAGES[platform]).text == sound


@pytest.mark.parametrize("platform", sorted(PAGES))
def test_server_error_and_html(own: TestClient, platform: str) -> None:
    order(own, platform=platform, fault="server_error", times=1)
    answer = own.get(PAGES[platform])
    assert answer.status_code >= 500 or '"error_code":10,' in answer.text
    order(own, platform=platform, fault="html_instead_of_json", times=1)
    assert own.get(PAGES[platform]).text.startswith("<!DOCTYPE html>")


def test_a_fault_strikes_its_platform_only_and_can_be_called_off(own: TestClient) -> None:
    order(own, platform="vk", fault="html_instead_of_json", times=5)
    assert own.get(PAGES["x"]).json()["data"]
    order(own, platform="vk", fault="none")
    assert "response" in own.get(PAGES["vk"]).json()
    order(own, platform="vk", fault="html_instead_of_json", times=5)
    own.post("/control/reset")
    assert "response" in own.get(PAGES["vk"]).json()


def test_unknown_faults_are_refused(own: TestClient) -> None:
    assert own.post("/control/faults", json={"platform": "x", "fault": "explode"}).status_code == 422
    assert own.post("/control/faults", json={"platform": "myspace", "fault": "slow"}).status_code == 422


def test_slow_answers_arrive(own: TestClient) -> None:
    order(own, platform="discourse", fault="slow", times=1, seconds=0.01)
    assert own.get(PAGES["discourse"]).json()["latest_posts"]


def test_clock_and_health(own: TestClient, world: World) -> None:
    assert own.get("/control/clock").json()["now"] == "2026-03-30T00:00:00Z"
    assert own.get("/control/health").json()["items"] == len(world.items)
