"""Verbs of money: settlement, collection, credit, refund, reversal."""
