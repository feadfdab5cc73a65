"""What people do with customers, one verb each."""

from chejian.parties.services.contacts import add_contact, deactivate_contact, update_contact
from chejian.parties.services.merging import merge_parties
from chejian.parties.services.records import create_party, update_party
from chejian.parties.services.sensitive import reveal, seal_numbers

__all__ = [
    "add_contact",
    "create_party",
    "deactivate_contact",
    "merge_parties",
    "reveal",
    "seal_numbers",
    "update_contact",
    "update_party",
]
