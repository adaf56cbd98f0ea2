-- Some platforms count a repost that holds nothing but its original for itself: whose its words are and whose its counts are, are two questions.
alter table config.platforms drop constraint if exists platforms_reposts_check;
alter table config.platforms add constraint platforms_reposts_check check (reposts in ('none', 'own', 'whole', 'whole_counted'));
comment on column config.platforms.reposts is
'none: the platform tells of none; own: the reposter''s own words, if any; whole: the whole original, and nothing of the reposter''s; whole_counted: the same, but with counts of its own.';
