"""Reads every prompt of a call in five languages with the speech engine of this machine, and measures it."""

import io
import json
import subprocess
import wave
from collections.abc import Iterator
from shutil import which
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from caregiver.rules.keypad import sound
from caregiver.services.keypad import words
from caregiver.services.keypad.prompts import every_prompt
from clinic.models import Clinic
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol

# A prompt that takes longer is not kept in mind; the danger signs and the advice are the longest. A pause
# between sentences is silence, too.
LONGEST_SECONDS, MOST_SILENCE = 90.0, 0.6
_SECONDS = 60
_ENGINE = "espeak-ng"


class Command(BaseCommand):
    help = (
        "Read every prompt of a check-in by telephone keypad in every language with espeak-ng: length, "
        "share of silence, digits in the right order. Writes nothing; exit 1 if a prompt cannot be read so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object a prompt")
        parser.add_argument("--language", choices=sorted(words.VOICES), help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        if which(_ENGINE) is None:
            raise CommandError("There is no espeak-ng here: apt-get install espeak-ng.")
        wrong = 0
        for language in [options["language"]] if options["language"] else words.VOICES:
            found = list(_measured(language))
            wrong += sum(not one["ok"] for one in found)
            if options["json"]:
                self.stdout.writelines(json.dumps(one, ensure_ascii=False) for one in found)
            else:
                self.stdout.write(_summary(language, found))
        if wrong:
            raise CommandError(f"{wrong} prompts cannot be read out well.")


def _measured(language: str) -> Iterator[dict[str, Any]]:
    engine = words.VOICES[language].engine
    said = {digit: _phonemes(engine, digit) for digit in "0123456789"}
    # Made up, and stored nowhere.
    clinic = Clinic(name="River", sms_brand="River", line_phone="+12025550137", clinic_phone="+12025550146")
    protocol = Protocol.from_document(default_document())
    for name, text in every_prompt(protocol=protocol, clinic=clinic, language=language, now=timezone.now()):
        heard = _sound(engine, text)
        digits = sound.digits_alone(text)
        in_order = sound.has_digits_in_order(_phonemes(engine, text), digits, said)
        fits = 0 < heard.seconds <= LONGEST_SECONDS and heard.silent <= MOST_SILENCE
        yield {
            "language": language,
            "prompt": name,
            "seconds": round(heard.seconds, 1),
            "silent": round(heard.silent, 2),
            "digits": digits,
            "digits_in_order": in_order,
            "ok": fits and in_order,
        }


def _sound(engine: str, text: str) -> sound.Sound:
    written = _run(engine, "--stdout", text=text)
    with wave.open(io.BytesIO(written)) as file:
        rate = file.getframerate()
    # The engine writes to a pipe, so its header does not know how much is to come.
    return sound.measure(written[44:], rate)


def _phonemes(engine: str, text: str) -> str:
    return _run(engine, "-q", "--ipa", text=text).decode()


def _run(engine: str, *options: str, text: str) -> bytes:
    # A list without a shell; the words are ours and the protocol's, and come by the standard input.
    command = [_ENGINE, "-v", engine, *options, "--stdin"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
    return done.stdout


def _summary(language: str, found: list[dict[str, Any]]) -> str:
    longest = max(found, key=lambda one: one["seconds"])
    wrong = [one["prompt"] for one in found if not one["ok"]]
    return (
        f"{language}: {len(found)} prompts, {sum(one['seconds'] for one in found):.0f} s;"
        f" longest {longest['seconds']} s ({longest['prompt']});"
        f" {sum(one['digits_in_order'] for one in found)} with their digits in order;"
        f" most silent {max(one['silent'] for one in found)}"
        + (f"; wrong: {', '.join(wrong)}" if wrong else "")
    )
