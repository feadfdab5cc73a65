"""How the data of a customer are brought into their normal form, and what is refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.text import squeeze, tidy
from chejian.parties import identity
from chejian.parties.errors import InvalidNumber
from chejian.parties.models import Party

PLAIN = (
    "kind", "name", "phone", "is_customer", "is_supplier", "is_insurer", "is_maker", "uscc",
    "address", "member_tier", "remarks", "legacy_number",
)
TERMS = ("price_level", "credit_limit", "credit_term_days")
SEALED = ("identity", "bank_account", "tax_number")
#: nobody needs a permission to give a new customer the terms that everybody has
USUAL_TERMS: dict[str, Any] = {
    "price_level": Party.PriceLevel.RETAIL, "credit_limit": Decimal(0), "credit_term_days": 30,
}
IDENTITY_SIGNS = 15


def normal_phone(raw: str) -> str:
    """The stored form; what is no phone stays as it was written. An extension is kept: 转123."""
    parsed = identity.parse_phone(raw)
    text = f"{parsed.text}转{parsed.extension}" if parsed.extension else parsed.text
    return text[:20]


def normal_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Tidy what was typed. Raises InvalidNumber; TypeError for a field that is not known."""
    unknown = set(fields) - {*PLAIN, *TERMS}
    if unknown:
        raise TypeError(f"a party has no field {sorted(unknown)}")
    made = dict(fields)
    for name in ("name", "address", "member_tier", "remarks", "legacy_number"):
        if name in made:
            made[name] = tidy(made[name])
    if "phone" in made:
        made["phone"] = normal_phone(made["phone"])
    if made.get("uscc"):
        made["uscc"] = _credit_code(made["uscc"])
    return made


def _credit_code(raw: str) -> str:
    parsed = identity.parse_credit_code(raw)
    if not parsed.valid:
        raise InvalidNumber(identity.PROBLEM_TEXT[parsed.problems[0]], field="uscc")
    return parsed.text


def normal_identity(raw: str) -> str:
    """An identity card is checked (GB 11643); a shorter number is a passport or the like."""
    text = squeeze(raw).upper()
    if len(text) < IDENTITY_SIGNS:
        return text
    parsed = identity.parse_identity_card(raw)
    if not parsed.valid:
        raise InvalidNumber(identity.PROBLEM_TEXT[parsed.problems[0]], field="identity")
    return parsed.text


def normal_sealed(field: str, raw: str) -> str:
    return normal_identity(raw) if field == "identity" else squeeze(raw).upper()


def may_set_terms(by: User | None) -> bool:
    """Prices and credit cost money; the move-in brings them along from the old system."""
    return by is None or by.can(P.SET_CREDIT) or by.can(P.IMPORT_DATA)
