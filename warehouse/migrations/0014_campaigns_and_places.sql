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
