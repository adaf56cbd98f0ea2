-- Sensitivity and specificity by which the items about a bank in a language are corrected: its own where enough texts were
-- measured, else the language's, with the variance that lies between banks: *_spread (0 for its own); is_spread_measured: told by banks.
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
        {{ between_variance('sensitivity', 'sensitivity_n') }} as sensitivity_spread,
        {{ between_variance('specificity', 'specificity_n') }} as specificity_spread
    from own
    group by label, language
    having count(*) >= {{ enough_banks() }}
),

-- A language in which fewer banks were evaluated takes the mean of the others.
means as (
    select
        label,
        avg(sensitivity_spread order by language) as sensitivity_spread,
        avg(specificity_spread order by language) as specificity_spread
    from languages
    group by label
),

assumed (label, sensitivity_spread, specificity_spread) as (
    values
    {{ assumed_spreads() }}
),

of_languages as (
    select
        quality.*,
        coalesce(languages.sensitivity_spread, means.sensitivity_spread, assumed.sensitivity_spread) as sensitivity_spread,
        coalesce(languages.specificity_spread, means.specificity_spread, assumed.specificity_spread) as specificity_spread,
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
