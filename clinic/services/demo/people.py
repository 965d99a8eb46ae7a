"""Who is in the demo. Names are made up; the phone numbers are those reserved for fiction (555-01xx)."""

from dataclasses import dataclass, field
from datetime import date

PASSWORD = "kin-watch-demo"  # noqa: S105 - printed on purpose, for made-up people only

WEEKDAYS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass(frozen=True)
class DemoClinic:
    """A tenant."""

    slug: str
    name: str
    sms_brand: str
    time_zone: str
    line_phone: str
    clinic_phone: str
    languages: tuple[str, ...]
    keeps_shared_guidance: bool = False
    keypad_phone: str | None = None


@dataclass(frozen=True)
class DemoStaff:
    """One person at one clinic; `on_call` is the place in the paging order, None for nobody's page."""

    clinic: str
    email: str
    name: str
    role: str
    phone: str
    on_call: int | None = None


@dataclass(frozen=True)
class DemoPatient:
    """`day` counts from the infusion; `key` is what the story calls the patient.

    `is_home`: monitored; the others are being prepared for going home.
    """

    key: str
    clinic: str
    given_name: str
    family_name: str
    day: int
    product: str
    target: str
    disease: str = "LBCL"
    tier: str = "standard"
    language: str = "en"
    immune_risk: bool = False
    born: date = date(1958, 5, 17)
    is_home: bool = True
    minutes_to_centre: int | None = 25
    nearest_emergency: str = ""


@dataclass(frozen=True)
class DemoCaregiver:
    """A family member with the patients (keys) that they look after."""

    phone: str
    name: str
    relation: str
    patients: tuple[str, ...]
    language: str = "en"
    temperature_unit: str = field(default="F")


CLINICS = (
    DemoClinic(
        slug="harbor",
        name="Harbor Cell Therapy Clinic",
        sms_brand="Harbor Clinic",
        time_zone="America/New_York",
        line_phone="+16175550100",
        clinic_phone="+16175550101",
        keeps_shared_guidance=True,
        languages=("es", "zh-hans", "ar", "vi"),
        keypad_phone="+16175550102",
    ),
    DemoClinic(
        slug="mesa",
        name="Mesa Valley Cancer Center",
        sms_brand="Mesa Valley",
        time_zone="America/Denver",
        line_phone="+13035550100",
        clinic_phone="+13035550101",
        languages=("es",),
    ),
)

STAFF = (
    DemoStaff("harbor", "nurse@harbor.example", "Rosa Delgado", "nurse", "+16175550110", on_call=0),
    DemoStaff("harbor", "nurse2@harbor.example", "Ben Achterberg", "nurse", "+16175550111", on_call=1),
    DemoStaff("harbor", "physician@harbor.example", "Priya Raman", "physician", "+16175550112", on_call=2),
    DemoStaff("harbor", "educator@harbor.example", "Ellen Park", "educator", "+16175550113"),
    DemoStaff("harbor", "educator2@harbor.example", "Miguel Ortiz", "educator", "+16175550115"),
    DemoStaff("harbor", "admin@harbor.example", "Tom Whitfield", "administrator", "+16175550114"),
    DemoStaff("harbor", "social@harbor.example", "Lena Fischer", "social_worker", "+16175550116"),
    DemoStaff("mesa", "nurse@mesa.example", "Dana Yazzie", "nurse", "+13035550110", on_call=0),
    DemoStaff("mesa", "physician@mesa.example", "Owen Marsh", "physician", "+13035550111", on_call=1),
    DemoStaff("mesa", "educator@mesa.example", "Noor Haddad", "educator", "+13035550112"),
    DemoStaff("mesa", "admin@mesa.example", "Carla Benson", "administrator", "+13035550113"),
)

# The rota, with the primary layer filled day and night: (clinic, layer, e-mail, weekdays, from, to).
_WORKDAYS, _EVERY_DAY = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
SHIFTS = (
    ("harbor", "primary", "nurse@harbor.example", _EVERY_DAY, "07:00", "19:00"),
    ("harbor", "primary", "nurse2@harbor.example", _EVERY_DAY, "19:00", "07:00"),
    ("harbor", "backup", "nurse2@harbor.example", _WORKDAYS, "07:00", "12:00"),
    ("harbor", "physician", "physician@harbor.example", _EVERY_DAY, "08:00", "08:00"),
    ("mesa", "primary", "nurse@mesa.example", _EVERY_DAY, "06:00", "06:00"),
    ("mesa", "physician", "physician@mesa.example", _EVERY_DAY, "08:00", "08:00"),
)

PATIENTS = (
    DemoPatient("walter", "harbor", "Walter", "Hughes", -3, "axi-cel", "CD19", is_home=False),
    DemoPatient(
        "maria",
        "harbor",
        "Maria",
        "Santos",
        4,
        "axi-cel",
        "CD19",
        tier="high",
        language="es",
        born=date(1971, 2, 9),
    ),
    DemoPatient("george", "harbor", "George", "Whitaker", 12, "brexu-cel", "CD19", "MCL"),
    DemoPatient("aisha", "harbor", "Aisha", "Karim", 45, "liso-cel", "CD19", born=date(1985, 11, 30)),
    DemoPatient(
        "robert",
        "harbor",
        "Robert",
        "Lin",
        130,
        "cilta-cel",
        "BCMA",
        "MM",
        immune_risk=True,
        born=date(1949, 7, 3),
    ),
    DemoPatient("helen", "harbor", "Helen", "Novak", 400, "tisa-cel", "CD19", born=date(1952, 1, 25)),
    DemoPatient(
        "frank",
        "mesa",
        "Frank",
        "Ortega",
        6,
        "ide-cel",
        "BCMA",
        "MM",
        born=date(1963, 9, 12),
        minutes_to_centre=95,
        nearest_emergency="San Juan Regional, Farmington",
    ),
    DemoPatient("dorothy", "mesa", "Dorothy", "Blake", 21, "brexu-cel", "CD19", "MCL", born=date(1946, 4, 4)),
)

# They come with the four weeks of history, and only to a database in which no demo was before.
LONG_KNOWN = (
    DemoPatient("ruth", "harbor", "Ruth", "Adler", 29, "axi-cel", "CD19", born=date(1961, 10, 2)),
    DemoPatient(
        "linh", "harbor", "Linh", "Tran", 33, "liso-cel", "CD19", language="vi", born=date(1968, 6, 21)
    ),
    DemoPatient("samuel", "harbor", "Samuel", "Okafor", 38, "axi-cel", "CD19", born=date(1955, 12, 14)),
    DemoPatient(
        "peter", "harbor", "Peter", "Lindqvist", 52, "brexu-cel", "CD19", "MCL", born=date(1950, 3, 8)
    ),
    DemoPatient("wei", "harbor", "Wei", "Zhang", 66, "liso-cel", "CD19", born=date(1973, 8, 30)),
    DemoPatient("irene", "harbor", "Irene", "Kowalski", 88, "tisa-cel", "CD19", born=date(1947, 1, 19)),
    DemoPatient("james", "harbor", "James", "Bell", 210, "cilta-cel", "BCMA", "MM", born=date(1959, 11, 5)),
    DemoPatient(
        "carmen",
        "mesa",
        "Carmen",
        "Ruiz",
        31,
        "cilta-cel",
        "BCMA",
        "MM",
        language="es",
        born=date(1964, 7, 16),
    ),
    DemoPatient("harold", "mesa", "Harold", "Greene", 75, "axi-cel", "CD19", born=date(1951, 5, 27)),
)

CAREGIVERS = (
    DemoCaregiver("+16175550131", "June Whitaker", "wife", ("george",)),
    DemoCaregiver("+16175550132", "Daniel Whitaker", "son", ("george",)),
    DemoCaregiver("+16175550133", "Omar Karim", "husband", ("aisha",)),
    DemoCaregiver("+16175550134", "Grace Lin", "daughter", ("robert", "helen")),
    DemoCaregiver("+16175550141", "Elena Santos", "hija", ("maria",), language="es", temperature_unit="C"),
    DemoCaregiver("+16175550191", "Salma Karim", "sister", ("aisha",), language="ar", temperature_unit="C"),
    DemoCaregiver("+13035550161", "Lucy Ortega", "wife", ("frank",)),
    DemoCaregiver("+13035550162", "Sam Blake", "husband", ("dorothy",)),
)

LONG_KNOWN_CAREGIVERS = (
    DemoCaregiver("+16175550142", "Naomi Adler", "daughter", ("ruth",)),
    DemoCaregiver("+16175550143", "Minh Tran", "con trai", ("linh",), language="vi", temperature_unit="C"),
    DemoCaregiver("+16175550144", "Ngozi Okafor", "wife", ("samuel",)),
    DemoCaregiver("+16175550145", "Karin Lindqvist", "wife", ("peter",)),
    DemoCaregiver("+16175550146", "Li Na Zhang", "wife", ("wei",), temperature_unit="C"),
    DemoCaregiver("+16175550147", "Adam Kowalski", "son", ("irene",)),
    DemoCaregiver("+16175550148", "Denise Bell", "wife", ("james",)),
    DemoCaregiver("+13035550163", "Luis Ruiz", "hijo", ("carmen",), language="es", temperature_unit="C"),
    DemoCaregiver("+13035550164", "Joan Greene", "wife", ("harold",)),
)

# Not redeemed: whoever tries the demo can join with it.
INVITED = DemoCaregiver("+16175550150", "Nora Hughes", "daughter", ("walter",))
