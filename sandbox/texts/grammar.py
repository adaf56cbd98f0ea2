"""A small grammar: named rules with alternatives, drawn at random into sentences.

    source text (one alternative a line) ──► parse() ──► Rules ──► Draw.rule("complaint") ──► a string

The source is plain text, so that the lexicons read like word lists:

    = cards              opens the rule `cards`
    - bad                opens the rule `cards.bad` (names nest one deep: `= news.lead`, `- positive`)
    3* some wording      an alternative with weight 3 (1 where nothing is said)

Inside an alternative: `{rule}` draws from a rule, `{t.bad}` from the rule `bad` of the topic in hand, `{bank}` and
`{other}` are the names given by the caller, `{2-9}` is a whole number (`{2-9:день,дня,дней}` one with its noun),
`{rule=x}` remembers what it drew and `{=x}` repeats it,
`<a|b|>` chooses one, `[a]` is there half of the time; `{[}` and `{]}` are the brackets themselves.
"""

from __future__ import annotations

import random
from collections.abc import Callable

BANK = "\ue000"  # stands for the names until all noise is applied, so that they stay verbatim
OTHER = "\ue001"

ONCE = ("city", "in_city", "street", "first")  # one text stays in one place and with one person

_MARKS = {"bank": BANK, "other": OTHER, "[": "[", "]": "]"}

Node = Callable[["Draw"], str]
Template = list["str | Node"]
Rules = dict[str, list[Template]]


def parse(*sources: str) -> Rules:
    """Compile grammar sources into rules; a weight repeats its alternative.

    Raises ValueError for a line outside a rule, a rule opened twice, or unbalanced brackets.
    """
    rules: Rules = {}
    for source in sources:
        head = name = ""
        for line in filter(None, (raw.rstrip() for raw in source.splitlines())):
            if line.startswith(("= ", "- ")):
                head = line[2:] if line[0] == "=" else head
                name = head if line[0] == "=" else f"{head}.{line[2:]}"
                if name in rules:
                    raise ValueError(f"the rule {name!r} is opened twice")
            elif not name:
                raise ValueError(f"a line outside a rule: {line!r}")
            else:
                weight, text = _weight(line)
                rules.setdefault(name, []).extend([compile_template(text)] * weight)
    return rules


def _weight(line: str) -> tuple[int, str]:
    mark, star, rest = line.partition("* ")
    return (int(mark), rest) if star and mark.isdigit() else (1, line)


def compile_template(text: str) -> Template:
    """Compile one alternative. Raises ValueError where a bracket has no partner."""
    template, end = _sequence(text, 0, "")
    if end != len(text):
        raise ValueError(f"unbalanced brackets: {text!r}")
    return template


def _sequence(text: str, at: int, stops: str) -> tuple[Template, int]:
    """Parse from `at` up to one of `stops`; gives the parts and the place of the stop."""
    parts: Template = []
    start = at
    while at < len(text) and text[at] not in stops:
        if text[at] not in "{<[":
            at += 1
            continue
        if at > start:
            parts.append(text[start:at])
        node, at = _bracket(text, at)
        parts.append(node)
        start = at
    if at > start:
        parts.append(text[start:at])
    return parts, at


def _bracket(text: str, at: int) -> tuple[str | Node, int]:
    if text[at] == "{":
        end = text.find("}", at)
        if end < 0:
            raise ValueError(f"unbalanced brackets: {text!r}")
        return _slot(text[at + 1 : end]), end + 1
    closing = ">" if text[at] == "<" else "]"
    options: list[Template] = [] if closing == ">" else [[]]
    while True:
        option, at = _sequence(text, at + 1, "|>" if closing == ">" else "]")
        options.append(option)
        if at >= len(text):
            raise ValueError(f"unbalanced brackets: {text!r}")
        if text[at] == closing:
            return _choice(options), at + 1


def _choice(options: list[Template]) -> Node:
    count = len(options)
    return lambda draw: draw.render(options[int(draw.random() * count)])


def _slot(inner: str) -> str | Node:
    if inner in _MARKS:
        return _MARKS[inner]
    low, dash, high = inner.partition("-")
    high, _, forms = high.partition(":")
    if dash and low.isdigit() and high.isdigit():
        return _number(int(low), int(high) - int(low) + 1, forms.split(",") if forms else [])
    name, bind, key = inner.partition("=")
    if bind and not name:
        return lambda draw: draw.memory[key]
    if bind:
        return lambda draw: draw.remember(key, name)
    if name.startswith("t."):
        return lambda draw: draw.rule(f"{draw.topic}.{name[2:]}")
    return (lambda draw: draw.once(name)) if name in ONCE else (lambda draw: draw.rule(name))


def _number(first: int, span: int, forms: list[str]) -> Node:
    """A whole number in [first, first + span), with the noun's Slavic form for one, few or many where given."""
    if not forms:
        return lambda draw: str(first + int(draw.random() * span))

    def counted(draw: Draw) -> str:
        number = first + int(draw.random() * span)
        tens, ones = number % 100 // 10, number % 10
        form = 2 if tens == 1 or ones == 0 or ones > 4 else 0 if ones == 1 else 1
        return f"{number} {forms[form]}"

    return counted


class Draw:
    """One drawing of one text: the source of chance, the topic in hand, and what was already said."""

    def __init__(self, rng: random.Random, rules: Rules, topic: str, joiner: str = " ") -> None:
        self.random = rng.random
        self.joiner = joiner  # between sentences: nothing in Chinese
        self.rules = rules
        self.topic = topic
        self.memory: dict[str, str] = {}
        self._used: dict[str, set[int]] = {}

    def rule(self, name: str) -> str:
        """Draw from a rule; a text does not use an alternative twice before it has used all. Raises KeyError."""
        options = self.rules[name]
        count = len(options)
        index = int(self.random() * count)
        used = self._used.setdefault(name, set())
        if len(used) >= count:
            used.clear()
        while index in used:
            index = (index + 1) % count
        used.add(index)
        return self.render(options[index])

    def render(self, template: Template) -> str:
        """The template as text."""
        return "".join([part if type(part) is str else part(self) for part in template])  # type: ignore[operator]

    def remember(self, key: str, name: str) -> str:
        """Draw from a rule and keep what was drawn for `{=key}`."""
        self.memory[key] = self.rule(f"{self.topic}.{name[2:]}" if name.startswith("t.") else name)
        return self.memory[key]

    def once(self, name: str) -> str:
        """Draw from a rule the first time, and give the same again in the rest of the text."""
        if name not in self.memory:
            self.memory[name] = self.rule(name)
        return self.memory[name]

    def chance(self, probability: float) -> bool:
        """True with the probability."""
        return self.random() < probability

    def first_of(self, *names: str) -> str:
        """Draw from the first of the rules that exists. Raises KeyError where none does."""
        for name in names:
            if name in self.rules:
                return self.rule(name)
        raise KeyError(names[-1])
