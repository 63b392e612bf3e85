"""The machine's own Chromium, driven by Playwright."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def opened(config):
    """A generator of one browser; skips, or in strict mode fails, where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if config.getoption("--strict-machine"):
            pytest.fail("Chromium is not installed on this machine")
        pytest.skip("Chromium is not installed on this machine")
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        yield browser
        browser.close()
