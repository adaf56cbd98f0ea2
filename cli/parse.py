"""`renown parse`: a recorded body of a platform, as it came, to mentions: one JSON object a line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from extractors.base import Mention


def parse(
    platform: Annotated[str, typer.Argument(help="The platform's name, e.g. vk ('renown sources' lists them).")],
    file: Annotated[str, typer.Argument(help="JSON, JSON Lines of pages, XML or HTML; '-' reads stdin; .gz too.")],
    url: Annotated[str | None, typer.Option(help="The address that it was fetched from.")] = None,
    fetched_at: Annotated[str | None, typer.Option(help="When it was fetched (ISO 8601), for relative dates.")] = None,
) -> None:
    """Print the mentions of a recorded body, in the shape of core.mentions."""
    from collections import Counter

    from cli import output

    mentions, reasons = _parsed(platform, file, url, _instant(fetched_at))
    output.print_lines(mention.to_dict() for mention in mentions)
    if not mentions and not reasons:
        output.note(f"no mentions: {_held(platform, file)}")
    for reason, count in Counter(reasons).most_common():
        output.note(f"{count} of {len(mentions) + len(reasons)} items were not understood: {reason}")


def _parsed(platform: str, file: str, url: str | None, fetched_at: datetime | None) -> tuple[list[Mention], list[str]]:
    """The file's mentions and the reasons of its rejects. Raises RenownError (exit code 2) where none is understood."""
    from cli.inputs import read_bytes
    from extractors.base import PlatformError
    from extractors.parse import parse_body, parse_with_rejects
    from extractors.registry import platform as registered
    from settings import RenownError

    registered(platform)
    body = read_bytes(file)
    try:
        mentions, rejects = parse_with_rejects(platform, body, url, fetched_at)
        if rejects and not mentions:
            parse_body(platform, body, url, fetched_at)  # raises, with the reason
    except PlatformError as error:
        if error.code == "malformed":  # its own mend speaks of a run: nothing is kept here
            raise RenownError(f"{file}: {error.what}", "give the body as it came from the platform", exit_code=2) from None
        raise  # names its platform and its code
    except RenownError as error:
        raise RenownError(f"{file}: {error.what}", error.mend, exit_code=2) from None
    return mentions, [reject.reason for reject in rejects]


def _held(platform: str, file: str) -> str:
    """What a body without mentions holds. A body from stdin was read already."""
    from cli.inputs import read_bytes
    from extractors.parse import lists_in

    return f"the body holds {lists_in(platform, read_bytes(file))}" if file != "-" else "the body holds none"


def _instant(text: str | None) -> datetime | None:
    """ISO 8601 as an aware datetime (UTC where it names no zone). Raises RenownError (exit code 2)."""
    from settings import RenownError

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RenownError(
            f"--fetched-at '{text}' is not an ISO 8601 instant", "write it like 2026-03-30T00:00:00Z", exit_code=2
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
