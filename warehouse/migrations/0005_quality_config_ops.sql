-- quality: ids and counts, never texts.
create table quality.results (
    run_id             text not null,
    layer              text not null,
    suite              text not null,
    expectation        text not null,
    target             text not null,
    severity           text not null check (severity in ('batch', 'row')),
    success            boolean not null,
    evaluated_count    bigint,
    unexpected_count   bigint,
    unexpected_ids     text[] not null default '{}',
    detail             jsonb not null default '{}',
    ran_at             timestamptz not null default clock_timestamp(),
    primary key (run_id, layer, suite, expectation, target)
);

create table quality.quarantine (
    mention_id       uuid not null,
    mention_version  integer not null,
    layer            text not null,
    rule             text not null,
    quarantined_at   timestamptz not null default clock_timestamp(),
    released_at      timestamptz,
    primary key (mention_id, mention_version, rule)
);

-- config: what the marts need of config/*.yml, replaced as one transaction by warehouse.config_sync.
create table config.settings (key text primary key, value jsonb not null);
create table config.banks (
    bank_id text primary key, name text not null, country text,
    is_home boolean not null, is_competitor boolean not null
);
create table config.bank_accounts (
    bank_id text not null, platform text not null, account text not null,
    account_kind text not null check (account_kind in ('handle', 'page')),
    primary key (bank_id, platform, account, account_kind)
);
create table config.platforms (platform text primary key, name text not null, family text not null);
create table config.topics (topic_id text primary key, name text not null, department_id text not null, is_regulated boolean not null);
create table config.departments (department_id text primary key, name text not null);
create table config.business_hours (iso_weekday integer primary key, opens time not null, closes time not null);
create table config.holidays (day date primary key);
create table config.press_accounts (platform text not null, account text not null, primary key (platform, account));
create table config.severity_rules (severity integer not null, rule_id text primary key, rule jsonb not null);
create table config.known_incidents (bank_id text not null, starts_at timestamptz not null, ends_at timestamptz not null, note text);
create table config.reply_patterns (language text not null, pattern text not null, role text not null, primary key (language, pattern));

-- ops: what left the house.
create table ops.deliveries (
    subscription_id  text not null,
    window_start     timestamptz not null,
    window_end       timestamptz not null,
    status           text not null check (status in ('rendered', 'sent', 'failed')),
    file_name        text,
    file_sha256      text,
    row_count        bigint,
    attempts         integer not null default 0,
    channel          text not null,
    coverage         jsonb not null default '{}',
    error            text,
    rendered_at      timestamptz,
    sent_at          timestamptz,
    primary key (subscription_id, window_start, window_end)
);

create table ops.notifications (
    notification_id  bigint generated always as identity primary key,
    dag_id           text not null,
    task_id          text not null,
    run_id           text not null,
    try_number       integer not null,
    channel          text not null,
    status           text not null,
    sent_at          timestamptz not null default clock_timestamp(),
    unique (dag_id, task_id, run_id, try_number, channel)
);

create table ops.dispositions (
    platform text not null, site text not null default '', conversation_id text not null, author_id text not null,
    bank_id text not null, outcome text not null check (outcome in ('answered', 'solved', 'rejected')),
    decided_at timestamptz not null, note text,
    primary key (platform, site, conversation_id, author_id, bank_id, decided_at)
);
