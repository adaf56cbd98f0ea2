-- Themes that grew against the weeks before, a snapshot a run: what config/topics.yml may not know yet.
create table nlp.emerging_topics (
    as_of              timestamptz not null,
    language           text not null,
    theme_id           text not null,
    model_version      text not null,
    phrases            text[] not null,
    mention_count      integer not null,
    author_count       integer not null,
    baseline_count     integer not null,
    expected_count     double precision not null,
    q_value            double precision not null,
    known_topic_id     text,
    known_topic_share  double precision not null,
    window_days        integer not null,
    baseline_days      integer not null,
    mention_ids        uuid[] not null,
    created_at         timestamptz not null default clock_timestamp(),
    primary key (as_of, language, theme_id)
);
comment on table nlp.emerging_topics is 'Themes whose phrases are in significantly more mentions of the last days than of the weeks before (nlp/emerging.py).';
comment on column nlp.emerging_topics.theme_id is 'Stable while at least half of the phrases of the newest earlier snapshot stay.';
comment on column nlp.emerging_topics.baseline_count is 'Mentions of the baseline that hold its strongest phrase; expected_count and q_value are that phrase''s too.';
comment on column nlp.emerging_topics.known_topic_id is 'The configured topic that most of its mentions have; null where none has it for a quarter of them.';
comment on column nlp.emerging_topics.mention_ids is 'Up to 20 of its mentions, those that hold most of its phrases first.';
