"""The rules of `renown check` for sources.yml and queries.yml: can each source be read as it is configured?"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from cli.findings import Folder

CRON_ALIASES = {"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@quarterly", "@yearly", "@annually"}
SANDBOX = "RENOWN_SANDBOX_URL"  # set while the sandbox stands in: it needs no credentials
LONE_NAME = re.compile(r"@([a-z][a-z0-9_]*)")


def is_schedule(text: str) -> bool:
    """Whether Airflow takes it as a schedule: five cron fields, or one of its named ones."""
    from croniter import croniter  # type: ignore[import-untyped]

    return text in CRON_ALIASES or (len(text.split()) == 5 and bool(croniter.is_valid(text)))


def sources(folder: Folder) -> None:
    """An extractor, a schedule, approved terms and a credential, for each source."""
    from extractors.registry import PLATFORMS

    for i, source in enumerate(folder.parts["sources"].sources):
        where = ("sources", i)
        platform = PLATFORMS.get(source.platform)
        if platform is None:
            folder.error("sources", (*where, "platform"), f"{source.platform} has no extractor: it comes in as files",
                         f"take the source out and use 'renown ingest', or one of {', '.join(PLATFORMS)}")
            continue
        if source.schedule is not None and not is_schedule(source.schedule):
            folder.error("sources", (*where, "schedule"), f"'{source.schedule}' is no cron expression",
                         "five fields such as '*/10 * * * *', or @hourly")
        _limits(folder, where, source, platform.CONTRACT)
        _options(folder, where, source, platform.CONTRACT)
        if source.enabled:
            _permission(folder, where, source, platform.CONTRACT)


def _limits(folder: Folder, where: tuple[Any, ...], source: Any, contract: Any) -> None:
    if source.page_size is not None and not 1 <= source.page_size <= contract.page_limit:
        folder.error("sources", (*where, "page_size"), f"page_size {source.page_size} is out of the platform's range",
                     f"1 to {contract.page_limit}")


def _options(folder: Folder, where: tuple[Any, ...], source: Any, contract: Any) -> None:
    """An option that nobody reads is a misspelling: what it was meant to say is not done."""
    from extractors.base import COMMON_OPTIONS

    if source.platform == "review_site":
        _selectors(folder, where, source)
        return
    known = {**contract.options, **COMMON_OPTIONS}
    for name in source.options:
        if name not in known:
            folder.warning("sources", (*where, "options", name), f"{source.platform} has no option '{name}'",
                           f"use one of {', '.join(known)}")


def source_needs(folder: Folder) -> None:
    """Each source names what it reads, and its options are written as the platform's contract has them."""
    from extractors.registry import PLATFORMS
    from extractors.source_options import problems

    for i, source in enumerate(folder.parts["sources"].sources):
        if source.platform in PLATFORMS:
            for problem in problems(source, PLATFORMS[source.platform].CONTRACT, folder.parts.get("banks")):
                folder.error("sources", ("sources", i, *problem.location), problem.what, problem.mend)


def _selectors(folder: Folder, where: tuple[Any, ...], source: Any) -> None:
    """A review site is read by its options alone: a run stops at the first that is wrong, misspelt ones included."""
    from extractors.shapes.review_options import WrongOption, read_options

    try:
        read_options(source.options)
    except WrongOption as error:
        folder.error("sources", (*where, "options", *error.location), f"{source.id}: {error.where}: {error.why}", error.mend or "")


def _permission(folder: Folder, where: tuple[Any, ...], source: Any, contract: Any) -> None:
    if source.terms != "approved":
        folder.warning("sources", where, f"{source.id} stays off: its terms are not approved",
                       "read the platform's terms, then write terms: approved")
    elif contract.credential_env and not os.environ.get(contract.credential_env) and not os.environ.get(SANDBOX):
        folder.warning("sources", where, f"{source.id} has no credential",
                       f"set {contract.credential_env} (the sandbox needs none)")


def source_queries(folder: Folder) -> None:
    """Each source's query parses, and fits into what its platform takes."""
    for i, source in enumerate(folder.parts["sources"].sources):
        where = ("sources", i, "query")
        name = LONE_NAME.fullmatch(source.query.strip())
        if name and name[1] not in {"banks", *folder.parts["queries"].queries}:
            folder.warning("sources", where, f"{source.query} is no query of queries.yml: it is read as an account",
                           "name one of queries.yml's, or @banks")
        _query(folder, "sources", where, source.query, source.platform)


def named_queries(folder: Folder) -> None:
    """Each expression of queries.yml parses."""
    for name, text in folder.parts["queries"].queries.items():
        if name == "banks":
            folder.error("queries", ("queries", name), "@banks is built in", "give the expression another name")
        _query(folder, "queries", ("queries", name), text, "x")


def _query(folder: Folder, stem: str, where: tuple[Any, ...], text: str, platform: str) -> None:
    """Parse it as this platform's, macros expanded; a platform with a limit must be able to split it."""
    from extractors.query import compile_x, parse
    from extractors.registry import PLATFORMS
    from settings import RenownError

    limit = PLATFORMS[platform].CONTRACT.query_limit if platform in PLATFORMS else None
    try:
        tree = parse(text, folder.settings(), platform)
        if limit:
            compile_x(tree, limit)
    except RenownError as error:
        folder.error(stem, where, error.what, error.mend or "correct the expression")


SOURCE_RULES: list[tuple[tuple[str, ...], Callable[[Folder], None]]] = [
    (("sources",), sources), (("sources",), source_needs), (("banks", "sources", "queries"), source_queries),
    (("banks", "queries"), named_queries)]
