"""What came up in the four weeks before the story, and what staff did about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from clinic.models.escalation import Outcome

QUIET = "Their phone had no power; all is as usual. Reminded them of the second number."


@dataclass(frozen=True)
class Episode:
    """A report on a day so long ago, at this clock where the patient is, and what followed.

    `taken_after` in minutes. `silent_days`: so long no report comes afterwards; in hospital after an
    admission, and otherwise because the family leaves it.
    """

    patient: str
    days_ago: int
    answers: Mapping[str, Any]
    clock: time = time(10, 20)
    taken_after: int = 9
    note: str = "Spoke with the family: as written, nothing new. They know when to call."
    outcome: str = Outcome.ADVICE_GIVEN
    silent_days: int = 0


EPISODES = (
    Episode(
        "samuel",
        24,
        {"temp_value": 101.3, "chills": 2},
        clock=time(2, 40),
        taken_after=6,
        note="Ngozi says he shakes. They leave for our emergency room; the ward knows.",
        outcome=Outcome.ADMITTED,
        silent_days=3,
    ),
    Episode(
        "ruth",
        22,
        {"temp_value": 100.9, "worry": 1},
        taken_after=4,
        note="Seen in the day unit at noon. Cultures taken, antibiotics by mouth, home again.",
        outcome=Outcome.CLINIC_VISIT,
    ),
    Episode(
        "carmen",
        20,
        {"handwriting": 1, "headache": 2},
        taken_after=5,
        note="Luis reads the sentence to me; she answers clearly. Dr. Marsh sees her this morning.",
        outcome=Outcome.CLINIC_VISIT,
    ),
    Episode(
        "linh",
        18,
        {"vomiting": 2, "intake": 2},
        clock=time(19, 30),
        taken_after=12,
        note="Keeps small sips down since seven. Minh has the tablets there and calls if it comes back.",
    ),
    Episode(
        "peter",
        16,
        {"breathing": 2, "cough": 1},
        taken_after=7,
        note="Short of breath on the stairs since yesterday. Comes in at two for a chest picture.",
        outcome=Outcome.CLINIC_VISIT,
    ),
    Episode(
        "harold",
        15,
        {"diarrhea": 2, "diarrhea_days": 2},
        taken_after=38,
        note="Five times since the morning, drinks well. Stool sample tomorrow.",
    ),
    Episode("wei", 13, {"skin_site": 2}, taken_after=26, note="The picture shows it dry, no pus."),
    Episode(
        "dorothy",
        11,
        {"temp_value": 100.6},
        clock=time(6, 10),
        taken_after=3,
        note="100.6 twice, no chills. Dr. Marsh has her come in at eight.",
        outcome=Outcome.CLINIC_VISIT,
    ),
    Episode("irene", 10, {"dizzy_fall": 2}, taken_after=14, note="Stood up quickly, did not hit her head."),
    Episode("george", 9, {"heart": 2}, clock=time(21, 5), taken_after=8, note="Gone after a rest; pulse 84."),
    Episode("ruth", 8, {"pain": 2, "activity": 2}, taken_after=31, silent_days=3),
    Episode(
        "james",
        7,
        {"temp_value": 100.7, "cough": 2},
        taken_after=5,
        note="Coughs since Sunday. Virus swab this afternoon; immunoglobulins are low.",
        outcome=Outcome.CLINIC_VISIT,
    ),
    Episode(
        "linh", 6, {"bleeding": 1, "skin_site": 1}, taken_after=19, note="Gums bled a little; a count is due."
    ),
    Episode(
        "aisha",
        5,
        {"worry": 2},
        clock=time(16, 45),
        taken_after=22,
        note="Omar is worried about the weekend. Went through the signs with him.",
    ),
)
