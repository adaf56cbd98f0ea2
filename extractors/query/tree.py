"""The tree of a listening query: what each node means is said in extractors.query.match."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

Comparison = Literal[">", ">=", "<", "<=", "="]


@dataclass(frozen=True)
class Term:
    """A word or phrase. `text` ends in * where the last word may go on."""

    text: str

    @property
    def is_wild(self) -> bool:
        """Whether the last word is only the beginning of one."""
        return self.text.endswith("*")


@dataclass(frozen=True)
class Near:
    """Two terms with at most `distance` other words between them, in either order."""

    left: Term
    right: Term
    distance: int


@dataclass(frozen=True)
class Handle:
    """An account: what it writes, what is written to it, what names it. `author_only` for author: and from:."""

    name: str
    author_only: bool = False


@dataclass(frozen=True)
class Field:
    """lang:, platform: or site: with its value in lower case."""

    name: Literal["lang", "platform", "site"]
    value: str


@dataclass(frozen=True)
class Number:
    """A bound on the author's followers or on the engagement (likes + shares + comments + quotes)."""

    name: Literal["followers", "engagement"]
    comparison: Comparison
    value: int


@dataclass(frozen=True)
class Not:
    """Exclusion."""

    part: Node


@dataclass(frozen=True)
class And:
    """All of the parts; And(()) holds for everything."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """Any of the parts."""

    parts: tuple[Node, ...]


Node = Term | Near | Handle | Field | Number | Not | And | Or
EVERYTHING = And(())


def transform(node: Node, leaf: Callable[[Node], Node]) -> Node:
    """The tree with every leaf (a node without nodes below) replaced by what `leaf` makes of it."""
    match node:
        case Not(part):
            return Not(transform(part, leaf))
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(transform(part, leaf) for part in parts))
        case _:
            return leaf(node)


def leaves(node: Node) -> Iterable[Node]:
    """Every leaf, from left to right."""
    match node:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield node
