"""docs/platforms.md out of the contracts: what is collected, what cannot be, limits, credentials and how to get them.

    registry (contracts and hooks) ──document()──► Markdown: one overview, one section a platform, the archives

`renown docs platforms` prints it; a test holds the committed file to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from extractors import query
from extractors.base import COMMON_OPTIONS, Contract, ErrorRule, Mention
from extractors.registry import Platform
from extractors.source_options import SHARED
from settings.models import PLATFORMS as NAMES

COMMAND = "renown docs platforms > docs/platforms.md"
MAPS = Path(__file__).resolve().parent / "maps"
_ACTIONS = {
    "retry": "tried again",
    "wait_until": "waited for",
    "stop": "ends the run, which names a gap",
    "skip": "the item is left out",
    "fatal": "ends the run with an error",
}
_CURSORS = {
    "token": "a token that the platform gives",
    "id": "the newest id that is known",
    "time_slice": "slices of time, halved where a cap is met",
    "page": "page numbers",
    "walk_down": "a walk down from the newest",
}
_ALWAYS = ("platform", "site", "native_id", "kind", "text", "deleted", "truncated", "created_at", "created_at_raw", "engagement")


def document(platforms: Mapping[str, Platform]) -> str:
    """The whole of docs/platforms.md, ending in a line feed."""
    parts = [_head(platforms), *(section(module) for _, module in _named(platforms)), _archives(platforms)]
    return "\n\n".join(parts) + "\n"


def _named(platforms: Mapping[str, Platform]) -> list[tuple[str, Platform]]:
    """(name for people, module) in the order of those names."""
    return sorted(((title(name), module) for name, module in platforms.items()), key=lambda pair: pair[0].casefold())


def title(platform: str) -> str:
    """A platform's name for people."""
    return NAMES[platform][0] if platform in NAMES else platform


def _head(platforms: Mapping[str, Platform]) -> str:
    rows = [
        (
            f"[{name}](#{anchor(name)})",
            f"`{module.CONTRACT.platform}`",
            ", ".join(module.CONTRACT.kinds),
            "yes" if module.CONTRACT.platform in query.DIALECTS else "–",
            ", ".join(_hooks(module)) or "–",
            _needs(module.CONTRACT),
            _history(module.CONTRACT).partition(";")[0],
        )
        for name, module in _named(platforms)
    ]
    return "\n".join(
        [
            "# Platforms",
            "",
            f"Generated from the contracts in `extractors/platforms/`; do not edit. `{COMMAND}` writes it anew, a test compares.",
            "",
            "A source is read when it is `enabled`, its `terms` are `approved` and its credential is set. *Searched*: the platform is asked for",
            "the source's query, and what its search cannot say is applied to what came; the others are read whole. *Again*: `lookup`",
            "(counts, edits and removals after 1 h, 6 h, 1 d, 3 d, 7 d), `comply` (the platform's own feed of removals).",
            "How a source is switched on: [configuration.md](configuration.md); how a platform is added: [adding_a_platform.md](adding_a_platform.md).",
            "",
            *_table(("platform", "name", "kinds", "searched", "again", "needs", "history"), rows),
            "",
            "Options that every source knows, beside those of its platform:",
            "",
            *_table(("option", "meaning"), [(f"`{name}`", meaning) for name, meaning in COMMON_OPTIONS.items()]),
        ]
    )


def anchor(name: str) -> str:
    """The fragment of a heading, as the usual renderers of Markdown make it."""
    return "".join(c for c in name.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _hooks(module: Platform) -> list[str]:
    return [name for name in ("lookup", "comply") if hasattr(module, name)]


def _needs(contract: Contract) -> str:
    if contract.secrets:
        return "a credential"
    return "nothing; more with a credential" if contract.optional_credentials else "nothing"


def _history(contract: Contract) -> str:
    """The history limit; "none" is a contract's word for "no limit"."""
    said = contract.history_limit
    return "no limit" + said.removeprefix("none") if said.startswith("none") else said


def section(module: Platform) -> str:
    """One platform's section."""
    contract = module.CONTRACT
    rows = [
        ("collected", "; ".join(contract.collects) or ", ".join(contract.kinds)),
        ("kinds", ", ".join(contract.kinds)),
        ("a source names", _named_things(contract)),
        ("not offered", _not_offered(contract)),
        ("history", _history(contract)),
        ("limits", _limits(contract)),
        (
            "read by",
            _CURSORS[contract.cursor] + ("" if contract.is_sorted else "; unsorted, so its cursor moves at a run's end only"),
        ),
        ("edits", contract.edits),
        ("deletions", contract.deletion),
        ("looked at again", ", ".join(_hooks(module)) or "no: what is read again comes with the stream"),
        ("credentials", _credentials(contract)),
        ("terms", contract.terms),
        ("endpoints", ", ".join(f"`{name}`" for name in contract.endpoints)),
        ("times", ", ".join(contract.time_formats)),
    ]
    parts = [f"## {title(contract.platform)}", "", f"`platform: {contract.platform}`, {_address(contract)}.", ""]
    parts += _table(("", ""), rows)
    if contract.options:
        parts += [
            "",
            "Options of a source:",
            "",
            *_table(("option", "meaning", "like"), [(f"`{n}`", m, _like(contract, n)) for n, m in contract.options.items()]),
        ]
    return "\n".join([*parts, "", "Errors:", "", *_errors(contract.errors)])


def _address(contract: Contract) -> str:
    return f"at {contract.base_url}" if contract.base_url else "many sites: a source names its `base_url` and `site`"


def _named_things(contract: Contract) -> str:
    """What must stand in sources.yml for there to be something to read."""
    said = [] if contract.base_url else ["`base_url`"]
    for need in contract.needs:
        where = " and ".join(f"`{name}: {str(value).lower()}`" for name, value in need.when.items())
        unless = " or ".join(f"`{name}: {str(value).lower()}`" for name, value in need.unless.items())
        banks = "".join(f", or `{part}.{contract.platform}` in banks.yml" for part in need.banks)
        said.append(
            " or ".join(f"`{name}`" for name in need.options)
            + banks
            + (f", where {where}" if where else "")
            + (f", unless {unless}" if unless else "")
        )
    return "; ".join(said) or "nothing that it must"


def _like(contract: Contract, option: str) -> str:
    form = {**SHARED, **contract.forms}.get(option)
    return f"`{form.example}`" if form else ""


def _not_offered(contract: Contract) -> str:
    known = [name for name in Mention.__struct_fields__ if name in contract.not_offered and name not in _ALWAYS]
    listed = [*known, *(name for name in contract.not_offered if name not in known)]
    return ", ".join(listed) or "nothing is left out"


def _limits(contract: Contract) -> str:
    """Page, cap, length of a query, hidden intervals, and the rate that a new source starts with."""
    requests, seconds = contract.rate
    said = [f"{contract.page_limit:,} items a page", f"{requests:,} requests in {seconds:g} s unless the source says otherwise"]
    if contract.cap:
        said.insert(1, f"{contract.cap:,} results of one query")
    if contract.query_limit:
        said.append(f"{contract.query_limit:,} characters of a query, longer ones are split")
    said += [
        f"{pause:g} s between two requests of {endpoint or 'any endpoint'}" for endpoint, pause in contract.min_interval.items()
    ]
    return "; ".join(said)


def _credentials(contract: Contract) -> str:
    needed = ", ".join(f"`{name}`" for name in contract.secrets)
    more = ", ".join(f"`{name}`" for name in contract.optional_credentials)
    how = contract.how_to or ("no credential needed" if not needed else contract.auth)
    return "; ".join(
        filter(None, [needed, f"where it is set, more is read: {more}" if more else "", how, f"auth: {contract.auth}"])
    )


def _errors(rules: Sequence[ErrorRule]) -> Iterator[str]:
    """One line for each way in which an error is met."""
    for action, means in _ACTIONS.items():
        if found := [rule for rule in rules if rule.action == action]:
            yield f"- {means}: " + "; ".join(map(_error, found))
    yield "- anything else the platform calls an error ends the run with the platform's own words"


def _error(rule: ErrorRule) -> str:
    return f"`{rule.code}` {_cell(rule.meaning)}" + (f" ({_cell(rule.mend)})" if rule.mend else "")


def _archives(platforms: Mapping[str, Platform]) -> str:
    """What has no extractor, and the maps that `renown ingest` ships."""
    left = ", ".join(f"{title(name)} (`{name}`)" for name in NAMES if name not in platforms)
    maps = ", ".join(f"`{path.stem}`" for path in sorted(MAPS.glob("*.yml")))
    return "\n".join(
        [
            "## Archives and single posts",
            "",
            f"Only as files: {left}. `renown ingest FILE --platform NAME` reads CSV, JSON, JSON Lines and Parquet, also packed;",
            f"maps that come along: {maps}. See [ingesting_archives.md](ingesting_archives.md).",
            "`renown ingest --url ADDRESS` takes a single public post that a person found by hand.",
        ]
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(head)
    yield "|" + "---|" * len(head)
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    """A value that cannot break its table: one line, bars escaped, braces and angles as they are."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")
