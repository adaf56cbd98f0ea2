"""One page of a source with its real credentials, and what would be stored of it: nothing is stored.

Source ──► pages() until something came (a few pages at most) ──► understand() ──► Trial
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from extractors.base import Mention, Page, PlatformError, Reading
from extractors.listening import listener
from extractors.parse import Reject, understand
from extractors.registry import platform
from extractors.sessions import base_url, open_session, with_site
from extractors.source_options import require_readable
from settings import RenownError, Settings
from settings.models import Source

PAGES = 5  # a first page may be empty: a window without items, a list of threads
DAYS = 7


@dataclass
class Trial:
    """What came: mentions that would be stored, others that the query would set aside, and rejects with their reasons."""

    address: str
    requests: int = 0
    mentions: list[Mention] = field(default_factory=list)
    aside: list[Mention] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    promised: int | None = None
    gap: str | None = None


def try_source(settings: Settings, source: Source) -> Trial:
    """Read one page. Raises RenownError where terms are not approved, credentials are missing, or the platform refuses."""
    if source.terms != "approved":
        raise RenownError(f"source {source.id}: its terms are not recorded as approved", "read them, then set terms: approved", exit_code=2)
    source, module = with_site(source), platform(source.platform)
    require_readable(source, module.CONTRACT, settings.banks)
    wanted, http = listener(settings, source, module), open_session(settings, source, module, patient=False)
    end = settings.now().replace(microsecond=0) - timedelta(seconds=15)
    reading = Reading(source, settings, http, base_url(source, module), {}, source.history_start or end - timedelta(days=DAYS), end)
    trial = Trial(reading.base_url)
    try:
        page = _first(module.pages(reading))
    except PlatformError as error:
        raise RenownError(http.clean(error.what), error.mend, 2 if error.code == "host" else 1) from None
    finally:
        trial.requests = http.requests
    for item in page.items if page else ():
        outcome = understand(module, item, settings.now())
        if not isinstance(outcome, Mention):
            trial.rejects.append(Reject(item, outcome))
        elif wanted.wants(outcome.to_dict()):
            trial.mentions.append(outcome)
        else:
            trial.aside.append(outcome)
    trial.promised, trial.gap = (page.promised, page.gap) if page else (None, None)
    return trial


def _first(pages: Iterator[Page]) -> Page | None:
    """The first page that holds something, among the first few."""
    last = None
    for page in islice(pages, PAGES):
        last = page
        if page.items:
            return page
    return last
