"""`python -m tests.browser.screenshots`: takes the pictures in docs/screenshots/ from the demo. Run by hand."""

from __future__ import annotations

import os
import re
import struct
import tempfile
import zlib
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from tests.browser.demo import ROOT, Demo, running_demo

FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = {1280: 1500, 390: 1500}  # the width of the window, and how much of a page is shown
SIGNATURE = 8  # bytes at the head of a PNG


def packed(png: bytes) -> bytes:
    """The same picture, its data compressed as far as zlib goes."""
    chunks, data, at = [], b"", SIGNATURE
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + length]
        data += body if kind == b"IDAT" else b""
        chunks += [] if kind == b"IDAT" else [(kind, body)]
        at += length + 12
    chunks.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(data), 9)))
    return png[:SIGNATURE] + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


class Album:
    """Takes a page at both widths under a name."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def take(self, name: str) -> None:
        for width, most in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            height = min(most, int(self.page.evaluate("document.documentElement.scrollHeight")))
            self.page.set_viewport_size({"width": width, "height": height})
            path = FOLDER / f"{name}-{width}.png"
            path.write_bytes(packed(self.page.screenshot()))
            print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} kB")
        self.page.set_viewport_size({"width": 1280, "height": 900})


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/account/login/")
    page.get_by_label("E-mail").fill(demo.people[0])
    page.get_by_label("Adgangskode").fill(demo.password)
    page.get_by_role("button", name="Log ind").click()
    page.goto(demo.url)


def open_link(page: Page, demo: Demo, party: str, subject: str) -> None:
    """Sign nobody in; come by the link in the party's mail."""
    page.context.clear_cookies()
    page.goto(f"{demo.url}/mailbox/?to={quote(party)}")
    page.get_by_role("table").get_by_role("link", name=re.compile(subject)).first.click()
    page.locator("a[href*='/l/']").first.click()
    page.get_by_role("button", name=re.compile("Start|Fortsæt")).click()


def of_the_hearing(page: Page, demo: Demo) -> None:
    album = Album(page)
    sign_in(page, demo)
    album.take("home")
    page.get_by_role("table").get_by_role("link", name="Sundhedsaftale").click()
    album.take("process")
    process = page.url
    page.get_by_role("link", name="Høring", exact=True).first.click()
    album.take("round")
    page.goto(f"{demo.url}/post/")
    album.take("mail-log")
    page.context.clear_cookies()
    page.goto(process.replace("/processer/", "/offentligt/").replace("/sager/", "/offentligt/"))
    album.take("public")
    open_link(page, demo, "Danske Patienter", "udkast til sundhedsaftale")
    page.get_by_role("link", name="Skriv et svar").click()
    page.get_by_label("Generelle bemærkninger til udkastet").first.fill(
        "Danske Patienter støtter de fire mål. Vi lægger særlig vægt på, at borgere med flere sygdomme får én plan."
    )
    section = page.locator(".answer-section", has_text="Fælles om")
    section.locator("summary").click()
    section.get_by_role("textbox").fill("Planen bør kunne ses af pårørende, når borgeren ønsker det.")
    album.take("answer")
    page.get_by_label("Underskrevet af").fill("Lone Skov, direktør")
    page.get_by_role("button", name="Send svaret").click()
    album.take("receipt")


def of_the_decisions(page: Page, demo: Demo) -> None:
    open_link(page, demo, "Brønderslev", "")
    Album(page).take("decision")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(locale="da-DK", viewport={"width": 1280, "height": 900}).new_page()
        for pictures, scenario in ((of_the_hearing, None), (of_the_decisions, ROOT / "tests/browser/joining.yaml")):
            folder = tempfile.TemporaryDirectory(prefix="samraad-pictures-")
            with folder as name, running_demo(Path(name), scenario) as demo:
                pictures(page, demo)
        browser.close()


if __name__ == "__main__":
    main()
