-- Erasing a person's data: a ledger without the person, and the hashes by which whatever comes later is told to be theirs.
create table ops.erasure_salt (is_only boolean primary key default true check (is_only), salt uuid not null default gen_random_uuid());
insert into ops.erasure_salt default values;
comment on table ops.erasure_salt is 'Goes into every hash of an erased name: whoever lists a platform''s ids cannot tell whose they are without it. A new salt forgets all erasures.';

create table ops.erasures (
    erasure_id  bigint generated always as identity primary key,
    erased_at   timestamptz not null default clock_timestamp(),
    platform    text not null,
    reason      text not null check (length(reason) between 1 and 500),
    removed     jsonb not null
);
comment on table ops.erasures is 'One row each time that a person''s data were erased: why, and how much went. Nothing in it names the person.';
comment on column ops.erasures.removed is 'Rows removed or changed, by what they were.';

create table ops.erased_names (
    platform    text not null,
    name_hash   bytea not null,
    erasure_id  bigint not null references ops.erasures,
    primary key (platform, name_hash)
);
comment on table ops.erased_names is 'Salted hashes of the ids and handles of erased people: landing leaves out what they wrote, and their name in what others wrote.';
comment on column ops.disposition_rejects.body is 'The columns that we know, as they came. May name an author''s id; `renown erase` clears it.';
