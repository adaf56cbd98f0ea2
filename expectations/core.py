"""What must hold of core.*: keys, versions and provenance of every mention; and which mentions are unfit for the marts.

Row rules look at core.current_mentions: an edit that heals an item releases it. The two rules that a bad feed breaks
most often, a date in the future and a date before the platforms existed, are worth more than they look: one such row
stretches every time axis.
"""

from __future__ import annotations

from expectations.rules import ROW_TARGET, QueryRule, RowRule, Rule, not_null, unique

MENTIONS = "core.mentions"
KEY = ("platform", "site", "kind", "native_id", "version")
REPLAY = "run 'renown replay'; see quality.results for the ids"
HIDDEN = "exists (select 1 from core.deletions as d where d.mention_id = t.mention_id and d.undone_at is null)"
LATEST_LOWEST = (
    "(select least(e.likes, e.shares, e.comments, e.views, e.quotes) from core.engagement as e "
    "where e.mention_id = t.mention_id order by e.observed_at desc limit 1)"
)

ROW_RULES: tuple[RowRule, ...] = (
    RowRule("event_at_not_in_future", "t.event_at > {now} + interval '1 day'", "mentions happen in the future"),
    RowRule(
        "event_at_not_before_2004", "t.event_at < timestamptz '2004-01-01 00:00:00+00'", "mentions happen before 2004"
    ),
    RowRule(
        "text_or_media_present",
        "t.text !~ '\\S' and coalesce(t.title, '') !~ '\\S' and t.media_count <= 0",
        "mentions have neither text nor title nor media",
    ),
    RowRule("engagement_not_negative", f"{LATEST_LOWEST} < 0", "mentions have engagement below zero"),
    RowRule(
        "language_hint_is_code",
        "t.language_hint !~ '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$'",
        "mentions have a language hint that is no language code",
    ),
    RowRule("url_is_web", "t.url !~* '^https?://\\S+$'", "mentions have an address that is not http or https"),
    RowRule(
        "coordinates_in_range",
        "(t.latitude is null) <> (t.longitude is null) or t.latitude not between -90 and 90 "
        "or t.longitude not between -180 and 180",
        "mentions have impossible coordinates",
    ),
    RowRule("media_count_not_negative", "t.media_count < 0", "mentions have fewer than no media"),
    RowRule(
        "author_counts_not_negative",
        "least(t.author_followers, t.author_following, t.author_posts, t.page_followers) < 0",
        "mentions have an author with counts below zero",
    ),
    RowRule(
        "rating_is_finite",
        "t.rating < 0 or t.rating = 'NaN'::float8 or t.rating = 'Infinity'::float8",
        "mentions have a rating that is no number of stars",
    ),
)

BATCH_RULES: tuple[Rule, ...] = (
    QueryRule(
        "versions_have_payload",
        MENTIONS,
        "select t.mention_id::text as id from {batch} as t "
        "where not exists (select 1 from raw.payloads as p where p.payload_sha256 = t.payload_sha256) "
        f"and not {HIDDEN}",
        "mentions have a version without payload",
        REPLAY,
    ),
    QueryRule(
        "versions_contiguous",
        MENTIONS,
        "select t.mention_id::text as id from {batch} as t group by t.mention_id "
        "having min(t.version) <> 1 or max(t.version) <> count(*)",
        "mentions have versions that are not 1, 2, 3 …",
        REPLAY,
    ),
    QueryRule(
        "mention_id_matches_key",
        MENTIONS,
        "select t.mention_id::text as id from {batch} as t "
        "where t.mention_id <> core.mention_id(t.platform, t.site, t.kind, t.native_id)",
        "mentions have an id that is not their key's",
        REPLAY,
    ),
    QueryRule(
        "event_at_follows_basis",
        MENTIONS,
        "select t.mention_id::text as id from {batch} as t where t.event_at is distinct from "
        "(case t.event_at_basis when 'created_at' then t.created_at else t.first_seen_at end)",
        "mentions have an event time that their basis does not give",
        REPLAY,
    ),
    QueryRule(
        "seen_not_in_future",
        MENTIONS,
        "select t.mention_id::text as id from {batch} as t "
        "where t.first_seen_at > greatest({now}, clock_timestamp()) + interval '1 hour'",
        "mentions were seen later than now",
        "correct the machine's clock or RENOWN_AS_OF",
    ),
    QueryRule(
        "platform_is_known",
        MENTIONS,
        "select distinct t.platform as id from {batch} as t where exists (select 1 from config.platforms) "
        "and not exists (select 1 from config.platforms as p where p.platform = t.platform)",
        "platforms are not in config.platforms",
        "run 'renown check'",
    ),
    QueryRule(
        "engagement_has_mention",
        "core.engagement",
        "select distinct t.mention_id::text as id from {batch} as t "
        "where not exists (select 1 from core.mentions as m where m.mention_id = t.mention_id)",
        "engagement series belong to no mention",
        REPLAY,
    ),
    QueryRule(
        "quarantine_bounded",
        ROW_TARGET,
        "select 'share' as id from {batch} as t left join (select distinct q.mention_id from quality.quarantine as q "
        "where q.released_at is null) as q on q.mention_id = t.mention_id "
        "having count(*) >= 100 and count(q.mention_id) > 0.2 * count(*)",
        "more than a fifth of all mentions are in quarantine, so a feed or a rule is broken as a whole",
        "count the rules in quality.quarantine",
        counted=False,
    ),
    unique(MENTIONS, KEY, "mentions have a key that another one has too"),
    *(
        not_null(MENTIONS, column, f"mentions have no {column}", ("mention_id", "version"))
        for column in ("mention_id", "platform", "site", "kind", "native_id", "event_at", "payload_sha256")
    ),
)

RULES: tuple[Rule, ...] = (*ROW_RULES, *BATCH_RULES)
