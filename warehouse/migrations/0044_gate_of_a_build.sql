-- Which build of the marts a gate looked at. By the time alone a gate that began before a build and ended after it would pass for that build's own.
alter table quality.results add column build_finished_at timestamptz;
comment on column quality.results.build_finished_at is
'Of the layer marts: when the build that stood there as the gate began came to its end (ops.mart_builds); null where none did, or another was under way.';

-- Replaced by longer ones, in which the authors of an account stand one after the other.
drop index if exists marts_staging.stg_mentions_platform_lowerauthor_handle;
drop index if exists marts_staging.stg_mentions_platform_lowerauthor_id;
