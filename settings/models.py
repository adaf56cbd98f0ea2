"""The shape of every file in config/, as pydantic models; `renown schema` prints their JSON Schema."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from settings.alerting import Alerts, Oncall, Playbook
from settings.base import Identifier as Identifier
from settings.base import Language as Language
from settings.base import Model as Model
from settings.base import TimeZone as TimeZone

LANGUAGES: tuple[str, ...] = get_args(Language)
PLATFORMS: dict[str, tuple[str, str, Literal["none", "own", "whole", "whole_counted"]]] = {
    "x": ("X", "microblog", "whole"), "vk": ("VK", "social network", "own"), "weibo": ("Sina Weibo", "microblog", "own"),
    "odnoklassniki": ("Odnoklassniki", "social network", "own"), "facebook": ("Facebook", "social network", "own"),
    "livejournal": ("LiveJournal", "blog", "none"), "discourse": ("Discourse", "forum", "none"), "nodebb": ("NodeBB", "forum", "none"),
    "forum_html": ("Forums (HTML)", "forum", "none"), "wordpress": ("WordPress", "blog", "none"), "rss": ("Feeds", "news", "none"),
    "news": ("News sites", "news", "none"), "gdelt": ("GDELT", "news", "none"), "telegram": ("Telegram", "messenger", "whole_counted"),
    "mastodon": ("Mastodon", "microblog", "whole"), "bluesky": ("Bluesky", "microblog", "whole"), "reddit": ("Reddit", "forum", "own"),
    "youtube": ("YouTube", "video", "none"), "app_store": ("App Store", "reviews", "none"), "google_play": ("Google Play", "reviews", "none"),
    "review_site": ("Review sites", "reviews", "none"), "tencent_weibo": ("Tencent Weibo (archive)", "microblog", "own"),
    "renren": ("Renren (archive)", "social network", "own"), "feedback": ("Own feedback channels", "feedback", "none"),
}  # platform id → (name, family, what its reposts hold: nothing known as one, the reposter's own words, or the whole original and nothing of the
   # reposter's; `counted`: that has counts of its own)


def _known_platform(name: str) -> str:
    if name not in PLATFORMS:
        raise ValueError(f"unknown platform '{name}'; known: {', '.join(PLATFORMS)}")
    return name


Platform = Annotated[str, AfterValidator(_known_platform)]


class Enrichment(Model):
    """How labels of changed models or configuration come to count: at the next run, or when somebody promotes them."""

    promote: Literal["automatic", "manual"] = "automatic"


class General(Model):
    """config/renown.yml: what applies to every number."""

    timezone: TimeZone = "UTC"
    languages: list[Language] = ["en", "ru", "zh", "ar", "tr"]
    min_n: int = Field(30, ge=1)
    response_window_hours: int = Field(24, ge=1)
    deletion_grace_days: int = Field(7, ge=0)
    nlp_profile: Literal["fast", "accurate"] = "fast"
    models: Literal["all", "clean"] = "all"
    nlp_batch_size: int = Field(500, ge=1)
    enrichment: Enrichment = Enrichment()
    user_agent: str = "Renown/0.1 (self-hosted reputation warehouse)"


class Bank(Model):
    """One bank of config/banks.yml, with every name it goes by."""

    id: Identifier
    name: str
    country: str | None = None
    competitor: bool = False
    aliases: dict[Language, list[str]] = {}
    ambiguous: list[str] = []
    context: dict[Language, list[str]] = {}
    handles: dict[Platform, list[str]] = {}
    pages: dict[Platform, list[str]] = {}
    domains: list[str] = []
    tickers: list[str] = []


class Banks(Model):
    """config/banks.yml: the home bank, its competitors and others worth telling apart."""

    home: Identifier
    banks: list[Bank] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Banks:
        ids = [bank.id for bank in self.banks]
        if self.home not in ids:
            raise ValueError(f"home: unknown bank id '{self.home}'; known: {', '.join(ids)}")
        doubles = {i for i in ids if ids.count(i) > 1}
        if doubles:
            raise ValueError(f"bank ids appear twice: {', '.join(sorted(doubles))}")
        return self

    def by_id(self, bank_id: str) -> Bank:
        """The bank with this id. Raises KeyError if there is none."""
        return {bank.id: bank for bank in self.banks}[bank_id]


class Rate(Model):
    """A request budget: `requests` in every window of `per_seconds`."""

    requests: int = Field(ge=1)
    per_seconds: float = Field(gt=0)


class Source(Model):
    """One entry of config/sources.yml: a platform to read, where, how often and how gently."""

    id: Identifier
    platform: Platform
    schedule: str | None = None
    enabled: bool = True
    terms: Literal["approved", "unreviewed"] = "unreviewed"
    base_url: str | None = None
    site: str = ""
    query: str = "@banks"
    history_start: datetime | None = None
    overlap_minutes: int = Field(60, ge=0)
    page_size: int | None = None
    rate: Rate = Rate(requests=60, per_seconds=60)
    pool_slots: int = Field(1, ge=1)
    options: dict[str, Any] = {}


class Sources(Model):
    """config/sources.yml."""

    sources: list[Source] = []

    @model_validator(mode="after")
    def _unique(self) -> Sources:
        ids = [s.id for s in self.sources]
        doubles = {i for i in ids if ids.count(i) > 1}
        if doubles:
            raise ValueError(f"source ids appear twice: {', '.join(sorted(doubles))}")
        return self


class Queries(Model):
    """config/queries.yml: named boolean expressions; `@banks` stands for every name, handle and page of banks.yml."""

    queries: dict[Identifier, str] = {}


class Topic(Model):
    """One topic of config/topics.yml, its names for readers of each language, the department that owns it, and its cue words in every language."""

    id: Identifier
    name: str
    names: dict[Language, str] = {}
    department: Identifier
    regulated: bool = False
    cues: dict[Language, list[str]] = {}


class Topics(Model):
    """config/topics.yml."""

    topics: list[Topic] = []


class Department(Model):
    """A receiver of extracts and alerts. `personal_data`: its extracts may say who wrote, where a subscription asks for it; `language`: of its alerts.

    `names`: how readers of other languages call it.
    """

    id: Identifier
    name: str
    names: dict[Language, str] = {}
    personal_data: bool = False
    language: Language | None = None

    def called(self, language: str | None) -> str:
        """Its name in the reader's language, else `name`."""
        return next((name for spoken, name in self.names.items() if spoken == language), self.name)


class Departments(Model):
    """config/departments.yml."""

    departments: list[Department] = []


class Opening(Model):
    """Opening and closing time of one ISO weekday (1 = Monday), in the home bank's time zone."""

    weekday: int = Field(ge=1, le=7)
    opens: time
    closes: time


class Hours(Model):
    """config/hours.yml: when care is staffed, for response times in business hours."""

    hours: list[Opening] = []
    holidays: list[Any] = []


class SeverityRule(Model):
    """One rule of config/severity.yml: the highest severity whose every given bound holds is the signal's."""

    id: Identifier
    severity: int = Field(ge=1, le=5)
    max_q_value: float | None = None
    min_mentions: int | None = None
    min_ratio: float | None = None
    min_negative_share: float | None = None
    min_distinct_authors: int | None = None
    min_platforms: int | None = None
    min_stories: int | None = None
    min_reach: int | None = None
    min_press_authors: int | None = None
    min_volume_score: float | None = None
    rising: bool | None = None
    regulated_topic: bool | None = None


class Severity(Model):
    """config/severity.yml."""

    rules: list[SeverityRule] = []


class ReplyPattern(Model):
    """A wording (regular expression, case-insensitive) that marks an official reply as automatic or diverting."""

    language: Language
    role: Literal["automatic", "divert"]
    pattern: str


class Replies(Model):
    """config/replies.yml."""

    patterns: list[ReplyPattern] = []


class Press(Model):
    """config/press.yml: accounts of journalists and media, by platform."""

    accounts: dict[Platform, list[str]] = {}


class Incident(Model):
    """A known incident of config/incidents.yml, left out of baselines."""

    bank: Identifier
    starts_at: datetime
    ends_at: datetime
    note: str | None = None


class Incidents(Model):
    """config/incidents.yml."""

    incidents: list[Incident] = []


class Duty(Model):
    """Who is told of a department's alarms from a severity on: a role or a desk by day, another (or the same) after hours; `language`: theirs,
    else the department's."""

    department: Identifier
    min_severity: int = Field(2, ge=1, le=5)
    owner: str
    after_hours: str | None = None
    language: Language | None = None


class Duties(Model):
    """config/duties.yml: whose alarm it is. Topics' alarms go to their department, all others to `default`."""

    default: Identifier | None = None
    duties: list[Duty] = []

    @model_validator(mode="after")
    def _unique(self) -> Duties:
        keys = [(duty.department, duty.min_severity) for duty in self.duties]
        doubles = {f"{department} from {severity}" for department, severity in keys if keys.count((department, severity)) > 1}
        if doubles:
            raise ValueError(f"duties appear twice: {', '.join(sorted(doubles))}")
        if self.duties and self.default not in {department for department, _ in keys}:
            raise ValueError(f"default: no duty of department '{self.default}'")
        return self


class EmployeeAccount(Model):
    """An account that an employee registered as an advocate's. The entry goes when its owner withdraws it."""

    platform: Platform
    account: str = Field(min_length=1)
    registered: date


class Employees(Model):
    """config/employees.yml: accounts that employees registered themselves; nobody else's are looked at."""

    accounts: list[EmployeeAccount] = []

    @model_validator(mode="after")
    def _unique(self) -> Employees:
        keys = [(entry.platform, entry.account.lower()) for entry in self.accounts]
        doubles = {f"{account} ({platform})" for platform, account in keys if keys.count((platform, account)) > 1}
        if doubles:
            raise ValueError(f"accounts appear twice: {', '.join(sorted(doubles))}")
        return self


class Target(Model):
    """What a bank means to reach in a metric of mart_scorecard; `period`: only by day, week or month, which a count needs (a month's is no day's)."""

    metric: Identifier
    bank: Identifier
    target: float
    wanted: Literal["at_least", "at_most"] = "at_least"
    period: Literal["day", "week", "month"] | None = None

    @model_validator(mode="after")
    def _of_a_period(self) -> Target:
        if self.metric.endswith("_count") and self.period is None:
            raise ValueError(f"period: a target of {self.metric} is one of a day, a week or a month: say which")
        return self


class Targets(Model):
    """config/targets.yml."""

    targets: list[Target] = []

    @model_validator(mode="after")
    def _unique(self) -> Targets:
        keys = [(entry.metric, entry.bank, period) for entry in self.targets for period in ([entry.period] if entry.period else ["day", "week", "month"])]
        doubles = {f"{metric} of {bank}" for metric, bank, period in keys if keys.count((metric, bank, period)) > 1}
        if doubles:
            raise ValueError(f"targets appear twice: {', '.join(sorted(doubles))}")
        return self


class Campaign(Model):
    """One campaign or release of config/campaigns.yml: whose it is, when it runs, and how a post shows that it speaks of it.

    `starts` and `ends` are days in the time zone of renown.yml, both included; a release starts on the day on which it came out and
    ends with the last day that is looked at. `wording` holds cues as topics.yml does; `topics` are those that it concerns (none: all).
    """

    id: Identifier
    name: str
    bank: Identifier
    starts: date
    ends: date
    hashtags: list[str] = []
    wording: dict[Language, list[str]] = {}
    audience: str | None = None
    department: Identifier | None = None
    kind: Literal["campaign", "release"] = "campaign"
    topics: list[Identifier] = []

    @model_validator(mode="after")
    def _in_order(self) -> Campaign:
        if self.ends < self.starts:
            raise ValueError(f"campaign '{self.id}' ends before it starts")
        return self


class Campaigns(Model):
    """config/campaigns.yml."""

    campaigns: list[Campaign] = []


class Register(Model):
    """A file with branches and ATMs; `file` is relative to the configuration's folder. `bank`: whose all of them are, where one bank's file."""

    file: str
    format: Literal["overpass", "geojson", "open_banking"]
    bank: Identifier | None = None


class Partner(Model):
    """Operators, brands or networks whose ATMs the customers of `bank` use without a fee, as the registers write them."""

    bank: Identifier
    operators: list[str]


class Places(Model):
    """config/places.yml."""

    registers: list[Register] = []
    partners: list[Partner] = []


class Filter(Model):
    """One condition of a subscription, parameterised and never pasted into SQL."""

    column: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    op: Literal["=", "!=", ">", ">=", "<", "<=", "in", "is null", "is not null"] = "="
    value: Any = None


class Channel(Model):
    """Where a delivery goes.

    `folder`: a `path`, relative to $RENOWN_HOME if not absolute. `s3`: `path` is bucket/prefix. `sftp`: `path` is a directory there. These may
    hold {subscription}, {department}, {year}, {month}, {first_day}, {last_day}. `email`: `to`. `chat`: an apprise address; `attach` sends the
    file along where the service takes files. `conn_id` names the address: press_sftp is RENOWN_PRESS_SFTP_URL or that Airflow connection.
    """

    kind: Literal["folder", "s3", "sftp", "email", "chat"] = "folder"
    path: str = ""
    conn_id: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    to: list[Annotated[str, Field(pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$")]] = []
    attach: bool = False

    @property
    def shown(self) -> str:
        """Kind and place, for people."""
        return ", ".join(self.to) if self.kind == "email" else f"{self.kind}:{self.conn_id or ''}" if self.kind == "chat" else self.path

    @model_validator(mode="after")
    def _consistent(self) -> Channel:
        if (self.kind == "email") != bool(self.to):
            raise ValueError("'to' is for kind email, which needs it: write to: [someone@bank.example]")
        if self.kind in ("email", "chat") and self.path:
            raise ValueError(f"kind {self.kind} takes no path")
        if self.attach and self.kind != "chat":
            raise ValueError("'attach' is for kind chat: e-mail always brings the file")
        return self


MartName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Extract(Model):
    """Rows of one mart: which columns in which order (none: all), which rows, and the column that lies inside the window."""

    mart: MartName
    columns: list[str] = []
    filters: list[Filter] = []
    window_column: str | None = None


class Span(Model):
    """The last `count` whole days, ISO weeks or months that are over on the day of the schedule."""

    unit: Literal["day", "week", "month"]
    count: int = Field(1, ge=1, le=400)


class Subscription(Model):
    """One entry of config/subscriptions.yml: which rows of which marts go to which department, when and how.

    Either one mart (`mart`, `columns`, `filters`, `window_column`) or several (`extracts`); the digest (html, pdf) has a fixed content and
    takes none. `personal_data: pii` takes the hiding of people away, where departments.yml grants it to the department.
    """

    id: Identifier
    department: Identifier
    owner: str
    mart: MartName | None = None
    columns: list[str] = []
    filters: list[Filter] = []
    extracts: list[Extract] = []
    bank: Identifier | None = None
    schedule: str
    timezone: TimeZone | None = None
    window_days: int = Field(7, ge=1)
    window: Span | None = None
    window_column: str | None = None
    format: Literal["xlsx", "csv", "parquet", "json", "hyper", "html", "pdf"] = "xlsx"
    language: Language | None = None
    personal_data: Literal["masked", "pii"] = "masked"
    corrections: bool = False
    channel: Channel

    @property
    def is_digest(self) -> bool:
        """Whether it is the week at a glance instead of rows."""
        return self.format in ("html", "pdf")

    @property
    def parts(self) -> list[Extract]:
        """What is read, one entry a mart; [] for a digest."""
        if self.mart is None:
            return self.extracts
        return [Extract(mart=self.mart, columns=self.columns, filters=self.filters, window_column=self.window_column)]

    @model_validator(mode="after")
    def _consistent(self) -> Subscription:
        alone = self.mart is not None or bool(self.columns or self.filters or self.window_column)
        if self.is_digest:
            if alone or self.extracts:
                raise ValueError(f"format {self.format} is the digest: it takes no mart, columns or filters")
            return self
        if self.extracts and alone:
            raise ValueError("give either mart (with columns, filters, window_column) or extracts, not both")
        if self.mart is None and not self.extracts:
            raise ValueError("a mart is missing: give mart or extracts")
        if len(self.extracts) > 1 and self.format in ("csv", "parquet"):
            raise ValueError(f"a {self.format} file holds one mart: use xlsx, json or hyper, or a subscription for each")
        marts = [extract.mart for extract in self.extracts]
        if len(set(marts)) < len(marts):
            raise ValueError("a mart stands in extracts twice: give a subscription for each")
        return self


class Subscriptions(Model):
    """config/subscriptions.yml. `link_base_url`: where a signed link in a delivery's footer leads; its key is in RENOWN_LINK_KEY."""

    link_base_url: str | None = None
    subscriptions: list[Subscription] = []


class Notifications(Model):
    """config/notifications.yml: who hears of a failed task. Targets are apprise URLs, named by environment variable."""

    on_failure_env: list[str] = ["RENOWN_NOTIFY_URL"]
    on_failure_folder: str | None = "notifications"


class Settings(BaseModel):
    """Everything a room needs: the parsed config, the state's home, and the clock."""

    model_config = ConfigDict(frozen=True)

    home: Path
    config_dir: Path
    general: General
    banks: Banks
    sources: Sources
    queries: Queries
    topics: Topics
    departments: Departments
    hours: Hours
    severity: Severity
    replies: Replies
    press: Press
    incidents: Incidents
    duties: Duties
    employees: Employees
    targets: Targets
    campaigns: Campaigns
    places: Places
    subscriptions: Subscriptions
    notifications: Notifications
    alerts: Alerts = Alerts()
    oncall: Oncall = Oncall()
    playbook: Playbook = Playbook()
    config_version: str
    without_queries: str = ""
    as_of: datetime | None = None

    def now(self) -> datetime:
        """The present, in UTC: RENOWN_AS_OF where set (the sandbox's virtual clock), else the wall clock."""
        return self.as_of or datetime.now(UTC)

    def zone(self) -> ZoneInfo:
        """The home bank's time zone: days, weeks and months are cut there."""
        return ZoneInfo(self.general.timezone)

    def source(self, source_id: str) -> Source:
        """The configured source with this id. Raises KeyError if there is none."""
        return {source.id: source for source in self.sources.sources}[source_id]
