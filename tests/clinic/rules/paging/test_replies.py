"""What staff type back to a page, and what each of it does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.paging.replies import Act, Reply, parse

TAKES = [
    "1",
    " 1 ",
    "1.",
    "1!",
    '"1"',
    "1\n",
    "１",
    "١",
    "۱",
    "1️⃣",
    "①",
    "1 thanks",
    "1 - Ana",
    "1, calling them",
    "1 Ana",
    "1 im calling the family",
    "hi, 1",
    "Ok 1",
    "1 ok",
    "1 👍",
    "ok",
    "OK",
    "Ok.",
    "ok!",
    "Okay",
    "okey",
    "K",
    "ｏｋ",
    "ok thanks",
    "ok, thank you",
    "ok, on my way",
    "ok - on my way",
    "yes",
    "Yes!",
    "yep",
    "yeah",
    "y",
    "yes please",
    "Yes, taking it",
    "yes i'll take it",
    "Sure",
    "taking it",
    "Taking it now",
    "I'm taking it",
    "I’m taking it",
    "i will take it",
    "I'll take this one",
    "take",
    "take it",
    "got it",
    "Got it. Ringing the wife",
    "got this",
    "I got it",
    "I have it",
    "mine",
    "on it",
    "I'm on it",
    "will do",
    "copy",
    "copy that",
    "roger",
    "accept",
    "Accepted",
    "received",
    "no problem, taking it",
    "no worries, ok",
    "👍",
    "👍🏽",
    "👍👍",
    "👌",
    "✅",
    "✔️",
    "🆗",
    "👍 on my way",
    "Ok 👍",
    "sí",
    "Si",
    "SÍ",
    "sí, gracias",
    "sí, lo tomo",
    "vale",
    "dale",
    "listo",
    "claro",
    "lo tengo",
    "lo tomo",
    "Yo lo tomo",
    "me encargo",
    "voy",
    "Ya voy",
    "de acuerdo",
    "entendido",
    "recibido",
    "yo me encargo, gracias",
    "sin problema, voy",
    "好的",
    "收到",
    "好，我来",
    "没问题，收到",
    "نعم",
    "حسنًا",
    "تمام",
    "موافق",
    "أوكي",
    "vâng",
    "được",
    "Đồng ý",
    "tôi nhận",
]
WITH_CODES = [
    ("1 4821", ("4821",)),
    ("1-4821", ("4821",)),
    ("1.4821", ("4821",)),
    ("14821", ("4821",)),
    ("1 4821.", ("4821",)),
    ("1 4821 please", ("4821",)),
    ("4821", ("4821",)),
    ("4821 1", ("4821",)),
    ("4821 please", ("4821",)),
    ("ok 4821", ("4821",)),
    ("taking 4821", ("4821",)),
    ("Yes, I'll take 4821, thanks", ("4821",)),
    ("sí 4821", ("4821",)),
    ("１ ４８２１", ("4821",)),
    ("١ ٤٨٢١", ("4821",)),
    ("👍 4821", ("4821",)),
    ("1 4821 7730", ("4821", "7730")),
    ("1 4821 and 7730", ("4821", "7730")),
    ("4821 4821", ("4821",)),
    ("1 4821 \n", ("4821",)),
]
TAKES_ALL = [
    "1 all",
    "1 ALL",
    "all",
    "ok all",
    "take all",
    "both",
    "I'll take both",
    "1 todos",
    "todas",
    "1 全部",
    "1 كلها",
]
PASSES = [
    "2",
    "2.",
    "２",
    "٢",
    "2 busy",
    "2 in surgery",
    "no",
    "No.",
    "NO!",
    "nope",
    "no thanks",
    "no, thank you",
    "can't",
    "cant",
    "can’t",
    "Can't!",
    "I can't",
    "I can't take it",
    "cannot",
    "I can not",
    "sorry, can't",
    "can't right now, in the OR",
    "can't, in surgery until 1700",
    "pass",
    "busy",
    "not me",
    "not now",
    "unable",
    "👎",
    "❌",
    "no puedo",
    "No puedo tomarlo",
    "no puedo ahora",
    "paso",
    "ocupada",
    "不行",
    "لا",
    "không",
]
NOTHING = [
    "",
    " ",
    "?",
    "1?",
    "1 ?",
    "ok?",
    "yes?",
    "👍?",
    "who is this?",
    "¿1?",
    "1؟",
    "１？",
    "not ok",
    "not okay",
    "no ok",
    "ok no",
    "no, I have it",
    "yes no",
    "1 no",
    "1 2",
    "2 1",
    "12",
    "11",
    "3",
    "7",
    "8",
    "0",
    "1 min",
    "1 minute",
    "1 sec",
    "1 moment",
    "1 hour",
    "1 more",
    "1pm",
    "1 am",
    "1:30",
    "1st",
    "2 min",
    "1 minuto",
    "2 horas",
    "thanks",
    "thank you",
    "gracias",
    "hello",
    "on my way",
    "who has it",
    "please take it",
    "take it please",
    "can you take it",
    "someone take it",
    "someone else has it",
    "ok someone else has it",
    "ok, Ben has it",
    "1 Ben has it",
    "yes, Ben took it",
    "I don't have it",
    "dont take it",
    "won't take it",
    "no problem",
    "no worries",
    "没问题",
    "all good",
    "I have a question",
    "got a question",
    "ok in 5",
    "call 617 555 0172",
    "1 48 21",
    "1 482",
    "1 48211",
    "138.5",
    "好的，我不能",
    "我不能接",
    "no se",
    "sí, pero no puedo",
    "ok but I can't",
    "nobody",
    "Ana 1",
    "stop",
    "what",
]


@pytest.mark.parametrize("body", TAKES)
def test_words_that_take_the_one_that_waits(body: str) -> None:
    reply = parse(body)

    assert reply is not None
    assert (reply.act, reply.codes, reply.everything) == (Act.TAKE, (), False)


@pytest.mark.parametrize(("body", "codes"), WITH_CODES)
def test_code_takes_that_one(body: str, codes: tuple[str, ...]) -> None:
    assert parse(body) == Reply(Act.TAKE, codes, is_plain=True)


@pytest.mark.parametrize("body", TAKES_ALL)
def test_all_takes_all(body: str) -> None:
    assert parse(body) == Reply(Act.TAKE, everything=True, is_plain=True)


def test_all_beside_words_that_are_not_understood_is_not_all() -> None:
    assert parse("1 all good") == Reply(Act.TAKE, is_plain=True)


@pytest.mark.parametrize("body", PASSES)
def test_words_that_pass_it_on(body: str) -> None:
    reply = parse(body)

    assert reply is not None
    assert reply.act is Act.PASS_ON


def test_code_and_all_can_be_passed_on_too() -> None:
    assert parse("2 4821") == Reply(Act.PASS_ON, ("4821",), is_plain=True)
    assert parse("no 4821") == Reply(Act.PASS_ON, ("4821",), is_plain=True)
    assert parse("2 all") == Reply(Act.PASS_ON, everything=True, is_plain=True)


@pytest.mark.parametrize("body", NOTHING)
def test_words_that_take_nothing(body: str) -> None:
    assert parse(body) is None


@pytest.mark.parametrize(
    ("body", "is_plain"),
    [("1", True), ("2", True), ("1 ok", True), ("ok", False), ("no", False), ("👍", False)],
)
def test_only_a_digit_or_a_code_can_be_about_nothing_but_a_page(body: str, is_plain: bool) -> None:
    reply = parse(body)

    assert reply is not None
    assert reply.is_plain is is_plain


@given(st.text(max_size=60))
def test_any_text_can_be_read(body: str) -> None:
    reply = parse(body)

    assert reply is None or reply.act in Act


@given(
    st.sampled_from(["no", "not", "can't", "dont", "nobody"]),
    st.sampled_from(["1", "ok", "yes", "taking it"]),
)
def test_no_beside_a_yes_takes_nothing(no: str, yes: str) -> None:
    for body in (f"{no} {yes}", f"{yes} {no}", f"{yes}, {no}", f"{no}. {yes}"):
        reply = parse(body)

        assert reply is None or reply.act is Act.PASS_ON
