"""Build the marts over given records and hold every cell against the reference."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from settings import Settings
from tests.marts.ledger import load_batches
from tests.marts.loader import load_places, load_records, load_themes
from tests.marts.reference import Cells, Key, Record, World, reputation, reputation_periods, share_of_voice
from tests.marts.reference_addressed import misdirected
from tests.marts.reference_audience import audience, competitor_gap, editorial, emerging_topics, page_health
from tests.marts.reference_benchmark import care_benchmark
from tests.marts.reference_campaigns import campaigns, dim_campaign
from tests.marts.reference_care import customer_care
from tests.marts.reference_cases import backlog, handled_negative, open_cases
from tests.marts.reference_compliance import employee_posts, nlp_quality, pii_exposures
from tests.marts.reference_customers import journey, journey_paths, recovery, wishes
from tests.marts.reference_demand import leads, switching
from tests.marts.reference_effect import reply_effect
from tests.marts.reference_engagement import snapshots
from tests.marts.reference_impersonation import impersonation
from tests.marts.reference_official import official_accounts_posts, official_posts
from tests.marts.reference_places import dim_place, nearest_atms, places
from tests.marts.reference_product import product_feedback
from tests.marts.reference_routing import routing
from tests.marts.reference_scorecard import scorecard
from tests.marts.reference_topics import authors, mention_topics, topics_daily
from warehouse.config_sync import sync_config
from warehouse.connection import connect

PERIOD = ("period_type", "period_start")
MARTS: dict[str, tuple[tuple[str, ...], Callable[[World], Cells]]] = {
    "mart_reputation_daily": (("bank_id", "platform", "language", "country", "event_day"), reputation),
    "mart_reputation_periods": (("bank_id", "platform", "language", "country", *PERIOD), reputation_periods),
    "mart_share_of_voice": (("bank_id", "platform", *PERIOD), share_of_voice),
    "mart_customer_care": (("bank_id", "platform", *PERIOD), customer_care),
    "dim_author": (("author_key",), authors),
    "fct_mention_topics": (("mention_id", "topic_id"), mention_topics),
    "fct_official_posts": (("mention_id",), official_accounts_posts),
    "mart_official_posts": (("bank_id", "platform", *PERIOD), official_posts),
    "mart_topics_daily": (("bank_id", "topic_id", "department_id", *PERIOD), topics_daily),
    "mart_open_cases": (("case_id",), open_cases),
    "mart_misdirected": (("bank_id", "account_kind", "account", "account_bank_id", "platform", *PERIOD), misdirected),
    "mart_handled_negative": (("bank_id", "platform", "topic_id", *PERIOD), handled_negative),
    "mart_backlog": (("bank_id", "platform", *PERIOD), backlog),
    "mart_switching": (("bank_id", "other_bank_id", *PERIOD), switching),
    "mart_leads": (("bank_id", "platform", *PERIOD), leads),
    "fct_engagement": (("mention_id", "observed_at"), snapshots),
    "mart_care_benchmark": (("other_bank_id", "metric", "platform", *PERIOD), care_benchmark),
    "mart_reply_effect": (("bank_id", "reply", "platform", *PERIOD), reply_effect),
    "mart_routing": (("mention_id", "bank_id"), routing),
    "mart_impersonation": (("kind", "bank_id", "platform", "account", "event_day"), impersonation),
    "mart_employee_posts": (("mention_id", "bank_id"), employee_posts),
    "mart_pii_exposures": (("bank_id", "platform", "kind", *PERIOD), pii_exposures),
    "mart_nlp_quality": (("language", "bank_id", "metric"), nlp_quality),
    "mart_scorecard": (("metric", "bank_id", "platform", *PERIOD), scorecard),
    "dim_campaign": (("campaign_id",), dim_campaign),
    "mart_campaigns": (("campaign_id", "platform", "topic_id", "phase"), campaigns),
    "dim_place": (("place_id",), dim_place),
    "mart_places": (("bank_id", "kind", "city_id", "place_id", *PERIOD), places),
    "mart_nearest_atms": (("case_id", "relation", "distance_rank"), nearest_atms),
    "mart_recovery": (("bank_id", "platform", *PERIOD), recovery),
    "mart_journey": (("bank_id", "stage", "channel", *PERIOD), journey),
    "mart_journey_paths": (("bank_id", "from_stage", "to_stage", *PERIOD), journey_paths),
    "mart_wishes": (("bank_id", "story_key"), wishes),
    "mart_emerging_topics": (("language", "theme_id"), emerging_topics),
    "mart_audience": (("bank_id", "dimension", "dimension_value", *PERIOD), audience),
    "mart_page_health": (("bank_id", "platform", "page_id", *PERIOD), page_health),
    "mart_editorial": (("bank_id", "topic_id", *PERIOD), editorial),
    "mart_competitor_gap": (("bank_id", "competitor_bank_id", "topic_id", *PERIOD), competitor_gap),
    "mart_product_feedback": (("bank_id", "topic_id", *PERIOD), product_feedback),
}
# Keys that are hashes, and what the truth does not know.
IDS = {"negative_evaluation_id", "positive_evaluation_id", "reputation_id", "reputation_periods_id", "share_of_voice_id", "customer_care_id", "mention_topic_id", "official_posts_id", "topics_daily_id",
       "misdirected_id", "handled_negative_id", "backlog_id", "switching_id", "leads_id", "measured_at", "engagement_id", "care_benchmark_id",
       "reply_effect_id", "impersonation_id", "pii_exposures_id", "nlp_quality_id", "scorecard_id", "campaigns_id", "product_feedback_id",
       "places_id", "nearest_atms_id", "recovery_id", "journey_id", "journey_paths_id", "wishes_id", "emerging_topics_id", "audience_id",
       "page_health_id", "editorial_id", "competitor_gap_id", "url", "opening_url"}
TOLERANCE = 1e-9


def world_of(settings: Settings, records: Sequence[Record], **extra: Any) -> World:
    """The reference's world for these records under this configuration."""
    banks = settings.banks.banks
    return World(
        records=list(records), banks=[b.id for b in banks], competitors=[b.id for b in banks if b.competitor],
        home=settings.banks.home, pages={(p, page): b.id for b in banks for p, pages in b.pages.items() for page in pages},
        regulated={t.id for t in settings.topics.topics if t.regulated},
        topics={t.id: t.department for t in settings.topics.topics}, as_of=settings.now(), zone=settings.zone(),
        min_n=settings.general.min_n, hours={o.weekday: (o.opens, o.closes) for o in settings.hours.hours},
        holidays={d if isinstance(d, date) else date.fromisoformat(str(d)) for d in settings.hours.holidays},
        accounts=[(b.id, p, name.lower(), kind) for b in banks for kind, by_platform in (("handle", b.handles), ("page", b.pages))
                  for p, names in by_platform.items() for name in names],
        employees={(e.platform, e.account.lower()): e.registered for e in settings.employees.accounts},
        targets={(t.metric, t.bank, t.period): (t.target, t.wanted) for t in settings.targets.targets},
        campaigns=settings.campaigns.campaigns, departments={d.id for d in settings.departments.departments},
        plays=settings.playbook.plays, languages={d.id: d.language for d in settings.departments.departments}, **extra)


def fill(url: str, settings: Settings, world: World, **options: Any) -> None:
    """Load the world's records, configuration, dispositions and measured quality into an empty warehouse."""
    with connect(url) as connection:
        sync_config(connection, settings)
        load_records(connection, world.records, **options)
        load_batches(connection, world.ledger)
        load_places(connection, world.places)
        load_themes(connection, world.themes)
        for d in world.dispositions:
            connection.execute(
                "insert into ops.dispositions (platform, site, conversation_id, author_id, bank_id, outcome, decided_at) values "
                "(%(platform)s, %(site)s, %(conversation_id)s, %(author_id)s, %(bank_id)s, %(outcome)s, %(decided_at)s)", d)
        for (label, language, bank), (se, n_se, sp, n_sp) in world.quality.items():
            for metric, value, n in ((f"se_{label}", se, n_se), (f"sp_{label}", sp, n_sp)):
                connection.execute("insert into nlp.evaluations (language, bank_id, task, model_version, dataset, metric, value, n) "
                                   "values (%s, %s, 'sentiment', 'm1', 'd1', %s, %s, %s)", (language, bank, metric, value, n))
        connection.commit()


def rows(url: str, mart: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(f"select * from marts.{mart}".encode()).fetchall()


def differences(url: str, world: World, without: Collection[str] = ()) -> list[str]:
    """Every cell of the marts that differs from the reference, at most some dozen lines a mart; `without`: marts that the world does not know enough for."""
    found: list[str] = []
    with psycopg.connect(url) as connection:
        world.story_salt = str((connection.execute("select salt from ops.story_salt").fetchone() or ("",))[0])
    for mart, (keys, reference) in MARTS.items():
        if mart in without:
            continue
        actual = {tuple(row[k] for k in keys): {c: v for c, v in row.items() if c not in IDS | set(keys)} for row in rows(url, mart)}
        found += [f"{mart} {line}" for line in _differences(actual, reference(world))][:12]
    return found


def _differences(actual: Cells, expected: Cells) -> list[str]:
    lines = [f"{key}: not expected" for key in actual.keys() - expected.keys()]
    lines += [f"{key}: missing" for key in expected.keys() - actual.keys()]
    for key in sorted(actual.keys() & expected.keys(), key=str):
        columns = actual[key].keys() | expected[key].keys()
        lines += [_line(key, c, actual[key], expected[key]) for c in sorted(columns) if not _same(actual[key], expected[key], c)]
    return lines


def _line(key: Key, column: str, actual: dict[str, Any], expected: dict[str, Any]) -> str:
    return f"{key} {column}: {actual.get(column, 'no column')} instead of {expected.get(column, 'no value')}"


def _same(actual: dict[str, Any], expected: dict[str, Any], column: str) -> bool:
    if column not in actual or column not in expected:
        return False
    one, other = actual[column], expected[column]
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


def read_truth(path: str) -> list[Record]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
