"""Sentences that seem to want no more texts, in five languages. Signals, not grammar.

A word that ends texts must stand beside a word for texts: "the bleeding won't stop" asks for a doctor.
Whoever says that a number is not theirs wants none either, and may read what is meant for a family.
"""

import re

from notifications.rules.text import plain_words

_EN = "(?:text|texts|texting|message|messages|messaging|sms|reminder|reminders|sending)"
_ES = "(?:mensajes?|textos?|recordatorios?|avisos?|sms)"
_AR = r"\w*(?:رسايل|رسالة|رساله|تذكير|ارسال|مراسل)\w*"
_VI = "(?:tin nhan|nhan tin|gui tin|tin|sms|nhac nho|thong bao)"
# 发 begins 发送, to send, and 发烧, to have a fever.
_SEND = "(?:发(?![烧热冷抖炎生现作])|發(?![燒熱冷抖炎生現作])|传|傳|寄)"
_ZH_TEXTS = "(?:短信|简讯|簡訊|信息|消息|讯息|訊息|通知)"

_PATTERNS = (
    # English
    rf"\b(?:stop|quit|end|cancel|no more|turn off)\b(?: \w+){{0,2}} {_EN}\b",
    r"\b(?:do not|dont|never) (?:text|message|sms|contact) me\b",
    rf"\b(?:do not|dont|no longer) (?:want|need|wish)\b(?! \w+ miss)(?: \w+){{0,4}} {_EN}\b",
    r"\b(?:stop|quit) (?:contacting|bothering) me\b",
    r"\b(?:unsubscribe|opt|take|remove) me\b(?: (?:out|off|from)\b| \w+ (?:off|out)\b|$)",
    r"\b(?:remove|delete|erase) my (?:number|phone)\b",
    r"\bto (?:unsubscribe|opt out)\b|^(?:i|we) (?:said|want to|would like to|asked you to) stop$",
    r"\bleave me alone\b|\bwrong number\b",
    # Spanish
    r"(?<!\ble )(?<!\bles )(?<!\bte )\b(?:deje|dejen|deja|pare|paren|para)\b(?: \w+){0,2} (?:"
    r"mensaje|mensajes|textos|mandar|mandarme|enviar|enviarme|escribir|escribirme|texto)\b",
    rf"\b(?:cancel|quit|elimin|suspend|desactiv|deten|par)(?:ar|e|en|er|an|a|gan)?(?: \w+){{0,3}} {_ES}\b",
    r"\bno (?:me )?(?:mande|manden|mandes|envie|envien|envies|escriba|escriban|escribas)\b",
    rf"\bno (?:quiero|deseo|queremos|necesito|necesitamos|mas)\b(?! \w+ perder)(?: \w+){{0,3}} {_ES}\b",
    r"\bno (?:quiero|deseo|queremos) recibir(?: mas| nada| nada mas)?$",
    r"\b(?:borr|quit|elimin|sa[cq])\w*me\b(?: \w+){0,3} lista\b|\b(?:dar|de|den)me de baja\b",
    r"\b(?:numero|persona) (?:equivocad[oa]|incorrect[oa])\b",
    # Chinese
    r"(?:不要|不想|不用|不需要|不必|别|別|请勿|請勿)(?:再|继续|繼續|给|給|我|向|一直|每天|总是|總是){0,6}"
    rf"(?:{_SEND}|收到|接收|提醒我|打扰|打擾|{_ZH_TEXTS})",
    r"(?:停止|停|取消|关闭|關閉|关掉|關掉)(?:再|给|給|向|我|所有|这些|這些|你们的|你們的|的){0,6}"
    rf"(?:{_SEND}|提醒|接收|{_ZH_TEXTS})",
    "退订|退訂|拒收|[发發][错錯](?:人|了|号|號)|打[错錯]了|号码(?:不对|错)|號碼(?:不對|錯)",
    # Arabic
    rf"(?<!\w)(?:اوقف|اوقفوا|اوقفي|وقف|وقفوا|ايقاف|توقف|توقفوا|الغ|الغوا|الغاء)(?: \w+){{0,2}} {_AR}",
    r"(?<!\w)لا (?:ت|ي)(?:رسل|بعث|راسل)\w*(?: (?:لي|لنا|الي|علي|المزيد)(?!\w)| \w*رسا|$)",
    rf"(?<!\w)(?:لا|ما|لم اعد) (?:اريد|نريد|ارغب|نرغب|ابغى|ابي|اود)(?: \w+){{0,3}} {_AR}",
    r"(?<!\w)(?:ال)?رقم (?:ال)?(?:خاطي|خطا|غلط)(?!\w)",
    # Vietnamese, also without its marks
    rf"\b(?:dung|ngung|huy|tat)(?: \w+){{0,3}} {_VI}\b",
    rf"\bkhong (?:muon|can)(?: \w+){{0,3}} {_VI}\b|\bkhong (?:nhan|gui) tin (?:nua|cho)\b",
    r"\b(?:dung|ngung) gui\b|\bhuy dang ky\b|\b(?:nham|sai) so(?: dien thoai)?\b",
)
_SENTENCES = tuple(re.compile(pattern) for pattern in _PATTERNS)


def wants_to_stop(body: str) -> bool:
    """Whether a sentence asks for no more texts without being a keyword."""
    sentence = plain_words(body).replace("đ", "d")
    return any(pattern.search(sentence) for pattern in _SENTENCES)
