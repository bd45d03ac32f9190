"""What a page of ours must be in a real browser with no network. Other tests use `check_page` on real reports."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (400, 1600)
SMALLEST_TEXT = 14

#: In the page: how far the document is wider than the window, the smallest text in pixels, and every link.
_MEASURE = """() => {
  const sizes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && parent.checkVisibility()) {
      sizes.push([parseFloat(getComputedStyle(parent).fontSize), walker.currentNode.data.trim().slice(0, 40)]);
    }
  }
  sizes.sort((a, b) => a[0] - b[0]);
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    smallest: sizes[0],
    links: [...document.querySelectorAll('a[href]')].map(a => a.href),
    missing: [...document.querySelectorAll('img')].filter(i => !i.naturalWidth || !i.alt).length,
  };
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's or another installed Chromium; skips the test where there is none."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"no browser on this machine: one of {', '.join(NAMES)} is needed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def check_page(path: Path, screenshots: Path | None = None, widths: tuple[int, ...] = WIDTHS) -> None:
    """Open a page offline at some widths, light and dark, and assert that it is whole and readable.

    Args:
        path: the page (results/report/index.html).
        screenshots: folder for a picture of each width and scheme, to be looked at.
        widths: of the window, in pixels.
    """
    page_url = path.resolve().as_uri()
    with chromium() as browser:
        for width in widths:
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
                )
                page = context.new_page()
                requests: list[str] = []
                complaints: list[str] = []
                page.on("request", lambda request, seen=requests: seen.append(request.url))
                page.on("console", lambda message, seen=complaints: seen.append(message.text))
                page.on("pageerror", lambda error, seen=complaints: seen.append(str(error)))
                page.goto(page_url)
                seen: dict[str, Any] = page.evaluate(_MEASURE)
                if screenshots is not None:
                    page.screenshot(path=screenshots / f"{path.stem}-{width}-{scheme}.png", full_page=True)
                where = f"at {width} pixels, {scheme}"
                fetched = [url for url in requests if url != page_url and not url.startswith("data:")]
                assert not fetched, f"{where}: the page asks for {fetched}"
                assert not complaints, f"{where}: the console says {complaints}"
                assert seen["overflow"] <= 0, f"{where}: the page is {seen['overflow']} pixels too wide"
                assert seen["smallest"][0] >= SMALLEST_TEXT, f"{where}: text of {seen['smallest']} pixels"
                assert not seen["missing"], (
                    f"{where}: {seen['missing']} pictures do not show or have no alternative text"
                )
                anchors = page.evaluate("() => [...document.querySelectorAll('[id]')].map(e => e.id)")
                broken = [link for link in seen["links"] if not _resolves(link, page_url, anchors)]
                assert not broken, f"{where}: links that lead nowhere: {broken[:5]}"
                context.close()


def _resolves(link: str, page_url: str, anchors: list[str]) -> bool:
    address, _, anchor = link.partition("#")
    if address == page_url:
        return not anchor or unquote(anchor) in anchors
    parts = urlsplit(address)
    return parts.scheme == "file" and Path(unquote(parts.path)).is_file()
