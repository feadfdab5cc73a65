"""Texts that a spreadsheet would run as a formula.

A cell of a CSV file that begins with one of these signs is a formula to Excel, WPS and
LibreOffice (OWASP, "CSV injection"); a customer's name must never become one.
"""

RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: the longest text of a cell (Excel's limit); longer ones end with an ellipsis
LONGEST = 32_767


def runs(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula; blanks before it do not help."""
    return text.startswith(RUNS) or text.lstrip(" \n\u3000\xa0").startswith(RUNS)


def harmless(text: str) -> str:
    """The text as CSV may carry it: an apostrophe keeps the spreadsheet from running it."""
    return f"'{text}" if runs(text) else text


def fitting(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
