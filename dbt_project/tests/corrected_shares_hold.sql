-- A corrected share lies in its bounds and they in theirs, rests on no more items than there are, and says by what it was corrected.
with shares as (
    {% for mart in ['mart_reputation_daily', 'mart_reputation_periods'] -%}
        {%- set last = loop.last -%}
        {% for label in corrected_labels() -%}
            select
                bank_id,
                language,
                n,
                {{ label }}_pct_corrected as share,
                {{ label }}_pct_corrected_lower as lower_bound,
                {{ label }}_pct_corrected_upper as upper_bound,
                {{ label }}_measured_count as measured_count,
                {{ label }}_basis as basis,
                {{ label }}_evaluation_id as evaluation_id
            from {{ ref(mart) }}
            {{ 'union all' if not (last and loop.last) }}
        {% endfor -%}
    {%- endfor %}
)

select *
from shares
where
    share not between lower_bound - 1e-9 and upper_bound + 1e-9
    or lower_bound < 0
    or upper_bound > 100 + 1e-9
    or measured_count > n
    or num_nulls(share, lower_bound, upper_bound) not in (0, 3)
    or (share is not null and basis is null)
    or (basis is null) <> (measured_count is null)
    or (basis is not null and language <> 'all') <> (evaluation_id is not null)
