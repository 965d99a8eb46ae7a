"""Protocol documents that ship with the product, and the vignettes that test them."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import yaml

P = ParamSpec("P")
R = TypeVar("R")

_HERE = Path(__file__).parent

_CODE = re.compile(r"[a-z][a-z0-9-]*")


# What the made-up patient of the weekly test reports: urgent by the default protocol (a test holds it), and
# by any protocol in which fever is.
WEEKLY_TEST_ANSWERS = {"temp_value": 38.6, "temp_unit": "C"}


class UnknownProtocolError(LookupError):
    """No protocol with this code ships with the product."""


# libyaml reads the protocol twelve times as fast as Python does; not every build of the library has it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):
    """Refuses a map that states a key twice: plain YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key}” is stated twice", key_node.start_mark
                )
            seen.add(key)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


def parse(text: str) -> Any:
    """What a YAML (or JSON) text holds; raises yaml.YAMLError."""
    return yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a SafeLoader


def _read_once(read: Callable[P, R]) -> Callable[P, R]:
    """Reads a file once a process; every caller gets a copy that is its own to change."""
    # The cache asks for arguments that can be hashed, which a signature cannot say.
    packed: Any = lru_cache(lambda *args, **kwargs: pickle.dumps(read(*args, **kwargs)))

    @wraps(read)
    def own(*args: P.args, **kwargs: P.kwargs) -> R:
        # Unpacking takes a third of the time of copying what was read.
        found: R = pickle.loads(packed(*args, **kwargs))  # noqa: S301  nobody else packed it
        return found

    return own


@_read_once
def default_document(code: str = "car-t") -> dict[str, Any]:
    """The protocol document with this code."""
    document = dict(parse(_path(code, "yaml").read_text(encoding="utf-8")))
    catalogues = [parse(path.read_text(encoding="utf-8")) for path in _catalogues(code)]
    document["languages"] = [*document["languages"], *(one["language"] for one in catalogues)]
    return dict(_spoken(document, catalogues))


@_read_once
def default_vignettes(code: str = "car-t") -> list[dict[str, Any]]:
    """The worked cases that this protocol must pass."""
    return list(parse(_path(code, "vignettes.yaml").read_text(encoding="utf-8"))["vignettes"])


@_read_once
def windows_document() -> dict[str, Any]:
    """How long after the infusion, by product and label."""
    return dict(parse((_HERE / "windows.yaml").read_text(encoding="utf-8")))


@_read_once
def products_document() -> dict[str, Any]:
    """The approved products and what they aim at."""
    return dict(parse((_HERE / "products.yaml").read_text(encoding="utf-8")))


@_read_once
def risk_document() -> dict[str, Any]:
    """What is computed of a patient's own risk."""
    return dict(parse((_HERE / "risk.yaml").read_text(encoding="utf-8")))


@_read_once
def risk_cases() -> list[dict[str, Any]]:
    """The worked cases that the document of risk must pass."""
    return list(parse((_HERE / "risk.vignettes.yaml").read_text(encoding="utf-8"))["cases"])


@_read_once
def outcomes_example() -> dict[str, Any]:
    """Made-up people, and the clinic's figures that must come of them."""
    return dict(parse((_HERE / "outcomes.example.yaml").read_text(encoding="utf-8")))


@_read_once
def cohort_document() -> dict[str, Any]:
    """What is assumed of the invented cohort that protocols are tried on."""
    return dict(parse((_HERE / "cohort.yaml").read_text(encoding="utf-8")))


def _catalogues(code: str) -> list[Path]:
    """`car_t.<language>.yaml`: English texts and what they are in one more language."""
    name = code.replace("-", "_")
    return sorted(path for path in _HERE.glob(f"{name}.*.yaml") if path.name != f"{name}.vignettes.yaml")


def _spoken(node: Any, catalogues: list[dict[str, Any]]) -> Any:
    """The document with every text in the catalogues' languages too. What a catalogue lacks stays out:
    the reader of the document then names the place."""
    if isinstance(node, list):
        return [_spoken(one, catalogues) for one in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"en", "es"}:
        more = {one["language"]: one["texts"][node["en"]] for one in catalogues if node["en"] in one["texts"]}
        return {**node, **more}
    return {key: _spoken(value, catalogues) for key, value in node.items()}


def _path(code: str, ending: str) -> Path:
    path = _HERE / f"{code.replace('-', '_')}.{ending}"
    if not _CODE.fullmatch(code) or not path.is_file():
        raise UnknownProtocolError(code)
    return path
