-- Two marts are called mart_coverage and mart_freshness, as the metrics that they hold. What users built on them goes on reading them: a view knows its table by number.
do $$
declare
    part text;
begin
    foreach part in array array['coverage', 'freshness'] loop
        if to_regclass(format('marts.mart_source_%s', part)) is not null and to_regclass(format('marts.mart_%s', part)) is null then
            execute format('alter table marts.mart_source_%s rename to mart_%s', part, part);
        end if;
        update ops.mart_access set relation = format('mart_%s', part) where relation = format('mart_source_%s', part);
    end loop;
end $$;
