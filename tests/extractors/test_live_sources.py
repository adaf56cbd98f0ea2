"""examples/live_sources.yml: sources that a bank can switch on, off as they stand, each with its terms' address and a gentle rate."""

from __future__ import annotations

import re

import pytest
import yaml

from extractors import query
from extractors.base import COMMON_OPTIONS
from extractors.registry import PLATFORMS
from settings import Settings
from settings.loader import REPOSITORY
from settings.models import Source, Sources

TEXT = (REPOSITORY / "examples" / "live_sources.yml").read_text("utf-8")
LIVE = Sources(**yaml.safe_load(TEXT)).sources
WITH_LOGIN = {"bluesky"}
names = pytest.mark.parametrize("source", LIVE, ids=lambda source: source.id)


@names
def test_it_is_off_until_somebody_has_read_its_terms(source: Source) -> None:
    assert not source.enabled
    assert source.terms == "unreviewed"
    entry = TEXT.partition(f"- id: {source.id}\n")[2].partition("- id:")[0]
    assert re.search(r"terms: unreviewed +# https://\S+", entry)


@names
def test_its_platform_can_read_it_without_a_credential(source: Source, settings: Settings) -> None:
    contract = PLATFORMS[source.platform].CONTRACT
    assert set(source.options) <= {*contract.options, *COMMON_OPTIONS}
    assert (contract.secrets == ()) == (source.platform not in WITH_LOGIN)
    assert source.base_url or contract.base_url
    query.parse(source.query, settings, source.platform)


@names
def test_its_rate_is_gentler_than_the_platform_allows(source: Source) -> None:
    requests, seconds = PLATFORMS[source.platform].CONTRACT.rate
    assert source.rate.requests / source.rate.per_seconds <= requests / seconds
    assert source.rate.requests / source.rate.per_seconds <= 1


def test_every_keyless_kind_of_the_live_web_is_there() -> None:
    assert {source.platform for source in LIVE} >= {
        "rss", "news", "gdelt", "mastodon", "telegram", "wordpress", "discourse", "livejournal", *WITH_LOGIN,
    }  # fmt: skip


def test_the_documents_say_how_one_is_switched_on() -> None:
    told = (REPOSITORY / "docs" / "configuration.md").read_text("utf-8")
    for words in ("examples/live_sources.yml", "renown sources test", "terms: approved", "enabled: true"):
        assert words in told
