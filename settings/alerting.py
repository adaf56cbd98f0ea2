"""The shape of what alerts are made by: config/alerts.yml (what is told, when again), oncall.yml (whom, how, who next), playbook.yml (what to do).

An address never stands in a file: `env:NAME` names an environment variable, `conn:ID` an Airflow connection that holds it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from settings.base import Identifier, Language, Model, TimeZone

WEEK, YEAR = 7 * 24 * 60, 366 * 24 * 60  # minutes: what is longer is a slip of the pen, or a date beyond the calendar
Kind = Literal["crisis", "sla", "gap", "stale", "gate"]
PlayKind = Literal[Kind, "case"]
Urgency = Literal["fraud_in_progress", "stranded_abroad", "money_locked", "card_swallowed"]
Channel = Literal["email", "chat"]


def _reference(value: str) -> str:
    kind, _, name = value.partition(":")
    if kind not in ("env", "conn") or not name or any(letter in name for letter in "@/: "):
        raise ValueError(f"'{value[:3]}…' is no reference: addresses stay out of files, write env:VARIABLE or conn:CONNECTION that holds it")
    return value


Address = Annotated[str, AfterValidator(_reference)]


def _below_home(folder: str) -> str:
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"'{folder}' is no folder below RENOWN_HOME: name one, like alerts, or null for no copies")
    return folder


HomeFolder = Annotated[str, AfterValidator(_below_home)]


class Person(Model):
    """Whom an alert reaches: a person, or a role with a mailbox or a room of its own."""

    id: Identifier
    name: str
    email: Address | None = None
    chat: Address | None = None


class Override(Model):
    """Somebody else between two local instants (a swap, a holiday)."""

    starts: datetime
    ends: datetime
    person: Identifier

    @model_validator(mode="after")
    def _in_order(self) -> Override:
        if (self.starts.tzinfo is None) != (self.ends.tzinfo is None) or self.ends <= self.starts:
            raise ValueError("the override ends before it starts, or only one of its times has an offset")
        return self


class Rotation(Model):
    """People who take turns of `days` days from the day `starts` on; a turn begins and ends at `hands_over`, local time."""

    id: Identifier
    people: list[Identifier] = Field(min_length=1)
    starts: date
    days: int = Field(7, ge=1, le=366)
    hands_over: time = time(9)
    overrides: list[Override] = []


class Desk(Model):
    """A name of duties.yml (`owner`, `after_hours`) or of alerts.yml, and who stands behind it: a person or a rotation.

    `names`: how readers of other languages call it.
    """

    owner: str
    names: dict[Language, str] = {}
    on_call: Identifier


class Step(Model):
    """Who is told next when nobody has acknowledged for so long since the alert."""

    after_minutes: int = Field(ge=1, le=WEEK)
    to: str


class Escalation(Model):
    """Steps for alerts from a severity on, of one desk's rule, one department, or all (the most particular entry counts, in this order)."""

    min_severity: int = Field(3, ge=1, le=5)
    desk: str | None = None
    department: Identifier | None = None
    steps: list[Step] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _rising(self) -> Escalation:
        minutes = [step.after_minutes for step in self.steps]
        if minutes != sorted(set(minutes)):
            raise ValueError("steps come one after the other: after_minutes must rise")
        return self


class Oncall(Model):
    """config/oncall.yml: who is on duty, where an alert reaches them, who is next. `folder`: a copy of every message under RENOWN_HOME."""

    timezone: TimeZone | None = None
    folder: HomeFolder | None = "alerts"
    channels: dict[Channel, Annotated[int, Field(ge=1, le=5)]] = {"email": 1, "chat": 1}
    people: list[Person] = []
    rotations: list[Rotation] = []
    desks: list[Desk] = []
    escalation: list[Escalation] = []

    @model_validator(mode="after")
    def _consistent(self) -> Oncall:
        people = [person.id for person in self.people]
        groups = [rotation.id for rotation in self.rotations]
        for noun, names in (("id", people + groups), ("desk", [desk.owner for desk in self.desks])):
            if doubles := {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{noun} appears twice: {', '.join(sorted(doubles))}")
        return self

    def called(self, desk: str, language: str | None) -> str:
        """A desk's name in the reader's language, else as it stands in duties.yml."""
        names: dict[Any, str] = next((entry.names for entry in self.desks if entry.owner == desk), {})
        return names.get(language, desk)


class CrisisRule(Model):
    """Episodes of alarms (severity.yml grades them): of which banks, from which severity on, and how far back late data may raise one.

    mart_crisis_episodes begins a new episode, so a new alert, after six hours without an alarm; a longer over_after_minutes leaves the earlier one open.
    """

    min_severity: int = Field(2, ge=1, le=5)
    min_severity_when_over: int = Field(3, ge=1, le=5)
    over_after_minutes: int = Field(360, ge=1, le=WEEK)
    look_back_days: int = Field(14, ge=0, le=366)
    banks: Literal["home", "all"] = "home"

    @model_validator(mode="after")
    def _seen_to_its_end(self) -> CrisisRule:
        if self.look_back_days and self.over_after_minutes > self.look_back_days * 24 * 60:
            raise ValueError(f"a crisis is over after {self.over_after_minutes} minutes, but looked for only {self.look_back_days} days back:"
                             " raise look_back_days, or lower over_after_minutes")  # fmt: skip
        return self


class CareRule(Model):
    """Cases without an answer inside the response window (renown.yml), of one bank, platform and department, where the target is missed."""

    severity: int = Field(2, ge=1, le=5)
    urgent_severity: int = Field(3, ge=1, le=5)
    urgent_level: int = Field(2, ge=0, le=5)
    min_cases: int = Field(5, ge=1)
    look_back_days: int = Field(7, ge=1, le=366)
    owner: str | None = None


class GapRule(Model):
    """Items that a platform promised or always had, and that did not come."""

    severity: int = Field(2, ge=1, le=5)
    min_coverage_pct: float = Field(80, ge=0, le=100)
    look_back_hours: int = Field(24, ge=1, le=366 * 24)
    owner: str | None = None


class StaleRule(Model):
    """Sources without a successful run for `intervals` of their schedule; `together`: from so many dark platforms on they are one alert."""

    severity: int = Field(3, ge=1, le=5)
    intervals: int = Field(3, ge=1, le=1_000)
    at_least_minutes: int = Field(60, ge=1, le=YEAR)
    unscheduled_minutes: int = Field(2880, ge=1, le=YEAR)
    together: int = Field(3, ge=2)
    owner: str | None = None


class GateRule(Model):
    """A layer whose newest gate failed: the marts stand still until it is mended."""

    severity: int = Field(3, ge=1, le=5)
    owner: str | None = None


class Growth(Model):
    """When an open incident is told again: its severity rose, or its size is `factor` times what was told, and by `at_least` more."""

    factor: float = Field(2, gt=1)
    at_least: float = Field(5, ge=0)


class Examples(Model):
    """Posts that an alert shows: how many, with links, and whether with masked texts (departments that are granted personal data only)."""

    count: int = Field(3, ge=0, le=10)
    links: bool = True
    texts: Literal["none", "masked"] = "masked"


class Alerts(Model):
    """config/alerts.yml: what raises an alert, when it is told again, when it is over. `off` names kinds that are not watched."""

    off: list[Kind] = []
    crisis: CrisisRule = CrisisRule()
    sla: CareRule = CareRule()
    gap: GapRule = GapRule()
    stale: StaleRule = StaleRule()
    gate: GateRule = GateRule()
    grows: Growth = Growth()
    over_after_minutes: int = Field(30, ge=0, le=WEEK)
    reopens_within_minutes: int = Field(360, ge=0, le=YEAR)
    tell_when_over: bool = True
    examples: Examples = Examples()
    messages_at_once: int = Field(3, ge=1, le=100)
    tries_for_minutes: int = Field(1440, ge=1, le=WEEK)

    @model_validator(mode="before")
    @classmethod
    def _off_is_a_word(cls, given: Any) -> Any:
        """YAML 1.1 reads a bare `off:` as false."""
        return {"off" if key is False else key: value for key, value in given.items()} if isinstance(given, dict) else given

    @property
    def reopening(self) -> timedelta:
        """How long after its end an incident is still the same one."""
        return timedelta(minutes=self.reopens_within_minutes)


class Play(Model):
    """What to do at an alert: the entry that names its topic counts before one that does not, then the highest severity that it reaches.

    Of kind `case`: on an open case, by `urgencies`, `topics` and `max_triage_level` (1 is gravest); which of several counts says int_case_plays.
    `translations`: the same steps in other languages.
    """

    id: Identifier
    kinds: list[PlayKind] = Field(min_length=1)
    topics: list[Identifier] = []
    min_severity: int = Field(1, ge=1, le=5)
    urgencies: list[Urgency] = []
    max_triage_level: int = Field(5, ge=1, le=5)
    steps: list[str] = Field(min_length=1, max_length=10)
    translations: dict[Language, list[str]] = {}

    @model_validator(mode="after")
    def _whole(self) -> Play:
        for language, said in self.translations.items():
            if len(said) != len(self.steps):
                raise ValueError(f"translations: {language} has {len(said)} steps, there are {len(self.steps)}")
        return self

    @model_validator(mode="after")
    def _of_one_sort(self) -> Play:
        """A case has no severity, an alert no urgency: an entry for both could not be read."""
        given = self.model_fields_set
        if "case" in self.kinds and (len(self.kinds) > 1 or "min_severity" in given):
            raise ValueError("kinds: case stands alone, by urgencies, topics and max_triage_level; min_severity is for alerts")
        if "case" not in self.kinds and given & {"urgencies", "max_triage_level"}:
            raise ValueError("urgencies and max_triage_level are for kinds: [case]; alerts have min_severity")
        return self

    def said(self, language: str | None) -> list[str]:
        """The steps in the reader's language, else as they stand."""
        spoken: Any = language
        return self.translations.get(spoken, self.steps)


class Playbook(Model):
    """config/playbook.yml."""

    plays: list[Play] = []

    def steps(self, kind: str, topic: str | None, severity: int, language: str | None = None) -> list[str]:
        """The steps for an alert, [] where the playbook has none."""
        fits = [play for play in self.plays if kind in play.kinds and severity >= play.min_severity and (not play.topics or topic in play.topics)]
        return max(fits, key=lambda play: (bool(play.topics), play.min_severity)).said(language) if fits else []
