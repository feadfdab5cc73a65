"""Chinese text: folding of widths, pinyin keys, and the tokens that search works with.

The embedded PostgreSQL has neither a Chinese collation nor a Chinese parser. So names are sorted
by a stored pinyin key, and found by tokens of our own: pairs of Chinese characters, every tail of
a number or code, and every reading of a name in full pinyin and in initials. Tokens are made to be
searched by their beginning: whoever holds a tail finds the whole.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Readings that a character has as a family name and rarely or never elsewhere.
SURNAME_READINGS: dict[str, tuple[str, ...]] = {
    "万俟": ("mo", "qi"),
    "令狐": ("ling", "hu"),
    "尉迟": ("yu", "chi"),
    "单于": ("chan", "yu"),
    "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"),
    "宰父": ("zai", "fu"),
    "亓官": ("qi", "guan"),
    "仇": ("qiu",),
    "单": ("shan",),
    "解": ("xie",),
    "曾": ("zeng",),
    "查": ("zha",),
    "区": ("ou",),
    "朴": ("piao",),
    "翟": ("zhai",),
    "盖": ("ge",),
    "华": ("hua",),
    "任": ("ren",),
    "缪": ("miao",),
    "覃": ("qin",),
    "召": ("shao",),
    "折": ("she",),
    "秘": ("bi",),
    "黑": ("he",),
    "乐": ("yue",),
    "员": ("yun",),
    "祭": ("zhai",),
    "洗": ("xian",),
    "冼": ("xian",),
    "逄": ("pang",),
    "种": ("chong",),
    "重": ("chong",),
    "么": ("yao",),
    "句": ("gou",),
    "撒": ("sa",),
    "炅": ("gui",),
    "过": ("guo",),
    "谌": ("chen",),
    "隗": ("wei",),
    "晟": ("cheng",),
    "郇": ("xun",),
    "纪": ("ji",),
    "应": ("ying",),
    "宁": ("ning",),
    "瞿": ("qu",),
    "燕": ("yan",),
    "相": ("xiang",),
    "尉": ("wei",),
    "曲": ("qu",),
    "柏": ("bai",),
    "强": ("qiang",),
    "尹": ("yin",),
    "葛": ("ge",),
    "石": ("shi",),
    "沈": ("shen",),
    "车": ("che",),
    "牟": ("mou",),
    "藏": ("zang",),
    "行": ("xing",),
    "哈": ("ha",),
    "那": ("na",),
}
NAME_LENGTH = 4  # names up to this long may be personal: all their readings count
READINGS_LIMIT = 32
SHORTEST_TAIL = 2

_GAPS = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_CODE_MARKS = re.compile(r"[^0-9a-z\u3400-\u9fff]")
# A plate, or its end: the sign of the province before letters, or the sign of the use behind them.
_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][0-9a-z]*[学警挂领港澳使试超]?"
    "|[0-9a-z]+[学警挂领港澳使试超]"
)


def tidy(value: str) -> str:
    """Trim, drop invisible characters and make every gap one space. Punctuation stays as it is."""
    return _GAPS.sub(" ", _INVISIBLE.sub("", value)).strip()


def fold(value: str) -> str:
    """Full-width letters, digits and signs become half-width (NFKC); then ``tidy``."""
    return tidy(unicodedata.normalize("NFKC", value))


def squeeze(value: str) -> str:
    """``fold`` and drop every space."""
    return fold(value).replace(" ", "")


def is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def pinyin_key(value: str) -> str:
    """Sort key: syllables with tone digits, apart, so that 李 (li3) comes before 梁 (liang2).

    A name of up to four characters takes the reading of its family name. Anything not Chinese
    keeps its place, in lower case.
    """
    return " ".join(_syllables(fold(value).lower(), tones=True))[:200]


def _syllables(value: str, *, tones: bool = False) -> list[str]:
    surname = _surname(value)
    head = [] if not surname else _surname_reading(surname, tones=tones)
    rest = value[len(surname) :]
    return [part for part in [*head, *_phrase(rest, tones=tones)] if part.strip()]


def _phrase(value: str, *, tones: bool = False) -> list[str]:
    """The likeliest reading of a run. The dictionary is loaded when first asked: it takes a third
    of a second and its memory, in every process, and most never write a name."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - see above

    return list(lazy_pinyin(value, style=Style.TONE3 if tones else Style.NORMAL))


def _character(character: str, *, tones: bool = False) -> list[str]:
    """Every reading of one character."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - as above

    style = Style.TONE3 if tones else Style.NORMAL
    return list(pinyin(character, style=style, heteronym=True)[0])


def _surname(value: str) -> str:
    """The leading family name with a reading of its own, in what may be a person's name."""
    if not 1 < len(value) <= NAME_LENGTH or not all(map(is_chinese, value)):
        return ""
    return next((value[:n] for n in (2, 1) if value[:n] in SURNAME_READINGS), "")


def _surname_reading(surname: str, *, tones: bool) -> list[str]:
    plain = SURNAME_READINGS[surname]
    if not tones:
        return list(plain)
    return [_toned(character, reading) for character, reading in zip(surname, plain, strict=True)]


def _toned(character: str, reading: str) -> str:
    """The reading with its tone digit, if the dictionary knows this reading."""
    options = _character(character, tones=True)
    return next((o for o in options if o.rstrip("012345") == reading), reading)


@lru_cache(maxsize=4096)
def _readings_of(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_character(character)))


@lru_cache(maxsize=8192)
def pinyin_readings(value: str) -> tuple[tuple[str, ...], ...]:
    """Every way to read a Chinese run, most likely first; longer ones only as their phrases say."""
    run = "".join(filter(is_chinese, fold(value)))
    if not run:
        return ()
    readings = [tuple(_phrase(run))]
    if len(run) <= NAME_LENGTH:
        readings = [tuple(_syllables(run)), *readings, *_other_readings(run)]
    return tuple(dict.fromkeys(readings))


def _other_readings(run: str) -> list[tuple[str, ...]]:
    """Each character read otherwise, the likelier ones first: rare ones are cut, never a family
    name's only because the last character has many readings."""
    ranked = (tuple(enumerate(_readings_of(character))) for character in run)
    every = sorted(itertools.product(*ranked), key=lambda way: sum(place for place, _ in way))
    return [tuple(reading for _, reading in way) for way in every[:READINGS_LIMIT]]


def pinyin_full(value: str) -> set[str]:
    """``{"xiechao", "jiechao"}`` for 解超."""
    return {"".join(reading) for reading in pinyin_readings(value)}


def pinyin_initials(value: str) -> set[str]:
    """``{"xc", "jc"}`` for 解超."""
    return {"".join(part[0] for part in reading) for reading in pinyin_readings(value)}


def bigrams(value: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, and the last one alone: 刹车片 gives 刹车 车片 片.

    Every character begins a token, so that even a single one can be searched.
    """
    pairs: list[str] = []
    for run in _RUNS.findall(fold(value).lower()):
        if is_chinese(run[0]):
            pairs += [run[i : i + 2] for i in range(len(run))]
    return pairs


def code_key(value: str) -> str:
    """A plate, VIN, phone or part number in lower case without marks: 3665-6292 is 36656292."""
    return _CODE_MARKS.sub("", fold(value).lower())


def tails(value: str, shortest: int = SHORTEST_TAIL) -> list[str]:
    """Every tail of a code, so that its last digits and its middle are found by beginning."""
    key = code_key(value)
    return [key[i:] for i in range(max(1, len(key) - shortest + 1))] if key else []


def _pinyin_tails(reading: tuple[str, ...]) -> Iterator[str]:
    for start in range(len(reading)):
        yield "".join(reading[start:])
        if len(reading) - start > 1:
            yield "".join(part[0] for part in reading[start:])


def _words(value: str) -> Iterator[str]:
    """Runs of letters and digits; a word that looks like a plate (新POLO) also whole."""
    folded = fold(value).lower()
    for run in _RUNS.findall(folded):
        if not is_chinese(run[0]):
            yield run
    for word in folded.split(" "):
        key = _CODE_MARKS.sub("", word)
        if _PLATE.fullmatch(key):
            yield key


def search_tokens(
    *, names: Iterable[str] = (), texts: Iterable[str] = (), codes: Iterable[str] = ()
) -> list[str]:
    """All tokens under which something is found, sorted.

    ``names`` are read aloud (pinyin, initials), ``texts`` only by characters and words (remarks,
    fitment), ``codes`` by every tail (plates, VINs, phones, part and document numbers).
    """
    tokens: set[str] = set()
    for name in names:
        tokens.update(bigrams(name), _words(name))
        for reading in pinyin_readings(name):
            tokens.update(_pinyin_tails(reading))
    for text in texts:
        tokens.update(bigrams(text), _words(text))
    for code in codes:
        tokens.update(tails(code))
    return sorted(tokens)


def query_terms(query: str) -> list[str]:
    """The beginnings that must all be there: 刹车片 G97-83 gives 刹车, 车片, g9783.

    Marks inside a number are dropped as they were in the index; spaces part the words; a plate
    stays whole, because its province alone would fit every car. Terms are letters, digits and
    Chinese characters only, so they are safe inside a tsquery.
    """
    terms: list[str] = []
    for word in fold(query).lower().split(" "):
        key = _CODE_MARKS.sub("", word)
        runs = [key] if _PLATE.fullmatch(key) else _RUNS.findall(key)
        for run in runs:
            if len(run) > 1 and all(map(is_chinese, run)):
                terms += [run[i : i + 2] for i in range(len(run) - 1)]
            else:
                terms.append(run)
    return list(dict.fromkeys(terms))
