"""What people do with customers, one verb each."""

from chejian.parties.services.contacts import add_contact, deactivate_contact, update_contact
from chejian.parties.services.merging import merge_parties
from chejian.parties.services.records import create_party, update_party
from chejian.parties.services.sensitive import reveal, seal_numbers
from chejian.parties.services.tags import (
    change_tag,
    make_tag,
    tag_parties,
    tag_party,
    untag_party,
)
from chejian.parties.services.unmerging import unmerge_parties

__all__ = [
    "add_contact",
    "change_tag",
    "create_party",
    "deactivate_contact",
    "make_tag",
    "merge_parties",
    "reveal",
    "seal_numbers",
    "tag_parties",
    "tag_party",
    "unmerge_parties",
    "untag_party",
    "update_contact",
    "update_party",
]
