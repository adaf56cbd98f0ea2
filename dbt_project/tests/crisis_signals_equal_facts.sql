-- mart_crisis_signals: 'all' and the platforms count every customers' and media's brand mention once; probabilities are sane.
with facts as (
    select
        bank_id,
        count(*) as mention_count
    from {{ ref('fct_brand_mentions') }}
    where not is_official
    group by bank_id
),

kinds as (
    select kind.series_type
    from (values ('all'), ('platform')) as kind (series_type)
),

expected as (
    select *
    from facts
    cross join kinds
),

totals as (
    select
        bank_id,
        series_type,
        sum(mention_count) as mention_count
    from {{ ref('mart_crisis_signals') }}
    where series_type in ('all', 'platform')
    group by bank_id, series_type
)

select
    bank_id,
    series_type
from expected
full join totals using (bank_id, series_type)
where expected.mention_count is distinct from totals.mention_count
union all
select
    bank_id,
    series_id as series_type
from {{ ref('mart_crisis_signals') }}
where
    tail_probability not between 0 and 1
    or q_value not between tail_probability and 1
    or (cold_start and is_alarm)
