-- What to do on an open case, and in which language a department reads it; targets of a day, a week or a month alone.
alter table config.departments add column language text;
comment on column config.departments.language is 'Of its alerts and of the advice on its cases; null: as config/playbook.yml was written.';
create table config.plays (
    play_id text not null, place integer not null, topic_id text, urgency text, max_triage_level integer not null,
    advice text not null, translations jsonb not null
);
comment on table config.plays is 'Plays for open cases, of config/playbook.yml: a row for each topic and urgency that one names; null: any.';
comment on column config.plays.place is 'Its place in the file: the first counts where two fit alike.';
comment on column config.plays.max_triage_level is 'For cases at least as grave: 1 is gravest, 5 any.';
comment on column config.plays.translations is 'The advice in other languages, by language.';

alter table config.targets add column period_type text not null default 'all' check (period_type in ('all', 'day', 'week', 'month'));
alter table config.targets drop constraint targets_pkey, add primary key (metric, bank_id, period_type);
comment on column config.targets.period_type is 'Whose periods it is for; all: each.';
