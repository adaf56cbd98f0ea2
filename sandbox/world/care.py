"""How each bank cares: whether it answers, how (answer, ask, divert, automatic), how soon, and how it ends.

    customer's item ──► plan_care() ──► CarePlan(steps, closing, peer_at) ──► items of a thread
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import log

from sandbox.world.rhythm import next_staffed


@dataclass(frozen=True, slots=True)
class Habit:
    """One bank's habits; shares are of cases, the delay is the median in minutes of staffed time."""

    human: float
    automatic: float
    ask: float
    divert: float
    median_minutes: float


_HABITS = (
    Habit(human=0.62, automatic=0.18, ask=0.22, divert=0.20, median_minutes=38),
    Habit(human=0.74, automatic=0.05, ask=0.25, divert=0.12, median_minutes=22),
    Habit(human=0.48, automatic=0.30, ask=0.15, divert=0.35, median_minutes=95),
    Habit(human=0.55, automatic=0.12, ask=0.30, divert=0.28, median_minutes=60),
    Habit(human=0.35, automatic=0.10, ask=0.18, divert=0.40, median_minutes=240),
)


@dataclass(slots=True)
class CarePlan:
    """What follows a customer's item: official steps (moment, act), the customer's last word, a peer's answer."""

    steps: list[tuple[int, str]] = field(default_factory=list)
    closing: tuple[int, str] | None = None
    peer_at: int | None = None


def habit(rank: int) -> Habit:
    """The habits of the bank at this place of the list."""
    return _HABITS[rank % len(_HABITS)]


def plan_care(rng: random.Random, rank: int, at: int, *, crisis: bool = False) -> CarePlan:
    """The script of one case opened at `at`: log-normal delays, short when staffed, long over nights and weekends."""
    plan, ways = CarePlan(), habit(rank)
    if rng.random() < ways.automatic * (2.2 if crisis else 1.0):
        plan.steps.append((at + rng.randrange(4, 50), "automatic"))
    if rng.random() < ways.human * (0.35 if crisis else 1.0):
        _plan_human(rng, plan, ways, at, slow=4.0 if crisis else 1.0)
    if rng.random() < 0.07:
        plan.peer_at = at + int(rng.lognormvariate(log(45 * 60), 1.0))
    return plan


def _delay(rng: random.Random, median_minutes: float) -> int:
    return max(40, int(rng.lognormvariate(log(median_minutes * 60), 0.95)))


def _human_moment(rng: random.Random, at: int, median_minutes: float) -> int:
    when = at + _delay(rng, median_minutes)
    staffed = next_staffed(when)
    if staffed == when or rng.random() < 0.1:
        return when
    return next_staffed(staffed + _delay(rng, min(median_minutes, 45.0)))


def _plan_human(rng: random.Random, plan: CarePlan, ways: Habit, at: int, *, slow: float) -> None:
    when = _human_moment(rng, at, ways.median_minutes * slow)
    draw = rng.random()
    act = "ask" if draw < ways.ask else "divert" if draw < ways.ask + ways.divert else "answer"
    plan.steps.append((when, act))
    if act == "ask" and rng.random() < 0.6:
        when = _human_moment(rng, when + _delay(rng, 25.0), ways.median_minutes)
        plan.steps.append((when, rng.choice(("answer", "answer", "divert"))))
    if rng.random() < 0.42:
        odds = ("thanks", "confirms", "still_angry") if act != "divert" else ("still_angry", "still_angry", "thanks")
        plan.closing = (when + _delay(rng, 40.0), rng.choice(odds))
