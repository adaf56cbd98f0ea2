"""Of a bank's wishes the first thousand have a place, and a build that looks at the changed ones alone gives them the same as one that ranks all."""

from __future__ import annotations

from itertools import pairwise

import psycopg

from tests.marts.conftest import Built
from tests.marts.test_incremental import build

# Wishes of before, of which nothing changes: some with more votes than any of the sandbox, some without.
MANY = """
insert into marts.mart_wishes
select (jsonb_populate_record(null::marts.mart_wishes, to_jsonb(w) || jsonb_build_object('wishes_id', md5(w.bank_id || '|' || md5('s' || i)), 'story_key', md5('s' || i),
    'vote_count', case when i < 999 then 1000000 + i end, 'vote_rank', null))).*
from marts.mart_wishes as w, generate_series(1, 1500) as i
where w.bank_id = 'velmora' and w.vote_rank = 1"""
PLACED = """
update marts.mart_wishes as w set vote_rank = case when r.place <= 1000 then r.place end from (
    select wishes_id, row_number() over (partition by bank_id order by vote_count desc nulls last, unique_authors desc, mention_count desc, first_day, story_key) as place
    from marts.mart_wishes) as r
where w.wishes_id = r.wishes_id"""
# The engagement of one real wish's item: it overtakes all.
LOVED = """
insert into core.engagement (mention_id, observed_at, likes)
select mention_id, %(at)s, 9000000 from marts_intermediate.int_customer_mentions
where bank_id = 'velmora' and intents && array['wish'] and not is_bare_repost order by mention_id limit 1"""
WRONG = """
select count(*) filter (where vote_rank is distinct from case when place <= 1000 then place end), count(vote_rank), max(vote_rank) from (
    select vote_rank, row_number() over (order by vote_count desc nulls last, unique_authors desc, mention_count desc, first_day, story_key) as place
    from marts.mart_wishes where bank_id = 'velmora') as all_of_them"""


def told(url: str) -> tuple[int, int, int]:
    """Of the bank's wishes: how many have a place that is not theirs, how many have one, the last place."""
    with psycopg.connect(url) as connection:
        row = connection.execute(WRONG).fetchone()
    assert row is not None
    return row


def test_the_first_thousand_have_places_and_follow_what_changed(breakable: Built) -> None:
    """1,500 wishes of before beside the sandbox's; one that comes to the top moves all places and takes the last one's; taken back, it gives it back."""
    url, settings = breakable.url, breakable.settings
    with psycopg.connect(url) as connection:
        connection.execute(MANY.encode())
        connection.execute(PLACED.encode())
    assert told(url) == (0, 1000, 1000)
    firsts = []
    for statement in (LOVED, "delete from core.engagement where likes = 9000000"):
        with psycopg.connect(url) as connection:
            connection.execute(statement.encode(), {"at": settings.now()})
        assert build(settings, url)
        assert told(url) == (0, 1000, 1000)
        with psycopg.connect(url) as connection:
            firsts.append(connection.execute("select story_key from marts.mart_wishes where bank_id = 'velmora' and vote_rank in (1, 1000) order by vote_rank").fetchall())
    assert all(one != other for one, other in pairwise(firsts))


def test_wishes_that_leave_at_once_are_followed_by_as_many(breakable: Built) -> None:
    """A real wish with a place and one just behind the last place go in one build: the one after them comes to the last place."""
    url, settings = breakable.url, breakable.settings
    with psycopg.connect(url) as connection:
        real = connection.execute("select count(*) from marts.mart_wishes where bank_id = 'velmora'").fetchone()
        connection.execute(MANY.replace("i < 999", "i < 1000").encode())
        connection.execute(PLACED.encode())
        assert real is not None
        assert real[0] > 2  # so that some have a place and some stand behind the thousandth
        connection.execute("delete from core.mentions where mention_id in (select mention_id from marts_intermediate.int_customer_mentions"
                           " where bank_id = 'velmora' and intents && array['wish', 'request'])")
    assert build(settings, url)
    assert told(url) == (0, 1000, 1000)
