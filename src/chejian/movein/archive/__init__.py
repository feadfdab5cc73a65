"""Moving out: everything as an open archive, and loading one into an empty house.

An archive is a ZIP of one CSV per table, the kept files, ``schema.json`` that describes every
column, and a README in Chinese and English. ``tables`` says what belongs to it, ``writing`` makes
it, ``loading`` reads it back.
"""
