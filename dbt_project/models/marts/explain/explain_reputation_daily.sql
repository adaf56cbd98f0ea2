with {{ reputation_items(['event_day']) }}

{{ explain_rows('mart_reputation_daily') }}
