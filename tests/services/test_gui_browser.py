"""The GUI in a real browser, on mosquitto, with all services as processes.

The simulated sweeps are played five times as fast as on a bench. Screenshots are in the folder
that SUSPENSION_SCREENSHOTS names, else in one of pytest's.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from pypdf import PdfReader
from suspension_protocol.models import WheelPosition

from tests.mosquitto import KEEPING, Mosquitto
from tests.services.bench import SERVICES, Bench, read_page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium; on Debian: apt-get install chromium"
)
DESKTOP, LANDSCAPE, PORTRAIT = (1440, 900), (1024, 768), (768, 1024)
WAIT = 30_000  # ms


class Screen:
    """A browser's page of the GUI, with all that it has asked for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def start(self) -> Locator:
        return self.page.locator("#start")

    @property
    def sheet(self) -> Locator:
        return self.page.locator(".sheet.result")

    def light(self, service: str) -> Locator:
        return self.page.locator(f"[data-service={service}]")

    def wheel(self, position: WheelPosition) -> Locator:
        return self.page.locator(f"[data-wheel={position.value}]")

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)
        expect(self.start).to_be_enabled(timeout=WAIT)

    def wait_for_stage(self, *stages: str) -> None:
        expect(self.page.locator("#status")).to_have_attribute(
            "data-stage", re.compile("|".join(stages)), timeout=WAIT
        )

    def wait_for_points(self, more_than: Sequence[int] = (0, 0)) -> tuple[int, ...]:
        """Wait until both charts have more points, and return how many they have."""
        self.page.wait_for_function(
            "counts => [...document.querySelectorAll('.charts .curve-chart')]"
            ".every((chart, index) => Number(chart.dataset.points) > counts[index])",
            arg=list(more_than),
        )
        charts = self.page.locator(".charts .curve-chart").all()
        return tuple(int(chart.get_attribute("data-points") or 0) for chart in charts)

    def shoot(self, folder: Path, name: str, *sizes: tuple[int, int]) -> None:
        for width, height in sizes:
            self.page.set_viewport_size({"width": width, "height": height})
            self.check_layout()
            self.page.screenshot(path=folder / f"{name}-{width}x{height}.png")
        self.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})

    def check_layout(self) -> None:
        """Nothing is cut off at the side, everything can be hit with a finger and has a name."""
        found = self.page.evaluate(
            """() => {
              const problems = [];
              const root = document.documentElement;
              if (root.scrollWidth > root.clientWidth)
                problems.push(`${root.scrollWidth} px wide`);
              for (const element of document.querySelectorAll("button, a, input")) {
                const box = element.getBoundingClientRect();
                if (!box.width) continue;
                const text = element.ariaLabel || element.innerText || element.labels?.[0];
                if (!text) problems.push(`no name: ${element.outerHTML}`);
                if (box.height < 40 && !element.classList.contains("brand"))
                  problems.push(`${box.height} px high: ${element.outerHTML}`);
                if (box.right > root.clientWidth + 1) problems.push(`cut: ${element.outerHTML}`);
              }
              return problems;
            }"""
        )
        assert found == []


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("broker"), *KEEPING) as broker:
        yield broker


@pytest.fixture(scope="module")
def bench(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    with Bench(broker.url, folder, speed=5.0, services=(*SERVICES, "gui")) as bench:
        read_page(f"http://{bench.gui}/en")
        yield bench


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
                "--disable-background-networking", "--disable-component-update", "--disable-quic",
            ],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("SUSPENSION_SCREENSHOTS") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def a_screen(browser: Browser, bench: Bench, language: str = "en-GB") -> Iterator[Screen]:
    context = browser.new_context(
        locale=language, viewport={"width": DESKTOP[0], "height": DESKTOP[1]}
    )
    screen = Screen(context.new_page(), f"http://{bench.gui}")
    try:
        yield screen
        hosts = {urlsplit(url).hostname for url in screen.requests if not url.startswith("data:")}
        assert hosts == {"127.0.0.1"}, "nothing from outside"
        assert screen.complaints == []
    finally:
        context.close()


@pytest.fixture
def screen(browser: Browser, bench: Bench) -> Iterator[Screen]:
    bench.watcher.configure(fault="none", noise=2.0)
    bench.watcher.wait_online(*SERVICES)
    with a_screen(browser, bench) as screen:
        screen.open()
        yield screen


def text_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_test_by_clicks_over_a_restart_of_the_broker(
    screen: Screen, browser: Browser, bench: Bench, broker: Mosquitto, pictures: Path
):
    page = screen.page
    assert page.url.endswith("/en")
    for service in ("broker", *SERVICES):
        expect(screen.light(service)).to_have_attribute("data-level", "good", timeout=WAIT)
    page.get_by_label("Number plate or order").fill("M-AB 1234")
    page.get_by_label("Number plate or order").press("Enter")
    screen.wheel(WheelPosition.FRONT_RIGHT).click()
    expect(screen.wheel(WheelPosition.FRONT_RIGHT)).to_have_attribute("aria-pressed", "true")
    screen.wheel(WheelPosition.FRONT_LEFT).click()
    expect(screen.start).to_have_accessible_name("Start the test of the wheel front left")
    screen.start.click()
    screen.wait_for_stage("running")
    expect(screen.start).to_have_accessible_name("Stop test")
    first = screen.wait_for_points()
    second = screen.wait_for_points(first)
    assert all(later > earlier for earlier, later in zip(first, second, strict=True))
    progress = page.get_by_role("progressbar", name="Progress of the test")
    expect(progress).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))

    with a_screen(browser, bench, "de-DE") as other:
        other.page.goto(other.url)
        other.wait_for_stage("running", "judging", "passed")
        other.wait_for_points([count - 1 for count in first])
        expect(other.page.get_by_label("Kennzeichen oder Auftrag")).to_have_value("M-AB 1234")

        broker.stop()
        expect(page.locator(".banner")).to_be_visible(timeout=WAIT)
        expect(screen.light("broker")).to_have_attribute("data-level", "bad")
        broker.start()
        expect(page.locator(".banner")).to_be_hidden(timeout=WAIT)
        expect(screen.light("broker")).to_have_attribute("data-level", "good")

        expect(screen.sheet).to_be_visible(timeout=60_000)
        expect(screen.sheet).to_have_attribute("data-stage", "passed")
        expect(other.sheet).to_contain_text("Bestanden", timeout=WAIT)
    expect(screen.sheet).to_contain_text("Passed")
    expect(screen.sheet).to_contain_text("Front left · M-AB 1234")
    expect(screen.sheet.get_by_role("row", name="Lowest phase shift")).to_contain_text(
        re.compile(r"\d\d\.\d°.*at least 35°")
    )
    screen.shoot(pictures, "result", DESKTOP, LANDSCAPE, PORTRAIT)
    link = screen.sheet.get_by_role("link", name="Report (PDF)")
    answer = page.request.get(screen.url + str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    assert "Suspension test report Vehicle M-AB 1234" in text_of(answer.body())

    screen.sheet.get_by_role("button", name="Next: front right").click()
    expect(screen.sheet).to_be_hidden()
    expect(screen.start).to_have_accessible_name("Start the test of the wheel front right")


def test_the_other_wheel_by_the_keyboard_and_left_against_right(screen: Screen, pictures: Path):
    page = screen.page
    page.keyboard.press("2")
    expect(screen.start).to_be_focused()
    expect(screen.start).to_have_accessible_name("Start the test of the wheel front right")
    page.keyboard.press("Enter")
    screen.wait_for_stage("running")
    screen.wait_for_points([80, 800])
    screen.shoot(pictures, "running", DESKTOP, LANDSCAPE, PORTRAIT)
    expect(screen.sheet).to_be_visible(timeout=WAIT)
    expect(screen.sheet).to_contain_text("Left / right: Lowest phase shift")
    page.keyboard.press("Escape")
    expect(screen.sheet).to_be_hidden()
    axle = page.locator("[data-axle=front]")
    expect(axle).to_have_attribute("data-state", "fine")
    expect(axle).to_contain_text(re.compile(r"^\d+.%$"))

    # Escape stops what runs; that is told without a dialog.
    page.keyboard.press("3")
    expect(screen.start).to_have_accessible_name("Start the test of the wheel rear left")
    page.keyboard.press("Enter")
    screen.wait_for_stage("running")
    page.keyboard.press("Escape")
    screen.wait_for_stage("aborted")
    expect(page.get_by_role("alert")).to_contain_text("The test was stopped")
    expect(screen.sheet).to_be_hidden()

    # All of it can be reached with the tabulator, and it is seen where one is.
    page.locator(".brand").focus()
    names: list[str] = []
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        names.append(focused.evaluate("e => e.ariaLabel || e.innerText || e.type"))
        assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
        if names[-1].startswith("Start the test"):
            break
    assert any(name.startswith("rear right") for name in names), names
    assert names[-1].startswith("Start the test"), names


def test_a_failure_says_what_happened_and_what_to_do(screen: Screen, bench: Bench):
    bench.watcher.configure(fault="dropout")
    screen.wheel(WheelPosition.REAR_RIGHT).click()
    screen.start.click()
    expect(screen.sheet).to_be_visible(timeout=WAIT)
    expect(screen.sheet).to_contain_text("What was recorded cannot be judged")
    expect(screen.sheet).to_contain_text("check the CAN cable")
    expect(screen.sheet).to_contain_text("the recording cannot be judged: no samples from")
    screen.sheet.get_by_role("button", name="Try again").click()
    expect(screen.page.get_by_role("alert")).to_contain_text("What was recorded cannot be judged")
    expect(screen.start).to_be_enabled()


def test_a_service_that_dies_is_red_and_keeps_from_starting(screen: Screen, bench: Bench):
    bench.services["processing"].kill(restart=False)
    try:
        # The broker sends its last will at once, long before the keep-alive of 30 s has passed.
        expect(screen.light("processing")).to_have_attribute("data-level", "bad", timeout=5_000)
        expect(screen.start).to_be_disabled()
        expect(screen.page.locator(".hindrance")).to_have_text("Not available: Processing.")
        screen.page.get_by_role("button", name="Services").click()
        dialog = screen.page.get_by_role("dialog", name="Services")
        expect(dialog).to_contain_text("systemctl start suspension-processing")
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()
    finally:
        bench.services["processing"].revive()
    expect(screen.light("processing")).to_have_attribute("data-level", "good", timeout=WAIT)
    expect(screen.start).to_be_enabled()


def test_languages_the_history_and_a_restart_of_the_gui(
    screen: Screen, bench: Bench, pictures: Path
):
    page = screen.page
    page.get_by_role("link", name="DE").click()
    expect(screen.start).to_contain_text("Prüfung starten")
    assert page.locator("html").get_attribute("lang") == "de"
    page.goto(screen.url)
    assert page.url.endswith("/de"), "the choice is remembered"
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Hell oder dunkel").click()
    expect(root).to_have_attribute("data-theme", "dark")

    # The page comes back by itself, and with it all that was known.
    page.evaluate("window.before = true")
    bench.services["gui"].kill()
    page.wait_for_function("window.before === undefined")
    expect(screen.start).to_be_enabled(timeout=WAIT)
    expect(root).to_have_attribute("data-theme", "dark")
    expect(screen.wheel(WheelPosition.FRONT_LEFT)).to_have_attribute("data-state", "passed")
    expect(page.get_by_label("Kennzeichen oder Auftrag")).to_have_value("M-AB 1234")
    expect(page.locator("[data-axle=front]")).to_have_attribute("data-state", "fine")

    page.get_by_role("link", name="Verlauf").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(4)
    page.get_by_label("Fahrzeug suchen").fill("gibt es nicht")
    expect(page.locator(".tests")).to_contain_text("Noch keine Prüfung")
    page.get_by_label("Fahrzeug suchen").fill("m-ab")
    expect(rows).to_have_count(4)
    screen.shoot(pictures, "history", DESKTOP, PORTRAIT)
    rows.last.get_by_role("button").click()
    expect(screen.sheet).to_contain_text("Vorne links")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.sheet .curve-chart')]"
        ".every(chart => Number(chart.dataset.points) > 100)"
    )
    page.keyboard.press("Escape")
    expect(screen.sheet).to_be_hidden()

    page.get_by_role("link", name="Prüfung", exact=True).click()
    link = page.get_by_role("link", name="Bericht (PDF)")
    answer = page.request.get(screen.url + str(link.get_attribute("href")))
    text = text_of(answer.body())
    assert "Alle geprüften Räder haben bestanden. Nicht geprüft: hinten links, hinten" in text
    assert "eingehalten" in text

    page.get_by_role("button", name="Neues Fahrzeug").click()
    dialog = page.get_by_role("dialog", name="Neues Fahrzeug")
    dialog.get_by_role("button", name="Neues Fahrzeug").click()
    expect(screen.wheel(WheelPosition.FRONT_LEFT)).to_have_attribute("data-state", "open")
    expect(page.get_by_label("Kennzeichen oder Auftrag")).to_have_value("")
