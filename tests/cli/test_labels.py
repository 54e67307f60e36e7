"""Numbers, several labels and other layouts than class folders on the command line."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from featkit import RawPixels, cli
from featkit.cli._benchmark.candidates import small_baselines

QUICK = ["--quick", "--folds", "3", "--jobs", "1", "--candidates", "colour moments,colour histogram"]
N_IMAGES = 24


@pytest.fixture(autouse=True)
def quick_baselines(monkeypatch):
    """One baseline that is fitted at once, in place of four that are searched for."""
    one = {
        "classification": LogisticRegression(),
        "multilabel": OneVsRestClassifier(LogisticRegression()),
        "regression": Ridge(),
    }
    monkeypatch.setattr(
        "featkit.cli.benchmark.small_baselines",
        lambda images, task, quick: {"raw pixels": make_pipeline(RawPixels(), one[task])},
    )


@pytest.fixture
def folder(tmp_path):
    """Squares whose side is the number, and which are red, green, both or neither."""
    folder = tmp_path / "squares"
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows = []
    for k in range(N_IMAGES):
        red, green = k % 2, k // 2 % 2
        side = 4 + 2 * k
        image = rng.integers(0, 60, (64, 64, 3)).astype(np.uint8)
        image[:side, :side] = 220 * red, 220 * green, 220
        Image.fromarray(image).save(folder / f"{'odd' if red else 'even'}_{k:02d}.png")
        rows.append((f"{'odd' if red else 'even'}_{k:02d}", side / 64, side, red, green))
    pd.DataFrame(rows, columns=["id", "size", "side", "red", "green"]).to_csv(folder / "table.csv", index=False)
    return folder


def test_numbers_of_a_table_are_regressed_reported_and_saved(folder, tmp_path, capsys):
    files = {name: str(tmp_path / f"found.{name}") for name in ("html", "json", "skops")}
    words = ["benchmark", str(folder / "table.csv"), "--path-column", "id", "--label-column", "size", *QUICK]
    words += ["--report", files["html"], "--save", files["json"], "--save-model", files["skops"]]
    assert cli.main(words) == 0
    printed = capsys.readouterr().out
    assert "24 images with numbers from 0.0625 to 0.78125; 0 other files left out" in printed
    assert "The best: " in printed
    assert "an R² of 0." in printed
    assert "list_labelled_images(" in printed
    assert "model.fit(paths, labels.astype(float))" in printed
    assert json.loads((tmp_path / "found.json").read_text())["about"]["task"] == "regression"
    assert "R²" in (tmp_path / "found.html").read_text()
    (folder / "table.csv").unlink()
    assert cli.main(["predict", files["skops"], str(folder), "--out", str(tmp_path / "said.csv")]) == 0
    said = pd.read_csv(tmp_path / "said.csv")
    assert np.corrcoef(said["prediction"], np.arange(N_IMAGES).reshape(-1, 2).T.ravel())[0, 1] > 0.5


def test_whole_numbers_are_numbers_where_that_is_said(folder, capsys):
    words = ["benchmark", str(folder / "table.csv"), "--path-column", "id", "--label-column", "side", *QUICK, "--task"]
    assert cli.main([*words, "auto"]) == 2
    assert "Where the labels are numbers, say --task regression." in capsys.readouterr().err
    assert cli.main([*words, "regression"]) == 0
    assert "with numbers from 4 to 50" in capsys.readouterr().out


def test_several_columns_are_several_labels(folder, capsys):
    words = ["benchmark", str(folder / "table.csv"), "--path-column", "id", "--label-column", "red,green", *QUICK]
    assert cli.main(words) == 0
    printed = capsys.readouterr().out
    assert "24 images with 2 labels" in printed
    assert "micro F1 %" in printed
    assert "MultiLabelBinarizer().fit_transform(labels)" in printed


def test_names_of_files_are_labels(folder, tmp_path, capsys):
    (folder / "table.csv").unlink()
    pattern = r"(\w+)_\d+"
    assert cli.main(["benchmark", str(folder), "--label-from", pattern, *QUICK]) == 0
    assert "24 images in 2 classes" in capsys.readouterr().out
    words = ["extract", str(folder), "--label-from", pattern, "--out", str(tmp_path / "features"), "--jobs", "1"]
    assert cli.main(words) == 0
    assert pd.read_parquet(tmp_path / "features")["label"].tolist() == ["even"] * 12 + ["odd"] * 12


@pytest.mark.parametrize("task", ["classification", "multilabel", "regression"])
def test_the_perceptron_of_a_quick_run_is_not_searched_for(task):
    quick = small_baselines(np.zeros((2, 8, 8)), task, quick=True)["raw pixels + MLP"]
    widths = [value for name, value in quick.get_params().items() if name.endswith("hidden_layer_sizes")]
    assert widths == [(128,)]
    assert "GridSearchCV" not in repr(quick)


def test_one_class_is_said_in_one_sentence(folder, capsys):
    for name in folder.glob("even*"):
        name.unlink()
    assert cli.main(["benchmark", str(folder), "--label-from", r"(\w+)_\d+", *QUICK]) == 2
    error = capsys.readouterr().err
    assert error == "featkit: Expected at least two classes in y, got only ['odd']: there is nothing to tell apart.\n"


def test_a_data_set_has_one_column_of_labels(folder, tmp_path, capsys):
    words = ["extract", str(folder / "table.csv"), "--path-column", "id", "--label-column", "red,green"]
    assert cli.main([*words, "--out", str(tmp_path / "features")]) == 2
    assert "Expected one label for each image" in capsys.readouterr().err
