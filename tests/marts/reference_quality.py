"""Corrected shares a second time, in plain Python: by what they are corrected, within a language and over all of them."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from typing import Any, NamedTuple

Z = statistics.NormalDist().inv_cdf(0.975)
LABELS = {"negative": (0.08, 0.045), "positive": (0.05, 0.02)}  # how far a bank's se and sp are taken to lie from its language's where nobody measured
Quality = dict[tuple[str, str, str], tuple[float, int, float, int]]


class Measured(NamedTuple):
    """By what a bank's items in a language are corrected; `se_spread`, `sp_spread` are variances between banks."""

    se: float
    n_se: int
    sp: float
    n_sp: int
    se_spread: float
    sp_spread: float
    is_spread_measured: bool
    basis: str


def of_bank(quality: Quality, label: str, language: str, bank: str) -> Measured | None:
    """The bank's own figures, where there are enough, else the language's; None where neither tells more than chance."""
    own = _evaluated(quality, label).get(language, {})
    if bank in own:
        return Measured(*own[bank], 0.0, 0.0, True, "bank")
    found = quality.get((label, language, ""))
    if found is None or found[0] + found[2] <= 1.1:
        return None
    spreads = {name: (_spread([(b[0], b[1]) for b in banks.values()]), _spread([(b[2], b[3]) for b in banks.values()]))
               for name, banks in _evaluated(quality, label).items() if len(banks) >= 3}
    if language in spreads:
        told = spreads[language]
    elif spreads:
        told = (statistics.fmean(s[0] for s in spreads.values()), statistics.fmean(s[1] for s in spreads.values()))
    else:
        told = (LABELS[label][0] ** 2, LABELS[label][1] ** 2)
    return Measured(*found, *told, bool(spreads), "language")


def _evaluated(quality: Quality, label: str) -> dict[str, dict[str, tuple[float, int, float, int]]]:
    """{language: {bank: figures}} of banks with enough texts of either kind."""
    found: dict[str, dict[str, tuple[float, int, float, int]]] = defaultdict(dict)
    for (of, language, bank), figures in quality.items():
        if of == label and bank and min(figures[1], figures[3]) >= 30 and figures[0] + figures[2] > 1.1:
            found[language][bank] = figures
    return found


def _spread(shares: list[tuple[float, int]]) -> float:
    """DerSimonian and Laird's tau squared of shares (x, n), weights by the pooled share's binomial variance."""
    pooled = sum(x * n for x, n in shares) / sum(n for _, n in shares)
    if pooled in (0.0, 1.0):
        return 0.0
    weights = [n / (pooled * (1 - pooled)) for _, n in shares]
    heterogeneity = sum(w * (x - pooled) ** 2 for w, (x, _) in zip(weights, shares, strict=True))
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return max(0.0, (heterogeneity - (len(shares) - 1)) / scale)


def estimate(k: int, n: int, by: Measured) -> tuple[float, float, float]:
    """(share, variance of sampling items and texts, variance between banks): Rogan and Gladen 1978, by the delta method."""
    youden, q = by.se + by.sp - 1, k / n
    p = min(1.0, max(0.0, (q + by.sp - 1) / youden))
    sampled = q * (1 - q) / n + p**2 * by.se * (1 - by.se) / by.n_se + (1 - p) ** 2 * by.sp * (1 - by.sp) / by.n_sp
    return p, sampled / youden**2, (p**2 * by.se_spread + (1 - p) ** 2 * by.sp_spread) / youden**2


def corrected_row(label: str, found: dict[str, tuple[int, int]], quality: Quality, bank: str, language: str, min_n: int) -> dict[str, Any]:
    """The columns of a corrected share of the items (label's count, all) by language; `language` names one of them, or all."""
    names = (f"{label}_pct_corrected", f"{label}_pct_corrected_lower", f"{label}_pct_corrected_upper", f"{label}_measured_count",
             f"{label}_sensitivity", f"{label}_specificity", f"{label}_basis")
    by = {name: told for name in found if (told := of_bank(quality, label, name, bank)) is not None}
    total, measured = sum(n for _, n in found.values()), sum(found[name][1] for name in by)
    if not measured or measured < 0.95 * total:
        return dict.fromkeys(names)
    estimates = [(found[name][1] / measured, estimate(*found[name], told), told) for name, told in by.items()]
    p = sum(weight * share for weight, (share, _, _), _ in estimates)
    alone = language != "all"
    error = math.sqrt(sum(weight**2 * (sampled + (spread if told.is_spread_measured or not alone else 0.0))
                          for weight, (_, sampled, spread), told in estimates))
    known = measured / total
    shown = (100 * p, 100 * known * max(0.0, p - Z * error), 100 * (known * min(1.0, p + Z * error) + 1 - known))
    one = next(iter(by.values())) if alone else None
    bases = {told.basis for told in by.values()}
    return dict(zip(names, (*(shown if total >= min_n else (None, None, None)), measured, one and one.se, one and one.sp,
                            bases.pop() if len(bases) == 1 else "mixed"), strict=True))
