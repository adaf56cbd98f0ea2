{#- bi_reader may read schema marts. The role belongs to warehouse/roles.py; where it does not exist there is nothing to grant. -#}
{% macro grant_bi_reader() -%}
    do $$
    begin
        if exists (select 1 from pg_roles where rolname = 'bi_reader') then
            grant usage on schema marts to bi_reader;
            grant select on all tables in schema marts to bi_reader;
        end if;
    end $$
{%- endmacro %}
