-- Texts without personal data. Apart from nlp.annotations, whose task `pii` keeps spans and kinds only: words of people are purged, labels stay.
create table nlp.masked_texts (
    mention_id       uuid not null,
    mention_version  integer not null,
    model_version    text not null,
    masked_text      text not null,
    created_at       timestamptz not null default clock_timestamp(),
    primary key (mention_id, mention_version, model_version)
);
comment on table nlp.masked_texts is 'The given text (title, newline, text) of each annotated mention version with personal data replaced by [kind].';
comment on column nlp.masked_texts.model_version is 'The masked_text entry of nlp.manifests.models. A mention without a row was never masked: show nothing of it.';
comment on column nlp.masked_texts.masked_text is 'Holds words of people: purged and erased with core.mentions.text.';
