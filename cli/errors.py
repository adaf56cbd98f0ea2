"""Any failure as one line for people: what, where, the mend; no traceback, no password, no person's text.

    exception ──► explain() ──► (line, exit code)

Exit codes (docs/configuration.md): 1 a failure, 2 what the caller must mend (words, files, configuration, credentials), 3 no warehouse,
4 a quality gate holds the data back, 130 interrupted, 141 the reader of our output went; a RenownError: its own.
"""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

FAILURE, BAD_INPUT, WAREHOUSE_DOWN, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 130, 141
FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL = "disk full"
DISK_MEND = "free some space and run it again; what was committed is kept"
PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^@\s/]*@")


def explain(error: BaseException) -> tuple[str, int]:
    """The line to print and the exit code for any exception that reaches the command line."""
    from settings import RenownError

    if isinstance(error, RenownError):
        line, code = str(error), error.exit_code
    elif _is_disk_full(error):
        line, code = f"{DISK_FULL}{_at(error)}: {DISK_MEND}", FAILURE
    elif isinstance(error, KeyboardInterrupt):
        line, code = "interrupted: run it again to go on where it stopped", INTERRUPTED
    elif isinstance(error, OSError):
        line, code = _operating_system(error), FAILURE
    else:
        line, code = _database(error) or (_unexpected(error), FAILURE)
    return one_line(line), code


def one_line(text: str) -> str:
    """The text as one line, without passwords in addresses and without control characters."""
    folded = " ".join(part.strip() for part in text.splitlines() if part.strip())
    return PASSWORD.sub(r"\1:***@", "".join(c for c in folded if c.isprintable()))


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and those that it came from, outermost first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _is_disk_full(error: BaseException) -> bool:
    """ENOSPC or EDQUOT anywhere in the chain, or PostgreSQL's 53100 (disk_full, PostgreSQL manual, appendix A)."""
    return any(getattr(link, "errno", None) in FULL or getattr(link, "sqlstate", None) == "53100"
               for link in chain(error))


def _at(error: BaseException) -> str:
    names = [link.filename for link in chain(error) if isinstance(link, OSError) and link.filename]
    return f" while writing {names[0]}" if names else ""


def _operating_system(error: OSError) -> str:
    if error.strerror is None:  # a network library's error: its message may carry addresses with tokens
        return f"the connection failed ({type(error).__name__}): check that the other side is up, then run it again"
    if isinstance(error, FileNotFoundError):
        return f"{error.filename}: no such file or folder: check the path"
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror.lower()}"


def _database(error: BaseException) -> tuple[str, int] | None:
    """A PostgreSQL driver's error in the chain, or None. It may quote a row, so only a statement's code is shown."""
    for link in chain(error):
        if type(link).__module__.partition(".")[0] not in ("psycopg", "psycopg2"):
            continue
        state = getattr(link, "sqlstate", None) or getattr(link, "pgcode", None)
        if state == "42501":  # insufficient_privilege: its message names an object, never a row
            return f"the warehouse's login lacks a right ({first_line(link)}): docs/install_into_existing.md says what it needs", \
                FAILURE
        if state and not state.startswith(("08", "57P")):  # 08 connection exceptions, 57P operator intervention
            return f"the warehouse refused the statement (SQLSTATE {state}, {type(link).__name__}): " \
                   "run it again with --debug to see where", FAILURE
        if state or type(link).__name__ == "OperationalError":
            return f"the warehouse does not answer ({first_line(link)}): start it ('renown up') or correct " \
                   "RENOWN_WAREHOUSE_URL", WAREHOUSE_DOWN
    return None


def first_line(error: BaseException) -> str:
    """The first line of an exception's message, 200 characters at most."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:200]


def _unexpected(error: BaseException) -> str:
    """Type and place only: the message of an unknown error may carry somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{place}: run it again with --debug and report the traceback"
