"""The report in a browser: it sorts, toggles, reads out, stays inside its file, and fits every screen."""

import base64
import json
import shutil

import cv2
import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from featkit import write_report
from featkit.report import ReportSection

EVIL = "<script>alert(1)</script>"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    paths = shutil.which("chromium"), shutil.which("chromedriver")
    if None in paths:
        pytest.fail("These tests need chromium and chromedriver: make chromium (Debian: chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = paths[0]
    for argument in [*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(paths[1]))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(made_up_benchmark, images, tmp_path_factory):
    section = ReportSection(made_up_benchmark, title=f"Animals {EVIL}", words=f"All {EVIL} well.", images=images)
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(path, [section, made_up_benchmark], title=f"Report {EVIL}").as_uri()


@pytest.fixture
def page(browser, address):
    show(browser, width=1280, scheme="light")
    browser.get(address)
    return browser


def show(browser, *, width, scheme):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def logged_errors(browser):
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def requested(browser):
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


def column(page, index):
    body = page.find_element(By.CSS_SELECTOR, "#section-1 table.sortable tbody")
    script = "return [...arguments[0].rows].map(row => row.cells[arguments[1]].textContent.trim())"
    return page.execute_script(script, body, index)


def test_no_request_leaves_the_page_and_nothing_is_logged(browser, address):
    requested(browser)
    browser.get(address)
    assert browser.title == f"Report {EVIL}"
    urls = requested(browser)
    assert address in urls
    assert [url for url in urls if url != address and not url.startswith("data:")] == []
    assert logged_errors(browser) == []


def test_the_page_may_not_fetch_anything(page):
    script = "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('sent'), e => done(String(e)))"
    assert "Failed to fetch" in page.execute_async_script(script)
    assert any("Content Security Policy" in message for message in logged_errors(page))


def test_names_are_text_and_not_run(page):
    assert page.find_element(By.CSS_SELECTOR, "#section-1 h2").text == f"Animals {EVIL}"
    assert len(page.find_elements(By.TAG_NAME, "script")) == 1
    assert f"colours {EVIL}" in column(page, 0)


def test_a_table_is_sorted_by_keyboard_and_says_so(page):
    table = page.find_element(By.CSS_SELECTOR, "#section-1 table.sortable")
    assert table.accessible_name.startswith("Results of Animals")
    heading = table.find_elements(By.CSS_SELECTOR, "thead th")[1]
    assert heading.get_attribute("aria-sort") == "none"
    button = heading.find_element(By.TAG_NAME, "button")
    assert button.accessible_name == "accuracy %"
    button.send_keys(Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(page, 1) == ["98.50", "96.50", "92.00", "90.50", "84.00"]
    button.send_keys(Keys.SPACE)
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(page, 1) == ["84.00", "90.50", "92.00", "96.50", "98.50"]
    table.find_elements(By.CSS_SELECTOR, "thead button")[0].click()
    assert heading.get_attribute("aria-sort") == "none"
    assert column(page, 0) == sorted(column(page, 0), key=str.lower)


def test_what_is_unknown_is_sorted_last_either_way(page):
    table = page.find_element(By.CSS_SELECTOR, "#section-1 table.sortable")
    headings = [cell.text for cell in table.find_elements(By.CSS_SELECTOR, "thead th")]
    place = next(k for k, text in enumerate(headings) if text.startswith("log loss"))
    for _ in range(2):
        table.find_elements(By.CSS_SELECTOR, "thead button")[place].click()
        assert column(page, place) == ["0.300", "0.300", "–", "–", "–"]


def test_a_box_hides_its_candidate_in_every_chart_of_its_section(page):
    def shown(section):
        parts = page.find_elements(By.CSS_SELECTOR, f"#{section} .plot [data-candidate='2']")
        return [part.is_displayed() for part in parts]

    assert len(shown("section-1")) == 2 * 4  # line and band in one learning curve and three of robustness
    assert all(shown("section-1"))
    box = page.find_element(By.CSS_SELECTOR, "#section-1 .legend input[value='2']")
    assert box.accessible_name == "HOG + SVM"
    box.send_keys(Keys.SPACE)
    assert not any(shown("section-1"))
    assert all(shown("section-2"))
    box.send_keys(Keys.SPACE)
    assert all(shown("section-1"))


def test_a_box_hides_the_intervals_and_leaves_the_lines(page):
    def shown(kind):
        return {part.is_displayed() for part in page.find_elements(By.CSS_SELECTOR, f"#section-1 .plot {kind}")}

    bands, lines = "[data-band]", "[data-candidate]:not([data-band])"
    box = page.find_element(By.CSS_SELECTOR, "#section-1 .legend input[value=intervals]")
    assert box.accessible_name == "95 % intervals"
    assert (shown(bands), shown(lines)) == ({True}, {True})
    box.send_keys(Keys.SPACE)
    assert (shown(bands), shown(lines)) == ({False}, {True})
    box.send_keys(Keys.SPACE)
    assert shown(bands) == {True}


def test_arrow_keys_read_out_the_values_of_what_is_shown(page):
    page.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
    plot = page.find_element(By.CSS_SELECTOR, "#section-1 .plot")
    readout = page.find_element(By.CSS_SELECTOR, "#section-1 .readout")
    plot.send_keys(Keys.ARROW_RIGHT)
    assert readout.text.count("100 images") == 5
    plot.send_keys(Keys.ARROW_RIGHT)
    assert readout.text.count("300 images") == 5
    plot.send_keys(Keys.ARROW_RIGHT)
    assert "normalised HOG + SVM, 1,000 images: 98.5 % (97.7 to 99.3)" in readout.text
    box = page.find_element(By.CSS_SELECTOR, "#section-1 .legend input[value='4']")
    page.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", box)
    box.click()
    plot.send_keys(Keys.ARROW_RIGHT)
    assert "normalised HOG" not in readout.text
    assert readout.text.count("1,000 images") == 4


def test_the_gallery_shows_errors_of_one_candidate_that_another_does_not_make(page, made_up_benchmark):
    gallery = page.find_element(By.CSS_SELECTOR, ".gallery")

    def shown():
        return [item for item in gallery.find_elements(By.TAG_NAME, "li") if item.is_displayed()]

    predictions = made_up_benchmark.predictions.query("repeat == 0")
    wrong = predictions[predictions["truth"] != predictions["predicted"]].groupby("candidate")["image"].agg(set)
    for bad, good in (("raw pixels + tuned SVM", "normalised HOG + SVM"), ("HOG + SVM", "raw pixels + MLP")):
        Select(gallery.find_element(By.CSS_SELECTOR, ".bad")).select_by_visible_text(bad)
        Select(gallery.find_element(By.CSS_SELECTOR, ".good")).select_by_visible_text(good)
        assert len(shown()) == len(wrong[bad] - wrong[good]) > 0
        assert gallery.find_element(By.CSS_SELECTOR, ".count").text == f"{len(shown())} images"
        assert all("predicted" in item.text for item in shown())


@pytest.mark.parametrize("width", [1440, 1280, 768, 360, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_in_light_and_dark(page, width, scheme):
    show(page, width=width, scheme=scheme)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    data = page.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (900, width)
    ground, ink = np.median(picture), np.percentile(picture, [0.5, 99.5])
    assert ground > 240 if scheme == "light" else ground < 40
    assert abs(ink - ground).max() > 150  # there is something to read


CONTRAST = r"""
const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const luminance = rgb => rgb.reduce((sum, v, k) => sum + linear(v / 255) * [0.2126, 0.7152, 0.0722][k], 0);
const parse = text => {
    const values = text.match(/[\d.]+/g).map(Number);
    return {rgb: values.slice(0, 3), alpha: values.length > 3 ? values[3] : 1};
};
const over = (top, bottom) => top.rgb.map((v, k) => top.alpha * v + (1 - top.alpha) * bottom[k]);
function ground(element) {
    if (!element) return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.rgb : over(own, ground(element.parentElement));
}
const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const style = getComputedStyle(element), behind = ground(element);
    const color = over(parse(element.closest('svg') ? style.fill : style.color), behind);
    const [bright, dark] = [luminance(color), luminance(behind)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) found.push([ratio.toFixed(2), element.tagName, text.slice(0, 40)]);
}
return found;
"""  # of WCAG 2, level AA


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(page, scheme):
    show(page, width=1280, scheme=scheme)
    assert page.execute_script(CONTRAST) == []
    page.execute_script("document.querySelector('p').style.color = '#777'; document.body.style.background = '#888'")
    assert page.execute_script(CONTRAST) != []


def test_a_screen_reader_gets_a_name_for_everything(page):
    for element in page.find_elements(
        By.CSS_SELECTOR, "img, svg[role=img], table, select, input, button, [role=region]"
    ):
        assert element.accessible_name or not element.is_displayed(), element.get_attribute("outerHTML")[:200]
    levels = [int(heading.tag_name[1]) for heading in page.find_elements(By.CSS_SELECTOR, "h1, h2, h3")]
    assert levels[0] == 1
    assert max(np.diff(levels)) == 1  # no level is jumped over
    assert page.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"


def test_without_scripts_everything_is_shown_and_no_dead_button(browser, address):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        assert len(browser.find_elements(By.CSS_SELECTOR, "#section-1 table.sortable tbody tr")) > 5
        assert browser.find_elements(By.CSS_SELECTOR, "thead button") == []
        assert not browser.find_element(By.CSS_SELECTOR, ".choice").is_displayed()
        assert len([e for e in browser.find_elements(By.CSS_SELECTOR, ".gallery li") if e.is_displayed()]) > 0
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
