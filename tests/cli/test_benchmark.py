"""The command line: `featkit benchmark FOLDER` and what it says of bad input."""

import os
import re

import cv2
import numpy as np
import pandas as pd
import pytest
from skimage import data
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import ColorConverter, ImageReader, ONNXEmbedding, Resizer, cli, list_images, load_model
from featkit.cli._benchmark.groups import chosen_repeats
from featkit.cli.benchmark import QUICK_CHANGES
from featkit.evaluation import Benchmark
from featkit.evaluation.benchmarking._folds import run_fold
from featkit.image import to_uint8
from tests.networks import write_network

QUICK = ["--quick", "--jobs", "1", "--repeats", "1", "--candidates", "colour histogram,hog,HOG + colour"]


def write_crops(folder, photo, n_images, size=(90, 120)):
    """Random crops of a photo, as JPEG files of one class."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    bgr = np.ascontiguousarray(photo[..., ::-1] if photo.ndim == 3 else photo)
    for index in range(n_images):
        row, col = (rng.integers(extent - side) for extent, side in zip(bgr.shape[:2], size, strict=True))
        cv2.imwrite(str(folder / f"{index}.jpg"), bgr[row : row + size[0], col : col + size[1]])


@pytest.fixture
def folder(tmp_path):
    write_crops(tmp_path / "photos" / "brick", data.brick(), 9)
    write_crops(tmp_path / "photos" / "cat", data.chelsea(), 9, size=(120, 100))
    return tmp_path / "photos"


def test_benchmark_compares_features_with_raw_pixels_on_a_folder(folder, tmp_path, capsys):
    (folder / "cat" / "notes.txt").write_text("a cat")
    files = {name: tmp_path / f"found.{name}" for name in ("csv", "json")}
    words = [
        "benchmark",
        str(folder),
        "--quick",
        "--jobs",
        "1",
        "--repeats",
        "1",
        "--csv",
        str(files["csv"]),
        "--save",
        str(files["json"]),
    ]
    code = cli.main(words)
    printed = capsys.readouterr().out
    assert code == 0
    assert "18 images in 2 classes; 1 other file left out" in printed
    table = pd.read_csv(files["csv"], index_col="candidate")
    assert set(table.index) >= {"raw pixels + tuned SVM", "HOG", "colour histogram", "HOG + colour", "texture"}
    assert set(table.index) >= {
        "local binary patterns",
        "colour moments",
        "visual words",
        "foreground",
        "foreground texture",
    }
    assert not {"LeNet-5", "all families", "network"} & set(table.index)
    assert all(name.split()[0] in printed for name in table.index)
    assert table.loc["colour histogram", "accuracy"] == 1  # bricks are gray, the cat is ginger
    assert re.search(r"^(Yes|No|Undecided): .*\nBest features: ", printed, re.MULTILINE)
    assert (table["read_ms"] > 0).all()
    found = Benchmark.load(files["json"])
    assert found.table.loc["HOG", "accuracy"] == table.loc["HOG", "accuracy"]
    assert set(found.robustness["corruption"]) == set(QUICK_CHANGES)
    assert set(found.ablation["family"]) == {"hog", "colorhistogram"}
    assert sorted(found.learning["n_train"].unique()) == [14]
    assert (found.about["n_folds"], found.about["n_repeats"]) == (5, 1)
    assert "hidden_layer_sizes=(128,)" in found.about["candidates"]["raw pixels + MLP"]
    assert "GridSearchCV" in found.about["candidates"]["raw pixels + logistic regression"]


def test_quick_takes_some_of_each_class_and_keeps_folds(folder, tmp_path, capsys, monkeypatch, one_change):
    monkeypatch.setattr("featkit.cli.benchmark.QUICK_IMAGES", 6)
    words = ["benchmark", str(folder), *QUICK, "--store", str(tmp_path / "kept"), "--save", str(tmp_path / "a.json")]
    assert cli.main(words) == 0
    monkeypatch.setattr("featkit.evaluation.benchmarking.benchmark.run_fold", None)  # nothing is computed a second time
    words[-1] = str(tmp_path / "b.json")
    assert cli.main(words) == 0
    first, second = (Benchmark.load(tmp_path / name) for name in ("a.json", "b.json"))
    assert first.about["classes"] == {"brick": 6, "cat": 6}
    pd.testing.assert_frame_equal(first.folds, second.folds)


@pytest.mark.parametrize(
    ("words", "n_images", "n_repeats"),
    [
        (["--quick"], 120, 3),
        (["--quick"], 200, 2),
        (["--quick"], 2000, 1),
        (["--quick", "--repeats", "1"], 120, 1),
        (["--quick", "--repeats", "5"], 2000, 5),
        ([], 120, 1),
        (["--repeats", "2"], 2000, 2),
        (["--repeats", "0"], 2000, 0),  # for `benchmark` to refuse
    ],
)
def test_few_images_are_dealt_into_folds_more_often_when_it_is_quick(words, n_images, n_repeats):
    options = cli.make_parser().parse_args(["benchmark", "photos", *words])
    assert chosen_repeats(n_images, options) == n_repeats


def test_the_same_command_goes_on_from_where_it_was_stopped(folder, tmp_path, capsys, monkeypatch, one_change):
    words = ["benchmark", str(folder), *QUICK, "--report", str(tmp_path / "report.html")]
    computed = []

    def stops_in_the_third(plans, X, y, fold, **options):
        computed.append(fold.fold)
        if len(computed) == 3:
            raise KeyboardInterrupt
        return run_fold(plans, X, y, fold, **options)

    monkeypatch.setattr("featkit.evaluation.benchmarking.benchmark.run_fold", stops_in_the_third)
    assert cli.main(words) == 130
    assert (
        f"Stopped; the same command goes on from the folds in {tmp_path / 'report.html.folds'}."
        in capsys.readouterr().err
    )
    assert cli.main(words) == 0
    assert computed == [0, 1, 2, 2, 3, 4]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Why brick, to a linear classifier on HOG" in page
    assert page.count("The image after Resizer") == 2  # one strip for each class


@pytest.mark.parametrize("option", ["--report", "--csv", "--save"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(folder, tmp_path, capsys, option):
    path = tmp_path / "nowhere" / "found"
    assert cli.main(["benchmark", str(folder), option, str(path)]) == 2
    captured = capsys.readouterr()
    assert f"Expected {option} to name a file in a folder that is there, got {path}." in captured.err
    assert "images" not in captured.out


def test_a_table_of_groups_may_begin_as_excel_writes_it_and_must_be_whole(folder, tmp_path, capsys, one_change):
    lines = [f"{name}/{k}.jpg,{name}{k % 3}" for name in ("brick", "cat") for k in range(9)]
    (folder / "labels.csv").write_text("\n".join(["image,animal", *lines]), encoding="utf-8-sig")
    assert grouped(folder, "animal", tmp_path).about["n_groups"] == 6
    (folder / "labels.csv").write_text("\n".join(["animal,image", "cat0", *lines]), encoding="utf-8")
    assert grouped(folder, "animal", tmp_path) == 2
    assert "fewer in line 2" in capsys.readouterr().err


@pytest.fixture
def one_change(monkeypatch):
    monkeypatch.setattr("featkit.cli.benchmark.QUICK_CHANGES", ["shift"])


def grouped(folder, group_by, tmp_path):
    code = cli.main(["benchmark", str(folder), *QUICK, "--group-by", group_by, "--save", str(tmp_path / "a.json")])
    return code or Benchmark.load(tmp_path / "a.json")


def test_images_of_one_group_are_never_parted(folder, tmp_path, capsys, one_change):
    lines = [f"{name}/{k}.jpg,{name}{k % 3}" for name in ("brick", "cat") for k in range(9)]
    (folder / "labels.csv").write_text("\n".join(["image,animal", *lines]), encoding="utf-8")
    found = grouped(folder, "animal", tmp_path)
    assert found.about["n_groups"] == 6
    place = found.predictions.query("candidate == 'HOG'").set_index("image")["fold"]
    assert all(place[k] == place[k + 3] == place[k + 6] for first in (0, 9) for k in range(first, first + 3))


@pytest.mark.parametrize(
    ("group_by", "message"),
    [
        ("folder", "Expected at least 3 groups (folder) in every class"),
        ("(x[0-9])", "gives no group for 18 images, such as 'brick/0.jpg'"),
        ("person", "a column of"),
        ("(x(", "Expected --group-by to be a regular expression with a group"),
        ("(?i)x|a", "Expected --group-by to be a regular expression with a group"),
        ("(x)?", "gives no group for 18 images"),
    ],
)
def test_groups_that_are_not_there_are_named(folder, tmp_path, capsys, group_by, message):
    assert grouped(folder, group_by, tmp_path) == 2
    assert message in capsys.readouterr().err


def test_groups_from_names_are_a_regular_expression():
    from featkit.cli._benchmark.groups import groups_of

    paths = ["pictures/cat/s01_a.jpg", "pictures/cat/s02_a.jpg", "pictures/dog/s01_b.jpg"]
    assert groups_of(paths, "pictures", "(s[0-9]+)_").tolist() == ["s01", "s02", "s01"]
    assert groups_of(paths, "pictures", None) is None


def test_duplicates_across_a_split_are_named(folder, capsys, one_change):
    (folder / "cat" / "copy.jpg").write_bytes((folder / "cat" / "0.jpg").read_bytes())
    assert cli.main(["benchmark", str(folder), *QUICK]) == 0
    printed = capsys.readouterr().out
    assert ("copy.jpg" in printed) == ("1 of them are split" in printed)
    assert "1 pairs of images are duplicates (1 identical pixel by pixel)" in printed


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: [file.unlink() for file in folder.glob("cat/*")], "at least two subfolders"),
        (lambda folder: [file.unlink() for file in folder.glob("*/*")], "got none among 0 files"),
        (lambda folder: [file.unlink() for file in folder.glob("cat/[3-8].jpg")], "got 3 in 'cat'"),
        (lambda folder: (folder / "cat" / "4.jpg").write_bytes(b"meow" * 99), "4.jpg"),
        (lambda folder: (folder / "cat" / "4.jpg").write_bytes((folder / "cat" / "4.jpg").read_bytes()[:900]), "4.jpg"),
    ],
    ids=["one class", "no images", "too few", "text named .jpg", "truncated"],
)
def test_what_is_wrong_with_a_folder_is_said_by_name(folder, capsys, spoil, message):
    spoil(folder)
    code = cli.main(["benchmark", str(folder), "--folds", "5"])
    error = capsys.readouterr().err
    assert code == 2
    assert message in error
    assert str(folder) in error


def test_all_files_that_cannot_be_read_are_named_at_once(folder, capsys):
    (folder / "cat" / "4.jpg").write_bytes(b"meow")
    (folder / "brick" / "2.jpg").write_bytes(b"")
    assert cli.main(["benchmark", str(folder)]) == 2
    error = capsys.readouterr().err
    assert "2 of 18 cannot" in error
    assert f"{folder / 'cat' / '4.jpg'}: expected JPEG" in error
    assert f"{folder / 'brick' / '2.jpg'}: expected JPEG" in error


def test_images_beyond_max_pixels_are_refused_before_decoding(folder, capsys):
    assert cli.main(["benchmark", str(folder), "--max-pixels", "5000"]) == 2
    assert "max_pixels=5000" in capsys.readouterr().err


def test_a_missing_folder_is_named(tmp_path, capsys):
    assert cli.main(["benchmark", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_class_named_in_another_encoding_is_still_told(folder, tmp_path, capsys, one_change):
    (folder / "cat").rename(folder / os.fsdecode(b"caf\xe9"))
    report = tmp_path / "report.html"
    assert cli.main(["benchmark", str(folder), *QUICK, "--report", str(report)]) == 0
    assert r"caf\xe9" in report.read_text(encoding="utf-8")


def test_no_folds_are_not_five(folder, capsys):
    assert cli.main(["benchmark", str(folder), "--folds", "0"]) == 2
    assert "n_splits=0" in capsys.readouterr().err


def test_the_command_has_to_be_known(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["bake"])


@pytest.fixture
def no_changes(monkeypatch):
    monkeypatch.setattr("featkit.cli.benchmark.QUICK_CHANGES", [])


@pytest.mark.parametrize(
    "words",
    [
        ["--candidates", "all families,foreground", "--folds", "3"],
        ["--candidates", "texture", "--network-file", "NETWORK", "--network-size", "64"],
    ],
)
def test_the_best_pipeline_as_code_scores_the_same(folder, tmp_path, capsys, monkeypatch, no_changes, words):
    path = write_network(tmp_path / "network.onnx")
    words = [str(path) if word == "NETWORK" else word for word in words]
    saved = tmp_path / "found.json"
    files = ["--save", str(saved), "--save-model", str(tmp_path / "model.skops")]
    assert cli.main(["benchmark", str(folder), "--quick", "--jobs", "1", "--repeats", "1", *words, *files]) == 0
    printed = capsys.readouterr().out
    title, code = re.search(
        r"The best: (.*?), [0-9.]+ % over \d folds. As code:\n\n(.*?)\n\nFitted on", printed, re.S
    ).groups()
    names = {}
    exec(code, names)
    table = Benchmark.load(saved).table
    assert table.loc[title, "accuracy"] == table["accuracy"].max()
    paths, labels = names["paths"], names["labels"]
    folds = StratifiedKFold(Benchmark.load(saved).about["n_folds"], shuffle=True, random_state=0)
    scores = cross_val_score(clone(names["model"]), paths, labels, cv=folds)
    assert scores.mean() == pytest.approx(table.loc[title, "accuracy"], abs=1e-12)
    saved_model = load_model(tmp_path / "model.skops", trusted=["featkit.evaluation.baselines._MeanRemover", str(path)])
    assert np.array_equal(saved_model.predict(paths), names["model"].predict(paths))


def test_a_network_in_a_file_is_a_row_of_its_own(folder, tmp_path, capsys, no_changes):
    path = write_network(tmp_path / "network.onnx")
    asked = "--quick --jobs 1 --folds 3 --candidates HOG --network-size 48 --network-mean 0.5 --network-std 0.25"
    files = ["--repeats", "1", "--network-file", str(path), "--save", str(tmp_path / "a.json")]
    assert cli.main(["benchmark", str(folder), *asked.split(), *files]) == 0
    table = Benchmark.load(tmp_path / "a.json").table
    assert table.loc["network", "n_features"] == 4
    reader = make_pipeline(
        ImageReader(min_size=128),
        ColorConverter(background=0.0),
        Resizer(height=128, width=128, mode="pad", background=0.0),
    )
    paths, labels, _ = list_images(folder)
    images = np.stack([to_uint8(image) for image in reader.fit_transform(paths)])
    network = make_pipeline(Resizer(height=48, width=48), ONNXEmbedding(path=str(path), mean=0.5, std=0.25))
    classifier = make_pipeline(network, StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    assert cross_val_score(classifier, images, labels, cv=folds).mean() == pytest.approx(
        table.loc["network", "accuracy"]
    )
    assert cli.main(["benchmark", str(folder), *QUICK, "--network-file", str(tmp_path / "no.onnx")]) == 2
    assert "no.onnx" in capsys.readouterr().err


def test_candidates_have_to_be_known(folder, capsys):
    assert cli.main(["benchmark", str(folder), "--candidates", "HOG,sift"]) == 2
    error = capsys.readouterr().err
    assert "got sift." in error
    assert "'HOG + colour'" in error
