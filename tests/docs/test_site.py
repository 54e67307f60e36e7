"""The site in a browser: answers to searches, every screen, light and dark, the way from estimators to examples."""

import functools
import http.server
import re
import shutil
import threading

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait
from sklearn.base import BaseEstimator

from tests.public_names import public_items
from tests.report.test_browser import ARGUMENTS, CONTRAST, logged_errors

PAGES = (
    "index",
    "start",
    "choosing",
    "examples/index",
    "examples/tasks/plot_leaf_length",
    "api",
    "questions",
    "benchmark",
    "notebooks",
    "measuring",
    "notebooks/12_the_lecture_in_ten_lines",
    "generated/featkit.features.gradients.HOG",
    "generated/featkit.scale.find_scale",
    "search",
)


STILL = (
    """
document.head.appendChild(Object.assign(document.createElement('style'),
    {textContent: '* {transition: none !important; animation: none !important}'}));
"""
    + CONTRAST
)  # colours that are not on their way from one to the other

CUT = """
const boxes = '.highlight, pre, div.output, .pst-scrollable-table-container, mjx-container';
const scrolls = element => element.closest(boxes);
return [...document.querySelectorAll('article *:not(.headerlink)')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
    .map(e => [e.tagName, e.textContent.slice(0, 60)]);
"""  # what reaches beyond the screen, and cannot be scrolled to


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def address(site):
    """Address at which the pages are served, as a search, which looks into them, has to have them."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in [*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def show(browser, width, scheme="light"):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def search(browser, address, words, page, *, within=10):
    """Wait until a search shows the page among the first that it finds."""
    browser.get(f"{address}/search.html?q={words.replace(' ', '+')}")
    found = f"return [...document.querySelectorAll('#search-results li a')].slice(0, {within}).map(a => a.pathname)"
    WebDriverWait(browser, 30).until(
        lambda driver: any(path.endswith(f"/{page}.html") for path in driver.execute_script(found)), words
    )


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("scratch", "plot_scratches"),
        ("leaf length", "plot_leaf_length"),
        ("coin", "plot_count_coins"),
        ("defect", "choosing"),
        ("texture", "plot_texture_classes"),
        ("blink", "plot_faces"),
        ("background", "plot_background"),
        ("how many images", "plot_how_many_images"),
        ("crack", "choosing"),
        ("plant disease", "choosing"),
        ("shadow", "plot_light"),
        ("count seeds", "plot_count_coins"),
        ("handwriting", "plot_handwriting"),
        ("symmetry", "plot_symmetry"),
        ("lecture", "12_the_lecture_in_ten_lines"),
        ("csv", "measuring"),
    ],
)
def test_a_search_leads_to_the_page(browser, address, words, page):
    show(browser, 1280)
    search(browser, address, words, page)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("scratch on a metal part", "plot_scratches"),
        ("teach the background with a few masks", "plot_teach_foreground"),
        ("scratch", "plot_scratches"),
        ("leaf length", "plot_leaf_length"),
        ("coin", "plot_count_coins"),
        ("defect", "plot_scratches"),
        ("texture", "plot_texture_classes"),
        ("blink", "plot_faces"),
        ("background", "04_taking_the_background_away"),
        ("how many images", "plot_how_many_images"),
    ],
)
def test_what_newcomers_ask_is_answered_by_the_first_or_second_page(browser, address, words, page):
    show(browser, 1280)
    search(browser, address, words, page, within=2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_pages_fit_the_screen_and_can_be_read(browser, address, width, scheme):
    show(browser, width, scheme)
    for page in PAGES:
        browser.get(f"{address}/{page}.html")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page
        assert browser.execute_script(CUT) == [], page
        assert browser.execute_script("return [...document.images].filter(i => !i.alt).map(i => i.src)") == [], page
        assert browser.execute_script(STILL) == [], page
        assert logged_errors(browser) == [], page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_that_were_searched_for_stand_out(browser, address, scheme):
    show(browser, 1440, scheme)
    search(browser, address, "leaf length", "plot_leaf_length")
    WebDriverWait(browser, 30).until(
        lambda driver: driver.execute_script("return document.querySelectorAll('#search-results .highlighted').length")
    )
    assert browser.execute_script(STILL) == []


def test_the_bar_shows_the_way_to_the_api(browser, address):
    show(browser, 1440)
    browser.get(f"{address}/index.html")
    links = (
        "return [...document.querySelectorAll('header a.nav-link')].filter(a => a.offsetParent).map(a => a.innerText)"
    )
    shown = [link.strip() for link in browser.execute_script(links)]
    assert {"First steps", "Which features?", "Gallery"} <= set(shown)
    assert any(link.startswith("API") for link in shown)


def test_every_estimator_leads_to_its_examples_with_their_pictures(site):
    examples = {path.stem: path.read_text() for path in (site.parent / "docs" / "gallery").rglob("plot_*.py")}
    assert len(examples) >= 30
    shown = 0
    for package, name, item in public_items():
        if not (isinstance(item, type) and issubclass(item, BaseEstimator)) or package == "featkit.base":
            continue
        imports = re.compile(rf"from featkit.* import .*\b{name}\b|^    {name},$", re.MULTILINE)
        using = [stem for stem, text in examples.items() if imports.search(text)]
        assert using, f"{name} has no example in docs/gallery"
        text = (site / "generated" / f"{package}.{name}.html").read_text()
        assert any(f"sphx_glr_{stem}_thumb" in text for stem in using), name
        shown += 1
    assert shown > 60
