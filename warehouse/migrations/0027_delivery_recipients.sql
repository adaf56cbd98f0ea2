-- A delivery may go to several people, and each of them is told apart: who has it, who was refused, who may have it twice.
create table ops.delivery_recipients (
    subscription_id  text not null,
    window_start     timestamptz not null,
    window_end       timestamptz not null,
    issue            integer not null,
    recipient        text not null,
    status           text not null check (status in ('handed', 'sent', 'failed', 'refused')),
    attempts         integer not null default 0,
    file_sha256      text not null,
    handed_at        timestamptz,
    sent_at          timestamptz,
    reference        text,
    error            text,
    maybe_duplicate  boolean not null default false,
    confirmed_at     timestamptz,
    primary key (subscription_id, window_start, window_end, issue, recipient),
    foreign key (subscription_id, window_start, window_end, issue) references ops.deliveries on delete cascade
);

-- What was cut off before this migration goes on as it was.
insert into ops.delivery_recipients (subscription_id, window_start, window_end, issue, recipient, status, attempts, file_sha256, handed_at, maybe_duplicate)
select subscription_id, window_start, window_end, issue, channel, 'handed', attempts, file_sha256, handed_at, maybe_duplicate
from ops.deliveries where status = 'rendered' and handed_at is not null and file_sha256 is not null;

comment on table ops.delivery_recipients is 'Each recipient of a delivery: an address of e-mail, or the one folder, bucket, directory or chat. Never a secret.';
comment on column ops.delivery_recipients.recipient is 'The address of e-mail, or the channel''s name where it has one recipient.';
comment on column ops.delivery_recipients.status is 'handed: given to the channel, which has not answered yet; refused: not taken, and trying again changes nothing.';
comment on column ops.delivery_recipients.file_sha256 is 'Of the file that this recipient was given.';
comment on column ops.delivery_recipients.handed_at is 'When it was last given to the channel; null where the channel surely did not take it.';
comment on column ops.delivery_recipients.sent_at is 'When the channel said that it has it.';
comment on column ops.delivery_recipients.reference is 'How the channel calls it: Message-ID, path, key.';
comment on column ops.delivery_recipients.maybe_duplicate is 'A try was cut off and the channel cannot tell whether it arrived, so it was sent once more, saying so.';
comment on column ops.delivery_recipients.confirmed_at is 'When a person said that it is there, by the signed link or `renown subscriptions ack`.';
comment on column ops.deliveries.recipients is 'Who gets it: the subscription''s owner, and the addresses of e-mail.';
comment on column ops.deliveries.acknowledged_at is 'When every recipient''s channel had said that it has the file.';
