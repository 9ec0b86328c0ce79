"""Which browser the tests drive. `python -m tests.browser.chromium` installs one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

REMEDY = (
    "the tests of the HTML page need Chromium: run `make browser` as root on Debian or Ubuntu, "
    "or `.venv/bin/playwright install chromium`"
)
#: What a browser in a container needs, and what keeps it from calling home.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def found() -> str | None:
    """The distribution's, which gets security updates, before playwright's own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def main() -> None:
    """Install Debian's Chromium where no browser is found."""
    if found():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(REMEDY)
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], check=True)


if __name__ == "__main__":
    main()
