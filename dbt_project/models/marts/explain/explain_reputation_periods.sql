with {{ reputation_items(['period.period_type', 'period.period_start']) }}

{{ explain_rows('mart_reputation_periods') }}
