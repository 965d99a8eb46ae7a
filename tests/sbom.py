"""`make sbom`: what Kinwatch is made of, as CycloneDX JSON, from the locks alone and without a network.

Parts that production runs on are "required"; those of tests and checks, of Python and of JavaScript, are
"excluded", CycloneDX's word for what is not delivered. The same locks give the same list, but for its number
and date.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main(root: Path) -> int:
    """Writes the list to standard output."""
    print(make_outputter(bom_of(root), OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2))
    return 0


def bom_of(root: Path) -> Bom:
    """The parts that are locked under `root`."""
    parts = [*_python(root), *_javascript(root)]
    bom = Bom(components=parts)
    bom.metadata.component = Component(name="kinwatch", type=ComponentType.APPLICATION, bom_ref="kinwatch")
    # Locks are flat: who asks for whom is not in Python's.
    bom.register_dependency(bom.metadata.component, parts)
    return bom


def _python(root: Path) -> Iterator[Component]:
    """The lock for tests holds all of production's."""
    delivered = {part for part, _ in _pins(root / "requirements.txt")}
    for (name, version), hashes in _pins(root / "requirements-dev.txt"):
        yield _component(
            PackageURL("pypi", name=name, version=version),
            is_delivered=(name, version) in delivered,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in hashes],
        )


def _pins(lock: Path) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Name, version and the hashes of every file that may be installed for it."""
    # One entry is a line that goes on, and a package may stand there once for each version of Python.
    entries = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for entry in entries:
        if found := _PINNED.match(entry):
            name = re.sub(r"[-_.]+", "-", found[1]).lower()
            yield (name, found[2]), _HASH.findall(entry)


def _javascript(root: Path) -> Iterator[Component]:
    """What checks scripts. None of it is delivered: browsers get what stands in static/."""
    packages: dict[str, dict[str, Any]] = json.loads((root / "package-lock.json").read_text())["packages"]
    seen = set()
    for path, locked in packages.items():
        name = locked.get("name") or path.rpartition("node_modules/")[2]
        if not path or (name, locked["version"]) in seen:
            continue
        seen.add((name, locked["version"]))
        namespace, _, short = name.rpartition("/")
        yield _component(
            PackageURL("npm", namespace=namespace or None, name=short, version=locked["version"]),
            is_delivered=False,
            hashes=list(_integrity(locked.get("integrity", ""))),
        )


def _integrity(text: str) -> Iterator[HashType]:
    kinds = {"sha512": HashAlgorithm.SHA_512, "sha1": HashAlgorithm.SHA_1}
    for one in text.split():
        kind, _, digest = one.partition("-")
        yield HashType(alg=kinds[kind], content=base64.b64decode(digest).hex())


def _component(url: PackageURL, *, is_delivered: bool, hashes: list[HashType]) -> Component:
    # A part is delivered in several files, so hashes belong to its distribution, not to the part.
    distribution = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(str(url)), hashes=hashes
    )
    return Component(
        name=url.name,
        group=url.namespace,
        version=url.version,
        purl=url,
        bom_ref=str(url),
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if is_delivered else ComponentScope.EXCLUDED,
        external_references=[distribution],
    )


if __name__ == "__main__":
    sys.exit(main(ROOT))
