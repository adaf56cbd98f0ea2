"""Who wrote: the accounts that banks keep, as config/banks.yml lists them."""

from __future__ import annotations

from settings import Settings


def official_accounts(settings: Settings) -> dict[tuple[str, str], str]:
    """(platform, lower-cased handle or page id) → bank id."""
    accounts: dict[tuple[str, str], str] = {}
    for bank in settings.banks.banks:
        for listed in (bank.handles, bank.pages):
            accounts |= {(platform, name.lower()): bank.id for platform, names in listed.items() for name in names}
    return accounts
