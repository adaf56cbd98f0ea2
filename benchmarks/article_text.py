"""Article text: ours against trafilatura alone, on the recorded news pages with their publishers' expected extractions.

    page ──read_article, trafilatura──► text ──word 5-grams──► recall, precision, F, and the time of publication to the minute

python benchmarks/article_text.py [FOLDER]     FOLDER: data/payloads/news_html of the research data
A word is a run of letters and digits (Unicode NFC, lower case); in a script without spaces a word is a character. 5-grams are counted as
sets. The pages of ORACLE.tsv come first; the pages with an expected text alone (n4k_*) were looked at while the rules were made, too.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import trafilatura

from extractors.article_text import read_article
from extractors.markup import decode_text

UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
SIZE = 5
Score = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One page: (recall, precision) of trafilatura alone and of ours, and what each says of the time."""

    page: str
    alone: Score
    ours: Score
    time_alone: str
    time_ours: str
    seconds: float


def words(text: str) -> list[str]:
    """The words of a text, or its characters where its script has no spaces."""
    folded = unicodedata.normalize("NFC", text).lower()
    if len(UNSPACED.findall(folded)) > 0.3 * len(folded):
        return [character for character in folded if character.isalnum()]
    return re.findall(r"\w+", folded)


def score(text: str, expected: str) -> Score:
    """(recall, precision) of word 5-grams."""
    got, wanted = ({tuple(w[i : i + SIZE]) for i in range(len(w) - SIZE + 1)} for w in (words(text), words(expected)))
    shared = len(got & wanted)
    return shared / max(1, len(wanted)), shared / max(1, len(got))


def harmonic(pair: Score) -> float:
    """F of recall and precision."""
    return 2 * pair[0] * pair[1] / max(1e-9, sum(pair))


def flat(body: Any) -> str:
    """The text of an expected body: summary, then headline and paragraphs of each section."""
    if isinstance(body, dict):
        sections = [part for section in body.get("sections", []) for part in (section.get("headline"), section.get("paragraphs"))]
        return flat([body.get("summary") or [], *sections])
    return "\n".join(filter(None, map(flat, body))) if isinstance(body, list) else str(body or "")


def expected(folder: Path) -> Iterator[tuple[str, str, str | None]]:
    """(page, expected text, expected time) of ORACLE.tsv, then of the pages with an expected text alone."""
    for line in (folder / "ORACLE.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        page, oracle, version, *_, published = line.split("\t")
        found = json.loads((folder / oracle).read_text(encoding="utf-8"))[version]
        yield page, flat(found["body"]), published
    for text in sorted(folder.glob("*.expected.txt")):
        yield text.name.replace(".expected.txt", ".html"), text.read_text(encoding="utf-8"), None


def measure(folder: Path) -> Iterator[Row]:
    """A row for each page that has an expected extraction."""
    for page, wanted, published in expected(folder):
        body = (folder / page).read_bytes()
        source = decode_text(body)
        alone = trafilatura.extract(source, include_comments=False) or ""
        stated = trafilatura.extract_metadata(source)
        started = time.perf_counter()
        article = read_article(body)
        seconds = time.perf_counter() - started
        moment = datetime.fromisoformat(published) if published else None
        yield Row(
            page, score(alone, wanted), score(article.text or "", wanted), _day(stated.date if stated else None, moment),
            _minute(article.published_at, article.published_raw, moment), seconds,
        )  # fmt: skip


def _day(date: str | None, moment: datetime | None) -> str:
    if moment is None:
        return "-"
    return "day" if date == moment.date().isoformat() else "wrong"


def _minute(found: datetime | None, raw: str | None, moment: datetime | None) -> str:
    """minute: the instant is right to the minute; printed: the oracle's time has no zone and the page prints that time."""
    if moment is None:
        return "-" if found is None else found.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if moment.tzinfo is None:
        return "printed" if found and raw and moment.strftime("%H:%M") in raw else "wrong"
    return "minute" if found and abs((found - moment).total_seconds()) < 60 else "wrong"


def main() -> None:
    """Print the table and how many pages reach 0.9 in both."""
    shared = os.environ.get("RENOWN_SHARED") or Path(__file__).parents[2] / "shared"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(shared) / "data/payloads/news_html"
    rows = list(measure(folder))
    print(
        f"{'page':40} {'trafilatura R':>13} {'P':>5} {'F':>5} {'time':>6}   {'ours R':>6} {'P':>5} {'F':>5} {'time':>8} {'seconds':>8}"
    )
    for row in rows:
        print(f"{row.page[:40]:40} {row.alone[0]:13.3f} {row.alone[1]:5.3f} {harmonic(row.alone):5.3f} {row.time_alone:>6}   "
              f"{row.ours[0]:6.3f} {row.ours[1]:5.3f} {harmonic(row.ours):5.3f} {row.time_ours:>8} {row.seconds:8.2f}")  # fmt: skip
    for name, pairs in (("trafilatura alone", [row.alone for row in rows]), ("ours", [row.ours for row in rows])):
        print(f"{name}: recall and precision >= 0.9 on {sum(min(pair) >= 0.9 for pair in pairs)} of {len(pairs)} pages")


if __name__ == "__main__":
    main()
