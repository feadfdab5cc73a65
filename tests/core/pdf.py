"""Looking into a PDF without a library: its pages, its fonts, and its text where a tool is."""

import re
import shutil
import subprocess

import pytest


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def fonts(pdf: bytes) -> set[str]:
    names = re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+-[A-Za-z]+)", pdf)
    return {name.decode() for name in names}


def text(pdf: bytes) -> str:
    """All text in the order of its cells, without white space and break marks."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run([tool, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(done.stdout.decode().replace("\u200b", "").split())
