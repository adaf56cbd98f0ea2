-- Campaigns and releases of config/campaigns.yml, and the topics that a release concerns.
create table config.campaigns (
    campaign_id   text primary key,
    name          text not null,
    kind          text not null check (kind in ('campaign', 'release')),
    bank_id       text not null,
    starts        date not null,
    ends          date not null,
    department_id text,
    audience      text
);
comment on table config.campaigns is 'The campaigns and releases of config/campaigns.yml.';
create table config.campaign_topics (campaign_id text not null, topic_id text not null, primary key (campaign_id, topic_id));
comment on table config.campaign_topics is 'Topics that a campaign or release concerns; none: all of them.';

-- The register of branches and ATMs, own and partners', as the files of config/places.yml have them; replaced as a whole when they are read.
create table core.places (
    place_id    text primary key,
    kind        text not null check (kind in ('branch', 'atm')),
    bank_id     text,
    partner_of  text[] not null default '{}',
    name        text,
    operators   text[] not null default '{}',
    city        text,
    city_id     text,
    postcode    text,
    country     text,
    latitude    double precision not null check (latitude between -90 and 90),
    longitude   double precision not null check (longitude between -180 and 180),
    is_fee_free boolean,
    source      text not null check (source in ('overpass', 'geojson', 'open_banking'))
);
comment on table core.places is 'Branches and ATMs (warehouse/registers.py). A branch with machines inside has a row of each kind.';
comment on column core.places.bank_id is 'The watched bank that runs it; null where it is another''s.';
comment on column core.places.partner_of is 'Banks whose customers draw money here without a fee, by config/places.yml.';
comment on column core.places.city_id is 'The city as nlp''s gazetteer knows it (geonames:<id>), where it does.';
comment on column core.places.is_fee_free is 'What the register itself says of fees; null where it says nothing.';

-- Names to show for the places that labels carry ids of; from the gazetteer that ships with nlp.
create table nlp.place_names (place_id text primary key, kind text not null, name text not null, country text not null);
comment on table nlp.place_names is 'A readable name of each place of the gazetteer (GeoNames, CC BY 4.0).';
