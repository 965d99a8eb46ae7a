"""What can be told of a spoken sentence without ears: its length, how much is silent, its digits."""

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

# Parts of a second over which loudness is judged, and below which share of the loudest one it is silence.
_PARTS_A_SECOND = 50
_QUIET = 0.02
# Stress, length and tone, which differ with the neighbours of a word; and what Spanish makes of d and b.
_NEIGHBOURS = str.maketrans({"ð": "d", "β": "b"}) | str.maketrans("", "", "ˈˌː0123456789ɜʕ-‿")
_ALONE = re.compile(r"(?<![0-9])[0-9](?![0-9])")


@dataclass(frozen=True)
class Sound:
    """Seconds, and the share of them that is silent, 0 to 1."""

    seconds: float
    silent: float


def measure(samples: bytes, rate: int) -> Sound:
    """Of one channel with 16 bits a sample, as a speech engine writes it."""
    loudness = array("h", samples[: len(samples) // 2 * 2])
    size = max(1, rate // _PARTS_A_SECOND)
    peaks = [max(map(abs, loudness[at : at + size])) for at in range(0, len(loudness), size)]
    loudest = max(peaks, default=0)
    silent = sum(peak <= loudest * _QUIET for peak in peaks)
    return Sound(len(loudness) / rate, silent / len(peaks) if peaks else 1.0)


def digits_alone(words: str) -> str:
    """The digits of a sentence that are read one by one, in their order."""
    return "".join(_ALONE.findall(words))


def has_digits_in_order(phonemes: str, expected: str, said: Mapping[str, str]) -> bool:
    """Whether the expected digits are spoken one after the other; `said` is how each is spoken alone."""
    spoken = "".join(phonemes.translate(_NEIGHBOURS).split())
    at = 0
    for digit in expected:
        sound = "".join(said[digit].translate(_NEIGHBOURS).split())
        found = spoken.find(sound, at)
        if not sound or found < 0:
            return False
        at = found + len(sound)
    return True
