"""What is here works on any machine: no path and no package host of the one that it was written on."""

from __future__ import annotations

import re
from pathlib import Path

from .tree import files, named

HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "proxy.golang" + ".org")
#: Absolute paths below the directories in which people and machines keep checkouts.
PATHS = re.compile(r"(?<![\w./-])/(?:work|root|opt/wheels|home/\w+|Users/\w+)(?:/|\b)")


def test_a_file_names_no_machine() -> None:
    """Neither a checkout's path nor a package registry's host stands in it."""
    found = {named(path): _names(path) for path in files() if path != Path(__file__)}

    assert {} == {name: names for name, names in found.items() if names}


def _names(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    return [host for host in HOSTS if host in text] + PATHS.findall(text)


def test_the_pins_name_versions_only() -> None:
    """`requirements.lock` installs from whichever index the machine is set up for."""
    lines = next(path for path in files() if path.name == "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if not line.lstrip().startswith("#")]

    assert [] == [line for line in pins if not re.match(r"^[a-z0-9-]+==[\w.]+( ; .+)?$", line)]
