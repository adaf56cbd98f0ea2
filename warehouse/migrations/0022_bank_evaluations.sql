-- Quality measured on the mentions of one bank beside that of a language: '' is over all banks.
alter table nlp.evaluations add column bank_id text not null default '';
alter table nlp.evaluations drop constraint evaluations_pkey;
alter table nlp.evaluations add primary key (language, task, model_version, dataset, metric, bank_id);
comment on column nlp.evaluations.bank_id is 'The bank on whose mentions it was measured; '''' where on those of all banks, or on texts of none.';

-- The keys of a mart's cell, with the country of mart_reputation_daily and mart_reputation_periods.
create or replace function ops.cell_keys() returns text [] language sql immutable as $$
    select array['bank_id', 'platform', 'language', 'country', 'event_day', 'period_type', 'period_start', 'topic_id', 'department_id', 'account_kind',
        'account', 'account_bank_id', 'other_bank_id', 'series_type', 'series_id', 'hour_at', 'metric', 'kind', 'page_id', 'reply', 'stage', 'channel',
        'from_stage', 'to_stage', 'dimension', 'dimension_value', 'competitor_bank_id', 'city_id', 'place_id']
$$;
