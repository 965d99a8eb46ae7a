"""Texts that a person must read at once: of a death, or that ask for help. Signals, not grammar.

What is taken for one by mistake costs a call by the clinic; what is missed may cost a life. Each language is
sought in every text: families write in several.
"""

import re

from notifications.rules.text import plain_words

_THINGS = (
    "phone|cellphone|cell|battery|charger|car|laptop|tablet|ipad|computer|tv|thermometer|wifi|internet|app|cuff|"
    "oximeter|monitor|plant|plants|celular|telefono|bateria|carro|coche|tableta|computadora|termometro|internet"
)
# What only sounds like it.
_NO_DEATH = re.compile(
    rf"\b(?:{_THINGS})(?: \w+){{0,2}} (?:died|is dead|was dead|dead|murio|ha muerto|muerto|muerta)\b"
    rf"|\b(?:dead|died|murio|muerto|muerta)(?: \w+){{0,2}} (?:{_THINGS})\b"
    r"|\bdied down\b|快要?死|要死了|笑死|sap chet|cuoi chet|da mat (?:dien thoai|ma|so|mat khau)"
)
_DEATH_WORDS = r"""
    \b(?:died|deceased|passed away|has passed|had passed|dead|no longer with us|rest in peace|rip)\b
    \bpassed (?:this|last|yesterday|peacefully|today|early|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b
    \bpassed in (?:his|her|their) sleep\b
    \b(?:he|she|they) (?:is|are) gone\b(?!_(?:to|out|home|for|back|into))
    \b(?:hes|shes) gone\b(?!_(?:to|out|home|for|back|into))
    \bwe lost (?:him|her|my|our|dad|mom|mum)\b
    \bi lost (?:him|her|my_(?:husband|wife|dad|mom|mum|father|mother|son|daughter|brother|sister|partner))\b
    \b(?:murio|fallecio|fallecido|fallecida|ha_muerto|esta_muert[oa]|muerto|muerta|se_nos_fue|perdimos_a)\b
    \b(?:en_paz_descanse|ya_no_esta_con_nosotros|descansa_en_paz)\b
    去世|过世|過世|逝世|离世|離世|病逝|病故|死了|死亡|不在了|往生
    (?<!\w)(?:و|ف)?(?:مات|ماتت|توفي|توفى|توفت|توفيت|توفاه|توفاها|وفاة|المرحوم|المرحومة)(?!\w)
    رحمة_الله
    \b(?:qua_doi|da_mat|mat_roi|chet|tu_tran|da_ra_di)\b
"""
# Said of this moment: even beside a word of death somebody may still be saved.
_NOW_WORDS = r"""
    \b(?:not_breathing|isnt_breathing|stopped_breathing|no_respira|khong_tho|ngung_tho)\b
    没有呼吸|没呼吸|停止呼吸|لا_يتنفس|لا_تتنفس
"""
_NO_HELP = re.compile(
    r"\b(?:not an?|no|isnt an?) emergency\b|\bno es (?:una )?emergencia\b"
    r"|\b(?:dont|do not|never|no need to|didnt) (?:call|phone|ring) (?:me|us|back)\b"
    r"|\bno (?:me|nos) llam\w+\b"
)
_HELP_WORDS = r"""
    \b(?:call|phone|ring) (?:me|us|back)\b
    \b(?:please|pls|plz) (?:call|phone|ring)\b
    \b(?:can|could|would|will) (?:someone|somebody|anyone|anybody|you) (?:please_)?(?:call|phone|ring|help)\b
    \b(?:can|could|would|will) (?:a|the) (?:nurse|doctor) (?:please_)?(?:call|phone|ring|help)\b
    \b(?:needs?|wants?) (?:help|a_nurse|a_doctor|an_ambulance|to_speak|to_talk|someone|somebody)\b
    \bneeds? (?:\w+_){1,3}(?:help|nurse|doctor|ambulance)\b
    \b(?:please|pls|plz) help\b
    \bhelp (?:me|us|him|her|them|please|pls|now|my|our)\b
    \b(?:send|get) (?:help|someone|somebody|an_ambulance)\b
    \b911\b
    \bcall(?:ed|ing)? (?:112|999|000|111)\b
    \b(?:ambulance|emergency|paramedics?)\b
    \b(?:cant|cannot|can_not|couldnt|not|isnt|stopped) (?:breathe|breathing)\b
    \b(?:hard_to|trouble|struggling_to|difficulty) (?:breathe|breathing)\b
    \b(?:cant|cannot|wont|not|isnt|doesnt) (?:wake|waking|respond|responding|move|moving|speak|swallow)\b
    \bcant (?:wake|get) (?:him|her|them) (?:up|awake)\b
    \bwont wake\b
    \b(?:unresponsive|unconscious|collapsed|fainted|passed_out|seizure|seizures|seizing|convulsing|choking)\b
    \b(?:turning_blue|blue_lips|lips_are_blue|chest_pain|having_a_stroke|had_a_stroke|heart_attack)\b
    \bbleeding (?:wont|will_not|doesnt|does_not|isnt) (?:stop|stopping)\b
    \b(?:wont|cant) stop bleeding\b
    \bbleeding (?:a_lot|heavily|badly|everywhere)\b
    \b(?:is|hes|shes|im|am|are) dying\b
    \b(?:kill_myself|suicidal|suicide|end_my_life|overdosed?)\b
    \b(?:llam(?:e|a|en)(?:me|nme|nos|nnos)|llamenme|llamennos|devuelvan_la_llamada)\b
    \bpor favor llam\w+
    \b(?:pueden?|podrian?) llamar\w*
    \b(?:ayud(?:e|a|en)(?:me|nme|nos|nnos)|ayudenme|ayudenlo|ayudenla|ayudelo|ayudela|auxilio|socorro)\b
    \b(?:necesit(?:o|amos)) (?:ayuda|una_enfermera|un_medico|un_doctor|una_ambulancia|hablar)\b
    \bayuda por favor\b|\bpor favor ayuda\b
    \b(?:emergencia|ambulancia|inconsciente|convulsion|convulsiona|convulsionando)\b
    \bno (?:puede|puedo) (?:respirar|despertar\w*|hablar|moverse|tragar)\b
    \bno (?:respira|despierta|responde|reacciona)\b
    \bse (?:desmayo|esta_ahogando|ahoga|muere|esta_muriendo|desplomo)\b
    \bdolor (?:de|en_el) pecho\b
    \bsangr\w+ (?:mucho|mucha)\b|\bno (?:para|deja) de sangrar\b|\bla sangre no para\b
    救命|求助|打电话给我|给我打电话|打个电话|请打电话|请来电|打给我|回电|帮帮|帮我|救护车|急救|急诊|紧急|求救
    不能呼吸|无法呼吸|呼吸困难|喘不过气|喘不上气|没有呼吸|没呼吸|停止呼吸|叫不醒|醒不过来|昏迷|晕倒|抽搐|癫痫|胸痛|大出血|血止不住|止不住血|快要?死|要死了|想自杀
    (?<!\w)(?:اتصل_بي|اتصلوا|اتصلي|اتصل_بنا|كلموني|ساعدوني|ساعدني|ساعدونا|ساعدوه|ساعدوها|النجدة|انجدوني|انقذوه|نحتاج_مساعدة|احتاج_مساعدة)(?!\w)
    اسعاف|طواري|لا_يتنفس|لا_تتنفس|لا_يستطيع_التنفس|لا_تستطيع_التنفس|لا_استطيع_التنفس|فاقد_الوعي|فاقدة_الوعي|فقد_الوعي|اغمي_علي|لا_يستيقظ|لا_تستيقظ|تشنج|نزيف
    (?<!\w)(?:يموت|تموت|يحتضر)(?!\w)
    \b(?:goi_(?:dien_)?cho_(?:toi|minh|em|con)|goi_lai|goi_giup|cuu_voi|cuu_toi|cuu_mang|giup_(?:toi|voi|minh|em)|cap_cuu|xe_cuu_thuong)\b
    \b(?:khong_tho|kho_tho|bat_tinh|ngat_xiu|khong_tinh|khong_day|co_giat|dau_nguc|sap_chet|tu_tu)\b
    \bchay mau (?:nhieu|khong_ngung|khong_cam)\b
"""


def _any_of(lines: str) -> re.Pattern[str]:
    """One expression of all lines; an underscore is a space, so that nothing is split by accident."""
    return re.compile("|".join(line.strip().replace("_", " ") for line in lines.splitlines() if line.strip()))


_DEATH, _NOW, _HELP = _any_of(_DEATH_WORDS), _any_of(_NOW_WORDS), _any_of(_HELP_WORDS)


def tells_of_death(body: str) -> bool:
    """Whether a text says that somebody has died, and nothing in it is still to be done."""
    bare = _bare(body)
    return bool(_DEATH.search(_NO_DEATH.sub(" ", bare))) and not _NOW.search(bare)


def asks_for_help(body: str) -> bool:
    """Whether a text wants a person to call or to come, or tells of what cannot wait."""
    return bool(_HELP.search(_NO_HELP.sub(" ", _bare(body))))


def _bare(body: str) -> str:
    """As `plain`; Vietnamese is often written without its marks, so none of them counts."""
    return plain_words(body).replace("đ", "d")
