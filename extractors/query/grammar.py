"""Reading a listening query: one grammar for every platform (lark, LALR), macros expanded.

    text ──lark──► parse tree ──_Builder──► extractors.query.tree

expression = and {OR and};  and = not {[AND] not};  not = [NOT | -] near;  near = atom [NEAR/n atom]
atom = ( expression ) | "phrase" | word | word* | @handle | author:handle (from:) | lang:xx | platform:name | site:host
     | followers>n | min_engagement>n (also >= < <= =) | @banks (every alias and handle of banks.yml) | @name (queries.yml)
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

from extractors.query.tree import And, Field, Handle, Near, Node, Not, Number, Or, Term
from settings import RenownError, Settings
from settings.models import LANGUAGES, PLATFORMS

GRAMMAR = r"""
start: any
?any: all (_OR all)*
?all: negated (_AND? negated)*
?negated: (_NOT | _MINUS) negated -> negation
    | near
?near: atom
    | atom NEAR atom -> near
?atom: "(" any ")"
    | PHRASE -> phrase
    | FIELD (PHRASE | WORD)? -> field
    | COMPARED -> compared
    | WORD -> word
_OR.5: /OR(?=[\s()"]|$)/
_AND.5: /AND(?=[\s()"]|$)/
_NOT.5: /NOT(?=[\s()"]|$)/
NEAR.5: /NEAR\/\d{1,3}(?=[\s()"]|$)/
_MINUS.4: /-(?=[^\s-])/
COMPARED.4: /(followers|min_engagement|engagement)(>=|<=|>|<|=|:)\d{1,12}(?=[\s()"]|$)/
FIELD.4: /(author|from|lang|platform|site):(?=[^\s)])/
PHRASE.3: /"[^"]*"\*?/
WORD.1: /[^\s()"]+/
%ignore /\s+/
"""
_FIELDS = ("author", "from", "lang", "platform", "site")
_DEPTH = 20  # of named queries within named queries
_NEST = 200  # of parentheses and negations
_LARK = Lark(GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)


def parse(text: str, settings: Settings, platform: str) -> Node:
    """The tree of an expression, macros expanded for this platform. Raises RenownError (exit code 2) that names the place and the mend."""
    try:
        return _parse(text, settings, platform, 0)
    except RenownError as error:
        error.exit_code = 2  # bad input, whichever part of it
        raise


def _parse(text: str, settings: Settings, platform: str, depth: int) -> Node:
    if depth > _DEPTH:
        raise RenownError("query: named queries refer to each other", "break the circle in queries.yml")
    if text.count("(") + text.count("-") + text.count("NOT") > _NEST * 5:
        raise RenownError("query: more nesting than can be read", "split the query into several sources")
    try:
        tree = _LARK.parse(text)
        built: Node = _Builder(settings, platform, depth).transform(tree)
    except UnexpectedInput as error:
        raise _complaint(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, RenownError):
            raise error.orig_exc from None
        raise
    except RecursionError:
        raise RenownError("query: more nesting than can be read", "split the query into several sources") from None
    return built


def _complaint(text: str, error: UnexpectedInput) -> RenownError:
    """What is wrong, in words, and after which part of the text."""
    place = error.pos_in_stream if isinstance(error.pos_in_stream, int) and error.pos_in_stream >= 0 else len(text)
    mend = "correct the expression in sources.yml or queries.yml"
    if isinstance(error, UnexpectedCharacters):
        return RenownError(f"query: a quote at character {place + 1} is not closed", 'close it with "')
    shown = text[:place].rstrip()[-60:]
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended and text.count("(") > text.count(")") and not re.search(r"(\(|\bOR|\bAND|\bNOT|NEAR/\d+)\s*$", text):
        return RenownError(f"query: a '(' is not closed after '{shown}'", mend)
    if isinstance(error, UnexpectedToken) and error.token == ")" and "NEAR" not in error.accepts and text[:place].strip():
        opened = text[:place].count("(") > text[:place].count(")")
        if not opened:
            return RenownError(f"query: unexpected ')' after '{shown}'", mend)
    return RenownError(f"query: a word is missing after '{shown}'", mend)


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """Lark's tree into ours."""

    def __init__(self, settings: Settings, platform: str, depth: int) -> None:
        super().__init__()
        self.settings, self.platform, self.depth = settings, platform, depth

    def start(self, node: Node) -> Node:
        return node

    def any(self, *parts: Node) -> Node:
        return Or(parts)

    def all(self, *parts: Node) -> Node:
        return And(parts)

    def negation(self, part: Node) -> Node:
        return Not(part)

    def near(self, left: Node, operator: Token, right: Node) -> Node:
        if not isinstance(left, Term) or not isinstance(right, Term):
            raise RenownError(f"query: {operator} stands between two words or phrases", "write  loan NEAR/5 refused")
        return Near(left, right, int(operator.split("/")[1]))

    def phrase(self, token: Token) -> Node:
        text = " ".join(token.rstrip("*").strip('"').split())
        if not text:
            raise RenownError("query: a phrase is empty", "write words between the quotes")
        return Term(text + ("*" if token.endswith("*") else ""))

    def word(self, token: Token) -> Node:
        _refuse_half_written(str(token))
        return _word(str(token), self.settings, self.platform, self.depth)

    def field(self, name: Token, value: Token | None = None) -> Node:
        given = str(value or "").strip('"').strip()
        if not given:
            raise RenownError(f"query: {name} has no value", f"write  {name}something")
        return _field(name.rstrip(":"), given)

    def compared(self, token: Token) -> Node:
        found = re.fullmatch(r"(\w+?)(>=|<=|>|<|=|:)(\d+)", token)
        assert found
        name, comparison, number = found.groups()
        at_least = comparison in ("=", ":") and name == "min_engagement"
        return Number(
            "followers" if name == "followers" else "engagement", ">=" if at_least else _comparison(comparison), int(number)
        )


def _refuse_half_written(token: str) -> None:
    """Raises RenownError for what would be a word that nobody writes: an operator, bound or field that is not written to its end."""
    if re.fullmatch(r"NEAR(/.*)?|(?i:near/\d*)", token):
        raise RenownError(f"query: '{token[:40]}' is no NEAR/n", 'write  loan NEAR/5 refused, or "near" in quotes for the word')
    if found := re.fullmatch(r"(followers|min_engagement|engagement)(?:[<>=:].*)", token):
        raise RenownError(f"query: '{token[:40]}' has no whole number", f"write  {found[1]}>100")
    if found := re.fullmatch(r"(\w+)(?:[<>]=?|=)\d+", token):
        mend = "write  followers>100 or min_engagement>10, or put the word in quotes"
        raise RenownError(f"query: there is no bound '{found[1][:40]}'", mend)
    name = token.partition(":")[0]
    if ":" in token and name not in _FIELDS and (meant := get_close_matches(name, _FIELDS, 1, 0.8)):
        raise RenownError(f"query: there is no field '{name[:40]}:'", f'write  {meant[0]}: or put the word in quotes')


def _comparison(text: str) -> Any:
    return "=" if text == ":" else text


def _field(name: str, value: str) -> Node:
    value = value if name in ("author", "from") else value.lower()
    if name in ("author", "from"):
        return Handle(value.lstrip("@"), author_only=True)
    if name == "platform" and value not in PLATFORMS:
        raise RenownError(f"query: unknown platform '{value}'", f"use one of {', '.join(PLATFORMS)}")
    if name == "lang" and not re.fullmatch(r"[a-z]{2,3}", value):
        raise RenownError(f"query: lang:{value} is no language code", f"use a code such as {', '.join(LANGUAGES)}")
    return Field(name, value)  # type: ignore[arg-type]


def _word(word: str, settings: Settings, platform: str, depth: int) -> Node:
    if word == "@banks":
        names: list[Node] = [Term(alias) for alias in aliases(settings)]
        return Or(tuple(names + [Handle(name) for name in account_names(settings, platform)]))
    if word.startswith("@") and word[1:] in settings.queries.queries:
        return _parse(settings.queries.queries[word[1:]], settings, platform, depth + 1)
    if word.startswith("@") and len(word) > 1:
        return Handle(word[1:])
    if re.fullmatch(r"(author|from|lang|platform|site):", word):
        raise RenownError(f"query: {word} has no value", f"write  {word}something")
    if "*" in word.rstrip("*") or word.strip("*") == "" or word.endswith("**"):
        raise RenownError(f"query: '{word}' has its * in an odd place", "put one * at the end of a word: card*")
    return Term(word)


def aliases(settings: Settings) -> list[str]:
    """Every alias of every bank in every language, once each."""
    return list(dict.fromkeys(alias for bank in settings.banks.banks for names in bank.aliases.values() for alias in names))


def account_names(settings: Settings, platform: str) -> list[str]:
    """Every handle of every bank on this platform, once each, without @."""
    return list(dict.fromkeys(handle.lstrip("@") for bank in settings.banks.banks for handle in bank.handles.get(platform, [])))
