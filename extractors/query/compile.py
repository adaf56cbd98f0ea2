"""A tree into what each platform's search understands, and whether anything is left to be applied locally.

    tree ──fold (platform:)──► widen (drop what the platform cannot say) ──► strings within its length limit
                                 └─ anything dropped: exact=False, and the engine applies the whole tree to what comes back

Widening only ever asks for more: a part that cannot be said is left out of an AND, and a NOT is left out unless it can be said exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from extractors.query.tree import EVERYTHING, And, Field, Handle, Near, Node, Not, Number, Or, Term, transform
from settings import RenownError

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LIMIT = 2000  # alternatives after expansion
NOTHING = Or(())


@dataclass(frozen=True)
class Dialect:
    """What a platform's search can say. `or_word` None: one query an alternative. Sources: the platforms' own search documentation."""

    or_word: str | None = None
    not_word: str | None = None
    quotes: bool = False  # whether a phrase is put in quotes
    author: str | None = None  # "from:{}": what an account writes
    lang: str | None = None
    site: str | None = None
    near: bool = False  # GDELT's near5:"a b", single words
    accounts: bool = False  # X's from: OR to: OR @
    limit: int | None = None
    flat: bool = False  # GDELT: parentheses only around alternatives that are single words or phrases


DIALECTS: dict[str, Dialect] = {
    "x": Dialect(" OR ", "-", True, "from:{}", "lang:{}", accounts=True, limit=512),
    "vk": Dialect(),
    "weibo": Dialect(),
    "wordpress": Dialect(),
    "telegram": Dialect(),
    "bluesky": Dialect(quotes=True, author="from:{}", lang="lang:{}"),
    "mastodon": Dialect(not_word="-", quotes=True, author="from:{}", lang="language:{}"),
    "reddit": Dialect(" OR ", "NOT ", True, "author:{}", site="site:{}", limit=512),
    "gdelt": Dialect(" OR ", "-", True, site="domain:{}", near=True, limit=250, flat=True),
    "youtube": Dialect("|", "-", True, limit=500),
}


@dataclass(frozen=True)
class Compiled:
    """Search strings that together find at least what the tree means; `exact` False: the tree must be applied to what they find."""

    queries: list[str]
    exact: bool


def compile_for(node: Node, platform: str, limit: int | None = None) -> Compiled:
    """The platform's own search strings. Raises RenownError where the platform has no search, or nothing in the tree can be searched there."""
    dialect = DIALECTS.get(platform)
    if dialect is None:
        raise RenownError(
            f"query: {platform} has no search", "what is collected there is chosen by the query after it came", exit_code=2
        )
    folded = fold(node, platform)
    if folded == NOTHING:
        return Compiled([], True)
    widened = simplify(_widen(folded, dialect))
    if widened == EVERYTHING:
        raise RenownError(
            f"query: nothing of it can be searched on {platform}", "add a word, a phrase or a name that must occur", exit_code=2
        )
    limit = limit or dialect.limit
    return Compiled((_gathered if dialect.flat else _strings)(widened, dialect, limit, platform), widened == folded)


def _strings(widened: Node, dialect: Dialect, limit: int | None, platform: str) -> list[str]:
    if dialect.or_word is None or (dialect.flat and not _is_flat(widened)):
        said = [" ".join(_say(part, dialect) for part in parts) for parts in _alternatives(widened)]
        return covering(said) if dialect.or_word is None else list(dict.fromkeys(said))
    return _split(widened, dialect, limit, platform)


def _gathered(widened: Node, dialect: Dialect, limit: int | None, platform: str) -> list[str]:
    """Strings where OR stands in parentheses only, and parentheses around nothing but OR (GDELT): "(a OR b)", "c d".

    What may stand by itself shares as few strings as it can; what must occur together has one to itself.
    """
    parts = widened.parts if isinstance(widened, Or) else (widened,)
    alone = tuple(part for part in parts if not isinstance(part, And))
    room = limit - len("()") if limit else None
    shared = _strings(simplify(Or(alone)), dialect, room, platform) if alone else []
    together = [text for part in parts if isinstance(part, And) for text in _strings(part, dialect, room, platform)]
    return [f"({text})" if _joins(text, dialect) else text for text in shared] + together


def _joins(text: str, dialect: Dialect) -> bool:
    """Whether a string that was said holds an OR of its own, not one inside a phrase."""
    return bool(dialect.or_word) and str(dialect.or_word) in re.sub(r'"[^"]*"', "", text)


def compile_x(node: Node, limit: int) -> list[str]:
    """X search strings of at most `limit` characters that together mean `node` (docs.x.com, "Build a query")."""
    return compile_for(node, "x", limit).queries


def compile_terms(node: Node, platform: str) -> list[str]:
    """One q an alternative for platforms without OR (VK newsfeed.search, Weibo search): words of a q must all occur."""
    return compile_for(node, platform if DIALECTS.get(platform, Dialect("|")).or_word is None else "vk").queries


def fold(node: Node, platform: str) -> Node:
    """The tree as this platform sees it: platform: is known before anything is asked."""

    def known(leaf: Node) -> Node:
        if isinstance(leaf, Field) and leaf.name == "platform":
            return EVERYTHING if leaf.value == platform else NOTHING
        return leaf

    return simplify(transform(node, known))


def simplify(node: Node) -> Node:
    """Without constants, single-part groups and groups within groups of the same kind."""
    match node:
        case Not(part):
            inner = simplify(part)
            if inner in (EVERYTHING, NOTHING):
                return NOTHING if inner == EVERYTHING else EVERYTHING
            return inner.part if isinstance(inner, Not) else Not(inner)
        case And(parts) | Or(parts):
            kind = type(node)
            neutral, absorbing = (EVERYTHING, NOTHING) if kind is And else (NOTHING, EVERYTHING)
            flat = [x for p in map(simplify, parts) for x in (p.parts if isinstance(p, And | Or) and type(p) is kind else (p,))]
            kept = tuple(dict.fromkeys(p for p in flat if p != neutral))
            if absorbing in kept:
                return absorbing
            return kept[0] if len(kept) == 1 else kind(kept)
        case _:
            return node


def _widen(node: Node, dialect: Dialect) -> Node:
    match node:
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(_widen(part, dialect) for part in parts))
        case Not(part):
            return node if dialect.not_word and _widen(part, dialect) == part and not isinstance(part, And) else EVERYTHING
        case Near(left, right):
            sayable = dialect.near and not any(t.is_wild or " " in t.text for t in (left, right))
            return node if sayable else And((_widen(left, dialect), _widen(right, dialect)))
        case Term():
            return node if not node.is_wild else _without_last(node)
        case Handle(_, author_only):
            return node if not author_only or dialect.author else EVERYTHING
        case Field(name):
            return node if (name == "lang" and dialect.lang) or (name == "site" and dialect.site) else EVERYTHING
        case Number():
            return EVERYTHING


def _without_last(term: Term) -> Node:
    words = term.text.split()[:-1]
    return Term(" ".join(words)) if words else EVERYTHING


def _is_flat(node: Node) -> bool:
    """Whether every OR joins leaves only, and stands at the top or directly below the AND at the top."""

    def choice(part: Node) -> bool:
        return not isinstance(part, And | Or) or (
            isinstance(part, Or) and not any(isinstance(p, And | Or | Not) for p in part.parts)
        )

    return all(map(choice, node.parts)) if isinstance(node, And) else choice(node)


def _split(node: Node, dialect: Dialect, limit: int | None, platform: str) -> list[str]:
    """The alternatives at the top, joined by OR into as few strings as the limit allows."""
    node = _minimal(node)
    queries: list[str] = []
    joiner = dialect.or_word or " "
    for part in dict.fromkeys(_say(part, dialect) for part in (node.parts if isinstance(node, Or) else (node,))):
        if limit and len(part) > limit:
            raise RenownError(
                f"query: a part is {len(part)} characters, {_NAMES.get(platform, platform)} allows {limit}",
                "shorten it or split it with OR at the top",
                exit_code=2,
            )
        if queries and (not limit or len(queries[-1]) + len(part) + len(joiner) <= limit):
            queries[-1] += f"{joiner}{part}"
        else:
            queries.append(part)
    return queries


_NAMES = {"x": "X", "reddit": "Reddit", "gdelt": "GDELT", "youtube": "YouTube"}


def _say(node: Node, dialect: Dialect) -> str:
    match node:
        case Term(text):
            cleaned = text.replace('"', "")
            plain = re.fullmatch(r"\w+", cleaned) and cleaned not in ("OR", "AND", "NOT")
            return cleaned if plain or not dialect.quotes else f'"{cleaned}"'
        case Near(left, right, distance):
            return f'near{distance}:"{left.text} {right.text}"'
        case Handle(name, author_only):
            if author_only:
                return (dialect.author or "{}").format(name)
            return f"from:{name} OR to:{name} OR @{name}" if dialect.accounts else name
        case Field(name, value):
            return ((dialect.lang if name == "lang" else dialect.site) or "{}").format(value)
        case Not(part):
            inner = _say(part, dialect)
            return (
                f"{dialect.not_word}({inner})" if isinstance(part, Or | Handle) and " " in inner else f"{dialect.not_word}{inner}"
            )
        case And(parts):
            return " ".join(f"({_say(p, dialect)})" if _is_choice(p, dialect) else _say(p, dialect) for p in parts)
        case Or(parts):
            said = (f"({_say(p, dialect)})" if isinstance(p, And) else _say(p, dialect) for p in parts)
            return (dialect.or_word or " ").join(said)
        case Number():
            raise AssertionError("a bound is never said: widening leaves it out")


def _is_choice(node: Node, dialect: Dialect) -> bool:
    return isinstance(node, Or) or (isinstance(node, Handle) and dialect.accounts and not node.author_only)


def _alternatives(node: Node) -> list[tuple[Node, ...]]:
    """Disjunctive normal form: each tuple must hold as a whole."""
    match node:
        case Or(parts):
            found = [alternative for part in parts for alternative in _alternatives(part)]
        case And(parts):
            found = [tuple(x for piece in combination for x in piece) for combination in product(*map(_alternatives, parts))]
        case _:
            found = [(node,)]
    if len(found) > _LIMIT:
        raise RenownError(
            f"query: more than {_LIMIT} alternatives after expansion", "split the query into several sources", exit_code=2
        )
    return found


def _minimal(node: Node) -> Node:
    """Without phrases whose words hold another alternative's words: whole words are matched, so the shorter one finds them too."""
    if not isinstance(node, Or):
        return node
    words = {part: part.text.casefold().split() for part in node.parts if isinstance(part, Term)}

    def covered(part: Node) -> bool:
        return isinstance(part, Term) and any(
            other is not part and len(mine) < len(words[part]) and _contains(words[part], mine) for other, mine in words.items()
        )

    return Or(tuple(dict.fromkeys(part for part in node.parts if not covered(part))))


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


def _contains(long: list[str], short: list[str]) -> bool:
    return any(long[i : i + len(short)] == short for i in range(len(long) - len(short) + 1))
