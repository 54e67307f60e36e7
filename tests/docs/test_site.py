"""The site in a browser: it answers searches, fits every screen, and leads from estimators to examples."""

import re
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from tests.public_names import public_items
from tests.report.test_browser import ARGUMENTS

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
    "generated/featkit.features.gradients.HOG",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in [*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def at_width(browser, width):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


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
    ],
)
def test_a_search_leads_to_the_page(site, browser, words, page):
    at_width(browser, 1280)
    browser.get(f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}")
    links = "return [...document.querySelectorAll('#search-results li a')].map(link => link.href)"
    WebDriverWait(browser, 30).until(lambda driver: any(page in link for link in driver.execute_script(links)))


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_pages_fit_the_screen_and_every_image_has_words(site, browser, width):
    at_width(browser, width)
    for page in PAGES:
        browser.get((site / f"{page}.html").as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page
        bare = (
            "return [...document.images].filter(image => !image.alt && !image.closest('.sphx-glr-thumbcontainer'))"
            ".map(image => image.src)"  # a thumbnail stands above its title
        )
        assert browser.execute_script(bare) == [], page


def test_the_bar_shows_the_way_to_the_api(site, browser):
    at_width(browser, 1440)
    browser.get((site / "index.html").as_uri())
    links = (
        "return [...document.querySelectorAll('header a.nav-link')].filter(a => a.offsetParent).map(a => a.innerText)"
    )
    shown = [link.strip() for link in browser.execute_script(links)]
    assert {"First steps", "Which features?", "Gallery"} <= set(shown)
    assert any(link.startswith("API") for link in shown)


def test_estimators_lead_to_their_examples(site):
    examples = {path.stem: path.read_text() for path in (site.parent / "docs" / "gallery").rglob("plot_*.py")}
    assert len(examples) >= 30
    shown = 0
    for package, name, item in public_items():
        using = [
            stem
            for stem, text in examples.items()
            if re.search(rf"from featkit import .*\b{name}\b|    {name},\n", text)
        ]
        page = site / "generated" / f"{package}.{name}.html"
        if isinstance(item, type) and using and page.exists():
            text = page.read_text()
            assert any(stem in text for stem in using), name
            shown += 1
    assert shown > 60
