"""Reading the catalogue: lists, search, the part behind a scanned code."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from chejian.accounts.models import User
from chejian.catalog.models import LabourOperation, Part, PriceLevelName, TaxRate
from chejian.core.search import prefix_query
from chejian.core.text import fold, pinyin_key

MATCHING = "SELECT subject_id FROM core_searchentry WHERE kind = 'part' AND vector @@ %s::tsquery"
LOOKUP = 12
CHOICES = 200
GOODS_RATE = Decimal("0.13")


def matching[M: Model](rows: QuerySet[M], text: str, column: str = "pk") -> QuerySet[M]:
    """Those whose part is found by number, barcode, name, pinyin, OE or interchange number.

    ``column`` names the part's id in ``rows``.
    """
    if not text.strip():
        return rows
    return rows.filter(answering(text, column))


def answering(text: str, column: str = "pk") -> Q:
    """The same as a condition, to be joined with others. What holds no word answers to nothing."""
    query = prefix_query(text)
    if not query:
        return Q(pk__in=[])
    return Q(**{f"{column}__in": RawSQL(MATCHING, [query])})  # noqa: S611 - constant text


def find_parts(user: User, text: str, limit: int = LOOKUP) -> list[Part]:
    """For search as you type: active parts; a number typed whole stands first."""
    if not text.strip():
        return []
    rows = matching(Part.objects.visible_to(user).filter(active=True), text)
    found = list(rows.select_related("tax_rate").order_by("name_key", "pk")[:limit])
    whole = part_by_code(text)
    if whole is not None and whole.active:
        found = [whole, *(part for part in found if part.pk != whole.pk)][:limit]
    return found


def part_by_code(text: str) -> Part | None:
    """The one part with this number or barcode, else with this OE or interchange number.

    None when nothing has it, or several share it.
    """
    code = fold(text)
    if not code:
        return None
    parts = Part.objects.select_related("tax_rate")
    own = parts.filter(number=code).first()
    if own is not None:
        return own
    for narrowed in (parts.filter(barcode=code), parts.filter(numbers__number=code).distinct()):
        some = list(narrowed[:2])
        if some:
            return some[0] if len(some) == 1 else None
    return None


def brands() -> list[str]:
    """Brands in use, for a filter."""
    rows = Part.objects.exclude(brand="").order_by("brand").values_list("brand", flat=True)
    return list(rows.distinct()[:CHOICES])


def usual_tax_rate() -> TaxRate | None:
    """13 %, the rate of goods and of repair labour (增值税法 art. 10)."""
    return TaxRate.objects.filter(rate=GOODS_RATE).order_by("pk").first()


def level_names() -> dict[str, str]:
    """The shop's names of the five price levels, in their order."""
    return dict(PriceLevelName.objects.order_by("position").values_list("code", "name"))


def find_operations(user: User, text: str, limit: int = LOOKUP) -> list[LabourOperation]:
    """Active operations whose code, name or pinyin holds every word of the text."""
    rows = LabourOperation.objects.visible_to(user).filter(active=True)
    return list(operations_matching(rows, text).order_by("name_key", "pk")[:limit])


def operations_matching(
    rows: QuerySet[LabourOperation], text: str
) -> QuerySet[LabourOperation]:
    """A shop has some hundreds of operations: each is compared with what was typed."""
    words = fold(text).lower().split()
    if not words:
        return rows
    ids = [
        pk
        for pk, code, name, name_key in rows.values_list("pk", "code", "name", "name_key")
        if _answers(words, (code.lower(), name.lower(), *_spoken(name_key or pinyin_key(name))))
    ]
    return rows.filter(pk__in=ids)


def _spoken(name_key: str) -> tuple[str, str]:
    """Full pinyin without tones, and initials."""
    syllables = [syllable.rstrip("012345") for syllable in name_key.split()]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def _answers(words: Sequence[str], texts: Sequence[str]) -> bool:
    return all(any(word in text for text in texts) for word in words)
