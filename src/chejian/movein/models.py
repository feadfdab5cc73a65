"""Bringing a shop in: import runs and their problems."""
