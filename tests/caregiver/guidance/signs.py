"""The signs that stand in the lists of who to call, with what a family would answer of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clinic.rules.protocols.scoring.assessment import NO_HISTORY, History, PastReport

EARLY = (10,)
LATE = (60, 200)
ANY = EARLY + LATE
FEVER = {"temp_value": 38.5}
WARM = {"temp_value": 37.6}
BCMA = {"target": "BCMA"}

# Nothing was wrong in a report of two days ago.
WELL_TWO_DAYS_AGO = History((PastReport(48.0, {"temp_value": 36.8}),))

# Sign: answers, and the days, the patient and the reports before that the sign itself names.
Case = tuple[Mapping[str, Any], tuple[int, ...], Mapping[str, Any], History]


def of(
    days: tuple[int, ...] = ANY,
    patient: Mapping[str, Any] | None = None,
    before: History = NO_HISTORY,
    **answers: Any,
) -> Case:
    return {"temp_value": 36.8, **answers}, days, patient or {}, before


# A person whose usual oxygen is low is judged by the change alone.
LOW_OXYGEN = {"baseline": {"spo2": 90}}


def flag(name: str) -> Case:
    return of(red_flags=[name])


SIGNS: dict[str, list[Case]] = {
    # Emergency
    "They will not wake up": [flag("cannot_wake")],
    "wake only when you touch them": [of(alertness=3)],
    "They have a seizure": [flag("seizure")],
    "They fight to breathe": [flag("struggling_to_breathe")],
    "get no air at rest": [of(breathing=3)],
    "The lips look blue": [flag("struggling_to_breathe")],
    "They have chest pain, or they passed out": [
        flag("chest_pain_or_collapse"),
        of(heart=3),
        of(dizzy_fall=3),
        of(dizzy_fall=3, intake=2, diarrhea=2),
    ],
    "The chest hurts": [of(heart=3)],
    "They pass out": [of(dizzy_fall=3)],
    "They passed out": [of(dizzy_fall=3)],
    "They fell and hit the head, or got hurt": [of(dizzy_fall=3)],
    "The face droops": [flag("face_or_one_side")],
    "One side is weak": [flag("face_or_one_side")],
    "Speech or sight is lost all at once": [flag("face_or_one_side")],
    "They make no sense": [of(confusion=3)],
    "They cannot talk": [of(speech=3)],
    "They bleed, and it will not stop": [flag("bleeding_wont_stop")],
    "The stool is black, or they throw up blood": [of(bleeding=3)],
    "The worst headache ever": [flag("worst_headache")],
    "The face or tongue swells": [flag("face_or_tongue_swelling")],
    "40.0 °C (104.0 °F) or more": [of(temp_value=40.0)],
    "They have a fever and are slow": [of(EARLY, confusion=1, **FEVER), of(confusion=2, **FEVER)],
    "They have a fever and are mixed up": [of(confusion=2, **FEVER)],
    "They have a fever and cannot find words": [of(EARLY, speech=1, **FEVER)],
    "They have a fever and get out of breath when they talk": [of(breathing=2, **FEVER)],
    "They have a fever and cannot get their breath": [of(breathing=2, **FEVER)],
    "They have a fever and almost pass out": [of(dizzy_fall=2, **FEVER)],
    "They have a fever and pass out, or almost do": [of(dizzy_fall=2, **FEVER)],
    "They have a fever and very bad pain": [of(pain=3, **FEVER)],
    "They have very bad pain, and a fever or loose stools": [of(pain=3, **FEVER), of(pain=3, diarrhea=2)],
    "They have very bad pain and loose stools": [of(pain=3, diarrhea=2)],
    "They have very bad pain and a fever": [of(pain=3, **FEVER)],
    "They have a very bad headache and throw up": [of(headache=3, vomiting=2)],
    "They have a very bad headache and a fever": [of(headache=3, **FEVER)],
    "They have a very bad headache and are slow": [of(headache=3, confusion=1)],
    "They get 2 points or less": [of(home_check=2)],
    "They have bruises, and a headache that will not ease": [of(bleeding=1, headache=2)],
    "They bleed or bruise, and are slow": [of(bleeding=1, confusion=1)],
    "below 90, and they almost pass out": [of(sbp=85, dizzy_fall=2)],
    "below 90, and they are mixed up": [of(sbp=85, confusion=1)],
    "below 90, and they have a fever": [of(sbp=85, **FEVER)],
    "The top blood pressure number is 79 or less": [of(sbp=79)],
    "Oxygen is 89 or less": [of(spo2=89), of(patient=LOW_OXYGEN, spo2=85), of(patient=LOW_OXYGEN, spo2=87)],
    "With a fever, 91 or less": [of(spo2=91, **FEVER)],
    "Oxygen is 93 or less, and they cannot talk with ease": [of(spo2=93, breathing=2)],
    "The pulse is 130 or more, and they have a fever": [of(pulse=130, **FEVER)],
    # Urgent
    "below 35.0 °C (95.0 °F), or below 36.0 °C (96.8 °F) and they seem ill": [
        of(temp_value=34.9),
        of(temp_value=35.5, activity=2),
    ],
    "they are dizzy, or have bruises or bleed": [of(dizzy_fall=1, **WARM), of(bleeding=1, **WARM)],
    "In the first 30 days, a bad cough or a strong headache came within a week": [
        of(EARLY, before=WELL_TWO_DAYS_AGO, cough=2),
        of(EARLY, before=WELL_TWO_DAYS_AGO, headache=2),
    ],
    "They are in bed most of the day, and feel cold, cough a lot or bleed": [
        of(activity=2, chills=1),
        of(activity=2, cough=2),
        of(activity=2, bleeding=1),
    ],
    "Oxygen is 93 or less, or 4 or more below their usual number": [
        of(spo2=90),
        of(EARLY, spo2=93),
        of(patient={"baseline": {"spo2": 100}}, spo2=96),
        of(patient={"baseline": {"spo2": 99}}, spo2=95),
        of(LATE, {"baseline": {"spo2": 97}}, spo2=93),
    ],
    "A fever of 38.0": [of(temp_value=38.0), of(temp_value=38.0, bleeding=1)],
    "They have a fever of 38.0": [of(temp_value=38.0)],
    "The temperature is 38.0": [of(temp_value=38.0)],
    "they feel cold, shiver or shake": [of(chills=1, **WARM)],
    "they took a fever or pain pill in the last 6 hours": [of(EARLY, antipyretic_6h=True, **WARM)],
    "they took a steroid in the last 2 days": [of(EARLY, steroid_48h=True, **WARM)],
    "after a fever pill or a steroid": [of(EARLY, steroid_48h=True, **WARM)],
    "their blood counts are low, or their risk is high": [
        of(patient={"neutropenia": True}, **WARM),
        of(patient={"tier": "high"}, **WARM),
    ],
    "They shiver, or shake hard": [of(EARLY, chills=2), of(EARLY, chills=3)],
    "hivering or hard shaking from cold": [
        of(chills=2),
        of(chills=3),
        of(LATE, {"immune_risk": True}, chills=2),
    ],
    "Shivering, or hard shaking from cold": [of(EARLY, chills=2)],
    "Hard shaking from cold, even with no fever": [of(chills=3)],
    "any shivering": [of(EARLY, chills=2)],
    "In the first 30 days, they are slower, forget things or cannot find words": [
        of(EARLY, confusion=1),
        of(EARLY, speech=1),
    ],
    "they are slower or forget things": [of(EARLY, confusion=1)],
    "They are slower, or cannot find words": [of(EARLY, confusion=1), of(EARLY, speech=1)],
    "they cannot find words": [of(EARLY, speech=1)],
    "They mix up the day": [of(confusion=2)],
    "They say wrong words": [of(speech=2)],
    "wake only when you speak": [of(alertness=2)],
    "They cannot write": [of(handwriting=3)],
    "In the first 30 days, the writing is very different": [of(EARLY, handwriting=2)],
    "the writing is a bit off and they also shake": [of(EARLY, handwriting=1, movement=1)],
    "Two small changes come together in the first 30 days": [of(EARLY, movement=1, alertness=1)],
    "they lose two points or more": [of(EARLY, home_check=8)],
    "they lose one point": [of(EARLY, home_check=9)],
    "They have 6 points or less": [
        of(home_check=6),
        of(patient={"baseline": {"home_check": 7}}, home_check=6),
    ],
    "a point is lost and one more thing has changed": [
        of(EARLY, home_check=9, handwriting=1),
        of(EARLY, home_check=9, movement=1),
        of(EARLY, home_check=9, alertness=1),
        of(EARLY, home_check=9, confusion=1),
        of(EARLY, home_check=9, speech=1),
    ],
    "They shake or jerk so that tasks are hard": [of(EARLY, movement=2)],
    "they are so slow or stiff that tasks are hard": [of(EARLY, BCMA, movement=2)],
    "They cannot hold things, or cannot walk": [of(movement=3)],
    "The neck is stiff, or the headache is very bad": [of(headache=3)],
    "short of breath on a short walk": [of(breathing=2)],
    "hort of breath when they talk": [of(breathing=2)],
    "The heart races": [of(heart=2)],
    "The chest feels odd": [of(heart=2)],
    "They almost passed out, or they fell": [of(dizzy_fall=2)],
    "they almost passed out": [of(EARLY, dizzy_fall=2)],
    "A nosebleed lasted more than 10 minutes": [of(bleeding=2)],
    "some blood in the": [of(bleeding=2)],
    "Fever and any bruise or bleeding": [of(bleeding=1, **FEVER)],
    "Fever and bruises or bleeding together": [of(bleeding=1, **FEVER)],
    "cough up blood": [of(cough=3)],
    "Skin peels in many places": [of(skin_site=3)],
    "Very bad pain.": [of(pain=3)],
    "7 or more extra loose stools": [of(diarrhea=3)],
    "4 to 6 extra loose stools, from day 8": [
        of(patient=BCMA, diarrhea=2),
        of(patient={"tier": "high"}, diarrhea=2),
    ],
    "threw up 6 times or more": [of(vomiting=3)],
    "keep no medicine down": [of(vomiting=3)],
    "almost nothing for a day": [of(intake=3)],
    "pass no urine in 8 hours awake": [of(intake=3)],
    "They drink only sips, and lose fluid": [of(intake=2, diarrhea=2), of(intake=2, vomiting=2)],
    "You are very worried": [of(EARLY, worry=2)],
    "The top number is 90 to 99, and they are dizzy": [of(sbp=95, dizzy_fall=1)],
    "The top number is 90 to 99, at 37.5": [of(sbp=95, **WARM)],
    "the pulse is 110 or more, and they are dizzy or warm": [
        of(EARLY, pulse=110, dizzy_fall=1),
        of(EARLY, pulse=110, **WARM),
    ],
    "The top blood pressure number is 80 to 89": [of(sbp=80), of(sbp=89)],
    "80 to 89, or 220 or more": [of(sbp=220)],
    "The pulse is 130 or more.": [of(pulse=130)],
    "The pulse is 130 or more, or 40 or less": [of(pulse=130), of(pulse=40)],
    "In the first 30 days, they cannot get up": [of(EARLY, activity=3)],
    # Same day
    "4 to 6 extra loose stools in 24 hours": [of(diarrhea=2)],
    "1 to 3 extra for 3 days, after BCMA": [of(patient=BCMA, diarrhea=1, diarrhea_days=3)],
    "They threw up 3 to 5 times": [of(vomiting=2)],
    "They drink only sips, or pee little and it is dark": [of(intake=2)],
    "Pain that makes some tasks hard": [of(pain=2)],
    "Pain makes some tasks hard, or a headache does not ease": [of(pain=2), of(headache=2)],
    "A headache does not ease": [of(headache=2)],
    "They are just sleepier than usual": [of(alertness=1)],
    "They shake a little": [of(EARLY, movement=1)],
    "the writing is a bit smaller": [of(EARLY, handwriting=1)],
    "the writing is a bit shaky or smaller": [of(EARLY, handwriting=1)],
    "After BCMA CAR-T, it is a bit shaky or smaller": [of(patient=BCMA, handwriting=1)],
    "After the first 30 days, the writing is very different, or a point is lost": [
        of(LATE, handwriting=2),
        of(LATE, home_check=9),
    ],
    "They walk slowly": [of(LATE, BCMA, movement=2)],
    "They are stiff, and tasks are hard": [of(LATE, BCMA, movement=2)],
    "The writing gets smaller or shaky": [of(patient=BCMA, handwriting=1)],
    "After the first 30 days, they are slower, forget things": [of(LATE, confusion=1), of(LATE, speech=1)],
    "They forget more, cannot find words": [of(LATE, BCMA, confusion=1), of(LATE, BCMA, speech=1)],
    "They are slower, stiffer, or forget more": [of(LATE, confusion=1)],
    "A short flutter of the heart": [of(heart=1)],
    "hort of breath on stairs": [of(breathing=1)],
    "The pulse is 110 to 129": [of(pulse=110), of(pulse=129)],
    "A new cold, cough": [of(cough=1), of(cough=2)],
    "The IV line is red": [of(skin_site=2)],
    "It burns when they pass urine": [of(skin_site=2)],
    "A rash that": [of(skin_site=2)],
    "A new lump": [of(skin_site=2)],
    "New bruises": [of(bleeding=1)],
    "The gums ooze blood": [of(bleeding=1)],
    "They are dizzy when they stand up": [of(EARLY, dizzy_fall=1)],
    "After the first 30 days, they cannot get up": [of(LATE, activity=3)],
    "Two doses": [of(meds_missed=2)],
    "They cannot swallow the pills": [of(meds_missed=2)],
    "No adult can be with them": [of(EARLY, alone_next_24h=True)],
    "You must leave, and no other adult can stay": [of(EARLY, alone_next_24h=True)],
    "it is one of the first 30 days": [of(EARLY, **WARM)],
    "their immune system is weak": [of(LATE, {"immune_risk": True}, **WARM)],
    "They cannot get up.": [of(LATE, activity=3)],
}
# What the page says of two things on its list for the same day, in place of naming every pair.
TWO_AT_ONCE = "Do two things on this last list happen together? Call the 24-hour line now."
PAIRS = [
    of(cough=1, diarrhea=2, skin_site=2),
    of(intake=2, diarrhea=2),
    of(headache=2, vomiting=2),
    of(diarrhea=2, vomiting=2),
    of(EARLY, handwriting=1, alertness=1),
]
