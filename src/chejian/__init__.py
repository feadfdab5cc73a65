"""Chejian: after-sales service for cars."""

__version__ = "0.1.0"
