"""The listening language: what it means, what each platform is asked, and that asking never finds less than is meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from extractors import query
from extractors.query import compile as compiling
from extractors.query.explain import coverage, lines
from extractors.query.tree import EVERYTHING, And, Field, Handle, Near, Node, Not, Number, Or, Term
from settings import RenownError, Settings


def mention(text: str = "", **fields: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"platform": "x", "site": "", "title": None, "text": text, "author_handle": None, "author_id": None,
                             "author_name": None, "author_followers": None, "page_id": None, "page_name": None, "url": None,
                             "language_hint": None, "mentions": [], "engagement": {}}  # fmt: skip
    return empty | fields


@pytest.mark.parametrize(("text", "found", "not_found"), [
    ("card", ["my CARD!", "the card's limit"], ["cards", "discard", ""]),
    ("card*", ["cards", "cardholder"], ["discard"]),
    ('"late fee"', ["a Late, fee"], ["late the fee", "fee late"]),
    ('"late fee*"', ["late fees"], ["late the fees"]),
    ("loan NEAR/2 refused", ["loan was then refused", "refused my loan"], ["loan one two three refused", "loan"]),
    ("a b", ["b then a"], ["a"]),
    ("a OR b c", ["a", "c b"], ["b"]),
    ("(a OR b) -c", ["a", "b d"], ["a c", "d"]),
    ('a NOT "x y"', ["a x z y"], ["a x y"]),
    ("карта", ["мою карту", "картой", "карты"], ["картина", "картография"]),
    ("Сбербанк", ["в Сбербанке", "сбербанком"], ["Сбербанкоматный"]),
    ("Garanti", ["Garanti'nin", "Garanti’ye"], ["Garantili"]),
    ("بنك", ["بنك"], ["بنكنوت"]),
    ("مصرف", ["المصرف", "والمصرف", "بمصرف"], ["تصرف"]),
    ("维摩拉", ["我在维摩拉银行办卡"], ["维摩"]),
])  # fmt: skip
def test_words(settings: Settings, text: str, found: list[str], not_found: list[str]) -> None:
    tree = query.parse(text, settings, "x")
    assert [t for t in found if not query.matches(tree, mention(t))] == []
    assert [t for t in not_found if query.matches(tree, mention(t))] == []


@pytest.mark.parametrize(("text", "fields", "holds"), [
    ("author:ann", {"author_handle": "Ann"}, True), ("author:ann", {"mentions": ["ann"]}, False), ("@ann", {"mentions": ["Ann"]}, True),
    ("from:@ann", {"author_handle": "ann"}, True), ("lang:ru", {"language_hint": "ru-RU"}, True), ("lang:ru", {}, False),
    ("platform:x", {}, True), ("platform:vk", {}, False), ("site:bank.example", {"url": "https://forum.bank.example/1"}, True),
    ("site:bank.example", {"site": "otherbank.example"}, False), ("followers>10", {"author_followers": 11}, True),
    ("followers>10", {"author_followers": 10}, False), ("followers>10", {}, False), ("followers<5", {}, False),
    ("min_engagement>3", {"engagement": {"likes": 2, "shares": 2, "views": 9}}, True), ("min_engagement:4", {"engagement": {"likes": 4}}, True),
    ("min_engagement>3", {"engagement": {"likes": None, "views": 9}}, False),
])  # fmt: skip
def test_fields(settings: Settings, text: str, fields: dict[str, Any], holds: bool) -> None:
    assert query.matches(query.parse(text, settings, "x"), mention("t", **fields)) is holds


@pytest.mark.parametrize(("text", "platform", "queries", "exact"), [
    ("loan NEAR/5 refused lang:ru followers>9", "x", ["loan refused lang:ru"], False),
    ("loan NEAR/5 refused", "gdelt", ['near5:"loan refused"'], True),
    ('(a OR "b c") -d', "gdelt", ['(a OR "b c") -d'], True),
    ('a OR (b c) OR d', "gdelt", ["(a OR d)", "b c"], True),
    ('(a OR (b c)) -d', "gdelt", ["a -d", "b c -d"], True),
    ('(a OR "b c") -d', "reddit", ['(a OR "b c") NOT d'], True),
    ('(a OR "b c") -d', "mastodon", ["a -d", '"b c" -d'], True),
    ('(a OR "b c") -d', "vk", ["a", "b c"], False),
    ("card* loan", "x", ["loan"], False),
    ("a platform:vk", "x", [], True),
    ("a platform:x", "x", ["a"], True),
    ("a -platform:vk", "x", ["a"], True),
    ("a | b", "youtube", ['a "|" b'], True),
    ("a OR b", "youtube", ["a|b"], True),
])  # fmt: skip
def test_compiled(settings: Settings, text: str, platform: str, queries: list[str], exact: bool) -> None:
    found = query.compile_for(query.parse(text, settings, platform), platform)
    assert (found.queries, found.exact) == (queries, exact)


@pytest.mark.parametrize(("text", "platform", "complaint"), [
    ("followers>5", "x", "nothing of it can be searched"), ("-a", "vk", "nothing of it can be searched"), ("a OR lang:ru", "vk", "nothing"),
    ("a", "rss", "has no search"), ("lang:klingon", "x", "no language code"), ("platform:orkut", "x", "unknown platform"),
    ("a NEAR/x b", "x", "is no NEAR/n"), ("a NEAR b", "x", "is no NEAR/n"), ("a near/3 b", "x", "is no NEAR/n"),
    ("a followers>many", "x", "has no whole number"), ("a authors:ann", "x", "no field 'authors:'"), ("a langs:ru", "x", "no field"),
    ("foo*bar", "x", "odd place"), ("lang: a", "x", "has no value"), ("a NEAR/3 (b OR c)", "x", "stands between two"),
    ("a " * 3 + "(" * 3000 + "b" + ")" * 3000, "x", "nesting"),
])  # fmt: skip
def test_what_cannot_be_asked_is_named(settings: Settings, text: str, platform: str, complaint: str) -> None:
    with pytest.raises(RenownError, match=complaint) as caught:
        query.compile_for(query.parse(text, settings, platform), platform)
    assert caught.value.mend
    assert len(str(caught.value)) < 400


WORDS = ["ann", "bob", "cat", "dog"]
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(WORDS).map(Term), st.sampled_from(["an*", "ca*"]).map(Term), st.just(Term("ann bob")),
    st.builds(Near, st.sampled_from(WORDS).map(Term), st.sampled_from(WORDS).map(Term), st.integers(0, 2)),
    st.builds(Handle, st.sampled_from(["kay", "lee"]), st.booleans()), st.just(Field("lang", "ru")), st.just(Number("followers", ">", 5)),
    st.sampled_from([Field("platform", "x"), Field("platform", "vk")]),
)  # fmt: skip
TREES: st.SearchStrategy[Node] = st.recursive(LEAVES, lambda inner: st.one_of(
    inner.map(Not), st.lists(inner, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
    st.lists(inner, min_size=2, max_size=3).map(lambda p: Or(tuple(p)))), max_leaves=6)  # fmt: skip
MENTIONS = st.builds(
    lambda words, handle, lang, followers: mention(" ".join(words), author_handle=handle, language_hint=lang, author_followers=followers),
    st.lists(st.sampled_from([*WORDS, "x"]), max_size=5), st.sampled_from([None, "kay", "lee"]), st.sampled_from([None, "ru", "en"]),
    st.sampled_from([None, 3, 9]),
)  # fmt: skip


@tried(deadline=None)
@given(TREES, MENTIONS, st.sampled_from(["x", "vk", "mastodon", "reddit", "gdelt"]))
def test_asking_never_finds_less_than_is_meant(tree: Node, found: dict[str, Any], platform: str) -> None:
    """The widened tree holds for everything that the tree holds for, and is the tree itself where the platform says it all."""
    found = found | {"platform": platform}
    folded = compiling.fold(tree, platform)
    widened = compiling.simplify(compiling._widen(folded, query.DIALECTS[platform]))
    assert query.matches(folded, found) == query.matches(tree, found)
    assert query.matches(widened, found) or not query.matches(tree, found)
    if widened == folded and widened != EVERYTHING:
        assert query.compile_for(tree, platform).exact


@tried(deadline=None)
@given(st.text(alphabet='ab ()"-*:>ORANDNEAR/5@\u0000\n', max_size=40))
def test_any_text_is_a_query_or_a_clear_error(text: str) -> None:
    from settings import load_settings
    from settings.loader import REPOSITORY

    if "one" not in _SETTINGS:
        _SETTINGS["one"] = load_settings(REPOSITORY / "config")
    settings = _SETTINGS["one"]
    try:
        list(lines(query.parse(text, settings, "x")))
    except RenownError as error:
        message = str(error)
    else:
        message = "query: fine"
    assert message.startswith("query: ")


_SETTINGS: dict[str, Settings] = {}


def test_explained_in_words(settings: Settings) -> None:
    tree = query.parse('card NEAR/3 lost -"an advert" lang:ru', settings, "vk")
    assert list(lines(tree)) == [
        "all of", '  "card" and "lost" with at most 3 words between them', "  not", '    the phrase "an advert"', "  language ru"]  # fmt: skip
    asked, rest = coverage(tree, "vk")
    assert asked == ["card lost"]
    assert "language ru" in rest
    assert "3 words" in rest
    assert coverage(tree, "rss") == ([], "no search there: everything is collected, and the whole query is applied after it came")
    assert coverage(query.parse("a platform:x", settings, "vk"), "vk")[1].startswith("not asked")
