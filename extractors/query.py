"""One small boolean language for a bank's listening, compiled to what each platform understands.

    text ──parse──► tree ──► X: one string with OR, quotes, from:/to:/@ (split where longer than the limit)
                         └─► VK, Weibo: their q has no OR, so one query an alternative (the smallest covering set)

Grammar: expression = and {OR and}; and = not {[AND] not}; not = [NOT | -] atom; atom = ( expression ) | "phrase" | word | from:handle |
@banks (every alias and handle of banks.yml) | @name (queries.yml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from settings import RenownError, Settings

_TOKEN = re.compile(r'\s*(?:(\()|(\))|"([^"]*)"|([^\s()"]+))')
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LIMIT = 2000  # alternatives after expansion


@dataclass(frozen=True)
class Term:
    """A word or phrase."""

    text: str


@dataclass(frozen=True)
class Handle:
    """An account: what it writes, what is written to it, what names it. `author_only` for from:handle."""

    name: str
    author_only: bool = False


@dataclass(frozen=True)
class Not:
    """Exclusion."""

    part: Node


@dataclass(frozen=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """Any of the parts."""

    parts: tuple[Node, ...]


Node = Term | Handle | Not | And | Or


def parse(text: str, settings: Settings, platform: str) -> Node:
    """The tree of an expression, macros expanded for this platform. Raises RenownError that names the place."""
    return _Parser(text, settings, platform).read()


def compile_x(node: Node, limit: int) -> list[str]:
    """X search strings of at most `limit` characters that together mean `node` (docs.x.com, "Build a query")."""
    node = _minimal(node)
    alternatives = [_x(part) for part in (node.parts if isinstance(node, Or) else (node,))]
    queries: list[str] = []
    for part in dict.fromkeys(alternatives):
        if len(part) > limit:
            raise RenownError(
                f"query: a part is {len(part)} characters, X allows {limit}", "shorten it or split it with OR at the top"
            )
        if queries and len(queries[-1]) + len(part) + 4 <= limit:
            queries[-1] += f" OR {part}"
        else:
            queries.append(part)
    return queries


def compile_terms(node: Node, platform: str) -> list[str]:
    """One q an alternative for platforms without OR (VK newsfeed.search, Weibo search): words of a q must all occur.

    Aliases that another alias finds too are dropped.
    """
    queries: list[str] = []
    for parts in _alternatives(node):
        words = [part for part in parts if not isinstance(part, Not)]
        if len(words) < len(parts):
            raise RenownError(f"query: {platform} search has no NOT", "leave NOT out for this source")
        queries.append(" ".join(_q(part) for part in words))
    return covering(queries)


def covering(terms: Iterable[str]) -> list[str]:
    """The terms without those that another one finds too, in first-seen order (case ignored).

    A term finds what holds its words in a row; in scripts without spaces between words, what holds it as a substring.
    """
    known = list({term.casefold(): term for term in reversed([term for term in terms if term])}.values())[::-1]
    words = {term: term.casefold().split() for term in known}

    def finds(short: str, long: str) -> bool:
        unspaced = bool(_UNSPACED.search(short)) and short.casefold() in long.casefold()
        return short != long and (unspaced or _contains(words[long], words[short]))

    return [term for term in known if not any(finds(other, term) for other in known)]


def aliases(settings: Settings) -> list[str]:
    """Every alias of every bank in every language, once each."""
    return list(dict.fromkeys(alias for bank in settings.banks.banks for names in bank.aliases.values() for alias in names))


def account_names(settings: Settings, platform: str) -> list[str]:
    """Every handle of every bank on this platform, once each, without @."""
    return list(dict.fromkeys(handle.lstrip("@") for bank in settings.banks.banks for handle in bank.handles.get(platform, [])))


class _Parser:
    """Recursive descent over the grammar above."""

    def __init__(self, text: str, settings: Settings, platform: str, depth: int = 0) -> None:
        self.text, self.settings, self.platform, self.depth = text, settings, platform, depth
        self.tokens = self._tokens()
        self.at = 0
        if depth > 20:
            raise RenownError("query: named queries refer to each other", "break the circle in queries.yml")

    def read(self) -> Node:
        node = self._or()
        if self.at < len(self.tokens):
            raise self._error("unexpected ')'")
        return node

    def _tokens(self) -> list[tuple[str, str]]:
        tokens, place = [], 0
        text = self.text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if not found:
                raise RenownError(f"query: a quote at character {place + 1} is not closed", 'close it with "')
            opening, closing, phrase, word = found.groups()
            tokens.append(
                ("(", "(") if opening else (")", ")") if closing else ("phrase", phrase) if phrase is not None else ("word", word)
            )
            place = found.end()
        return tokens

    def _peek(self) -> tuple[str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _word(self, name: str) -> bool:
        if self._peek() == ("word", name):
            self.at += 1
            return True
        return False

    def _or(self) -> Node:
        parts = [self._and()]
        while self._word("OR"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._word("AND") or (self._peek() not in (None, (")", ")"), ("word", "OR"))):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        return Not(self._not()) if self._word("NOT") else self._atom()

    def _atom(self) -> Node:
        token = self._peek()
        self.at += 1
        if token is None or token[0] == ")" or token in (("word", "AND"), ("word", "OR")):
            raise self._error("a word is missing")
        if token[0] == "(":
            node = self._or()
            if self._peek() != (")", ")"):
                raise self._error("a '(' is not closed")
            self.at += 1
            return node
        return self._term(token[1]) if token[0] == "word" else self._phrase(token[1])

    def _phrase(self, text: str) -> Node:
        if not text.strip():
            raise self._error("a phrase is empty")
        return Term(" ".join(text.split()))

    def _term(self, word: str) -> Node:
        if word.startswith("-") and len(word) > 1:
            return Not(self._term(word[1:]))
        if word.startswith("from:") and len(word) > 5:
            return Handle(word[5:].lstrip("@"), author_only=True)
        if word == "@banks":
            names: list[Node] = [Term(alias) for alias in aliases(self.settings)]
            return Or(tuple(names + [Handle(name) for name in account_names(self.settings, self.platform)]))
        if word.startswith("@") and word[1:] in self.settings.queries.queries:
            return _Parser(self.settings.queries.queries[word[1:]], self.settings, self.platform, self.depth + 1).read()
        return Handle(word[1:]) if word.startswith("@") and len(word) > 1 else Term(word)

    def _error(self, what: str) -> RenownError:
        shown = " ".join(text for _, text in self.tokens[: max(self.at, 1)])[-60:]
        return RenownError(f"query: {what} after '{shown}'", "correct the expression in sources.yml or queries.yml")


def _minimal(node: Node) -> Node:
    """Without phrases whose words hold another alternative's words: X matches whole words, so the shorter one finds them too."""
    if not isinstance(node, Or):
        return node
    flat = tuple(_flatten(node))
    words = {part: part.text.casefold().split() for part in flat if isinstance(part, Term)}

    def covered(part: Node) -> bool:
        return isinstance(part, Term) and any(
            other is not part and len(mine) < len(words[part]) and _contains(words[part], mine) for other, mine in words.items()
        )

    return Or(tuple(dict.fromkeys(part for part in flat if not covered(part))))


def _flatten(node: Node) -> Iterable[Node]:
    for part in node.parts if isinstance(node, Or) else (node,):
        if isinstance(part, Or):
            yield from _flatten(part)
        else:
            yield part


def _contains(long: list[str], short: list[str]) -> bool:
    return any(long[i : i + len(short)] == short for i in range(len(long) - len(short) + 1))


def _x(node: Node) -> str:
    match node:
        case Term(text):
            cleaned = text.replace('"', "")
            return cleaned if re.fullmatch(r"\w+", cleaned) and cleaned not in ("OR", "AND") else f'"{cleaned}"'
        case Handle(name, author_only):
            return f"from:{name}" if author_only else f"from:{name} OR to:{name} OR @{name}"
        case Not(part):
            inner = _x(part)
            return f"-({inner})" if " " in inner and not inner.startswith('"') else f"-{inner}"
        case And(parts):
            return " ".join(f"({_x(p)})" if isinstance(p, Or | Handle) else _x(p) for p in parts)
        case Or(parts):
            return " OR ".join(f"({_x(p)})" if isinstance(p, And) else _x(p) for p in parts)


def _q(node: Node) -> str:
    return node.text if isinstance(node, Term) else node.name if isinstance(node, Handle) else ""


def _alternatives(node: Node) -> list[tuple[Node, ...]]:
    """Disjunctive normal form: each tuple must hold as a whole."""
    match node:
        case Or(parts):
            found = [alternative for part in parts for alternative in _alternatives(part)]
        case And(parts):
            found = [tuple(x for piece in combination for x in piece) for combination in product(*map(_alternatives, parts))]
        case Not(Not(part)):
            found = _alternatives(part)
        case _:
            found = [(node,)]
    if len(found) > _LIMIT:
        raise RenownError(f"query: more than {_LIMIT} alternatives after expansion", "split the query into several sources")
    return found
