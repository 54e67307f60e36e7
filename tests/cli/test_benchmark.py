"""The command line: `featkit benchmark FOLDER` and what it says of bad input."""

import cv2
import numpy as np
import pandas as pd
import pytest
from skimage import data

from featkit import cli


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
    code = cli.main(["benchmark", str(folder), "--folds", "3", "--csv", str(tmp_path / "table.csv")])
    printed = capsys.readouterr().out
    assert code == 0
    assert "18 images in 2 classes; 1 other files left out" in printed
    table = pd.read_csv(tmp_path / "table.csv", index_col="features")
    assert {"raw pixels", "HOG", "colour histogram", "HOG + colour"} <= set(table.index)
    assert all(name in printed for name in table.index)
    assert table.loc["colour histogram", "accuracy"] == 1  # bricks are gray, the cat is ginger


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


def test_images_beyond_max_pixels_are_refused_before_decoding(folder, capsys):
    assert cli.main(["benchmark", str(folder), "--max-pixels", "5000"]) == 2
    assert "max_pixels=5000" in capsys.readouterr().err


def test_a_missing_folder_is_named(tmp_path, capsys):
    assert cli.main(["benchmark", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_the_command_has_to_be_known(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["bake"])
