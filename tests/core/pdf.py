"""Looking into a PDF: its pages, its fonts, its text."""

import re
from io import BytesIO

from pypdf import PdfReader


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def fonts(pdf: bytes) -> set[str]:
    names = re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+-[A-Za-z]+)", pdf)
    return {name.decode() for name in names}


def text(pdf: bytes) -> str:
    """All text in the order of its cells, without white space and break marks."""
    whole = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join(whole.replace("\u200b", "").split())
