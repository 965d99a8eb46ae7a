import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules.keywords import (
    HELP_WORDS,
    START_WORDS,
    STOP_WORDS,
    Kind,
    Reading,
    kind_of_text,
    read,
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


OURS = [
    "Harbor Clinic: time for the check-in. https://x/ Reply STOP to end these texts.",
    "Harbor Clinic: es hora del chequeo. https://x/ Responda STOP para no recibir mas.",
]
REACTIONS = [
    "Liked “Harbor Clinic: time for the check-in. Reply STOP to end these texts.”",
    'Loved "Harbor Clinic: time for the check-in…',
    "Laughed at “x”",
    "Questioned “Harbor Clinic: time”",
    "Emphasized an image",
    "Reacted 👍 to “Harbor Clinic: time for the check-in. Reply STOP to end these texts.”",
    "\u200b👍\u200b to “ Harbor Clinic: time ”",
    "👍 to “Harbor Clinic: Reply STOP”",
    "Removed a like from “Harbor Clinic”",
    "Removed 👍 from “Harbor”",
    "Le gustó “Harbor Clinic: es hora del chequeo. Responda STOP”",
    "Le encantó “x”",
    "No le gustó “x”",
    "Se rió de “x”",
    "Reaccionó con 👍 a “Harbor Clinic”",
    "Me gusta “Harbor Clinic”",
    "对“Harbor Clinic: 该检查了。回复 STOP”表示赞",
    "赞了“Harbor Clinic”",
    "أعجب بـ “Harbor Clinic”",
    "أحب “Harbor”",
    "Đã thích “Harbor Clinic”",
    "Đã yêu thích “x yz”",
    "Harbor Clinic: time for the check-in. https://x/ Reply STOP to end these texts.",
    "> Harbor Clinic: time for the check-in. https://x/ Reply STOP to end these texts.",
    "“Harbor Clinic: time for the check-in”",
    "Re: Harbor Clinic: time for the check-in. https://x/ Reply STOP to end these texts.",
    "Fwd: Harbor Clinic: time for the check-in. Reply STOP to end these texts.",
    "👍\n\nHarbor Clinic: time for the check-in. https://x/ Reply STOP to end these texts.",
    "Disliked “Harbor Clinic: time for the check-in. Reply STOP to end these texts.”",
    "تفاعل بـ 👍 مع “Harbor”",
]
POLITE_STOPS = [
    "please stop",
    "Please stop.",
    "alto por favor",
    "停止",
    "请停止",
    "停止，谢谢",
    "dừng lại",
    "Dừng lại đi",
    "xin dừng lại",
    "توقف",
    "توقف من فضلك",
    "ＳＴＯＰ",
    "ｐｌｅａｓｅ ｓｔｏｐ",
    "stop please",
    "Stop, please!",
    "stop!!",
    "Parar por favor",
    "por favor, alto",
    "退订",
    "hủy",
    "إيقاف",
    "please unsubscribe",
    "no more please",
    "Stop it please",
    "ok stop",
    "pare por favor",
    "stop stop stop",
    "Stop please and thank you",
    "no más mensajes por favor",
    "请停止发送短信",
    "请不要再发短信了",
    "أوقفوا الرسائل من فضلك",
    "إيقاف الرسائل",
    "ngừng gửi tin nhắn",
    "hủy đăng ký",
]
POLITE_STARTS = [
    "please start",
    "START please",
    "Yes, please",
    "start again",
    "sí, por favor",
    "reanudar por favor",
    "请开始",
    "重新开始",
    "ابدأ من فضلك",
    "xin bắt đầu",
]
DEATHS = [
    "Please stop, George died on Tuesday",
    "He passed away this morning",
    "My husband is dead",
    "Mi esposo murió anoche",
    "falleció ayer",
    "El señor falleció",
    "他去世了",
    "爸爸昨天去世了",
    "توفي والدي أمس",
    "لقد توفي",
    "مات أبي",
    "Ba tôi đã qua đời",
    "ong ay mat roi",
    "we lost him last night",
    "He didn't make it",
    "George did not make it through the night",
    "my husband passed",
    "Mom is in heaven now",
    "we buried him on Sunday",
    "mi papá ya no está",
    "se fue al cielo anoche",
    "mi mamá nos dejó ayer",
    "妈妈昨天走了",
    "他走了",
    "没抢救过来",
    "她离开了我们",
    "إنا لله وإنا إليه راجعون",
    "فقدنا والدي أمس",
    "أبي رحمه الله",
    "ông ấy mất hôm qua",
    "ba toi mat",
    "anh ấy không còn nữa",
    "Call me. George died",
]
CRIES = [
    "call me",
    "please call",
    "Help him!",
    "help me please",
    "can't breathe",
    "He can’t breathe",
    "911",
    "call 911",
    "the bleeding won't stop",
    "My wife won't wake up",
    "llámeme por favor",
    "ayúdenme",
    "no puede respirar",
    "se desmayó",
    "救命",
    "他不能呼吸",
    "请打电话给我",
    "快死了",
    "النجدة",
    "اتصل بي",
    "لا يتنفس",
    "cứu với",
    "gọi cho tôi",
    "không thở được",
    "he died? he is not breathing",
    "I need a nurse",
    "she is having a seizure",
    "please stop and call me",
    "call",
    "can u call",
    "SOS!!",
    "🆘",
    "help help help",
    "urgent",
    "what do I do",
    "is anybody there?",
    "nobody is answering the phone",
    "her speech is slurred",
    "I want to die",
    "es urgente",
    "no sé qué hacer",
    "nadie contesta",
    "quiero morir",
    "怎么办",
    "救救他",
    "没有人接电话",
    "ماذا أفعل",
    "عاجل",
    "لا أحد يرد",
    "phải làm sao",
    "không ai nghe máy",
    "khẩn cấp",
    "tôi muốn chết",
]
ASKS = [
    "please stop texting me",
    "stop, we are home again",
    "no quiero más mensajes",
    "I said stop",
    "I do not want these texts anymore",
    "please turn off the reminders",
    "You have the wrong number",
    "remove my number please",
    "quiero cancelar los mensajes",
    "no quiero recibir más",
    "dejen de escribirme",
    "bórrenme de la lista",
    "número equivocado",
    "不要再给我发短信",
    "别再给我发信息了，烦死了",
    "我想取消这些提醒",
    "我要退订这个",
    "你发错人了",
    "لا ترسلوا لي رسائل",
    "لا أريد رسائل منكم",
    "أرجو إيقاف هذه الرسائل عني",
    "الرقم خاطئ",
    "đừng nhắn tin nữa",
    "xin đừng gửi tin nhắn cho tôi nữa",
    "tôi không muốn nhận tin nhắn nữa",
    "nhầm số rồi",
]
ORDINARY = [
    "He can't stop shaking",
    "she did not stop crying",
    "should I stop the new pills?",
    "fever 39.5, very confused",
    "my phone died",
    "the pain died down",
    "El celular murió",
    "112/70",
    "temp 38.5",
    "hello?",
    "He is hot and sleepy",
    "la sangre fue poca",
    "stop and go",
    "38.5",
    "no emergency, just tired",
    "笑死",
    "my battery is dead",
    "da mat dien thoai",
    "loved the walk",
    "liked the soup",
    "我们很好",
    "chúng tôi ổn",
    "نحن بخير",
    "don't call me please we are fine",
    "👍",
    "thanks",
    "she is gone to the store",
    "we didn't make it to the appointment",
    "she passed a quiet night",
    "the fever has passed",
    "nothing urgent",
    "urgent care is closed",
    "someone there helped us",
    "le dejé un mensaje",
    "لا ترسل الدواء",
    "怎么办理出院",
    "no es urgente",
    "他昨天走了三公里",
    "希望他不要发烧",
    "别担心，我收到短信了",
    "取消明天的预约",
    "不紧急",
    "لم تصلني رسائل",
    "نتمنى له الشفاء العاجل",
    "mẹ tôi đã mất ngủ",
    "tôi không nhận được tin nhắn",
    "hết sốt, không còn nữa",
    "no quiero más sopa",
    "I don't want to miss a message",
    "he wants to stop the pills",
]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        *((Kind.REACTION, body) for body in REACTIONS),
        *((Kind.STOP, body) for body in POLITE_STOPS),
        *((Kind.START, body) for body in POLITE_STARTS),
        *((Kind.DEATH, body) for body in DEATHS),
        *((Kind.URGENT, body) for body in CRIES),
        *((Kind.REVIEW, body) for body in ASKS),
        *((Kind.TEXT, body) for body in ORDINARY),
    ],
)
def test_texts_of_people_are_read_as_meant(kind: Kind, body: str) -> None:
    assert read(body, ours=OURS).kind is kind


@pytest.mark.parametrize("body", [*NOT_STOPS, *DEATHS[1:-2], *ORDINARY])
def test_what_asks_for_no_end_pauses_nothing(body: str) -> None:
    assert read(body, ours=OURS).pauses is False


def test_death_beside_a_stop_pauses_and_only_the_providers_words_are_its_own() -> None:
    assert read("Please stop, George died on Tuesday") == Reading(Kind.DEATH, pauses=True)
    assert read("please stop and call me, dont text me") == Reading(Kind.URGENT, pauses=True)
    assert read("STOP") == Reading(Kind.STOP, is_carriers=True)
    assert read("please stop") == read("停止") == Reading(Kind.STOP)


def test_what_stands_beside_a_quotation_of_ours_is_read() -> None:
    assert read("ok thanks\n\n" + OURS[0], ours=OURS) == Reading(Kind.TEXT)
    assert read("On Tue, Harbor wrote: " + OURS[0] + " done", ours=OURS) == Reading(Kind.TEXT)
    assert read(OURS[0] + " STOP", ours=OURS) == Reading(Kind.STOP, is_carriers=True)
    assert read("> " + OURS[0] + "\nplease stop", ours=OURS) == Reading(Kind.STOP)
    assert read("“Harbor Clinic: time for the check-in” he died", ours=OURS) == Reading(Kind.DEATH)
    assert read("“Some other long sentence” STOP texting me", ours=OURS) == Reading(Kind.REVIEW, pauses=True)
    assert read("“short” thanks", ours=["“short” text"]) == Reading(Kind.TEXT)


@given(st.text(max_size=80))
def test_any_text_is_of_some_kind(body: str) -> None:
    assert read(body, ours=OURS).kind in Kind
