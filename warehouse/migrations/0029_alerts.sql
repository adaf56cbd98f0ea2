-- Alerts: one row an incident, what happened to it, and whom it was told. Ids and numbers only: no text of a post, no address of a person.
create table ops.alerts (
    alert_id          uuid primary key,
    alert_key         text not null,
    kind              text not null check (kind in ('crisis', 'sla', 'gap', 'stale', 'gate', 'drill')),
    status            text not null check (status in ('open', 'resolved')),
    severity          integer not null check (severity between 1 and 5),
    magnitude         double precision not null,
    bank_id           text,
    platform          text,
    topic_id          text,
    owner             text,
    title             text not null,
    facts             jsonb not null,
    example_ids       uuid [] not null default '{}',
    started_at        timestamptz not null,
    last_at           timestamptz not null,
    opened_at         timestamptz not null,
    resolved_at       timestamptz,
    fire              integer not null default 1 check (fire > 0),
    fired_at          timestamptz not null,
    fired_severity    integer not null,
    fired_magnitude   double precision not null,
    departments       jsonb not null default '{}',
    told_departments  text [] not null default '{}',
    acknowledged_fire integer,
    acknowledged_at   timestamptz,
    acknowledged_by   text,
    acknowledged_how  text check (acknowledged_how in ('cli', 'link')),
    check ((status = 'resolved') = (resolved_at is not null))
);
-- Crises of a bank share a key: one that late data brought is noted open, then over, while another goes on.
create unique index alerts_open on ops.alerts (alert_key) where status = 'open' and kind <> 'crisis';
create index alerts_key on ops.alerts (alert_key, opened_at desc);
comment on table ops.alerts is 'Incidents that somebody was told of: one row each, quiet while open, told again when it grows.';
comment on column ops.alerts.alert_key is 'What it is about: the same key while open, or again soon after, is the same incident.';
comment on column ops.alerts.magnitude is 'Its size, by kind: brand mentions, cases, sources, checks.';
comment on column ops.alerts.owner is 'The desk where its rule names one; else duties.yml by department and severity.';
comment on column ops.alerts.departments is 'Whom it concerns: each department with the highest severity of its own.';
comment on column ops.alerts.facts is 'The numbers as they are now.';
comment on column ops.alerts.started_at is 'Begin of what it is about; opened_at: when it was raised.';
comment on column ops.alerts.fire is 'How often it was told as new: 1, and one more each time that it grew or came back.';
comment on column ops.alerts.acknowledged_fire is 'Which of them was acknowledged; a later one asks again.';

create table ops.alert_events (
    event_id     bigint generated always as identity primary key,
    alert_id     uuid not null references ops.alerts,
    fire         integer not null,
    event        text not null check (event in ('opened', 'grew', 'reopened', 'escalated', 'acknowledged', 'resolved')),
    step         integer not null default 0,
    at           timestamptz not null,
    recorded_at  timestamptz not null default clock_timestamp(),
    actor        text,
    how          text,
    note         text,
    severity     integer not null,
    magnitude    double precision not null,
    facts        jsonb not null default '{}',
    unique (alert_id, fire, event, step)
);
comment on table ops.alert_events is 'What happened to an alert, append-only: at by the clock of the marts, recorded_at by the wall.';

create table ops.alert_messages (
    message_id       uuid primary key,
    event_id         bigint not null references ops.alert_events,
    recipient        text not null,
    desk             text,
    channel          text not null check (channel in ('email', 'chat', 'folder')),
    status           text not null check (status in ('waiting', 'claimed', 'sent', 'failed', 'given_up')),
    attempts         integer not null default 0,
    bundle           uuid,
    maybe_duplicate  boolean not null default false,
    error            text,
    claimed_at       timestamptz,
    sent_at          timestamptz,
    unique (event_id, recipient, channel)
);
create index alert_messages_waiting on ops.alert_messages (status) where status in ('waiting', 'claimed', 'failed');
comment on table ops.alert_messages is 'Who was told of which event, by which channel, once; recipients are ids of oncall.yml, never addresses.';
comment on column ops.alert_messages.bundle is 'Messages to one person at one time that went out as one list.';
comment on column ops.alert_messages.maybe_duplicate is 'A run was cut off between claim and answer, and the channel cannot tell: it was sent once more, and says so.';
