"""`renown parse`: a recorded body of a platform, as it came, to mentions: one JSON object a line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer


def parse(
    platform: Annotated[str, typer.Argument(help="The platform's name, e.g. vk ('renown sources' lists them).")],
    file: Annotated[str, typer.Argument(help="JSON, JSON Lines of pages, XML or HTML; '-' reads stdin; .gz too.")],
    url: Annotated[str | None, typer.Option(help="The address that it was fetched from.")] = None,
    fetched_at: Annotated[str | None, typer.Option(help="When it was fetched (ISO 8601), for relative dates.")] = None,
) -> None:
    """Print the mentions of a recorded body, in the shape of core.mentions."""
    from cli.inputs import read_bytes
    from cli.output import print_lines
    from extractors.parse import parse_body

    mentions = parse_body(platform, read_bytes(file), url, _instant(fetched_at))
    print_lines(mention.to_dict() for mention in mentions)


def _instant(text: str | None) -> datetime | None:
    """ISO 8601 as an aware datetime (UTC where it names no zone). Raises RenownError (exit code 2)."""
    from settings import RenownError

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RenownError(f"--fetched-at '{text}' is not an ISO 8601 instant", "write it like 2026-03-30T00:00:00Z",
                          exit_code=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
