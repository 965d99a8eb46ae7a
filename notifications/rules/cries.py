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
_FAMILY = "husband|wife|dad|daddy|mom|mum|father|mother|son|daughter|brother|sister|partner|grandpa|grandma"
_FAMILIA = (
    "papa|mama|padre|madre|esposo|esposa|marido|mujer|hijo|hija|hermano|hermana|abuelo|abuela|el|ella|senor"
    "|senora"
)
_ZH_FAMILY = (
    "爸|爸爸|妈|妈妈|媽|媽媽|老公|老婆|丈夫|妻子|先生|太太|父亲|父親|母亲|母親|爷爷|爺爺|奶奶|外公|外婆|儿子|兒子|女儿|女兒|"
    "哥哥|弟弟|姐姐|妹妹|他|她"
)
_VI_FAMILY = "(?:ba|bo|cha|me|ma|chong|vo|ong|anh|chi|em|con|co|chau)(?: toi| em| ay| minh| con)?"
# What only sounds like it.
_NO_DEATH = re.compile(
    rf"\b(?:{_THINGS})(?: \w+){{0,2}} (?:died|is dead|was dead|dead|murio|ha muerto|muerto|muerta)\b"
    rf"|\b(?:dead|died|murio|muerto|muerta)(?: \w+){{0,2}} (?:{_THINGS})\b"
    r"|\b(?:fever|pain|nausea|headache|dizziness|chills|it|this|that|storm|danger|worst|night|time|day)"
    r" (?:has|had) passed\b"
    r"|\bda mat (?:ngu|ngon|nuoc|mau|ket noi|vi giac|cam giac)\b"
    r"|\bdied down\b|\bmuon chet\b|快要?死|要死了|[笑烦煩累吓嚇急忙热熱冷冻凍饿餓困气氣痛疼心]死"
    r"|sap chet|cuoi chet|da mat (?:dien thoai|ma|so|mat khau)"
)
_DEATH_WORDS = rf"""
    \b(?:died|deceased|passed away|has passed|had passed|dead|no longer with us|rest in peace|rip)\b
    \bpassed (?:this|last|yesterday|peacefully|today|early|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b
    \bpassed in (?:his|her|their) sleep\b
    \b(?:he|she|they) (?:is|are) gone\b(?!_(?:to|out|home|for|back|into))
    \b(?:hes|shes) gone\b(?!_(?:to|out|home|for|back|into))
    \b(?:{_FAMILY}|he|she) (?:has_|just_)?passed$
    \b(?!(?:we|i|they|it|you)_)[a-z]+ (?:didnt|did_not) make_it\b(?!_(?:to|in|for|on|out|there|back|home|yet))
    \b(?:{_FAMILY}|he|she|hes|shes)_(?:is_|went_)?(?:home_)?(?:to_be_)?(?:in|to|with) (?:heaven|god)\b
    \b(?:{_FAMILY}|he|she|hes|shes)_(?:is_|went_)?(?:home_)?(?:now_|to_be_)?with (?:jesus|the_lord)\b
    \b(?:he|she) expired\b|\bburied (?:him|her|my|our|dad|mom|mum)\b
    \b(?:his|her|dads|moms|mums) (?:funeral|burial)\b
    \bwe lost (?:him|her|my|our|dad|mom|mum)\b
    \bi lost (?:him|her|my_(?:husband|wife|dad|mom|mum|father|mother|son|daughter|brother|sister|partner))\b
    \b(?:murio|fallecio|fallecido|fallecida|ha_muerto|esta_muert[oa]|muerto|muerta|se_nos_fue|perdimos_a)\b
    \b(?:en_paz_descanse|ya_no_esta_con_nosotros|descansa_en_paz)\b
    \b(?:{_FAMILIA}) ya_no_esta(?:_aqui|_entre_nosotros)?$
    \b(?:se_fue|partio|subio) (?:al_cielo|con_dios|con_el_senor)\b
    \b(?:esta|descansa)_(?:en_el_cielo|con_dios)\b
    \b(?:{_FAMILIA}) nos_dejo\b(?!_(?:en|un|una|el|la|los|las|de|su|que|solos?)\b)|^nos_dejo$
    (?:{_ZH_FAMILY})(?:在?(?:昨|今)[天晚早晨夜]|已经|已經|刚刚|剛剛|刚才|剛才|刚|剛){{0,2}}走了(?!\w)
    人没了|人沒了|(?:离开|離開)了?(?:我们|我們|人世)|[没沒]抢?搶?救过?過?来|抢救无效|搶救無效|没有挺过|沒有挺過|没挺过|咽气|咽氣|安息
    去世|过世|過世|逝世|离世|離世|病逝|病故|死了|死亡|不在了|往生
    (?<!\w)(?:و|ف)?(?:مات|ماتت|توفي|توفى|توفت|توفيت|توفاه|توفاها|وفاة|المرحوم|المرحومة)(?!\w)
    رحمة_(?:الله|ربه|ربها)|(?<!\w)رحم(?:ه|ها)_الله|انا_لله_وانا|البقاء_لله|(?<!\w)رحلت?_عنا|(?<!\w)فارقت?_الحياة
    (?<!\w)فقدنا_(?:والد|والدت|ابي|ابان|ابو|امي|امنا|ابن|زوج|اخ|جد)
    \b(?:qua_doi|da_mat|mat_roi|chet|tu_tran|da_ra_di|lia_doi|khong_qua_khoi)\b
    \b{_VI_FAMILY}_(?:vua_|da_|moi_)?mat(?:_(?:hom_qua|hom_nay|toi_qua|dem_qua|sang_nay|chieu_nay|luc)\b|$)
    \b{_VI_FAMILY}_khong_con(?:_nua|_tren_doi)?$
"""
# Said of this moment: even beside a word of death somebody may still be saved.
_NOW_WORDS = r"""
    \b(?:not_breathing|isnt_breathing|stopped_breathing|no_respira|khong_tho|ngung_tho)\b
    没有呼吸|没呼吸|停止呼吸|لا_يتنفس|لا_تتنفس
"""
_NO_HELP = re.compile(
    r"\b(?:not an?|no|isnt an?) emergency\b|\bno es (?:una )?emergencia\b"
    r"|\b(?:not|nothing|no es|nada) (?:urgent|urgente)\b|不(?:是)?(?:紧急|緊急)"
    r"|\bkhong khan cap\b|ليس عاجل\w*"
    r"|\b(?:dont|do not|never|no need to|didnt) (?:call|phone|ring) (?:me|us|back)\b"
    r"|\bno (?:me|nos) llam\w+\b"
)
_HELP_WORDS = r"""
    ^(?:please_)?call(?:_please)?$|\bhelp_help\b|^(?:sos_?)+$|^(?:help_)(?:needed|hes|shes|he|she)\b
    \b(?:can|could|will) (?:u|ya) (?:call|phone|ring|help)\b
    \burgent(?:ly)?\b(?!_care)|\burgente(?:mente)?\b|紧急|緊急|(?<!\w)عاجل(?!\w)|\bkhan_cap\b
    \bis_(?:anyone|anybody|someone|somebody) there\b
    ^(?:hello_)?(?:anyone|anybody|somebody) there\b
    \bwhat (?:do|should|can|must) (?:i|we) do\b
    \b(?:nobody|no_one|noone) (?:is_)?(?:answers?|answering|picks?|picking)\b
    \bque (?:hago|hacemos|debo_hacer|debemos_hacer|tengo_que_hacer)\b|\bno (?:se|sabemos) que hacer\b
    \bhay alguien\b
    \bnadie (?:contesta|responde|atiende)\b
    请帮|請幫|怎么办(?!理)|怎麼辦(?!理)|有人吗|有人嗎|(?:没|沒)有?人(?:接|回)
    救救|快来人|快來人|来人啊|救護車|幫幫|幫我|打電話給我|給我打電話
    (?<!\w)ماذا_(?:افعل|نفعل|اعمل|نعمل)|(?<!\w)هل_(?:من_احد|يوجد_احد)|لا_احد_يرد|طارية|طاري(?!\w)
    \bphai_lam_(?:sao|gi)\b|\blam_gi_bay_gio\b|\bco_ai_(?:khong|do)\b
    \bkhong_ai_(?:nghe_may|tra_loi|bat_may)\b|\bhet_tho\b
    \bslurr\w+|\bface (?:is_|looks_)?droop\w+|\b(?:he|she) (?:cant|cannot|can_not) talk\b
    \bwants? to die\b|\bquier[oe] morir\w*|\bno quier[oe] vivir\b
    想死(?![你我他她])|不想活|اريد_ان_اموت|\bmuon_chet\b
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
    return "🆘" in body or bool(_HELP.search(_NO_HELP.sub(" ", _bare(body))))


def _bare(body: str) -> str:
    """As `plain`; Vietnamese is often written without its marks, so none of them counts."""
    return plain_words(body).replace("đ", "d")
