-- Who answers for an alarm, which employees registered an account of theirs, and what a bank means to reach.
create table config.duties (
    department_id text not null, min_severity integer not null, owner text not null, after_hours text not null, is_default boolean not null,
    primary key (department_id, min_severity)
);
comment on table config.duties is 'Who is told of an alarm, of config/duties.yml: roles and desks, not people.';
create table config.employee_accounts (platform text not null, account text not null, registered_on date not null, primary key (platform, account));
comment on table config.employee_accounts is 'Accounts that employees registered themselves, of config/employees.yml; a row goes when its owner withdraws.';
create table config.targets (
    metric text not null, bank_id text not null, target double precision not null, wanted text not null check (wanted in ('at_least', 'at_most')),
    primary key (metric, bank_id)
);
comment on table config.targets is 'What a bank means to reach, of config/targets.yml.';
