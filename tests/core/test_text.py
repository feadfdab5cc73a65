"""Folding, pinyin and search tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.core import text


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("  解超 ", "解超"),
        ("１４３０４９９３６１６", "14304993616"),
        ("粤Ｂ\u3000Ｄ１２３４５", "粤B D12345"),
        ("鑫源建材（个体）", "鑫源建材(个体)"),
        ("\ufeff单号\u200b", "单号"),
        ("a\t\n b", "a b"),
    ],
)
def test_fold(raw: str, folded: str) -> None:
    assert text.fold(raw) == folded


def test_tidy_leaves_chinese_punctuation() -> None:
    assert text.tidy(" 东莞市顺达物流（个体） ") == "东莞市顺达物流（个体）"


def test_squeeze_drops_inner_spaces() -> None:
    assert text.squeeze("桂A 09850") == "桂A09850"


def test_sort_by_pinyin_key() -> None:
    names = ["周春", "解超", "仇超", "李霞", "梁涛伟", "单强", "A先生"]
    assert sorted(names, key=text.pinyin_key) == [
        "A先生",
        "李霞",
        "梁涛伟",
        "仇超",
        "单强",
        "解超",
        "周春",
    ]


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("解超", "xiechao", "xc"),
        ("解超", "jiechao", "jc"),
        ("单强", "shanqiang", "sq"),
        ("单强", "danqiang", "dq"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("曾琪", "zengqi", "zq"),
        ("重庆长安", "chongqingchangan", "cqca"),
    ],
)
def test_all_readings(name: str, full: str, initials: str) -> None:
    assert full in text.pinyin_full(name)
    assert initials in text.pinyin_initials(name)


def test_surname_reading_comes_first() -> None:
    assert text.pinyin_readings("仇超")[0] == ("qiu", "chao")
    assert text.pinyin_readings("Model 3") == ()


def test_bigrams() -> None:
    assert text.bigrams("前刹车片") == ["前刹", "刹车", "车片", "片"]
    assert text.bigrams("机油 5W-30 滤芯") == ["机油", "油", "滤芯", "芯"]


def test_tails() -> None:
    assert text.tails("3665-62") == ["366562", "66562", "6562", "562", "62"]
    assert text.tails("粤B·12345")[:2] == ["粤b12345", "b12345"]
    assert text.tails("7") == ["7"]
    assert text.tails("--") == []


def test_query_terms() -> None:
    assert text.query_terms("刹车片 G97-83") == ["刹车", "车片", "g9783"]
    assert text.query_terms("粤B·1234") == ["粤b1234"]
    assert text.query_terms("1234学") == ["1234学"]
    assert text.query_terms("宋PLUS") == ["宋", "plus"]
    assert text.query_terms("'; drop & | ! :*") == ["drop"]
    assert text.query_terms("") == []


def _finds(query: str, tokens: list[str]) -> bool:
    terms = text.query_terms(query)
    return bool(terms) and all(any(t.startswith(term) for t in tokens) for term in terms)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("梁涛", True),
        ("伟", True),
        ("涛伟", True),
        ("ltw", True),
        ("lt", True),
        ("liangtao", True),
        ("taowei", True),
        ("957t", True),
        ("赣BZ957", True),
        ("赣B·Z957T", True),
        ("19214229068", True),
        ("9068", True),
        ("1422", True),
        ("597687", True),
        ("梁伟", False),
        ("9069", False),
    ],
)
def test_a_car_is_found_by_any_part(query: str, found: bool) -> None:
    tokens = text.search_tokens(
        names=["梁涛伟"],
        texts=["别克英朗"],
        codes=["赣B·Z957T", "LSG9JP4D7RF597687", "19214229068"],
    )
    assert _finds(query, tokens) is found


@pytest.mark.parametrize("plate", ["苏E·12B45", "粤BD12345", "苏E1234学", "新A88888"])
def test_every_piece_of_a_plate_finds_it(plate: str) -> None:
    tokens, key = text.search_tokens(codes=[plate]), text.code_key(plate)
    pieces = {key[i:j] for i in range(len(key)) for j in range(i + 2, len(key) + 1)}
    assert {piece for piece in pieces if not _finds(piece, tokens)} == set()


def test_a_model_that_looks_like_a_plate_is_found() -> None:
    tokens = text.search_tokens(names=["大众 新POLO"])
    assert all(_finds(query, tokens) for query in ("新polo", "新po", "polo", "大众 新POLO", "大众"))


def test_a_family_name_keeps_its_readings_however_the_rest_is_read() -> None:
    """The last two characters alone have more readings than are kept."""
    assert {"lexinghe", "yuexinghe"} <= text.pinyin_full("乐行和")


@given(st.text(alphabet="刹车片机油滤清器前后左右", min_size=1, max_size=12), st.data())
def test_every_piece_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert _finds(name[start:end], text.search_tokens(texts=[name]))


@given(st.text(max_size=60))
def test_terms_are_always_safe(query: str) -> None:
    assert all(text.code_key(term) == term and term for term in text.query_terms(query))
