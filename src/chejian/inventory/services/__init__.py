"""The verbs of stock, one module per idea. Those named here are called by other apps."""

from chejian.inventory.errors import InsufficientInBin, InsufficientStock, ReturnTooLarge
from chejian.inventory.services.issuing import issue, return_issue
from chejian.inventory.services.places import create_bin, create_warehouse, update_warehouse
from chejian.inventory.services.receiving import ReceiptLine, receive
from chejian.inventory.services.reserving import release, reserve

__all__ = [
    "InsufficientInBin",
    "InsufficientStock",
    "ReceiptLine",
    "ReturnTooLarge",
    "create_bin",
    "create_warehouse",
    "issue",
    "receive",
    "release",
    "reserve",
    "return_issue",
    "update_warehouse",
]
