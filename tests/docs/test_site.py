"""The site in a browser: answers to searches, every screen, light and dark, the way from estimators to examples."""

import functools
import http.server
import re
import shutil
import threading
from urllib.parse import quote

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


def search(browser, address, words, page, *, within):
    """Wait until a search shows the page, or the section of it, among the first that it finds."""
    browser.get(f"{address}/search.html?q={quote(words)}")
    found = f"return [...document.querySelectorAll('#search-results li a')].slice(0, {within}).map(a => a.href)"
    page, _, section = page.partition("#")
    end = f"/{page}.html#{section}" if section else f"/{page}.html"

    def is_shown(driver):
        return any((link if section else link.partition("#")[0]).endswith(end) for link in driver.execute_script(found))

    WebDriverWait(browser, 30).until(is_shown, words)


SHORT = {
    "scratch": "plot_scratches",
    "leaf length": "plot_leaf_length",
    "coin": "plot_count_coins",
    "defect": "plot_scratches",
    "texture": "plot_texture_classes",
    "blink": "plot_faces",
    "background": "questions#get-rid-of-the-background",
    "how many images": "plot_how_many_images",
    "crack": "choosing#defects-scratches-dents-stains",
    "plant disease": "choosing#colour-ripe-ill-faded",
    "count seeds": "plot_count_coins",
    "handwriting": "plot_handwriting",
    "symmetry": "plot_symmetry",
    "lecture": "12_the_lecture_in_ten_lines",
    "HOG": "featkit.features.gradients.HOG",
    "find_scale": "featkit.scale.find_scale",
    "texturre": "plot_texture_classes",  # as one types it
}

SENTENCES = {
    "my photos were taken with a phone and some are rotated": "questions#use-phone-photos-that-are-rotated",
    "how do I load labels from a CSV file?": "questions#load-labels-from-a-csv-file-or-table",
    "what is the difference between HOG nearest and trilinear?": "questions#choose-a-hog-nearest-or-trilinear",
    "count seeds that touch each other": "questions#separate-or-count-leaves-seeds-or-cells-that-touch-each-other",
    "how do I write my own feature?": "questions#write-my-own-feature",
    "my microscope writes 12 bit TIFF files": ("questions#use-10-12-or-14-bit-images-tiff-of-a-microscope-or-camera"),
    "how to compare two leaves by their outline": "questions#compare-two-shapes-by-their-outlines",
    "how do I detect a scratch on metal parts": "plot_scratches",
    "which features for fabric defects?": "choosing#defects-scratches-dents-stains",
    "how many images do I need?": "plot_how_many_images",
    "take the background away": "plot_background",
    "how do I crop the object out of the photo": "plot_crop",
    "teach the background with a few masks": "plot_teach_foreground",
    "measure leaf length from a photo with a coin": "plot_leaf_length",
    "How long is a curved worm or root?": "plot_curved_length",
    "count the seeds on a sheet of paper": "measuring",
    "does the person blink": "plot_faces",
    "are the eyes open or closed?": "plot_faces",
    "is this the same person on two photos?": "plot_match_faces",
    "find a known face in a folder of photos": "questions#measure-all-faces-of-a-folder-or-find-a-person-in-it",
    "are these two faces the same person": "questions#compare-two-faces-the-same-person-or-not",
    "only good parts, no examples of defects": "questions#find-defects-when-i-have-only-good-parts",
    "may I use the face landmarks in a commercial product": "start#licences",
    "how can I tell ripe fruit from unripe by its colour": "choosing#colour-ripe-ill-faded",
    "my photos have different lighting, what should I do?": "plot_light",
    "read handwritten numbers from few examples": "plot_handwriting",
    "explain why the model decided so": "plot_explain",
    "compare my features with raw pixels": "questions#compare-my-own-pipeline-with-raw-pixels",
    "is it better than a deep network?": "benchmark#with-a-pretrained-network-beside",
    "how do I save a trained model and use it on new photos": "questions#save-a-model-and-apply-it-to-new-files",
    "skip broken image files": "questions#go-on-when-a-file-is-broken-or-corrupt",
    "why are my rows NaN": "questions#train-when-rows-are-nan",
    "how to read a dicom or heic file": "formats",
    "write measurements into a csv file": "measuring",
    "process a million images on a cluster": "cluster",
    "what does the p value of the benchmark mean": "benchmark#how-to-read-it",
    "how do I know whether a participant has his eyes closed": "faces-table#open-closed-or-a-blink",
    "show my students that features are better than pixels": "12_the_lecture_in_ten_lines",
    "why do pixels fail when the digit is shifted": "plot_robustness",
    "classify photos of good and bad parts": "plot_scratches",
    "my leaves touch each other, how can I separate them": (
        "questions#separate-or-count-leaves-seeds-or-cells-that-touch-each-other"
    ),
    "get the results into Excel": "measuring",
    "how many pictures per class are enough": "plot_how_many_images",
    "can I trust the result of the benchmark?": "benchmark",
    "I only have ten pictures of each species, what should I use": "choosing#by-the-number-of-images",
    "how often does the subject blink in the video": "faces-table#open-closed-or-a-blink",
    "which parts are faulty, and how sure is the program": "plot_scratches",
    "My pupils took photos on a messy table, how do I get rid of the background?": (
        "questions#get-rid-of-the-background"
    ),
    "how many photos does each pupil have to take": "plot_how_many_images",
    "We scan herbarium sheets at 600 dpi on a flatbed scanner, how do I get the leaf widths in millimetres": (
        "measuring#scans-of-a-flat-bed-scanner"
    ),
    "the light in our production hall changes during the day and the camera reports false scratches": "plot_scratches",
    "we have two thousand good castings and only six with a crack, is that enough": "plot_scratches",
    "how big is the wound in square centimetres when there is a ruler in the picture": "measuring#taking-the-photos",
    "I want to know if the patient's face is paralysed on one side": "questions#tell-how-symmetric-something-is",
    "how can I see whether the subject smiles or frowns": "questions#tell-smiles-and-other-expressions-of-a-face",
    "measure how wide the mouth of the participant is open in every frame": "plot_faces",
    "find pages that were scanned twice in our archive": "questions#find-images-that-are-there-twice",
    "old photographs are yellowed and faded, how do I make them comparable": "choosing#colour-ripe-ill-faded",
    "the scans are crooked, how do I straighten them": "questions#straighten-what-is-crooked-slanted-or-upside-down",
    "all my pictures have the same date written in the corner, will it cheat": (
        "10_explaining_a_prediction#is-it-looking-at-the-right-thing"
    ),
    "the same plant is on several photos, do I have to keep them together": (
        "questions#keep-images-of-the-same-plant-person-or-part-together"
    ),
    "how do I install this on a school computer without internet": (
        "questions#run-it-without-a-gpu-or-on-a-computer-without-internet"
    ),
    "extract frames from a video": (
        "questions#read-one-page-channel-or-plane-of-a-tiff-or-a-frame-of-an-animation-or-video"
    ),
}


@pytest.mark.parametrize(("words", "page"), SHORT.items())
def test_a_word_leads_to_its_page(browser, address, words, page):
    show(browser, 1280)
    search(browser, address, words, page, within=2)


@pytest.mark.parametrize(("words", "page"), [("shadow", "plot_light"), ("csv", "measuring"), ("defect", "choosing")])
def test_a_word_of_many_pages_leads_to_each(browser, address, words, page):
    show(browser, 1280)
    search(browser, address, words, page, within=10)


@pytest.mark.parametrize(("words", "page"), SENTENCES.items())
def test_a_whole_question_is_answered_by_one_of_the_first_three(browser, address, words, page):
    show(browser, 1280)
    search(browser, address, words, page, within=3)
    assert logged_errors(browser) == []


@pytest.mark.parametrize("words", ["leaf length", "which parts are faulty, and how sure is the program"])
def test_every_result_shows_a_passage_with_a_word_of_the_query(browser, address, words):
    show(browser, 1280)
    browser.get(f"{address}/search.html?q={quote(words)}")
    results = "return [...document.querySelectorAll('#search-results li')]"
    shown = f"{results}.map(li => li.querySelector('.context')?.innerText)"
    WebDriverWait(browser, 30).until(lambda driver: (found := driver.execute_script(shown)) and None not in found)
    for passage in browser.execute_script(shown):
        assert 20 < len(passage) <= 300, passage
        assert " " in passage, passage


def test_a_page_of_many_questions_has_two_results_at_most(browser, address):
    show(browser, 1280)
    search(browser, address, "which resolution has my scan", "questions#find-the-pixel-size-of-an-image", within=9)
    links = "return [...document.querySelectorAll('#search-results li a')].map(a => a.href.split(/[?#]/)[0])"
    pages = browser.execute_script(links)
    assert max(pages.count(page) for page in pages) <= 2


@pytest.mark.parametrize("words", ["zzzzqqq", "?", "the", "constructor"])
def test_words_of_no_page_find_nothing_and_break_nothing(browser, address, words):
    show(browser, 1280)
    browser.get(f"{address}/search.html?q={quote(words)}")
    shown = "return document.querySelector('.search-summary')?.innerText"
    WebDriverWait(browser, 30).until(lambda driver: driver.execute_script(shown), words)
    assert logged_errors(browser) == []


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
    search(browser, address, "leaf length", "plot_leaf_length", within=2)
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


def test_every_link_from_page_to_page_leads_somewhere(site):
    """Sphinx leaves an unknown target as text without a link, in silence."""
    broken = {
        page.name: re.findall(r'<span class="xref myst">(.*?)</span>', page.read_text(), re.DOTALL)
        for page in site.rglob("*.html")
    }
    assert not {page: links for page, links in broken.items() if links}


def test_every_public_name_has_its_page(site):
    for package, name, item in public_items():
        if callable(item):
            own = getattr(item, "__module__", package)
            package = own if own in ("featkit.persistence", "featkit.exceptions") else package
            page = (site / "generated" / f"{package}.{name}.html").read_text()
            assert f'id="{package}.{name}"' in page
