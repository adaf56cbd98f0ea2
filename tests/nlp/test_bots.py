"""Likely bots: habits convict, one passed-on wording does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from nlp.bots import Author, Item, score

START = datetime(2026, 1, 5, tzinfo=UTC)


def author(*items: Item, **account: Any) -> Author:
    known: dict[str, Any] = {"created_at": START - timedelta(days=900), "followers": 100, "following": 120} | account
    return Author("x", "1", "somebody", known["created_at"], known["followers"], known["following"], items)


def item(minutes: int, copies: int = 1, writers: int = 1, links: int = 0) -> Item:
    return Item(str(minutes), 1, START + timedelta(minutes=minutes), links, 90, False, copies, writers)


def test_who_signs_a_petition_once_is_no_bot() -> None:
    found = score(author(item(0, copies=300, writers=280)))
    assert not found["likely"]
    assert found["reasons"] == ["template", "shared_template"]


def test_who_repeats_a_rings_words_is_one() -> None:
    assert score(author(item(0, 30, 6), item(90, 30, 6)))["likely"]
    assert not score(author(item(0, 30, 6), item(90), item(300)))["likely"]


def test_one_item_of_a_young_account_that_follows_thousands_is_enough_with_copies() -> None:
    fresh = {"created_at": START - timedelta(days=3), "followers": 0, "following": 900}
    assert score(author(item(0, 30, 6), **fresh))["likely"]
    assert not score(author(item(0), **fresh))["likely"]
    assert not score(author(item(0, 30, 6), created_at=None, followers=None, following=None))["likely"]


def test_a_burst_of_ones_own_words_is_no_bot() -> None:
    assert not score(author(*(item(n) for n in range(8))))["likely"]
