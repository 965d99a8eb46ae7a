"""Lines of a laboratory's report, as somebody copies them: a name, a number, a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinic.rules.risk.shape import Lab

# How laboratories write the labs of protocols/risk.yaml, in lower case without signs.
_NAMES = {
    "platelets": ("plt", "platelet", "plateletcount", "thrombocytes"),
    "anc": ("neutrophils", "neutrophilsabs", "absneutrophils", "absoluteneutrophilcount", "neut", "neutabs"),
    "hb": ("hgb", "hemoglobin", "haemoglobin"),
    "crp": ("creactiveprotein",),
    "ferritin": ("ferr",),
    "ldh": ("lactatedehydrogenase", "ld"),
    "creatinine": ("crea", "creat", "cr", "scr"),
    "igg": ("immunoglobuling",),
    "cd4": ("cd4abs", "cd4count", "cd3cd4"),
    "cd19": ("cd19abs", "cd19count", "bcells"),
    "lvef": ("ef", "ejectionfraction"),
    "bilirubin": ("bili", "bilirubintotal", "totalbilirubin", "tbili"),
    "fibrinogen": ("fib", "fibr", "fibrinogenclauss"),
}
_SPELLINGS = {spelling: lab for lab, names in _NAMES.items() for spelling in (lab, *names)}
_APART = re.compile(r"[\s:;=]+")
_NUMBER = re.compile(r"\d+(\.\d+)?")
# What a laboratory puts beside a number that is high or low.
_MARK = re.compile(r"[\[(]?(H|HH|L|LL|\*+)[\])]?")


@dataclass(frozen=True)
class PastedLab:
    """`unit` is empty where none is told that the lab can have: somebody must choose it."""

    lab: str
    value: str
    unit: str


@dataclass(frozen=True)
class Pasted:
    """`unread`: the lines that were left out, as they were; nothing is guessed."""

    labs: tuple[PastedLab, ...]
    unread: tuple[str, ...]


def read_lines(labs: Mapping[str, Lab], lines: Iterable[str]) -> Pasted:
    """What the lines say. Of a lab that stands there twice only the first line is read."""
    found: dict[str, PastedLab] = {}
    unread: list[str] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        one = _read(labs, text)
        if one is None or one.lab in found:
            unread.append(text)
        else:
            found[one.lab] = one
    return Pasted(labs=tuple(found.values()), unread=tuple(unread))


def _read(labs: Mapping[str, Lab], text: str) -> PastedLab | None:
    words = [word for word in _APART.split(text) if word]
    place = next((at for at, word in enumerate(words) if _NUMBER.fullmatch(word)), None)
    if place is None:
        return None
    lab = _SPELLINGS.get(re.sub(r"[^a-z0-9<>]", "", "".join(words[:place]).casefold()))
    if lab is None or lab not in labs:
        return None
    after = [word for word in words[place + 1 :] if not _MARK.fullmatch(word)]
    return PastedLab(lab=lab, value=words[place], unit=_unit(labs[lab], after[0] if after else ""))


def _unit(lab: Lab, told: str) -> str:
    """The unit as the document writes it, however it was cased; empty for another one."""
    wanted = told.replace("µ", "u").replace("μ", "u").casefold()
    return next((unit for unit in lab.units if unit.casefold() == wanted), "")
