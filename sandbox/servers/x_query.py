"""The query language of X's search: AND by blank, OR, parentheses, quotes, negation, operators.

Written from docs.x.com/x-api/posts/search/integrate/operators. AND binds more tightly than OR.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(r'\s*(-?\()|\s*(\))|\s*(-?(?:[a-z_]+:)?"[^"]*")|\s*([^\s()"]+)')
OPERATORS = frozenset(
    {"from", "to", "retweets_of", "conversation_id", "lang", "is", "has", "url", "in_reply_to_tweet_id"}
)

Leaf = Callable[[str, str], frozenset[int]]
"""(operator, value) → positions; the operators "keyword", "@" and "#" stand for terms without a colon."""


class QueryError(ValueError):
    """The query is not valid; the message says why, as X would."""


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    place: int = 0

    def peek(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]


def tokens_of(query: str) -> list[str]:
    """Split a query; raises QueryError for an unclosed quotation."""
    found, place = [], 0
    while place < len(query.rstrip()):
        match = _TOKEN.match(query, place)
        if match is None:
            raise QueryError(f"no viable alternative at character '{query[place:].strip()[:1]}'")
        found.append(next(group for group in match.groups() if group))
        place = match.end()
    return found


def evaluate(query: str, everything: frozenset[int], leaf: Leaf) -> frozenset[int]:
    """Positions that match; raises QueryError where X answers 400."""
    reader = _Reader(tokens_of(query))
    if not reader.tokens:
        raise QueryError("query must not be empty")
    result = _either(reader, everything, leaf)
    if reader.peek() is not None:
        raise QueryError(f"extraneous input '{reader.peek()}'")
    return result


def _either(reader: _Reader, everything: frozenset[int], leaf: Leaf) -> frozenset[int]:
    result = _all(reader, everything, leaf)
    while reader.peek() == "OR":
        reader.take()
        result |= _all(reader, everything, leaf)
    return result


def _all(reader: _Reader, everything: frozenset[int], leaf: Leaf) -> frozenset[int]:
    result: frozenset[int] | None = None
    while (token := reader.peek()) is not None and token not in ("OR", ")"):
        if token == "AND":
            raise QueryError("the operator AND is written as a blank")
        part = _one(reader, everything, leaf)
        result = part if result is None else result & part
    if result is None:
        raise QueryError("missing a term")
    return result


def _one(reader: _Reader, everything: frozenset[int], leaf: Leaf) -> frozenset[int]:
    token = reader.take()
    negated = token.startswith("-") and len(token) > 1
    token = token[1:] if negated else token
    if token == "(":
        found = _either(reader, everything, leaf)
        if reader.peek() != ")":
            raise QueryError("missing ')'")
        reader.take()
    else:
        found = _term(token, leaf)
    return everything - found if negated else found


def _term(token: str, leaf: Leaf) -> frozenset[int]:
    operator, colon, value = token.partition(":")
    if colon and not token.startswith('"'):
        if operator not in OPERATORS:
            raise QueryError(f"Reference to invalid operator '{operator}'")
        return leaf(operator, value.strip('"').lstrip("@"))
    if token[0] in "@#" and len(token) > 1:
        return leaf(token[0], token[1:])
    return leaf("keyword", token.strip('"'))
