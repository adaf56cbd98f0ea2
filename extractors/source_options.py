"""What a source must say, and how its options are written: asked before anything is written, fetched or scheduled.

    Source + Banks ──► Contract.needs (one of these options names something, or banks.yml does) ──┐
                   └─► Contract.forms (names, a number, true or false …) ─────────────────────────┴──► Problem: where, what, mend
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from settings import RenownError

if TYPE_CHECKING:
    from extractors.base import Contract
    from settings.models import Banks, Source

_ADDRESS_MEND = "write it like https://forum.example"


@dataclass(frozen=True)
class Form:
    """How an option is written. `names`: one entry or a list of them, each of which `pattern` matches in full; `example` as in sources.yml."""

    kind: Literal["names", "name", "number", "flag", "address", "zone", "patterns", "numbers"]
    example: str
    pattern: str = r"\S(?:.*\S)?"
    or_flag: bool = False  # true or false instead of names

    def wrong(self, value: Any) -> str | None:
        """What is wrong with a value, None where nothing is."""
        if isinstance(value, bool):
            return None if self.kind == "flag" or self.or_flag else f"{_told(value)} is no value for it"
        if self.kind == "flag":
            return f"'{_told(value)}' is neither true nor false"
        if self.kind == "number":
            return None if _is_number(value) else f"'{_told(value)}' is no number from 0 up"
        if self.kind == "numbers":
            good = isinstance(value, Mapping) and all(_is_number(number) for number in value.values())
            return None if good else f"'{_told(value)}' does not name numbers"
        if isinstance(value, list) and self.kind in ("names", "patterns"):
            return next((found for entry in value if (found := self._wrong_entry(entry))), None)
        return self._wrong_entry(value)

    def _wrong_entry(self, entry: Any) -> str | None:
        if not isinstance(entry, str | int) or isinstance(entry, bool):
            return f"'{_told(entry)}' is no name"
        text = str(entry).strip()
        if self.kind == "zone":
            return None if _is_zone(text) else f"'{_told(text)}' is no time zone"
        if self.kind == "patterns":
            return None if _is_pattern(text) else f"'{_told(text)}' is no regular expression"
        if self.kind == "address":
            return None if is_address(text) else f"'{_told(text)}' is no address"
        return None if re.fullmatch(self.pattern, text) else f"'{_told(text)}' is no name that the platform has"


def _told(value: Any) -> str:
    """A configured value for a message: short, and as YAML writes flags."""
    return (str(value).lower() if isinstance(value, bool) else str(value))[:60]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return bool(name)


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


FLAG = Form("flag", "true")
NUMBER = Form("number", "72")
ZONE = Form("zone", "Europe/Rome")
ADDRESS = Form("address", "https://forum.example")
NAMES = Form("names", "[one, two]")
# Options that mean the same wherever a platform has them.
SHARED: Mapping[str, Form] = {
    **dict.fromkeys(("apply_query", "compliance", "official", "accounts", "full_text", "timelines"), FLAG),
    **dict.fromkeys(("revisit_limit", "comply_days", "thread_hours", "cap", "max_pages_per_run", "search_limit"), NUMBER),
    "timezone": ZONE,
}


@dataclass(frozen=True)
class Need:
    """One of `options` must name something, unless banks.yml does (pages or handles of the platform, which the flag `without` leaves out).

    `when`: only where these options have these values; `unless`: not where one of these options has its value. base_url counts as an option.
    """

    options: tuple[str, ...]
    example: str
    banks: tuple[Literal["pages", "handles"], ...] = ()
    without: str | None = None
    when: Mapping[str, Any] = field(default_factory=dict)
    unless: Mapping[str, Any] = field(default_factory=dict)

    def is_met(self, source: Source, banks: Banks) -> bool:
        """Whether there is something to read."""
        given = {**source.options, "base_url": source.base_url}
        if any(given.get(name) != value for name, value in self.when.items()):
            return True
        if any(given.get(name) == value for name, value in self.unless.items()) or any(given.get(name) for name in self.options):
            return True
        counts = self.without is None or given.get(self.without, True)
        return bool(counts) and any(getattr(bank, part).get(source.platform) for bank in banks.banks for part in self.banks)


@dataclass(frozen=True)
class Problem:
    """Something that a source says wrongly or not at all. `location`: the keys below the source, for the line in the file."""

    location: tuple[str, ...]
    what: str
    mend: str

    def error(self) -> RenownError:
        """As bad configuration: exit code 2."""
        return RenownError(f"{'.'.join(self.location)}: {self.what}", self.mend, 2)


def problems(source: Source, contract: Contract, banks: Banks | None) -> Iterator[Problem]:
    """What keeps this source from being read as it is configured; without `banks` nothing is said about what is missing."""
    if source.base_url is not None and not is_address(source.base_url):
        yield Problem(("base_url",), f"'{source.base_url}' is no address", _ADDRESS_MEND)
    if source.base_url is None and contract.base_url is None:
        yield Problem(("base_url",), f"{source.id} names no address", "add base_url: https://…")
    for name, value in source.options.items():
        if found := wrong_option(contract, name, value):
            yield found
    for need in contract.needs if banks is not None else ():
        if not need.is_met(source, banks):  # type: ignore[arg-type]
            named = " or ".join(f"{part}.{contract.platform}" for part in need.banks)
            also = f", or {named} in banks.yml" if named else ""
            what = f"{source.id} names nothing to read ({' or '.join(need.options)} is missing)"
            yield Problem(("options",), what, f"add {need.example}{also}")


def wrong_option(contract: Contract, name: str, value: Any) -> Problem | None:
    """What is wrong with the value of an option that the contract knows, None where nothing is (or it is empty)."""
    form = {**SHARED, **contract.forms}.get(name)
    reason = form.wrong(value) if form and name in _known(contract) and value not in (None, "", []) else None
    return Problem(("options", name), reason, f"write it like {name}: {form.example}") if form and reason else None


def require_readable(source: Source, contract: Contract, banks: Banks) -> None:
    """Raises RenownError for the first of the problems (exit code 2): a source that reads nothing must not pass for a success.

    An address that is missing is left to sessions.base_url(): where the sandbox stands in, none is needed.
    """
    for problem in problems(source, contract, banks):
        if problem.location == ("base_url",) and source.base_url is None:
            continue
        raise RenownError(f"source {source.id}: {'.'.join(problem.location)}: {problem.what}", problem.mend, 2)


def is_address(text: str) -> bool:
    """Whether this is an http or https address with a host."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  (raises for what is no port)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def _known(contract: Contract) -> set[str]:
    from extractors.base import COMMON_OPTIONS

    return {*contract.options, *COMMON_OPTIONS}
