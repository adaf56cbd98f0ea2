"""`renown sources`: which platforms can be read (their contracts), and which sources are configured."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer


def sources(json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """List platforms and configured sources."""
    from cli import output
    from settings import load_settings

    settings = load_settings()
    platforms, configured = platform_rows(), source_rows(settings)
    if json:
        output.print_json({"platforms": platforms, "sources": configured})
        return
    output.records(platforms, "platforms")
    output.records(configured, "configured sources")


def platform_rows() -> list[dict[str, Any]]:
    """What each registered contract offers, by platform name."""
    from extractors.registry import PLATFORMS

    rows = []
    for name, platform in sorted(PLATFORMS.items()):
        contract = platform.CONTRACT
        rows.append({"platform": name, "kinds": list(contract.kinds), "auth": contract.auth,
                     "credential": contract.credential_env, "cursor": contract.cursor,
                     "page_limit": contract.page_limit, "cap": contract.cap,
                     "history": contract.history_limit, "edits": contract.edits, "deletion": contract.deletion})
    return rows


def source_rows(settings: Any) -> list[dict[str, Any]]:
    """Each configured source, and whether it would be read: enabled, terms approved, credential there."""
    from extractors.registry import PLATFORMS

    rows = []
    for source in settings.sources.sources:
        platform = PLATFORMS.get(source.platform)
        variable = platform.CONTRACT.credential_env if platform else None
        rows.append({"source": source.id, "platform": source.platform, "schedule": source.schedule,
                     "query": source.query, "terms": source.terms, "state": _state(source, platform is not None),
                     "credential": _credential(variable)})
    return rows


def _credential(variable: str | None) -> str:
    if not variable:
        return "not needed"
    return "set" if os.environ.get(variable) else f"missing ({variable})"


def _state(source: Any, registered: bool) -> str:
    if not registered:
        return "no extractor"
    if not source.enabled:
        return "off (enabled: false)"
    return "on" if source.terms == "approved" else "off (terms unreviewed)"
