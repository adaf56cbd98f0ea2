-- Some platforms count a repost that holds nothing but its original for itself: whose words it has, and whose counts, are two questions.
alter table config.platforms drop constraint if exists platforms_reposts_check;
alter table config.platforms add constraint platforms_reposts_check check (reposts in ('none', 'own', 'whole', 'whole_counted'));
comment on column config.platforms.reposts is
'none: the platform tells of none; own: the reposter''s own words, if any; whole: the whole original and its counts, nothing of the '
'reposter''s; whole_counted: the whole original, with counts of the repost''s own.';
