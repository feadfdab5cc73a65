from django.urls import URLPattern, path

from chejian.inventory.views import places, receipts, stock

urlpatterns: list[URLPattern] = [
    path("stock/", stock.stock, name="stock"),
    path("stock/parts/<int:pk>/", stock.stock_card, name="stock_card"),
    path("stock/moves/", stock.stock_moves, name="stock_moves"),
    path("stock/report/", stock.stock_report, name="stock_report"),
    path("stock/receipts/", receipts.receipts, name="receipts"),
    path("stock/receipts/lines/", receipts.receipt_lines, name="receipt_lines"),
    path("stock/receipts/new/", receipts.new_receipt, name="receipt_create"),
    path("stock/receipts/new/row/", receipts.receipt_row, name="receipt_row"),
    path("stock/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("stock/warehouses/", places.warehouses, name="warehouses"),
    path("stock/warehouses/new/", places.new_warehouse, name="new_warehouse"),
    path("stock/warehouses/<int:pk>/", places.warehouse, name="warehouse"),
    path("stock/warehouses/<int:pk>/bins/", places.bins, name="warehouse_bins"),
    path("lookup/receipt-parts/", receipts.receipt_parts, name="receipt_parts"),
]
