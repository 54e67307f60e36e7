"""`make figures` reads the figures of README and docs and tells those that differ."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from tests.networks import write_network
from tools.figures import digits, faces, photos, tables
from tools.figures.__main__ import FIGURES, OF_DATA, WITHOUT, main

STATED = {name: stated() for name, (stated, _) in (FIGURES | OF_DATA).items()}
PAGES = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"] + [
    str(path.relative_to(tables.ROOT)) for path in sorted((tables.ROOT / "docs").glob("*.md"))
]


def values(name):
    return [figure.stated for figure in STATED[name]]


def test_every_figure_is_found_on_its_page():
    assert values("first-lines") == [pytest.approx(0.974, abs=0.01)]
    assert values("iris")[0] >= 0.99
    of_digits = STATED["digits"]
    assert len(of_digits) == 32 + 6 * 6  # of two pages, without the network
    assert of_digits[0].what == "raw pixels, logistic regression: 100"
    assert of_digits[31].what == "augmented normalised HOG, SVM: corrupted"
    assert of_digits[-1].what == "Robustness to corruption, augmented normalised HOG, SVM, number 6"
    assert len(STATED["learning"]) == 7 * 4
    assert all(10 < figure.stated < 100 for figure in [*of_digits, *STATED["learning"]])
    raw, whole, alone = values("flowers")
    assert alone < values("network")[0] < 100
    assert raw < whole < alone
    assert values("leaves")[0] > 90
    assert len(values("garments")) == len(values("all-garments")) == 5
    auto, ten, forty, _, _ = values("streets")
    assert auto < ten < forty
    assert len(values("colors")) == 2 + 3 * 4
    assert len(values("small-images")) == 6
    assert len(values("tan-triggs")) == 8 * 3
    assert len(values("memory")) == 4 * 25
    assert len(values("how-many")) == 2 + 3 + 3 + 5 + 5


def test_figures_of_faces_are_found_on_their_page():
    landmarks, of_scores = values("landmarks"), STATED["scores"]
    assert len(landmarks) == 16
    assert all(100 < count <= 150 for count in [*landmarks[:4], *landmarks[10:13]])
    assert all(2 < error < 10 for error in landmarks[4:10])
    assert landmarks[13:] == [22, 148, 32]
    assert len(values("predictor")) == 10 * 2
    assert len(values("identification")) == len(faces.DESCRIBED) * 2
    assert len(values("verification")) == len(faces.DESCRIBED) * 3
    assert len(of_scores) == 4 * 6 + 6 + 10 + 3
    assert all(figure.stated < 1 for figure in of_scores if figure.noise in (faces.AUC, faces.SIMILARITY))
    assert {figure.stated for figure in of_scores if figure.noise == 1} == {92, 78, 67, 397, 393}


def test_every_table_with_numbers_is_measured_or_listed_with_its_reason():
    listed, missing = set(), []
    for page in PAGES:
        for table in tables.tables_of(tables.text_of(page)):
            firsts = [numbers[0] for name, numbers in tables.rows_of(table) if name != tables.NEEDS_TORCH]
            if not firsts:
                continue
            reasons = {entry for entry in WITHOUT if entry[0] == page and table.startswith(entry[1])}
            listed |= reasons
            covered = [name for name in STATED if are_in_order(firsts, values(name))]
            if not reasons and not covered:
                missing.append((page, table.splitlines()[0]))
    assert missing == []
    assert listed == set(WITHOUT)


def are_in_order(wanted, numbers):
    left = iter(numbers)
    return all(number in left for number in wanted)


def test_a_table_that_no_entry_measures_is_seen():
    stated = values("identification")
    assert are_in_order(stated[::2], stated)
    assert not are_in_order([*stated[::2], 12.3], stated)
    assert not are_in_order([stated[2], stated[1]], stated)


@pytest.mark.parametrize(
    ("page", "sentence", "name", "what"),
    [
        ("README.md", r"a tuned SVM (\d+\.\d) %, normalised", "digits", "raw pixels, tuned SVM: 100"),
        ("README.md", r"normalised HOG (\d+\.\d) %", "digits", "normalised HOG, SVM: 100"),
        ("README.md", r"copies of each \*\*(\d+\.\d) %", "digits", "augmented normalised HOG, SVM: 100"),
        ("README.md", r"trilinear HOG alone (\d+\.\d) %", "learning", "trilinear signed HOG, SVM, number 4"),
        ("README.md", r"HOG alone [^,]*, normalised (\d+\.\d) %", "learning", "normalised HOG, SVM, number 4"),
        ("README.md", r"with an accuracy of (\d+\.\d) %", "leaves", "leaves"),
        ("README.md", r"Fashion-MNIST \((\d+\.\d) %\)", "all-garments", "multi-scale HOG, LBP, pixels, number 1"),
        ("README.md", r"on photos reaches (\d+\.\d) %", "network", "network"),
        ("docs/benchmark.md", r"raw pixels reach (\d+\.\d) %", "flowers", "flowers, raw pixels"),
        ("docs/benchmark.md", r"of the whole photo (\d+\.\d) %", "flowers", "flowers, the whole photo"),
        ("docs/benchmark.md", r"of the flower alone (\d+\.\d) %", "flowers", "flowers, the flower alone"),
        (
            "docs/questions.md",
            r"these keep (\d+\.\d) %",
            "digits",
            "Robustness to corruption, normalised HOG, SVM, number 3",
        ),
        (
            "docs/questions.md",
            r"of the whole image (\d+\.\d) %",
            "digits",
            "Robustness to corruption, HOG, SVM, number 3",
        ),
    ],
)
def test_what_a_sentence_repeats_is_what_its_table_says(page, sentence, name, what):
    (figure,) = tables.prose_stated(page, "", sentence, ["repeated"], 0)
    (of_table,) = [found.stated for found in STATED[name] if f", {found.what}".endswith(f", {what}")]
    assert figure.stated == pytest.approx(of_table, abs=0.05)


@pytest.mark.parametrize(
    "name", ["light", "families", "cells", "copies", "face-light", "identification", "verification"]
)
def test_tables_of_the_docs_are_read_row_by_row(name):
    stated = STATED[name]
    assert len(stated) >= 12
    assert len({figure.what for figure in stated}) == len(stated)


def test_a_table_that_a_script_prints_is_read_as_it_stands_on_the_page(tmp_path, monkeypatch):
    table = "| | a | b 2 |\n|---|---|---|\n| one | 97.10 ± 0.94 | -93.5 |\n| two, 3 | **1,200** | |\n"
    script = tmp_path / "script.py"
    script.write_text(f"print('5 digits\\n'); print({table!r}); print('| rest | x |\\n|---|---|\\n| y | 7 |')")
    assert tables.table_printed(str(script)) == [97.1, -93.5, 1200]
    (tmp_path / "page.md").write_text(f"# Page\n\n## Part\n\n    command\n\n{table}\n## Rest\n")
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    assert tables.table_stated("page.md", "Part", 0.5) == [
        tables.Figure("Part, one, number 1", 97.1, 0.5),
        tables.Figure("Part, one, number 2", -93.5, 0.5),
        tables.Figure("Part, two, 3, number 1", 1200, 0.5),
    ]
    script.write_text("raise SystemExit(3)")
    with pytest.raises(subprocess.CalledProcessError):
        tables.table_printed(str(script))
    for sought in (lambda: tables.text_of("page.md", "Parts"), lambda: tables.prose_stated("page.md", "", "x", [], 0)):
        with pytest.raises(ValueError, match=r"found none\."):
            sought()


def test_what_scripts_print_of_faces_and_photos_is_read_in_the_order_of_the_page(monkeypatch):
    printed = {}
    monkeypatch.setattr(faces, "printed_by", lambda *words: printed[words[-2]])
    monkeypatch.setattr(photos, "printed_by", lambda *words: printed[words[-2]])
    rows = enumerate(("geometry", "raw pixels", "hog at landmarks", "hog on the crop"))
    described = {name: (90 + place, 70 + place) for place, name in rows}
    printed["identify"] = "\n".join(
        f"{name + more:<36}{value:>7.1f} +- 1.2"
        for name, pair in described.items()
        for more, value in zip(("", ", one photo"), pair, strict=True)
    )
    assert faces.identification_found("folder") == [91, 71, 90, 70, 93, 73, 92, 72]
    printed["tests/performance/measure_face_pairs.py"] = "describing a photo: 56 ms of CPU\n" + "\n".join(
        f"{name:<20}{'90.0 +- 1.0':>16}{10 + value:>8.1f}{value:>12.1f}" for name, (value, _) in described.items()
    )
    assert faces.verification_found("folder")[:6] == [90, 101, 91, 90, 100, 90]
    printed["tests/performance/measure_predictor.py"] = (
        "  mean shape: 23.83 % (median 22.11)\n  sdm, 1 stages: 11.47 % (median 9.04), 2.0 ms a face, trained in 2 s\n"
    )
    assert faces.predictor_found("folder") == [23.83, 22.11, 11.47, 9.04]
    printed["tests/performance/measure_teaching.py"] = "auto: IoU 0.372, 9.0 ms CPU\n" + "".join(
        f"{n} masks, 20 draws: IoU 0.{n} (sd 0.031), auto on the same photos 0.371: +0.1; score_ 0.{n + 1}; learnt\n"
        for n in (10, 40)
    )
    assert photos.streets_found("folder") == [0.372, 0.10, 0.40, 0.11, 0.41]
    printed["--network-file"] = "features of the flower alone: 69.0 +- 5.0 %\nnetwork: 95.9 +- 2.1 %\n"
    assert photos.network_found("folder") == [95.9]
    printed["folder"] = "990 leaves: features 96.3 %, network 89.4 %\n1250 digits: features 98.4 %, network 92.9 %\n"
    assert photos.network_on_forms_found("folder") == values("network-on-forms")


def test_what_the_script_prints_of_landmarks_is_read(monkeypatch):
    printed = (
        "detect_faces, upright: a face in 148 of 150, the annotated one in 147, certain 138\n"
        "detect_faces, quarter of the light: a face in 146 of 150, the annotated one in 145, certain 130\n"
        "detect_faces, 90: a face in 141 of 150\ndetect_faces, 180: a face in 143 of 150\n"
        "detect_faces(detector='cascade'), upright: the annotated face in 114 of 150\n"
        "dlib: boxes in 1 of 22 pictures without a face ['moon']\n"
        "cascade: boxes in 0 of 22 pictures without a face []\n"
    )
    for light, error in ((1, 3), (0.25, 8)):
        for place, name in enumerate(("dlib by hand, one look", "average=False", "average=True")):
            printed += f"light {light}, {name}: {error}.{place}00 % (median 2.000, n 139)\n"
    printed += (
        "average=True in the cascade's boxes: 9.000 % (median 2.000, n 114)\nturned by 30: 3.000 % in 140 faces\n"
    )
    monkeypatch.setattr(faces, "printed_by", lambda *words: printed)
    assert faces.landmarks_found("folder") == [
        *(148, 147, 146, 145),
        *(3.0, 8.0, 3.1, 8.1, 3.2, 8.2),
        *(143, 138, 114, 21),
    ]


def test_what_the_script_prints_of_scores_is_read(monkeypatch):
    names = ("appearance", "hog", "lbp", "geometry")
    printed = ""
    for place, state in enumerate(("as they are", "a quarter", "one side", "half the size", "noise of 15 levels")):
        printed += f"{state}: {400 - place} of 400 faces, 1800 pairs of one person, 78000 of strangers\n"
        for row, name in enumerate(names):
            ranges = "strangers 0.63 to 0.80  one person 0.76 to 0.93"
            printed += f"  {name:<12}AUC 0.9{place}{row}  EER {8.9:4.1f} %  {ranges}\n"
        if place == 0:
            printed += "  reached by appearance of pairs of strangers and of one person:\n"
            printed += "".join(
                f"    {value:.2f}: {100 * rate:5.1f} % and 9{value:.1f} %\n"
                for value, rate in ((0.7, 0.5), (0.78, 0.1), (0.82, 0.01), (0.84, 0.001))
            )
            printed += "FaceMatcher, five folds of people: AUC 0.993, EER 3.3 %, TMR 94.1 % at FMR 1 %\n"
    monkeypatch.setattr(faces, "printed_by", lambda *words: printed)
    found = faces.scores_found("folder")
    assert len(found) == len(STATED["scores"])
    assert found[:6] == [0.9, 8.9, 0.63, 0.80, 0.76, 0.93]
    assert found[18] == 0.903
    assert found[24:30] == [0.78, 90.8, 0.82, 90.8, 0.84, 90.8]
    assert found[30:] == [0.91, 0.92, 0.913, 0.923, 397, 0.93, 0.933, 396, 0.94, 0.943, 0.993, 3.3, 94.1]


def test_what_lies_within_its_noise_is_not_told():
    stated = [tables.Figure("a", 90.0, 0.3), tables.Figure("b", 80.0, 0.3), tables.Figure("R²", 0.999, None)]
    assert list(tables.differing(stated, [90.2, 80.2, 0.9995])) == []
    assert list(tables.differing(stated, [90.5, 79.6, 0.99])) == [
        "a: 90 is stated, 90.5 was measured",
        "b: 80 is stated, 79.6 was measured",
        "R²: 0.999 is stated, 0.99 was measured",
    ]
    assert list(tables.differing(stated, [90.2])) == ["a and so on: 3 figures are stated, 1 were measured"]


@pytest.mark.parametrize("word", ["flower", "flowers", "leaves=nowhere"])
def test_what_cannot_be_measured_is_refused(word):
    with pytest.raises(SystemExit, match="Expected"):
        main([word])


def test_the_first_lines_are_measured():
    assert list(tables.differing(digits.first_lines_stated(), digits.first_lines_found())) == []


def test_a_network_of_the_users_is_a_line_of_the_flowers(tmp_path):
    """The figure of the page is that of a network that can be had; the script takes any."""
    rng = np.random.default_rng(0)
    for kind in ("dark", "light"):
        (tmp_path / kind).mkdir()
        for index in range(6):
            photo = rng.integers(0, 100, (40, 40, 3), dtype=np.uint8) + 150 * (kind == "light")
            cv2.imwrite(str(tmp_path / kind / f"{index}.png"), photo.astype(np.uint8))
    network = write_network(tmp_path / "network.onnx")
    words = [str(tmp_path), "--splits", "3", "--repeats", "1", "--network-file", str(network)]
    script = [sys.executable, "tests/performance/measure_flowers.py", *words]
    printed = subprocess.run(script, cwd=tables.ROOT, capture_output=True, text=True, check=True).stdout
    assert printed.startswith("12 photos of 2 kinds\n")
    assert printed.splitlines()[-1] == "network: 100.0 +- 0.0 %"
