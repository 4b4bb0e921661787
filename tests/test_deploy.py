"""What deploy/ and the docs give to operators: it parses, and every setting it names exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.settings import Settings
from tests.service import ROOT

SETTINGS = {f"KB_{each.name.upper()}" for each in fields(Settings)}
# Not of the service: read by the tests.
OTHERS = {"KB_TEST_BROWSER"}
TEXTS = [
    path
    for folder in ("deploy", "docs", "indexer/starter")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix not in {".png", ".svg"}
]
UNITS = sorted((ROOT / "deploy/systemd").iterdir())


@pytest.mark.parametrize("path", [*TEXTS, ROOT / "README.md"], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_that_is_named_exists(path: Path) -> None:
    """A misspelt or removed variable is passed over in silence: the operator believes that it is set."""
    named = set(re.findall(r"\bKB_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))

    assert named - SETTINGS - OTHERS == set()


def _compose() -> Any:
    return yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))


def test_containers_name_only_what_is_there() -> None:
    """Volumes, networks and services that are used are declared; every variable is one of the example."""
    compose = _compose()
    text = (ROOT / "deploy/compose.yaml").read_text(encoding="utf-8")
    given = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / "deploy/example.env").read_text(encoding="utf-8"), re.MULTILINE))
    live = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))

    for service in compose["services"].values():
        used = {volume.split(":")[0] for volume in service.get("volumes", ()) if volume[0] not in "/.$"}
        assert used <= compose["volumes"].keys()
        assert set(service["networks"]) <= compose["networks"].keys()
        assert set(service.get("depends_on", ())) <= compose["services"].keys()
    assert set(re.findall(r"\$\{([A-Z_]+)", live)) <= given


def test_only_the_owner_holds_the_admin_key() -> None:
    """A fault in the process that customers reach must not give away the whole engine."""
    services = _compose()["services"]
    holders = [name for name, service in services.items() if "KB_MEILI_KEY" in service.get("environment", {})]

    assert holders == ["owner"]
    assert services["public"]["environment"]["KB_SURFACE"] == "public"
    assert services["agent"]["environment"]["KB_SURFACE"] == "agent"


def test_nothing_is_reachable_past_the_proxy() -> None:
    """Ports are given on loopback only: a published port goes around the firewall of the machine."""
    ports = [port for service in _compose()["services"].values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_image_is_of_one_release() -> None:
    """`latest` would begin with an empty database on the day of a release, unasked."""
    image = _compose()["services"]["meilisearch"]["image"]
    release = re.fullmatch(r"getmeili/meilisearch:v1\.(\d+)\.\d+", image)

    assert release
    assert int(release[1]) >= 21


def test_image_is_made_of_what_is_in_the_repository() -> None:
    """Each COPY from the repository exists, and is not kept out of the build."""
    text = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()]
    allowed = (ROOT / "deploy/Dockerfile.dockerignore").read_text(encoding="utf-8").split()

    assert copied
    assert all((ROOT / name).exists() and f"!{name}" in allowed for name in copied)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    """systemd passes over a line that it does not know, be it the one that protects something."""
    for unit in UNITS:
        # The programs are not installed here.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")

    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in told.stderr.splitlines() if str(tmp_path) in line or "faq-kb" in line] == []


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_service_can_do_no_more_than_it_must(unit: Path) -> None:
    """Whoever breaks into one of the processes finds a read-only system without privileges."""
    lines = unit.read_text(encoding="utf-8").splitlines()

    for needed in (
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
        "User=faq-kb",
    ):
        assert needed in lines
    assert any(line.startswith("MemoryMax=") for line in lines)
