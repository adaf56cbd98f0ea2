"""A query in words, and what each platform is asked for it."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.query.compile import DIALECTS, compile_for, fold
from extractors.query.tree import And, Field, Handle, Near, Node, Not, Number, Or, Term
from settings import RenownError


def lines(node: Node, depth: int = 0) -> Iterator[str]:
    """The tree as indented lines."""
    pad = "  " * depth
    match node:
        case And(parts) | Or(parts):
            yield f"{pad}{'all' if isinstance(node, And) else 'any'} of"
            for part in parts:
                yield from lines(part, depth + 1)
        case Not(part):
            yield f"{pad}not"
            yield from lines(part, depth + 1)
        case _:
            yield pad + words(node)


def words(leaf: Node) -> str:
    """A leaf in words."""
    match leaf:
        case Term(text):
            kind = "phrase" if " " in text else "word"
            return f'the {kind} "{text.rstrip("*")}"' + (", however its last word goes on" if leaf.is_wild else "")
        case Near(left, right, distance):
            return f'"{left.text}" and "{right.text}" with at most {distance} words between them'
        case Handle(name, author_only):
            return f"written by {name}" if author_only else f"written by, or naming, @{name}"
        case Field(name, value):
            return {"lang": "language", "platform": "platform", "site": "site"}[name] + f" {value}"
        case Number(name, comparison, value):
            return ("the author's followers" if name == "followers" else "engagement") + f" {comparison} {value} (unknown: no)"
    raise TypeError(type(leaf).__name__)


def coverage(node: Node, platform: str) -> tuple[list[str], str]:
    """(search strings, in words what becomes of the rest) for a platform."""
    if platform not in DIALECTS:
        return [], "no search there: everything is collected, and the whole query is applied after it came"
    try:
        compiled = compile_for(node, platform)
    except RenownError as error:
        return [], f"cannot be searched: {error.what.removeprefix('query: ')}"
    if not compiled.queries:
        return [], "not asked: the query excludes this platform"
    missing = [words(leaf) for leaf in _unsaid(fold(node, platform), platform)]
    if compiled.exact:
        return compiled.queries, "says all of it"
    return compiled.queries, "applied after it came: " + ("; ".join(dict.fromkeys(missing)) or "the exclusions")


def _unsaid(node: Node, platform: str) -> Iterator[Node]:
    """Leaves that the platform cannot say, each tried beside a plain word."""
    from extractors.query.tree import leaves

    for leaf in leaves(node):
        try:
            if not compile_for(And((Term("word"), leaf)), platform).exact:
                yield leaf
        except RenownError:
            yield leaf
