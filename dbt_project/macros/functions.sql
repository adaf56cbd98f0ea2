{#- Functions that plain SQL cannot say, made before the models are built. PostgreSQL 15 has no lgamma, so the tail is a sum. -#}
{% macro create_functions() -%}
    do $renown$
    begin
        -- Two builds that start together would race for the same catalogue rows.
        perform pg_advisory_xact_lock(hashtext('renown.functions'));
        create schema if not exists marts;
        create schema if not exists marts_changes;
        {{ function_tail_probability() | indent(8) }}
        {{ function_median_with_zeros() | indent(8) }}
        {{ function_product() | indent(8) }}
    end $renown$
{%- endmacro %}

{% macro function_tail_probability() -%}
create or replace function marts.tail_probability(
    observed bigint, mean double precision, variance double precision
) returns double precision language plpgsql immutable parallel safe as $function$
-- P(X >= observed), X negative binomial with this mean and variance; Poisson where variance <= mean.
-- P(0) = (r/(r+mean))^r, P(j+1)/P(j) = odds * (r+j)/(j+1). Below the bulk the complement is summed; above it the tail itself,
-- term by term from its largest, so that a tail of 1e-80 keeps its relative precision.
declare
    r double precision := case when variance > mean then mean * mean / (variance - mean) end;
    odds double precision := case when variance > mean then mean / (r + mean) else mean end;
    plus_one double precision := 1 + mean / r;
    -- Kahan's log1p: ln(1 + u) = ln(w) * u / (w - 1) with w = 1 + u as rounded.
    log_mass double precision := case
        when variance <= mean then -mean
        when plus_one = 1 then -mean
        else -r * (ln(plus_one) * (mean / r) / (plus_one - 1))
    end;
    below double precision := 0;
    step double precision;
    term double precision := 1;
    tail double precision := 1;
    j double precision := 0;
begin
    if observed is null or mean is null or variance is null then return null; end if;
    if observed <= 0 then return 1; end if;
    while j < observed loop
        if log_mass > -700 then below := below + exp(log_mass); end if;
        log_mass := log_mass + ln(odds * coalesce(r + j, 1) / (j + 1));
        j := j + 1;
    end loop;
    if below < 0.9 then return 1 - below; end if;
    loop
        step := odds * coalesce(r + j, 1) / (j + 1);
        term := term * step;
        tail := tail + term;
        step := greatest(step, case when r is null then 0 else odds end);
        exit when term * step < tail * (1 - step) * 1e-17;
        j := j + 1;
    end loop;
    log_mass := log_mass + ln(tail);
    return case when log_mass > -700 then exp(log_mass) else 0 end;
end $function$;
comment on function marts.tail_probability(bigint, double precision, double precision) is
    'P(X >= observed) under a negative binomial of this mean and variance (Poisson where variance <= mean).';
{%- endmacro %}

{% macro function_median_with_zeros() -%}
create or replace function marts.median_with_zeros(
    nonzero bigint [], points bigint, about double precision
) returns double precision language sql immutable parallel safe as $function$
-- The median of |x - about| over `points` values x of which only those other than 0 are listed.
    select percentile_cont(0.5) within group (order by deviation)
    from (
        select abs(listed.x - about) as deviation from unnest(nonzero) as listed (x)
        union all
        select abs(about) from generate_series(1, points - cardinality(nonzero))
    ) as deviations
$function$;
comment on function marts.median_with_zeros(bigint [], bigint, double precision) is
    'Median of |x - about| over points values, of which only those other than 0 are listed.';
{%- endmacro %}

{% macro function_product() -%}
create or replace function marts.product_step(numeric, numeric) returns numeric
language sql immutable strict parallel safe as 'select round($1 * $2, 40)';
create or replace aggregate marts.product(numeric) (
    sfunc = marts.product_step, stype = numeric, initcond = '1'
);
comment on aggregate marts.product(numeric) is 'Product, rounded to 40 decimals a step: Kaplan-Meier survival.';
{%- endmacro %}
