"""One published version of a protocol, and those that it can be compared with."""

from dataclasses import dataclass

from clinic.access import get_protocol_version
from clinic.models import ProtocolVersion, User


@dataclass(frozen=True)
class VersionPage:
    """A version with its document; `others` are the same clinic's, newest first, without theirs."""

    version: ProtocolVersion
    clinic_name: str
    others: tuple[ProtocolVersion, ...]

    @property
    def is_current(self) -> bool:
        return all(other.number < self.version.number for other in self.others)

    @property
    def earlier(self) -> tuple[ProtocolVersion, ...]:
        return tuple(other for other in self.others if other.number < self.version.number)


def version_page(*, user: User, version_id: int) -> VersionPage:
    """What is read of a version. NotVisible."""
    version = get_protocol_version(user, version_id)
    others = ProtocolVersion.objects.filter(protocol=version.protocol_id).exclude(pk=version.pk)
    return VersionPage(
        version=version,
        clinic_name=version.protocol.clinic.name,
        others=tuple(others.select_related("published_by").order_by("-number")),
    )


def compared_with(page: VersionPage, asked: str) -> ProtocolVersion | None:
    """The earlier version with the number that was asked for, else the one just before; with its document."""
    wanted = next((one for one in page.earlier if str(one.number) == asked), None)
    older = wanted or next(iter(page.earlier), None)
    if older is None:
        return None
    return ProtocolVersion.objects.defer(None).get(pk=older.pk)
