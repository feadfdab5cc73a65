from django.urls import URLPattern, path

from chejian.vehicles.views import chains, lists, merging, records, tags

urlpatterns: list[URLPattern] = [
    path("vehicles/", lists.vehicles, name="vehicles"),
    path("vehicles/new/", records.new_vehicle, name="new_vehicle"),
    path("vehicles/<int:pk>/", records.vehicle, name="vehicle"),
    path("vehicles/<int:pk>/edit/", records.edit_vehicle, name="edit_vehicle"),
    path("vehicles/<int:pk>/plates/", chains.plates, name="vehicle_plates"),
    path("vehicles/<int:pk>/owners/", chains.owners, name="vehicle_owners"),
    path("vehicles/<int:pk>/drivers/", chains.drivers, name="vehicle_drivers"),
    path(
        "vehicles/<int:pk>/drivers/<int:driver_id>/end/",
        chains.driver_end,
        name="vehicle_driver_end",
    ),
    path("vehicles/<int:pk>/readings/", chains.readings, name="vehicle_readings"),
    path("vehicles/<int:pk>/meters/", chains.meters, name="vehicle_meters"),
    path("vehicles/<int:pk>/corrections/", chains.corrections, name="vehicle_corrections"),
    path("vehicles/<int:pk>/merges/", merging.merge_vehicle, name="merge_vehicle"),
    path(
        "vehicles/<int:pk>/merges/<int:merge_id>/undoing/", merging.unmerge_vehicle,
        name="unmerge_vehicle",
    ),
    path("vehicles/<int:pk>/tags/", tags.vehicle_tags, name="vehicle_tags"),
    path("vehicles/<int:pk>/tags/<int:tag_id>/removal/", tags.vehicle_untag, name="vehicle_untag"),
    path("lookup/vehicles/", lists.vehicle_lookup, name="vehicle_lookup"),
]
