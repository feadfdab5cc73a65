"""The house's own order: size of files, floors of foreign keys, nothing that ties it to a place."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "chejian"
LONGEST_FILE = 500
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {
    contract["id"]: contract for contract in CONFIGURATION["tool"]["importlinter"]["contracts"]
}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a clone")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def floors():
    """App label to the number of its floor, from the import contract: one truth for both."""
    layers = CONTRACTS["floors"]["layers"]
    return {
        name.strip("() "): number
        for number, layer in enumerate(reversed(layers))
        for name in layer.split("|")
    }


def test_every_app_has_a_floor_and_stands_in_the_contracts():
    labels = [name.removeprefix("chejian.") for name in settings.CHEJIAN_APPS]
    on_floors = [label for label in labels if label != "demo"]
    assert set(on_floors) <= set(floors())
    wanted = {f"chejian.{label}" for label in on_floors}
    assert set(CONTRACTS["app"]["containers"]) == wanted
    assert set(CONTRACTS["house"]["source_modules"]) == wanted


def test_settings_name_the_apps_from_the_ground_up():
    numbers = [floors()[name.removeprefix("chejian.")] for name in settings.CHEJIAN_APPS
               if name != "chejian.demo"]
    assert numbers == sorted(numbers)


def test_no_foreign_key_points_up_or_sideways():
    level = floors()
    wrong = []
    for model in apps.get_models():
        own = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or target is None or isinstance(target, str):
                continue
            other = target._meta.app_label
            if own in level and other in level and own != other and level[other] >= level[own]:
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert wrong == []


def python_files():
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def test_no_python_file_is_too_long():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_models_are_imported_not_looked_up():
    offenders = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.is_relative_to(PACKAGE) and re.search(r"\bapps\.get_model\(", path.read_text())
    ]
    assert offenders == []


@pytest.mark.parametrize(("row", "home"), [("StockMove", "inventory"), ("Posting", "books")])
def test_a_ledger_is_appended_only_by_its_own_services(row, home):
    """Making the row is what appends: nobody else may, whatever he imports."""
    makers = []
    for path in python_files():
        if path.is_relative_to(PACKAGE):
            text = path.read_text(encoding="utf-8")
            made = rf"(?<!class )\b{row}(\.objects\.(bulk_)?create)?\("
            if re.search(rf"{made}|INSERT INTO {home}_{row.lower()}\b", text):
                makers.append(path.relative_to(PACKAGE / home).parts[0]
                              if path.is_relative_to(PACKAGE / home) else str(path))
    assert set(makers) - {"models.py"} <= {"services", "services.py"}
    assert makers


def test_money_and_quantities_are_never_floats():
    """``float`` and literals such as 0.13 belong to clocks and pixels, never to these apps."""
    exact = ("books", "billing", "inventory", "catalog", "workorders")
    wrong = []
    for path in python_files():
        if not any(path.is_relative_to(PACKAGE / app) for app in exact):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            name = isinstance(node, ast.Name) and node.id == "float"
            if literal or name:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_the_wheel_needs_what_the_requirements_say():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    build_only = [line for line in wanted if line.startswith(("hatchling", "editables"))]
    assert CONFIGURATION["project"]["dependencies"] == [
        line for line in wanted if line not in build_only
    ]


def test_no_package_registry_is_named():
    """Where packages come from is the business of each machine, not of the project: what installs
    or vendors packages names no address at all, and nothing sets an index."""
    address = re.compile(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org)[^\s\"')]+|_authToken|index-url"
                         r"|find-links")
    installing = [path for path in tracked() if path.name.startswith("requirements")
                  or path.suffix in {".lock", ".toml", ".sh", ".cfg"}
                  or path.name in {"Makefile", "run", "package.json", "package-lock.json"}
                  or path.parent == ROOT / "scripts"]
    assert len(installing) > 8
    named = {
        str(path.relative_to(ROOT)): found
        for path in installing
        if (found := address.findall(path.read_text(encoding="utf-8", errors="ignore")))
    }
    assert named == {}


def test_requirements_are_pinned_by_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8"))
        pinned = [block for block in blocks if "==" in block]
        assert len(pinned) > 30
        assert [block for block in pinned if "--hash=sha256:" not in block] == []
