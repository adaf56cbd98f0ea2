"""An author who only said more is added to: what was added and is gone before the author was counted leaves the row as it was."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from tests.marts.conftest import Built
from tests.marts.test_incremental import build, killed_build

# The last word of somebody, said again an hour later.
AGAIN = """
insert into core.mentions
select (jsonb_populate_record(said, jsonb_build_object('mention_id', core.mention_id(said.platform, said.site, said.kind, 'again'), 'native_id', 'again',
    'event_at', said.event_at + interval '1 hour', 'created_at', said.event_at + interval '1 hour', 'first_seen_at', %(at)s::timestamptz))).*
from core.mentions as said join marts_rows.fct_mentions as shown using (mention_id)
where said.author_id is not null and said.event_at <= %(at)s::timestamptz - interval '2 hours' order by said.event_at desc, said.mention_id limit 1"""
AUTHORS_AND_BEFORE = "+dim_author"
AUTHORS = "select a::text from marts_rows.dim_author as a order by a.author_key"


def authors(url: str) -> list[str]:
    """Every row of dim_author."""
    with psycopg.connect(url) as connection:
        return [row for (row,) in connection.execute(AUTHORS).fetchall()]


def counts(url: str) -> list[tuple[str, int]]:
    """How often each author spoke."""
    with psycopg.connect(url) as connection:
        return connection.execute("select author_key, mention_count from marts_rows.dim_author order by 1").fetchall()


def run(url: str, statement: str, **given: object) -> None:
    """One statement, committed."""
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode(), given or None)


def test_an_author_who_said_more_is_counted_once_and_stays_where_it_is_gone_again(breakable: Built) -> None:
    """Said, built, built again; said, seen by a build that was killed before its authors, taken back."""
    url, settings = breakable.url, breakable.settings.model_copy(update={"as_of": breakable.settings.now() + timedelta(hours=2)})
    build(settings, url, only=AUTHORS_AND_BEFORE)  # whatever the fixture holds back
    before = authors(url)
    run(url, AGAIN, at=settings.now())
    killed_build(settings, url)
    run(url, "delete from core.mentions where native_id = 'again'")
    assert build(settings, url, only=AUTHORS_AND_BEFORE)
    assert authors(url) == before
    run(url, AGAIN, at=settings.now())
    assert build(settings, url, only=AUTHORS_AND_BEFORE)
    grown, said = authors(url), counts(url)
    assert len(set(grown) - set(before)) == len(set(before) - set(grown)) == 1
    run(url, "update core.mentions set author_followers = 77 where native_id = 'again'")
    assert build(settings, url, only=AUTHORS_AND_BEFORE)
    assert len(set(authors(url)) - set(grown)) == 1
    assert counts(url) == said


def test_a_word_that_turns_out_to_be_another_authors_is_counted_for_that_one_alone(breakable: Built) -> None:
    """A build that was killed before its authors saw it as said by one; the next one finds it said by somebody else."""
    url, settings = breakable.url, breakable.settings.model_copy(update={"as_of": breakable.settings.now() + timedelta(hours=2)})
    build(settings, url, only=AUTHORS_AND_BEFORE)
    before = counts(url)
    run(url, AGAIN, at=settings.now())
    killed_build(settings, url)
    run(url, "update core.mentions set author_id = 'another' where native_id = 'again'")
    assert build(settings, url, only=AUTHORS_AND_BEFORE)
    ((key, said),) = set(counts(url)) - set(before)
    assert said == 1
    assert key not in dict(before)
