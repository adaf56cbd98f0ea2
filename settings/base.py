"""What every file of config/ is made of: the strict base model, identifiers, time zones."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Language = Literal["en", "ru", "zh", "ar", "tr"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"unknown time zone '{name}'; use an IANA name such as Europe/Berlin")
    return name


TimeZone = Annotated[str, AfterValidator(_known_timezone)]


class Model(BaseModel):
    """Base of all config models: unknown keys are errors, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
