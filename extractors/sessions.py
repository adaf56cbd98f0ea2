"""What a source's run starts from: the configured source, its address, its session and its interval."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from extractors.http import Http
from extractors.registry import PLATFORMS, Platform
from extractors.source_options import require_readable
from settings import RenownError, Settings
from settings.models import Source

# Where the sandbox serves a platform, where that is not /<platform>.
SANDBOX_PATHS = {"rss": "/news/feed.xml", "news": "/press"}


def configured_source(settings: Settings, source_id: str) -> Source:
    """The source, if it may be read. Raises RenownError where it is unknown, off, not approved, or says too little or the wrong thing."""
    try:
        source = settings.source(source_id)
    except KeyError:
        known = ", ".join(source.id for source in settings.sources.sources) or "(none)"
        raise RenownError(f"unknown source '{source_id}'", f"use one of {known}, or add it to sources.yml", exit_code=2) from None
    if not source.enabled:
        raise RenownError(f"source {source_id} is switched off", "set enabled: true in sources.yml", exit_code=2)
    if source.terms != "approved":
        raise RenownError(
            f"source {source_id}: its terms are not recorded as approved",
            "read them, then set terms: approved in sources.yml",
            exit_code=2,
        )
    if source.platform in PLATFORMS:
        require_readable(source, PLATFORMS[source.platform].CONTRACT, settings.banks)
    return with_site(source)


def with_site(source: Source) -> Source:
    """The source with the host of its address as `site`, where one platform is many sites and configuration names none."""
    if source.site or not source.base_url or source.platform not in PLATFORMS or PLATFORMS[source.platform].CONTRACT.base_url:
        return source
    return source.model_copy(update={"site": urlsplit(source.base_url).hostname or ""})


def base_url(source: Source, module: Platform) -> str:
    """RENOWN_SANDBOX_URL + the platform's path, else the source's base_url, else the contract's."""
    sandbox = os.environ.get("RENOWN_SANDBOX_URL")
    if sandbox:
        return sandbox.rstrip("/") + SANDBOX_PATHS.get(source.platform, f"/{source.platform}")
    base = source.base_url or module.CONTRACT.base_url
    if not base:
        raise RenownError(f"source {source.id} has no address", "set base_url in sources.yml", exit_code=2)
    return base.rstrip("/")


def open_session(settings: Settings, source: Source, module: Platform, patient: bool = True) -> Http:
    """The source's session with its credentials; not `patient` where a person waits. Raises RenownError that names what is not set."""
    contract = module.CONTRACT
    found = {name: os.environ.get(name) or "" for name in (*contract.secrets, *contract.optional_credentials)}
    if os.environ.get("RENOWN_SANDBOX_URL"):
        found = {name: value or "sandbox" for name, value in found.items()}
    if missing := [name for name in contract.secrets if not found[name]]:
        raise RenownError(f"source {source.id}: no credential for {source.platform}", f"set {', '.join(missing)}", exit_code=2)
    found = {name: value for name, value in found.items() if value}
    token = next(iter(found.values()), None)
    http = Http(contract, module.error_of, source.rate, settings.general.user_agent, token, secrets=found, patient=patient)
    http.home = base_url(source, module)
    return http


def interval(settings: Settings, source: Source) -> tuple[datetime, datetime]:
    """From history_start (else 7 days back) to now; a live clock is kept 15 s back, since platforms refuse the present second."""
    end = settings.now() if settings.as_of else settings.now() - timedelta(seconds=15)
    start = source.history_start or end - timedelta(days=7)
    return (start if start.tzinfo else start.replace(tzinfo=UTC)), end.replace(microsecond=0)
