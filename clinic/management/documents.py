"""Files and codes that commands are given: a protocol, worked cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from clinic import protocols
from clinic.rules.protocols.document.protocol import Protocol, ProtocolError

UNUSABLE = 2


class UnusableError(Exception):
    """Something that was named cannot be used; one line for each reason."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def protocol(named: str) -> Protocol:
    """The protocol of this code, or in this YAML or JSON file; raises UnusableError."""
    try:
        return Protocol.from_document(_document(named))
    except ProtocolError as error:
        raise UnusableError(*(f"{named}: {problem}" for problem in error.problems)) from error


def parsed(name: str) -> Any:
    """What stands in a YAML or JSON file; raises UnusableError."""
    try:
        return protocols.parse(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableError(f"{name}: the file cannot be read") from error
    except yaml.YAMLError as error:
        raise UnusableError(f"{name}: not YAML: {' '.join(str(error).split())}") from error


def _document(named: str) -> Any:
    if Path(named).is_file():
        return parsed(named)
    try:
        return protocols.default_document(named)
    except protocols.UnknownProtocolError as error:
        raise UnusableError(f"{named}: this is neither a protocol file nor a known code") from error
