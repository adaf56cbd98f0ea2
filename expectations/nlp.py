"""What must hold of nlp.*: every mention is finished by the active pipeline, every label that counts is well-formed.

Shapes of labels: docs/contracts.md. Only rows that can count are looked at: human ones, and the active manifest's.
Human labels may leave out what only a model knows (offsets, probabilities).
"""

from __future__ import annotations

from expectations.rules import QueryRule, Rule

ANNOTATIONS, MANIFESTS, DONE, CURRENT = "nlp.annotations", "nlp.manifests", "nlp.done", "core.current_mentions"
ENRICH = (
    "run 'renown run' so that enrichment finishes, or 'renown models promote' where changed models wait for it; see quality.results for the ids"
)
LABEL = "correct the component that wrote them; see quality.results for the ids"
SENTIMENTS = "('positive', 'neutral', 'negative')"
INTENTS = (
    "('complaint', 'question', 'request', 'wish', 'praise', 'consider', 'leave', 'fraud_report', 'news', 'promotion')"
)
GIVEN_TEXT = "char_length(case when coalesce(m.title, '') = '' then m.text else m.title || chr(10) || m.text end)"
HUMAN = "t.model_version like 'human:%'"


def _counts(task: str) -> str:
    """Condition: the annotation `t` is of this task and may count."""
    return (
        f"t.task = '{task}' and ({HUMAN} or t.model_version = "
        f"(select a.models ->> '{task}' from nlp.manifests as a where a.is_active))"
    )


def _labels(name: str, task: str, wrong: str, meaning: str) -> QueryRule:
    """A rule on whole labels of one task."""
    return QueryRule(
        name,
        ANNOTATIONS,
        f"select t.mention_id::text as id from {{batch}} as t where {_counts(task)} and ({wrong})",
        meaning,
        LABEL,
    )


def _elements(name: str, task: str, wrong: str, meaning: str) -> QueryRule:
    """A rule on the elements `e` of labels that are lists; a label that is no list breaks it too."""
    elements = "jsonb_array_elements(case jsonb_typeof(t.label) when 'array' then t.label else '[null]' end) as e"
    query = (
        f"select distinct t.mention_id::text as id from {{batch}} as t cross join lateral {elements} "
        f"where {_counts(task)} and (jsonb_typeof(e) <> 'object' or {wrong})"
    )
    return QueryRule(name, ANNOTATIONS, query, meaning, LABEL)


def _score(field: str) -> str:
    """Condition: the element's score is missing (where a model wrote it) or outside 0..1."""
    value = f"(e ->> '{field}')::float8"
    return f"(not {HUMAN} and {value} is null) or {value} not between 0 and 1"


def _sentiment_wrong(label: str) -> str:
    """Condition: a sentiment has another label, or probabilities that are missing or do not sum to 1 (± 0.001)."""
    total = " + ".join(
        f"coalesce(({label} -> 'probabilities' ->> '{name}')::float8, 0)"
        for name in ("positive", "neutral", "negative")
    )
    lowest = ", ".join(
        f"({label} -> 'probabilities' ->> '{name}')::float8" for name in ("positive", "neutral", "negative")
    )
    return (
        f"coalesce({label} ->> 'label', '') not in {SENTIMENTS} "
        f"or ((not {HUMAN} or {label} -> 'probabilities' <> 'null') "
        f"and (abs({total} - 1) > 0.001 or least({lowest}) < 0))"
    )


def _offsets(task: str) -> QueryRule:
    """Spans lie inside the given text (Unicode code points; title, newline, text)."""
    start, end = "(e ->> 'start')::int", "(e ->> 'end')::int"
    query = (
        "select distinct t.mention_id::text as id from {batch} as t "
        "join core.current_mentions as m on m.mention_id = t.mention_id and m.version = t.mention_version "
        "cross join lateral jsonb_array_elements("
        "case jsonb_typeof(t.label) when 'array' then t.label else '[]' end) as e "
        f"where {_counts(task)} and (not {HUMAN} or {start} is not null) "
        f"and ({start} is null or {end} is null or {start} < 0 or {end} <= {start} or {end} > {GIVEN_TEXT})"
    )
    return QueryRule(
        f"{task}_offsets_inside", ANNOTATIONS, query, f"mentions have {task} spans outside their text", LABEL
    )


# What landed after enrichment ended may wait for the next one: the newest items, of the last quarter of an hour, while
# they are few (a twentieth). Anything else that is open counts.
ACTIVE = "(select a.pipeline_version from nlp.manifests as a where a.is_active)"
UNFINISHED = f"""
select p.id from (
    select o.id, o.open, count(*) over () as n, count(*) filter (where o.open) over () as open_count,
           count(*) filter (where o.open and o.fresh) over () as fresh_count
    from (
        select t.mention_id::text as id, d.mention_id is null as open,
               t.loaded_at > clock_timestamp() - interval '15 minutes' and t.loaded_at > (
                   select max(m.loaded_at) from core.mentions as m join nlp.done as f on f.mention_id = m.mention_id
                   and f.mention_version = m.version and f.pipeline_version = {ACTIVE}) as fresh
        from {{batch}} as t left join nlp.done as d on d.mention_id = t.mention_id
        and d.mention_version = t.version and d.pipeline_version = {ACTIVE}) as o) as p
where p.open and p.open_count - case when p.fresh_count <= 0.05 * p.n then p.fresh_count else 0 end > 0.001 * p.n
"""
BANK_SENTIMENT_WRONG = _sentiment_wrong("(e -> 'sentiment')")

RULES: tuple[Rule, ...] = (
    QueryRule(
        "one_manifest_active",
        MANIFESTS,
        "select count(*)::text as id from {batch} as t where t.is_active "
        "having count(*) <> 1 and exists (select 1 from core.mentions)",
        "there is not exactly one active manifest",
        ENRICH,
        counted=False,
    ),
    QueryRule(
        "current_mentions_finished",
        CURRENT,
        UNFINISHED,
        "mentions are not finished by the active pipeline (more than 0.1 %)",
        ENRICH,
    ),
    QueryRule(
        "finished_are_annotated",
        DONE,
        "select t.mention_id::text as id from {batch} as t join nlp.manifests as a "
        "on a.is_active and a.pipeline_version = t.pipeline_version where t.outcome = 'annotated' and not exists "
        "(select 1 from nlp.annotations as n where n.mention_id = t.mention_id "
        "and n.mention_version = t.mention_version and a.models ->> n.task = n.model_version)",
        "mentions are finished without any label",
        ENRICH,
    ),
    QueryRule(
        "rejected_have_reason",
        DONE,
        "select t.mention_id::text as id from {batch} as t "
        "where t.outcome = 'rejected' and coalesce(btrim(t.reason), '') = ''",
        "mentions were rejected by the pipeline without a reason",
        LABEL,
    ),
    QueryRule(
        "rejected_bounded",
        DONE,
        "select p.id from (select t.mention_id::text as id, t.outcome, count(*) over () as n, "
        "avg((t.outcome = 'rejected')::int) over () as share from {batch} as t join nlp.manifests as a "
        "on a.is_active and a.pipeline_version = t.pipeline_version) as p "
        "where p.outcome = 'rejected' and p.n >= 100 and p.share > 0.01",
        "mentions were rejected by the pipeline (more than 1 %)",
        LABEL,
    ),
    QueryRule(
        "annotation_has_mention",
        ANNOTATIONS,
        "select t.mention_id::text as id from {batch} as t where not exists (select 1 from core.mentions as m "
        "where m.mention_id = t.mention_id and m.version = t.mention_version)",
        "labels belong to no mention version",
        LABEL,
    ),
    _labels(
        "language_wellformed",
        "language",
        "coalesce(t.label ->> 'language', '') !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' "
        "or (t.label ->> 'confidence')::float8 not between 0 and 1",
        "mentions have a language label that is no code",
    ),
    _labels(
        "sentiment_wellformed", "sentiment", _sentiment_wrong("t.label"), "mentions have a malformed sentiment label"
    ),
    _labels(
        "reply_wellformed",
        "reply",
        "coalesce(t.label ->> 'role', '') not in ('answer', 'ask', 'divert', 'automatic', 'none') "
        "or coalesce(t.label ->> 'closing', 'none') not in ('thanks', 'confirms', 'still_angry', 'none')",
        "mentions have a malformed reply label",
    ),
    _labels(
        "official_kind_wellformed",
        "official_kind",
        "coalesce(t.label ->> 'kind', 'other') not in ('help', 'pr', 'other')",
        "mentions have a malformed official kind",
    ),
    _labels(
        "bot_wellformed",
        "bot",
        "jsonb_typeof(t.label) <> 'object' or (t.label ->> 'score')::float8 not between 0 and 1",
        "mentions have a malformed bot label",
    ),
    _elements(
        "banks_wellformed",
        "banks",
        f"not exists (select 1 from config.banks as b where b.bank_id = e ->> 'bank_id') or {BANK_SENTIMENT_WRONG}",
        "mentions name an unknown bank or have a malformed sentiment towards one",
    ),
    _elements(
        "entities_wellformed",
        "entities",
        "coalesce(e ->> 'label', '') not in ('PER', 'ORG', 'LOC', 'PRODUCT', 'MONEY', 'DATE')",
        "mentions have malformed entities",
    ),
    _elements(
        "topics_wellformed",
        "topics",
        f"not exists (select 1 from config.topics as c where c.topic_id = e ->> 'topic_id') or {_score('score')}",
        "mentions have an unknown topic or a malformed score",
    ),
    _elements(
        "intents_wellformed",
        "intents",
        f"coalesce(e ->> 'intent', '') not in {INTENTS} or {_score('score')}",
        "mentions have an unknown intent or a malformed score",
    ),
    _labels(
        "banking_intent_wellformed",
        "banking_intent",
        "jsonb_typeof(t.label) not in ('null', 'object') or (jsonb_typeof(t.label) = 'object' "
        f"and (coalesce(t.label ->> 'label', '') = '' or {_score('score').replace('e ->>', 't.label ->>')}))",
        "mentions have a malformed banking intent",
    ),
    _labels(
        "banking_intent_english",
        "banking_intent",
        # By the model's own language: a person who corrects that one makes the other no fault of the pipeline.
        f"not {HUMAN} and jsonb_typeof(t.label) = 'object' and not exists (select 1 from nlp.annotations as l "
        "join nlp.manifests as a on a.is_active and l.model_version = a.models ->> 'language' where l.mention_id = t.mention_id "
        "and l.mention_version = t.mention_version and l.task = 'language' and l.label ->> 'language' = 'en')",
        "mentions that are not English have a banking intent",
    ),
    _elements(
        "handles_wellformed",
        "handles",
        "coalesce(e ->> 'status', '') not in ('official', 'other_bank', 'look_alike', 'unknown')",
        "mentions have malformed handles",
    ),
    _labels(
        "journey_wellformed",
        "journey",
        "jsonb_typeof(t.label) <> 'object' "
        "or coalesce(t.label ->> 'stage', 'use') not in ('awareness', 'consideration', 'onboarding', 'use', 'support', 'leaving') "
        "or coalesce(t.label ->> 'channel', 'atm') not in "
        "('mobile_app', 'internet_bank', 'atm', 'branch', 'call_centre', 'chat', 'social', 'website', 'card_payment')",
        "mentions have a malformed journey",
    ),
    _labels(
        "urgency_wellformed",
        "urgency",
        "jsonb_typeof(t.label) not in ('null', 'string') "
        "or coalesce(t.label #>> '{}', 'money_locked') not in ('money_locked', 'card_swallowed', 'fraud_in_progress', 'stranded_abroad')",
        "mentions have an unknown urgency",
    ),
    _elements(
        "moments_wellformed",
        "moments",
        f"coalesce(e ->> 'moment', '') not in ('listened', 'changed', 'stood_by', 'let_down') or {_score('score')}",
        "mentions have an unknown moment or a malformed score",
    ),
    _elements(
        "places_wellformed",
        "places",
        "coalesce(e ->> 'kind', '') not in ('city', 'district', 'branch', 'atm', 'mall', 'metro')",
        "mentions have malformed places",
    ),
    _elements(
        "pii_wellformed",
        "pii",
        "coalesce(e ->> 'kind', '') not in ('card', 'iban', 'phone', 'email', 'passport', 'national_id', 'account', 'address') or e ? 'text'",
        "mentions have malformed personal data, or a label that repeats it",
    ),
    _elements(
        "campaigns_wellformed",
        "campaigns",
        f"coalesce(e ->> 'campaign_id', '') = '' or {_score('score')}",
        "mentions have a malformed campaign",
    ),
    _offsets("banks"),
    _offsets("entities"),
    _offsets("places"),
    _offsets("pii"),
    QueryRule(
        "annotated_are_masked",
        DONE,
        "select t.mention_id::text as id from {batch} as t join nlp.manifests as a on a.is_active and a.pipeline_version = t.pipeline_version "
        "where t.outcome = 'annotated' and a.models ? 'masked_text' and not exists (select 1 from nlp.masked_texts as x "
        "where x.mention_id = t.mention_id and x.mention_version = t.mention_version and x.model_version = a.models ->> 'masked_text')",
        "annotated mentions have no masked text",
        LABEL,
    ),
)
