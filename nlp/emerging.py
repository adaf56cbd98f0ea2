"""Emerging themes: phrases that more mentions hold now than the weeks before would let expect, gathered into themes.

    customers' mentions, one a story ──► phrases ──► last days against the weeks before: tail, Benjamini–Hochberg
        ──► phrases of the same mentions joined ──► themes with an id that outlives the run ──► nlp.emerging_topics (as_of)

A phrase counts once a mention. What the window lets expect is the predictive distribution of a Poisson rate that was seen `baseline` times
in so many mentions (Jeffreys' prior: negative binomial with r = baseline + ½), so that a rate known from little is not taken for sure; false
discoveries are bounded by Benjamini & Hochberg 1995 over all phrases tried.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from scipy.stats import nbinom

from nlp.authors import official_accounts
from nlp.phrases import phrases
from nlp.text import fold_words
from settings import Settings
from warehouse.bulk import copy_rows

VERSION = "1"
WINDOW_DAYS, BASELINE_DAYS = 3, 28
LEAST_MENTIONS, LEAST_AUTHORS, LEAST_RATIO, FALSE_SHARE = 5, 3, 2.0, 0.001
OVERLAP = 0.5  # share of a phrase's mentions that a theme must hold for the phrase to join it
MOST_MENTIONS = 200_000  # a language's mentions that a run looks at; beyond, an even sample by id
KNOWN_SHARE = 0.25  # of a theme's mentions that must have a configured topic for it to be named
SHOWN_PHRASES, SHOWN_MENTIONS, MOST_THEMES = 6, 20, 30

COLUMNS = ("as_of", "language", "theme_id", "model_version", "phrases", "mention_count", "author_count", "baseline_count", "expected_count",
           "q_value", "known_topic_id", "known_topic_share", "window_days", "baseline_days", "mention_ids")  # fmt: skip

# One pass over the labels for all languages, into a table with statistics: joins of three views guess one row and take minutes.
WINDOW = (
    "drop table if exists emerging_window",
    """
create temporary table emerging_window on commit drop as
with recent as (
    select m.mention_id, m.version, m.author_id, m.event_at, coalesce(m.title || chr(10), '') || m.text as text from core.current_mentions m
    where m.event_at >= %(start)s and m.event_at < %(end)s and m.text is not null
        and not (m.platform || ':' || lower(coalesce(m.author_handle, ''))) = any(%(officials)s)
        and not (m.platform || ':' || coalesce(m.author_id, '')) = any(%(officials)s)
), labels as (
    select mention_id, mention_version as version,
        (array_agg(label ->> 'language') filter (where task = 'language'))[1] as language,
        (array_agg(label) filter (where task = 'topics'))[1] as topics,
        (array_agg(label ->> 'story_id') filter (where task = 'story'))[1] as story_id
    from nlp.current_annotations where task in ('language', 'topics', 'story') group by 1, 2
)
select recent.*, labels.language, labels.topics from recent join labels using (mention_id, version)
where coalesce(labels.story_id, mention_id::text) = mention_id::text""",
    "create index on emerging_window (language)",
    "analyze emerging_window",
)
READ = """
select m.mention_id::text, m.author_id, m.event_at >= %(middle)s, m.text,
    array(select t ->> 'topic_id' from jsonb_array_elements(coalesce(m.topics, '[]')) t)
from emerging_window m where m.language = %(language)s
order by md5(m.mention_id::text) limit %(most)s"""


@dataclass(frozen=True)
class Text:
    """A mention as themes see it."""

    mention_id: str
    author_id: str | None
    is_now: bool
    phrases: frozenset[str]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Growth:
    """A phrase that grew: mentions that held it in the baseline, mentions expected now, q value."""

    phrase: str
    baseline: int
    expected: float
    q_value: float


@dataclass
class Theme:
    """Phrases that the same mentions hold, the strongest (`lead`) first; `mentions` are ids of the window with the phrases that each holds."""

    lead: Growth
    phrases: list[str]
    mentions: Counter[str]
    authors: int = 0
    topics: Counter[str] = field(default_factory=Counter)


def themes(texts: Iterable[Text]) -> list[Theme]:
    """Themes of the window's texts against the others', the strongest first."""
    now: dict[str, list[int]] = defaultdict(list)
    before: Counter[str] = Counter()
    listed: list[Text] = []
    sizes = [0, 0]
    for text in texts:
        sizes[text.is_now] += 1
        if not text.is_now:
            before.update(text.phrases)
            continue
        for phrase in text.phrases:
            now[phrase].append(len(listed))
        listed.append(text)
    found = _gathered(_grown(now, before, sizes, listed), now, listed)
    _describe(found, listed)
    return found


def _grown(
    now: Mapping[str, Sequence[int]], before: Mapping[str, int], sizes: Sequence[int], listed: Sequence[Text]
) -> list[Growth]:
    """What grew beyond chance and is said by several authors; the smallest q value first."""
    tried = [phrase for phrase, places in now.items() if len(places) >= LEAST_MENTIONS]
    if not tried or not sizes[0]:
        return []
    seen = np.array([len(now[phrase]) for phrase in tried])
    held = np.array([before[phrase] + 0.5 for phrase in tried])
    expected = held * sizes[1] / sizes[0]
    q_values = adjusted(nbinom.sf(seen - 1, held, sizes[0] / (sizes[0] + sizes[1])))
    kept = [
        Growth(phrase, before[phrase], float(mean), float(q))
        for phrase, count, mean, q in zip(tried, seen, expected, q_values, strict=True)
        if q <= FALSE_SHARE and count >= LEAST_RATIO * mean and _authors(now[phrase], listed) >= LEAST_AUTHORS
    ]
    return sorted(kept, key=lambda found: (found.q_value, -len(now[found.phrase]), -len(found.phrase), found.phrase))


def adjusted(p_values: Any) -> Any:
    """Benjamini and Hochberg's q values of p values, in the same order."""
    order = np.argsort(p_values)
    ranked = np.asarray(p_values)[order] * len(order) / np.arange(1, len(order) + 1)
    result = np.empty(len(order))
    result[order] = np.minimum(1.0, np.minimum.accumulate(ranked[::-1])[::-1])
    return result


def _authors(places: Iterable[int], listed: Sequence[Text]) -> int:
    return len({listed[i].author_id or listed[i].mention_id for i in places})


def _gathered(grown: Sequence[Growth], now: Mapping[str, Sequence[int]], listed: Sequence[Text]) -> list[Theme]:
    """Each phrase joins the theme that already holds half of its mentions, else begins one."""
    found: list[Theme] = []
    for growth in grown:
        mentions = {listed[i].mention_id for i in now[growth.phrase]}
        home = max(found, key=lambda theme: len(theme.mentions.keys() & mentions), default=None)
        if home is not None and len(home.mentions.keys() & mentions) >= OVERLAP * len(mentions):
            home.phrases.append(growth.phrase)
            home.mentions.update(mentions)
        elif len(found) < MOST_THEMES:
            found.append(Theme(growth, [growth.phrase], Counter(mentions)))
    return found


def _describe(found: Sequence[Theme], listed: Sequence[Text]) -> None:
    known = {text.mention_id: text for text in listed}
    for theme in found:
        held = [known[mention_id] for mention_id in theme.mentions]
        theme.authors = len({text.author_id or text.mention_id for text in held})
        theme.topics = Counter(topic for text in held for topic in text.topics)


def telling(listed: Sequence[str]) -> list[str]:
    """The first phrases that none of the others already says: "card machine" leaves "machine" out."""
    kept: list[str] = []
    for phrase in listed:
        if any(phrase in other for other in kept):
            continue
        kept = [other for other in kept if other not in phrase] + [phrase]
    return kept[:SHOWN_PHRASES]


def update_emerging(connection: psycopg.Connection[Any], settings: Settings) -> int:
    """Write the snapshot as of this full hour, in the caller's transaction; returns the rows written, 0 where nothing changed.

    Once an hour by the wall clock; under a pinned clock each call looks again, since more may have come for the same moment.
    """
    as_of = settings.now().replace(minute=0, second=0, microsecond=0)
    if settings.as_of is None and connection.execute("select 1 from nlp.emerging_topics where as_of = %s limit 1", [as_of]).fetchone():
        return 0
    _gather(connection, settings, as_of)
    return sum(_write(connection, settings, language, as_of) for language in settings.general.languages)


def _gather(connection: psycopg.Connection[Any], settings: Settings, as_of: datetime) -> None:
    """The mentions of the window and its baseline with their labels; of a story its first, and none of a bank's own accounts."""
    officials = [f"{platform}:{name}" for platform, name in official_accounts(settings)]
    start = as_of - timedelta(days=WINDOW_DAYS + BASELINE_DAYS)
    for statement in WINDOW:
        connection.execute(statement.encode(), {"start": start, "end": as_of, "officials": officials} if "%(" in statement else None)


def _write(connection: psycopg.Connection[Any], settings: Settings, language: str, as_of: datetime) -> int:
    earlier = _earlier(connection, language, as_of)
    found = themes(_read(connection, settings, language, as_of))
    taken: set[str] = set()
    rows: list[tuple[Any, ...]] = []
    for theme in found:
        said = telling(theme.phrases)
        theme_id = _theme_id(language, theme.phrases, said, earlier, taken)
        taken.add(theme_id)
        topic, count = theme.topics.most_common(1)[0] if theme.topics else (None, 0)
        share = count / len(theme.mentions)
        rows.append(
            (as_of, language, theme_id, f"emerging-{VERSION}", said, len(theme.mentions), theme.authors, theme.lead.baseline,
             theme.lead.expected, theme.lead.q_value, topic if share >= KNOWN_SHARE else None, share, WINDOW_DAYS, BASELINE_DAYS,
             sorted(theme.mentions, key=lambda mention_id: (-theme.mentions[mention_id], mention_id))[:SHOWN_MENTIONS])
        )  # fmt: skip
    return _replace(connection, language, as_of, rows)


def _replace(connection: psycopg.Connection[Any], language: str, as_of: datetime, rows: Sequence[tuple[Any, ...]]) -> int:
    """The snapshot's rows instead of what stands there; 0 where that is the same already."""
    names = ", ".join(COLUMNS)
    stored = connection.execute(
        f"select {names} from nlp.emerging_topics where as_of = %s and language = %s".replace("mention_ids", "mention_ids::text[]").encode(),
        [as_of, language],
    ).fetchall()
    if sorted(stored, key=lambda row: row[2]) == sorted(rows, key=lambda row: row[2]):
        return 0
    connection.execute("delete from nlp.emerging_topics where as_of = %s and language = %s", [as_of, language])
    copy_rows(connection, "nlp.emerging_topics", COLUMNS, rows)
    return len(rows)


def _read(connection: psycopg.Connection[Any], settings: Settings, language: str, as_of: datetime) -> Iterable[Text]:
    middle = as_of - timedelta(days=WINDOW_DAYS)
    banks = settings.banks.banks
    names = sorted({fold_words(n) for b in banks for n in (b.name, *(a for listed in b.aliases.values() for a in listed))}, key=len, reverse=True)
    with connection.cursor(name=f"emerging_{language}") as cursor:
        cursor.execute(READ.encode(), {"language": language, "middle": middle, "most": MOST_MENTIONS})
        for mention_id, author_id, is_now, text, topics in cursor:
            yield Text(mention_id, author_id, is_now, phrases(text, language, names), tuple(topics))


def _earlier(connection: psycopg.Connection[Any], language: str, as_of: datetime) -> dict[str, set[str]]:
    """Theme id → phrases of the newest snapshot before this one."""
    rows = connection.execute(
        """select theme_id, phrases from nlp.emerging_topics where language = %(language)s and as_of = (
               select max(as_of) from nlp.emerging_topics where language = %(language)s and as_of < %(as_of)s)""",
        {"language": language, "as_of": as_of},
    ).fetchall()
    return {theme_id: set(listed) for theme_id, listed in rows}


def _theme_id(language: str, all_phrases: Sequence[str], said: Sequence[str], earlier: Mapping[str, set[str]], taken: set[str]) -> str:
    """The id of the earlier theme of which at least half the phrases are still among these, else a new one."""
    mine = set(all_phrases)
    alike = {theme_id: len(known & mine) / len(known) for theme_id, known in earlier.items() if known and theme_id not in taken}
    best = max(alike, key=lambda theme_id: (alike[theme_id], theme_id), default=None)
    if best is not None and alike[best] >= OVERLAP:
        return best
    return hashlib.sha256("\x1f".join((language, *said)).encode()).hexdigest()[:16]
