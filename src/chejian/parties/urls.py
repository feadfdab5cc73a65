from django.urls import URLPattern, path

from chejian.parties.views import lists, merging, records, tags

urlpatterns: list[URLPattern] = [
    path("customers/", lists.parties, name="parties"),
    path("customers/new/", records.new_party, name="new_party"),
    path("customers/duplicates/", lists.duplicates, name="party_duplicates"),
    path("customers/<int:pk>/", records.party, name="party"),
    path("customers/<int:pk>/edit/", records.edit_party, name="edit_party"),
    path("customers/<int:pk>/contacts/", records.contacts, name="party_contacts"),
    path("customers/<int:pk>/contacts/<int:contact_id>/", records.contact, name="party_contact"),
    path("customers/<int:pk>/numbers/", records.numbers, name="party_numbers"),
    path("customers/<int:pk>/disclosures/", records.disclosures, name="party_disclosures"),
    path("customers/<int:pk>/merges/", merging.merge_party, name="merge_party"),
    path(
        "customers/<int:pk>/merges/<int:merge_id>/undoing/", merging.unmerge_party,
        name="unmerge_party",
    ),
    path("customers/<int:pk>/tags/", tags.party_tags, name="party_tags"),
    path("customers/<int:pk>/tags/<int:tag_id>/removal/", tags.party_untag, name="party_untag"),
    path("tags/", tags.tags, name="tags"),
    path("tags/<int:pk>/", tags.tag, name="tag"),
    path("lookup/customers/", lists.party_lookup, name="party_lookup"),
]
