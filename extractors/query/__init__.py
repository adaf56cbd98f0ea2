"""One boolean language for a bank's listening.

text ──grammar.parse──► tree ──compile.compile_for──► the platform's own search strings (within its length limit)
                          └────match.matches────────► the same meaning, applied to what came, where those could not say it all
"""

from extractors.query.compile import DIALECTS, Compiled, compile_for, compile_terms, compile_x, covering, fold
from extractors.query.grammar import account_names, aliases, parse
from extractors.query.match import matches
from extractors.query.tree import Node

__all__ = [
    "DIALECTS",
    "Compiled",
    "Node",
    "account_names",
    "aliases",
    "compile_for",
    "compile_terms",
    "compile_x",
    "covering",
    "fold",
    "matches",
    "parse",
]
