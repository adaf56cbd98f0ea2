-- Replaced by indexes on the event day and the id as one value (macro day_key): a day's rows lie beside each other there, while ids are hashes, and a day's
-- ids lie on as many pages of an index as there are rows.
drop index if exists marts_staging.stg_labels_mention_id;
drop index if exists marts_intermediate.int_addressed_accounts_mention_id;
drop index if exists marts_intermediate.int_strangers_mention_id;
drop index if exists marts_intermediate.int_inbound_mention_id;
drop index if exists marts_intermediate.int_customer_mentions_mention_id;
drop index if exists marts_intermediate.int_journey_steps_mention_id;
drop index if exists marts_intermediate.int_journey_steps_brand_mention_id;
drop index if exists marts_intermediate.int_journey_moves_brand_mention_id;
drop index if exists marts_rows.fct_engagement_mention_id;
drop index if exists marts_rows.mart_routing_mention_id;

-- Asked by nobody any more: names are looked up with the handle, stages stand in fct_mentions.
drop index if exists marts_staging.stg_mentions_platform_site_author_id;
drop index if exists marts_staging.stg_labels_journey;
