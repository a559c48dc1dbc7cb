"""The parameters of the signatures. Whoever changes one changes stored data: the archive must be rebuilt."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

__all__ = ["CONFIG", "CONFIG_DIGEST", "CONTAINED", "CONTAINED_SYLLABLES", "NEAR", "SignatureConfig"]

NEAR = 0.8  # Jaccard of the shingle sets from which two texts are near copies
CONTAINED = 0.9  # share of the shorter's shingles that the longer holds
CONTAINED_SYLLABLES = 80  # a shorter text consists of formulae that many texts share


@dataclass(frozen=True, slots=True)
class SignatureConfig:
    """Everything that a stored signature and its index keys depend on."""

    fold: int = 1  # version of `archive.text.fold_key` and of what a syllable is
    shingle: int = 5  # syllables
    shingle_hash: str = "blake2b64-poly-fmix64"
    scheme: str = "affine32"  # datasketch 2.0
    permutations: int = 128
    seed: int = 1
    window: int = 32  # shingles in a row of which the least is an anchor
    rows: int = 4  # values of the signature in a band
    # From so many syllables on: how many bands are keys.
    bands: tuple[tuple[int, int], ...] = ((0, 11), (80, 6), (160, 4))
    key_bits: int = 36  # of which the lowest tells spans from bands

    def bands_of(self, syllables: int) -> int:
        """Return how many bands of a text of so many syllables are keys: the longer it is, the fewer."""
        return next(bands for least, bands in reversed(self.bands) if syllables >= least)

    def digest(self) -> str:
        """Return 16 hexadecimal digits that change when any parameter changes."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(canonical.encode(), digest_size=8).hexdigest()


CONFIG = SignatureConfig()
CONFIG_DIGEST = CONFIG.digest()
