-- Sensitivity and specificity by which the items about a bank in a language are corrected: its own where enough texts were measured, else the
-- language's, with the variance that lies between banks. *_spread is that variance (0 for its own); is_spread_measured: told by evaluated banks.
{%- set sides = ['sensitivity', 'specificity'] %}
with quality as (
    select * from {{ ref('stg_classifier_quality') }} where sensitivity + specificity > 1.1
),

banks as (
    select bank_id from {{ ref('dim_bank') }}
),

own as (
    select * from quality where bank_id <> '' and least(sensitivity_n, specificity_n) >= {{ enough_texts() }}
),

languages as (
    select
        label,
        language,
        {% for side in sides -%}
            {{ between_variance(side, side ~ '_n') }} as {{ side }}_spread{{ ',' if not loop.last }}
        {% endfor %}
    from own
    group by label, language
    having count(*) >= {{ enough_banks() }}
),

-- A language in which fewer banks were evaluated takes the mean of the others.
means as (
    select
        label,
        {% for side in sides -%}
            avg({{ side }}_spread order by language) as {{ side }}_spread{{ ',' if not loop.last }}
        {% endfor %}
    from languages
    group by label
),

assumed (label, sensitivity_spread, specificity_spread) as (
    values
    {% for label, spread in corrected_labels().items() -%}
        ('{{ label }}', {{ spread.sensitivity }}::double precision ^ 2, {{ spread.specificity }}::double precision ^ 2){{ ',' if not loop.last }}
    {% endfor %}
),

of_languages as (
    select
        quality.*,
        {% for side in sides -%}
            coalesce(languages.{{ side }}_spread, means.{{ side }}_spread, assumed.{{ side }}_spread) as {{ side }}_spread,
        {% endfor -%}
        means.label is not null as is_spread_measured
    from quality
    inner join assumed on quality.label = assumed.label
    left join languages on quality.label = languages.label and quality.language = languages.language
    left join means on quality.label = means.label
    where quality.bank_id = ''
)

select
    label,
    language,
    bank_id,
    'bank' as basis,
    evaluation_id,
    sensitivity,
    sensitivity_n,
    0::double precision as sensitivity_spread,
    specificity,
    specificity_n,
    0::double precision as specificity_spread,
    true as is_spread_measured
from own
union all
select
    of_languages.label,
    of_languages.language,
    banks.bank_id,
    'language' as basis,
    of_languages.evaluation_id,
    of_languages.sensitivity,
    of_languages.sensitivity_n,
    of_languages.sensitivity_spread,
    of_languages.specificity,
    of_languages.specificity_n,
    of_languages.specificity_spread,
    of_languages.is_spread_measured
from of_languages
cross join banks
where not exists (
    select 1 from own
    where own.label = of_languages.label and own.language = of_languages.language and own.bank_id = banks.bank_id
)
