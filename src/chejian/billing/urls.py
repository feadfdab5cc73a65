from django.urls import path

from chejian.billing import account_views, list_views, views

urlpatterns = [
    path("work-orders/<int:pk>/settlements/", views.settlements, name="settlements"),
    path("work-orders/<int:pk>/settlements/reversals/", views.reversals, name="reversals"),
    path("work-orders/<int:pk>/corrections/", views.corrections, name="corrections"),
    path("work-orders/<int:pk>/discounts/", views.discounts, name="discounts"),
    path("work-orders/<int:pk>/payments/", views.payments, name="payments"),
    path("work-orders/<int:pk>/deposits/", views.deposits, name="deposits"),
    path("work-orders/<int:pk>/on-account/", views.on_account, name="on_account"),
    path("work-orders/<int:pk>/money-approvals/", views.approvals, name="money_approvals"),
    path("settlements/", list_views.settlements, name="settlement_list"),
    path("payments/", list_views.payments, name="payment_list"),
    path("receivables/", list_views.receivables, name="receivable_list"),
    path("customers/<int:pk>/account/", account_views.party_account, name="party_account"),
    path("customers/<int:pk>/payments/", account_views.party_payments, name="party_payments"),
    path("opening-balances/<int:pk>/reversals/", account_views.opening_reversals,
         name="opening_reversals"),
    path("payments/<int:pk>/refunds/", views.refunds, name="refunds"),
]
