-- What a platform's reposts hold: the marts count one that holds nothing but its original as nobody's own words.
alter table config.platforms add column reposts text not null default 'none' check (reposts in ('none', 'own', 'whole'));
comment on column config.platforms.reposts is
'none: the platform tells of none; own: the reposter''s own words, if any; whole: the whole original, and nothing of the reposter''s.';
