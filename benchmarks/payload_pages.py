"""Synthetic answers of X API v2 search, for benchmarks: deterministic by seed, no recorded text in them.

    seed, page number ──► {data: [100 posts], includes: {users}, meta} ──► one line of JSON, as it comes over the network

Fields, nesting and sizes follow docs.x.com/x-api (data dictionary): a post with the user that wrote it is about 2 kB, as in the
recordings (median 2.1 kB). A quarter are replies, a fifth are in Cyrillic, an author writes four posts on average.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_LATIN = (
    "account",
    "branch",
    "card",
    "charge",
    "closed",
    "credit",
    "help",
    "loan",
    "mobile",
    "money",
    "queue",
    "rate",
    "transfer",
    "wait",
)
_CYRILLIC = (
    "банк",
    "вклад",
    "выдали",
    "ждать",
    "карта",
    "кредит",
    "менеджер",
    "платёж",
    "перевод",
    "процент",
    "ставка",
    "счёт",
    "очередь",
)
_START = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST = 1_700_000_000_000_000_000


def write_pages(path: Path, items: int, size: int = 100, seed: int = 1) -> int:
    """Write the answers that hold `items` posts, one a line; returns the bytes written."""
    with path.open("wb") as file:
        return sum(file.write(line + b"\n") for line in payload_pages(items, size, seed))


def payload_pages(items: int, size: int = 100, seed: int = 1) -> Iterator[bytes]:
    """The answers one after another: ids ascend, and no id comes twice."""
    for first in range(0, items, size):
        yield payload_page(first, min(size, items - first), seed)


def payload_page(first: int, size: int, seed: int = 1) -> bytes:
    """One answer with the posts number `first` … `first + size - 1`."""
    chance = random.Random(seed * 1_000_003 + first)
    posts = [_post(chance, number) for number in range(first, first + size)]
    users = {post["author_id"]: _user(post["author_id"]) for post in posts}
    meta = {"newest_id": posts[-1]["id"], "oldest_id": posts[0]["id"], "result_count": size, "next_token": f"t{first + size}"}
    answer = {"data": posts, "includes": {"users": list(users.values())}, "meta": meta}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _post(chance: random.Random, number: int) -> dict[str, Any]:
    own, author = str(_FIRST + number * 4_194_304), str(10_000 + chance.randrange(max(100, number // 4 + 100)))
    words = chance.choices(_CYRILLIC if chance.random() < 0.2 else _LATIN, k=chance.randint(6, 30))
    tag, handle, link = chance.choice(_LATIN), f"bank{chance.randrange(30)}", f"https://t.example/{number:x}"
    text = f"@{handle} {' '.join(words)} #{tag} {link} {number}"
    is_reply = chance.random() < 0.25
    return {
        "id": own,
        "text": text,
        "author_id": author,
        "conversation_id": own if not is_reply else str(_FIRST + chance.randrange(number + 1) * 4_194_304),
        "created_at": (_START + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "edit_history_tweet_ids": [own],
        "edit_controls": {"edits_remaining": 5, "is_edit_eligible": not is_reply, "editable_until": "2026-01-02T00:30:00.000Z"},
        **_answered(chance, number, is_reply),
        "entities": {
            "hashtags": [{"start": 60, "end": 61 + len(tag), "tag": tag}],
            "mentions": [{"start": 0, "end": 1 + len(handle), "username": handle, "id": str(900 + len(handle))}],
            "urls": [_link(link, number)],
            "annotations": [
                {
                    "start": 3,
                    "end": 9,
                    "probability": round(chance.random(), 4),
                    "type": "Organization",
                    "normalized_text": handle,
                }
            ],
        },
        "lang": "ru" if words[0] in _CYRILLIC else "en",
        "possibly_sensitive": False,
        "public_metrics": {
            "retweet_count": chance.randrange(9),
            "reply_count": chance.randrange(9),
            "like_count": chance.randrange(99),
            "quote_count": chance.randrange(3),
            "bookmark_count": 0,
            "impression_count": chance.randrange(99_999),
        },
        "reply_settings": "everyone",
        "source": "Web App",
    }


def _answered(chance: random.Random, number: int, is_reply: bool) -> dict[str, Any]:
    if not is_reply:
        return {}
    parent = str(_FIRST + chance.randrange(number + 1) * 4_194_304)
    return {
        "in_reply_to_user_id": str(10_000 + chance.randrange(100)),
        "referenced_tweets": [{"type": "replied_to", "id": parent}],
    }


def _link(link: str, number: int) -> dict[str, Any]:
    shown = f"news.example/{number % 977}/article-{number:08d}"
    return {
        "start": 70,
        "end": 70 + len(link),
        "url": link,
        "expanded_url": f"https://www.{shown}.html?source=social",
        "display_url": shown[:24] + "…",
        "status": 200,
        "title": f"An article of the day, number {number}",
        "description": "What a page says of itself where it is linked to: one or two sentences, cut after some two hundred signs.",
        "unwound_url": f"https://www.{shown}.html",
    }


def _user(user_id: str) -> dict[str, Any]:
    number = int(user_id)
    return {
        "id": user_id,
        "name": f"Someone {number}",
        "username": f"someone_{number}",
        "created_at": f"20{10 + number % 15}-0{1 + number % 9}-1{number % 10}T08:00:00.000Z",
        "description": f"A person who writes about money, work, and the town of number {number % 313}; opinions are my own.",
        "location": f"Town {number % 313}",
        "protected": False,
        "verified": number % 50 == 0,
        "verified_type": "none",
        "public_metrics": {
            "followers_count": number % 4999,
            "following_count": number % 997,
            "tweet_count": number % 20_011,
            "listed_count": number % 7,
        },
    }
