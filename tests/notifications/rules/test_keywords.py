import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules.keywords import (
    HELP_WORDS,
    START_WORDS,
    STOP_WORDS,
    Kind,
    kind_of_text,
    wants_to_stop,
)

STOPS = [
    "STOP",
    "stop",
    " Stop ",
    "stop.",
    "Stop!",
    '"STOP"',
    "s t o p",
    "STOP\n",
    "stop all",
    "StopAll",
    "STOP-ALL",
    "quit",
    "Quit.",
    "END",
    "end",
    "Revoke",
    "opt out",
    "OPT-OUT",
    "optout",
    "Cancel",
    "CANCEL!!",
    "unsubscribe",
    "UNSUBSCRIBE.",
    "parar",
    "PARAR",
    "¡Alto!",
    "alto",
    "Cancelar",
    "basta",
    "detener",
    "no más",
    "No mas.",
]
STARTS = ["START", "start.", "Unstop", "yes", "Yes!", "sí", "SI", "Empezar", "comenzar"]
HELPS = ["HELP", "help?", "Help!", "info", "INFO", "ayuda", "¿Ayuda?"]
SENTENCES = [
    "please stop texting me",
    "Stop sending me messages",
    "stop these texts",
    "Please, no more messages!",
    "Don't text me",
    "do not text me again",
    "don’t message me",
    "stop contacting me",
    "unsubscribe me",
    "take me off",
    "remove me from this list",
    "leave me alone",
    "cancel the reminders",
    "por favor dejen de enviar mensajes",
    "deje de mandarme mensajes",
    "No me envíen más textos",
    "no quiero más mensajes",
    "no deseo recibir mensajes",
    "ya no me escriban",
]
NOT_STOPS = [
    "the bleeding won't stop",
    "He can't stop shaking",
    "she did not stop crying",
    "should I stop the new pills?",
    "When does it end",
    "the end of the week is fine",
    "cancel my appointment",
    "we are at the end of the road",
    "la sangre no para",
    "no para de temblar",
    "no puede parar de toser",
    "call me",
    "38.5",
    "",
    "👍",
    "stop and go",
    "nonstop",
    "helpful, thanks",
    "yesterday",
]


@pytest.mark.parametrize("body", STOPS)
def test_stop_word_alone_stops(body: str) -> None:
    assert kind_of_text(body) is Kind.STOP


@pytest.mark.parametrize("body", STARTS)
def test_start_word_alone_starts(body: str) -> None:
    assert kind_of_text(body) is Kind.START


@pytest.mark.parametrize("body", HELPS)
def test_help_word_alone_asks_for_help(body: str) -> None:
    assert kind_of_text(body) is Kind.HELP


@pytest.mark.parametrize("body", SENTENCES)
def test_sentence_that_asks_for_no_more_is_heard(body: str) -> None:
    assert (kind_of_text(body), wants_to_stop(body)) == (Kind.TEXT, True)


@pytest.mark.parametrize("body", NOT_STOPS)
def test_other_sentence_is_only_a_text(body: str) -> None:
    assert (kind_of_text(body), wants_to_stop(body)) == (Kind.TEXT, False)


@given(
    st.sampled_from(sorted(STOP_WORDS | START_WORDS | HELP_WORDS)),
    st.sampled_from(["", " ", ".", "!", "  \n", "…", "?"]),
    st.sampled_from([str.upper, str.lower, str.title, str]),
)
def test_case_space_and_punctuation_do_not_matter(word: str, around: str, case: object) -> None:
    assert kind_of_text(f"{around}{case(word)}{around}") == kind_of_text(word) != Kind.TEXT


def test_no_word_means_two_things() -> None:
    assert STOP_WORDS & START_WORDS == STOP_WORDS & HELP_WORDS == START_WORDS & HELP_WORDS == frozenset()
