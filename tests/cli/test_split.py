"""`featkit benchmark --split`: learnt from one folder, tested on another, as the data set says."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from featkit import ColorMoments, ImageReader, cli, compare_features, list_images
from featkit.cli.benchmark import QUICK_CHANGES
from featkit.evaluation import Benchmark
from featkit.exceptions import LeftOutWarning
from featkit.io import list_splits

QUICK = ["--quick", "--jobs", "1", "--candidates", "colour histogram"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("featkit.cli.benchmark.QUICK_CHANGES", QUICK_CHANGES[:1])
    rng = np.random.default_rng(0)
    for part, n_images in (("train", 6), ("val", 2), ("test", 4)):
        for name, light in (("dark", 60), ("light", 180)):
            place = tmp_path / "photos" / part / name
            place.mkdir(parents=True)
            for number in range(n_images):
                image = rng.integers(light - 40, light + 40, (40, 50, 3)).astype(np.uint8)
                cv2.imwrite(str(place / f"{number}.png"), image)
    return tmp_path / "photos"


def test_the_images_of_test_are_tested_and_all_others_learnt_from(folder, tmp_path, capsys):
    saved, report = tmp_path / "found.json", tmp_path / "report.html"
    assert cli.main(["benchmark", str(folder), *QUICK, "--split", "--save", str(saved), "--report", str(report)]) == 0
    assert "are put together" not in capsys.readouterr().err
    found = Benchmark.load(saved)
    assert (found.about["n_folds"], found.about["n_repeats"]) == (1, 1)
    with pytest.warns(LeftOutWarning, match="list_splits, and --split of featkit benchmark, keep them apart"):
        paths = list_images(folder).paths
    tested = [Path(paths[index]).parts[-3] for index in sorted(found.predictions["image"].unique())]
    assert tested == ["test"] * 8
    assert set(found.folds["n_train"]) == {16}
    assert report.read_text().count("<svg") > 1


@pytest.mark.filterwarnings("ignore:.* are put together:featkit.exceptions.LeftOutWarning")
def test_the_same_split_in_python(folder):
    paths, labels, _ = list_images(folder)
    images, cv = ImageReader().fit_transform(paths), list_splits(folder, paths)
    table = compare_features({"moments": ColorMoments()}, images, labels, cv=cv)
    assert table.loc["moments", "accuracy"] == 1


def test_other_ways_to_part_the_images_are_refused_with_it(folder, capsys):
    for option in (["--folds", "3"], ["--repeats", "2"], ["--group-by", "folder"]):
        assert cli.main(["benchmark", str(folder), *QUICK, "--split", *option]) == 2
        assert f"Expected --split or {option[0]}, got both" in capsys.readouterr().err
    assert cli.main(["benchmark", str(folder / "train"), *QUICK, "--split"]) == 2
    assert "expected the parts of a data set as subfolders, such as train and test" in capsys.readouterr().err
