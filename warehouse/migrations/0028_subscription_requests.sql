-- What holders of a signed link asked for. A stop holds until somebody settles it; a wish to change waits for whoever keeps the configuration.
create table ops.subscription_requests (
    request_id       bigint generated always as identity primary key,
    subscription_id  text not null,
    recipient        text not null default '',
    kind             text not null check (kind in ('stop', 'change')),
    said             text not null default '' check (length(said) <= 2000),
    asked_at         timestamptz not null default clock_timestamp(),
    settled_at       timestamptz
);
create unique index subscription_requests_open on ops.subscription_requests (subscription_id, recipient, kind, md5(said)) where settled_at is null;

comment on table ops.subscription_requests is 'Requests to stop or change a subscription, by the signed link in its deliveries.';
comment on column ops.subscription_requests.recipient is 'Whom the stop concerns; empty: the whole subscription.';
comment on column ops.subscription_requests.said is 'What should change, in the words of whoever asked.';
comment on column ops.subscription_requests.settled_at is 'When it was settled; a settled stop delivers again.';
