"""What each act looks like: who speaks, in which mood and registers, how long on which platform.

compose() ──► act_shape("complaint") ──► body(): frame, and on roomy platforms an opening, more sentences, a close
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.texts.grammar import Draw

TONES = ("positive", "neutral", "negative", "plain")
LONG, MEDIUM, SHORT = "long", "medium", "short"
ENDS_OPEN = '"»”)%\ue000\ue001'  # marks after which a sentence still wants its full stop
SIZES = {"discourse": LONG, "livejournal": LONG, "forum_html": LONG, "nodebb": LONG,
         "weibo": MEDIUM, "vk": MEDIUM, "facebook": MEDIUM, "odnoklassniki": MEDIUM}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """One act. `mood` is the sentiment that decorations follow; `registers` maps a register to its weight."""

    mood: str
    registers: dict[str, int] = field(default_factory=lambda: {"casual": 8, "neutral": 4, "formal": 1})
    speaker: str = "customer"  # or official, press, spam
    needs: tuple[str, ...] = ("bank",)
    grows: bool = True  # takes further sentences where the platform has room
    topical: bool = True  # whether the wordings follow the topic


_LATIN = 0.03  # share of complaints in Latin letters where a language writes so (Arabizi)
_CALM = {"neutral": 5, "casual": 5}
_OFFICIAL = {"formal": 1}
_HEATED = {"casual": 7, "angry": 5, "sarcastic": 4, "formal": 3}

SHAPES: dict[str, Shape] = {
    "complaint": Shape("negative", _HEATED),
    "question": Shape("neutral"),
    "request": Shape("neutral"),
    "wish": Shape("neutral", _CALM),
    "praise": Shape("positive"),
    "consider": Shape("neutral", _CALM),
    "leave": Shape("negative", {"casual": 6, "angry": 3, "neutral": 3}),
    "fraud_report": Shape("negative", {"neutral": 5, "casual": 4, "worried": 2}),
    "opinion": Shape("neutral", {"casual": 6, "neutral": 6}),
    "comparison": Shape("mixed", _CALM, needs=("bank", "other")),
    "offtopic": Shape("off", {"casual": 8, "neutral": 3}, needs=(), grows=False, topical=False),
    "ambiguous_place": Shape("off", {"casual": 7, "neutral": 4}, needs=(), grows=False, topical=False),
    "thanks": Shape("positive", {"casual": 7, "neutral": 4}, needs=(), grows=False),
    "confirms": Shape("positive", {"casual": 7, "neutral": 4}, needs=(), grows=False),
    "still_angry": Shape("negative", {"casual": 6, "angry": 4, "neutral": 2}, needs=(), grows=False),
    "answer": Shape("official", _OFFICIAL, "official", (), False),
    "ask": Shape("official", _OFFICIAL, "official", (), False),
    "divert": Shape("official", _OFFICIAL, "official", (), False),
    "automatic": Shape("official", _OFFICIAL, "official", (), False, False),
    "peer_answer": Shape("off", {"casual": 5, "neutral": 6}, needs=(), grows=False),
    "official_pr": Shape("official", _OFFICIAL, "official", grows=False),
    "news": Shape("official", _OFFICIAL, "press", grows=False),
    "promotion": Shape("official", {"casual": 3, "formal": 4}, "spam", grows=False),
    "bot_spam": Shape("official", _OFFICIAL, "spam", grows=False, topical=False),
    "crisis": Shape("negative", {"short": 4, "angry": 5, "sarcastic": 3, "worried": 3, "casual": 6}, grows=False,
                    topical=False),
}  # fmt: skip


def mood_of(act: str, tone: str) -> str:
    """The sentiment that decorations follow: the tone's for opinions, else the act's own."""
    if act != "opinion":
        return SHAPES[act].mood
    return "neutral" if tone == "plain" else tone


def register_of(draw: Draw, act: str) -> str:
    """Draw a register by the act's weights."""
    registers = SHAPES[act].registers
    point = draw.random() * sum(registers.values())
    for name, weight in registers.items():
        point -= weight
        if point < 0:
            return name
    return "casual"


def frame(draw: Draw, act: str, register: str, tone: str, has_other: bool) -> str:
    """The act's own sentence or two."""
    if act == "opinion":
        return draw.rule(f"opinion.{tone}")
    if has_other and f"{act}.other" in draw.rules:
        return draw.rule(f"{act}.other")
    if act == "complaint" and f"{draw.topic}.latin" in draw.rules and draw.chance(_LATIN):
        draw.remember("latin", "t.latin")
        return draw.rule("latin.frame")
    return draw.first_of(f"{act}.{register}", act)


def body(draw: Draw, act: str, register: str, tone: str, platform: str, has_other: bool) -> str:
    """The whole text of a post: short on X, a sentence more on VK and Weibo, a small story on forums."""
    text = frame(draw, act, register, tone, has_other)
    mood = mood_of(act, tone)
    shape = SHAPES[act]
    if not shape.grows or mood not in ("positive", "neutral", "negative"):
        return text
    room = SIZES.get(platform, SHORT)
    if room == SHORT or (room == MEDIUM and draw.chance(0.4)):
        return text
    extra = 1 if room == MEDIUM else 1 + int(draw.random() * 3)
    pieces = [end_sentence(text, draw.joiner), *(draw.first_of(f"more.{act}.{mood}", f"more.{mood}") for _ in range(extra))]
    if room == LONG and draw.chance(0.6):
        pieces.insert(0, draw.rule(f"open.{mood}"))
    if room == LONG and draw.chance(0.5):
        pieces.append(draw.rule(f"close.{mood}"))
    return draw.joiner.join(dict.fromkeys(pieces))


def end_sentence(text: str, joiner: str) -> str:
    """The text with a full stop where it ends without any mark; languages that join without blanks use the wide one."""
    if not text[-1:].isalnum() and text[-1:] not in ENDS_OPEN:
        return text
    return text + ("." if joiner else "。")


def news(draw: Draw, tone: str) -> tuple[str, str]:
    """Title and text (two to five sentences) of a news item."""
    tone = "neutral" if tone == "plain" else tone
    title = draw.rule(f"news.title.{tone}")
    count = 1 + int(draw.random() * 3)
    more = [draw.rule(f"news.more.{tone}") for _ in range(count)]
    if draw.chance(0.4):
        more.append(draw.rule("news.more.context"))
    return title, draw.joiner.join(dict.fromkeys([draw.rule(f"news.lead.{tone}"), *more]))
