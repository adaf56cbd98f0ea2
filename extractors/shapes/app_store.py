"""The forms in which App Store reviews come, as plain fields: the storefronts' feed (JSON and Atom), App Store Connect, the store's web.

    recorded answer ──► reviews() ──► envelope {"item", "app", "country", …} ──► fields() ──► title, text, rating, time, author
Sources: the feed's own answers as quoted in public clients' tests; Apple's App Store Connect API reference (CustomerReview,
CustomerReviewResponseV1); the store's web API (user-reviews) and the older userReviewsRow as public clients read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from extractors.text import read_html, tidy
from extractors.values import identifier, mapping, number, objects, text_or_none

ATOM, IM = "{http://www.w3.org/2005/Atom}", "{http://itunes.apple.com/rss}"
_PLACE = re.compile(r"/([a-z]{2})/(?:rss/customerreviews|reviews?|app|apps)\b", re.I)
_APP = re.compile(r"(?:/|\b)(?:id=?|apps/)(\d{5,})", re.I)
_REVIEWER = re.compile(r"/(?:id|userProfileId=)(\d+)|[?&]userProfileId=(\d+)")
_PAGE = re.compile(r"/page=(\d+)/")
# ISO 3166-1 alpha-3 → alpha-2 where the second is not simply the first two letters
_CODES = (
    "ABW:AW AGO:AO ALA:AX AND:AD ARE:AE ARM:AM ASC:AC ATA:AQ ATF:TF ATG:AG AUT:AT BDI:BI BEN:BJ BES:BQ BGD:BD BHS:BS BIH:BA "
    "BLR:BY BLZ:BZ BRB:BB BRN:BN CAF:CF CHL:CL CHN:CN COD:CD COG:CG COK:CK COM:KM CPV:CV CUW:CW CYM:KY DNK:DK ESH:EH EST:EE "
    "FLK:FK FRO:FO FSM:FM GIN:GN GLP:GP GNB:GW GNQ:GQ GRD:GD GRL:GL GUF:GF GUY:GY IRL:IE IRQ:IQ ISR:IL JAM:JM KAZ:KZ KOR:KR "
    "LBR:LR LBY:LY MAC:MO MAF:MF MDG:MG MDV:MV MEX:MX MLT:MT MNE:ME MNP:MP MOZ:MZ MTQ:MQ MYT:YT NIU:NU PAK:PK PCN:PN PLW:PW "
    "PNG:PG POL:PL PRK:KP PRT:PT PRY:PY PYF:PF SEN:SN SGS:GS SLB:SB SLV:SV SPM:PM SRB:RS SUR:SR SVK:SK SVN:SI SWE:SE SWZ:SZ "
    "SYC:SC TCD:TD TKM:TM TUN:TN TUR:TR TUV:TV UKR:UA URY:UY WLF:WF"
)
_TERRITORIES = dict(pair.split(":") for pair in _CODES.split())


def is_feed(value: Any) -> bool:
    """Whether this is a customer reviews feed in its JSON form."""
    return isinstance(mapping(value).get("feed"), dict)


def label(value: Any) -> Any:
    """`{"label": x}` → x; anything else as it is."""
    return value.get("label") if isinstance(value, dict) else value


def atom(root: Any) -> dict[str, Any]:
    """An Atom feed's tree in the form of the JSON feed: {"feed": {"entry": [..], "link": [..]}}."""
    return {"feed": _element(root)}


def _element(node: Any) -> dict[str, Any]:
    """An element as the JSON feed writes it: attributes apart, children by name, a repeated one as an array, text as `label`."""
    made: dict[str, Any] = {}
    for child in node:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.replace(IM, "im:").replace(ATOM, "")
        value = _leaf(child)
        if name not in made:
            made[name] = [value] if name in ("entry", "link") and node.tag.endswith("feed") else value
        else:
            made[name] = [*made[name], value] if isinstance(made[name], list) else [made[name], value]
    return made


def _leaf(node: Any) -> dict[str, Any]:
    attributes = {"attributes": dict(node.attrib)} if node.attrib else {}
    if node.get("type") == "html":  # mark-up may stand inside as elements
        return {"label": "".join(node.itertext()), **attributes}
    made = _element(node) if len(node) else {"label": node.text or ""} if node.text or not node.attrib else {}
    return {**made, **attributes}


def entries(value: Any) -> list[dict[str, Any]]:
    """The feed's entries; a single one is no array there."""
    entry = mapping(mapping(value).get("feed")).get("entry")
    return [entry] if isinstance(entry, dict) else objects(entry)


def is_review(entry: dict[str, Any]) -> bool:
    """Whether an entry is a review; the app itself comes first now and then, with its name and without a rating."""
    return "im:name" not in entry and ("im:rating" in entry or "content" in entry)


def last_page(value: Any) -> int | None:
    """The number of the last page, from the feed's links."""
    for link in objects(mapping(mapping(value).get("feed")).get("link")):
        attributes = mapping(link.get("attributes"))
        if attributes.get("rel") == "last" and (found := _PAGE.search(str(attributes.get("href")))):
            return int(found[1])
    return None


def reviews(value: Any, url: str | None) -> Iterator[dict[str, Any]]:
    """Envelopes of every review (and developer's answer) in a decoded answer of any of the forms."""
    answer = mapping(value)
    own = mapping(answer.get("links")).get("self")  # App Store Connect's own address names the app
    told = {"app": app_of(url) or app_of(own), "country": country_of(url)}
    if is_feed(answer):
        yield from _feed(answer, told)
    elif isinstance(answer.get("userReviewList"), list):
        yield from ({"item": entry, "form": "row", **told} for entry in objects(answer["userReviewList"]))
    else:
        data = value if isinstance(value, list) else answer.get("data")
        yield from _resources([data] if isinstance(data, dict) else objects(data), answer, told)


def _feed(answer: dict[str, Any], told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    found = entries(answer)
    links = [mapping(link.get("attributes")).get("href") for link in objects(answer["feed"].get("link"))]
    where = [label(answer["feed"].get("id")), *links]
    app = next((entry for entry in found if "im:name" in entry), {})
    name = text_or_none(label(app.get("im:name")))
    told["app"] = told["app"] or next((number for text in where if (number := app_of(text))), None)
    told["country"] = told["country"] or next((place for text in where if (place := country_of(text))), None)
    for entry in found:
        if is_review(entry):
            yield {"item": entry, "form": "feed", **told, **({"app_name": name} if name else {})}


def _resources(data: list[dict[str, Any]], answer: dict[str, Any], told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """JSON:API resources: App Store Connect's customerReviews with their responses, the store's own user-reviews."""
    included = [entry for entry in objects(answer.get("included")) if entry.get("type") == "customerReviewResponses"]
    answered: set[str] = set()
    for entry in data:
        kind = entry.get("type")
        if isinstance(kind, str) and "review" not in kind.lower():
            continue  # apps, territories: no person's words
        if kind == "customerReviewResponses":
            yield {"item": entry, "form": "connect", "review": _related(entry, "review"), **told}
        elif kind == "user-reviews":
            yield {"item": entry, "form": "web", **told}
            reply = mapping(mapping(entry.get("attributes")).get("developerResponse"))
            if reply:
                yield {"item": reply, "form": "web_reply", "review": identifier(entry.get("id")), **told}
        else:
            yield {"item": entry, "form": "connect", **told}
            wanted, own = _related(entry, "response"), identifier(entry.get("id"))
            for reply in included:
                if identifier(reply.get("id")) in (wanted, None) or (own and _related(reply, "review") == own):
                    answered.add(str(reply.get("id")))
                    yield {"item": reply, "form": "connect", "review": own, **told}
    for reply in included:
        if str(reply.get("id")) not in answered:
            yield {"item": reply, "form": "connect", "review": _related(reply, "review"), **told}


def _related(entry: dict[str, Any], name: str) -> str | None:
    relation = mapping(mapping(entry.get("relationships")).get(name))
    return identifier(mapping(relation.get("data")).get("id"))


def app_of(url: Any) -> str | None:
    """The app's number in an address of the store, its feeds or App Store Connect."""
    if not isinstance(url, str):
        return None
    asked = parse_qs(urlsplit(url).query).get("id")
    found = _APP.search(urlsplit(url).path)
    return found[1] if found else asked[0] if asked and asked[0].isdigit() else None


def country_of(url: Any) -> str | None:
    """The storefront (ISO 3166-1 alpha-2, upper case) in an address of the store or its feeds."""
    found = _PLACE.search(url) if isinstance(url, str) else None
    return found[1].upper() if found else None


def territory(code: Any) -> str | None:
    """App Store Connect's territory (ISO 3166-1 alpha-3) as alpha-2."""
    if not isinstance(code, str) or not re.fullmatch(r"[A-Z]{2,3}", code):
        return None
    return _TERRITORIES.get(code, code[:2])


def native_id(envelope: dict[str, Any]) -> str | None:
    """The id of a review or an answer, in any form."""
    item = mapping(envelope.get("item"))
    return identifier(label(item.get("id"))) or identifier(item.get("userReviewId"))


def is_reply(envelope: dict[str, Any]) -> bool:
    """Whether it is a developer's answer."""
    item = mapping(envelope.get("item"))
    return envelope.get("form") == "web_reply" or item.get("type") == "customerReviewResponses"


def fields(envelope: dict[str, Any]) -> dict[str, Any]:
    """The form's own fields under common names; what a form does not give is absent."""
    item = mapping(envelope.get("item"))
    form = envelope.get("form")
    if form == "web_reply":
        return {"text": _text(item.get("body")), "time": item.get("modified")}
    if form == "row":
        return _row(item)
    if form in ("connect", "web"):
        return _resource(mapping(item.get("attributes")))
    return _entry(item)


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    author, link = mapping(entry.get("author")), entry.get("link")
    links = [mapping(part.get("attributes")).get("href") for part in (objects(link) or [mapping(link)])]
    address = label(author.get("uri"))
    return {
        "title": label(entry.get("title")),
        "text": _content(entry.get("content")),
        "rating": label(entry.get("im:rating")),
        "time": label(entry.get("updated")),
        "author_name": label(author.get("name")),
        "author_id": _reviewer(address),
        "url": next((href for href in links if isinstance(href, str)), None),
        "likes": label(entry.get("im:voteSum")),
        "country": next((found for text in [address, *links] if (found := country_of(text))), None),
        "app": next((found for text in links if (found := app_of(text))), None),
    }


def _content(content: Any) -> str | None:
    """The text; of several forms of it (the Atom feed gives a table of HTML too) the plain one."""
    forms = objects(content) or ([content] if isinstance(content, dict) else [])
    kinds = [(mapping(form.get("attributes")).get("type"), form.get("label")) for form in forms]
    plain_text = next((text for kind, text in kinds if kind != "html" and isinstance(text, str)), None)
    if plain_text is not None:
        return tidy(plain_text)
    html = next((text for _, text in kinds if isinstance(text, str)), content if isinstance(content, str) else None)
    return read_html(html)[0] if html is not None else None


def _resource(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": attributes.get("title"),
        "text": _text(attributes.get("body", attributes.get("review", attributes.get("responseBody")))),
        "rating": attributes.get("rating"),
        "time": attributes.get("createdDate") or attributes.get("date") or attributes.get("lastModifiedDate"),
        "author_name": attributes.get("reviewerNickname") or attributes.get("userName"),
        "country": territory(attributes.get("territory")),
    }


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": entry.get("title"),
        "text": _text(entry.get("body")),
        "rating": entry.get("rating"),
        "time": entry.get("date"),
        "author_name": entry.get("name"),
        "author_id": _reviewer(entry.get("viewUsersUserReviewsUrl")),
        "likes": entry.get("voteSum"),
    }


def _text(value: Any) -> str | None:
    return tidy(value) if isinstance(value, str) else None


def _reviewer(address: Any) -> str | None:
    found = _REVIEWER.search(address) if isinstance(address, str) else None
    return (found[1] or found[2]) if found else None


def stars(value: Any) -> float | None:
    """A rating of 1 to 5; anything else is no rating."""
    rating = number(value)
    return rating if rating is not None and 0 < rating <= 5 else None
