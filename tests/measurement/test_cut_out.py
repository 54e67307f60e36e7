"""Transparent PNG files, one per image or per object, that go on where they stopped."""

import cv2
import numpy as np
import pandas as pd
import pytest

from featkit import join_alpha, read_image
from featkit.measurement import cut_out_to_folder


def sheet(*boxes, dtype=np.uint8):
    image = np.full((120, 160, 3), 235 if dtype == np.uint8 else 60_000, dtype)
    for number, (top, left, bottom, right) in enumerate(boxes):
        image[top:bottom, left:right] = 40 + number, 90, 30
    return image


BOXES = [(10, 20, 40, 60), (70, 90, 100, 150)]


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos" / "deep").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "photos" / "a.png"), sheet(*BOXES)[..., ::-1])
    cv2.imwrite(str(tmp_path / "photos" / "deep" / "b.png"), sheet(BOXES[0])[..., ::-1])
    return tmp_path / "photos"


def test_a_file_for_each_object(photos, tmp_path):
    out = tmp_path / "out"
    assert cut_out_to_folder(photos, out, objects=True) == (2, 3, 0, 0)
    table = pd.read_csv(out / "cut_out.csv")
    assert table["file"].tolist() == ["a_001.png", "a_002.png", "deep/b_001.png"]
    assert table[["min_row", "min_col", "max_row", "max_col"]].to_numpy().tolist() == [
        *map(list, BOXES),
        list(BOXES[0]),
    ]
    for row, (top, left, bottom, right) in zip(table.itertuples(), [*BOXES, BOXES[0]]):
        picture = read_image(out / row.file)
        assert (picture[..., 3] == 255).all()
        assert (picture[..., :3] == read_image(row.path)[top:bottom, left:right]).all()


def test_a_file_for_each_image(photos, tmp_path):
    assert cut_out_to_folder(photos, tmp_path / "out") == (2, 2, 0, 0)
    picture = read_image(tmp_path / "out" / "a.png")
    expected = np.zeros((120, 160), np.uint8)
    for top, left, bottom, right in BOXES:
        expected[top:bottom, left:right] = 255
    assert (picture[..., 3] == expected).all()
    assert (picture[..., :3] == sheet(*BOXES)).all()


def test_what_is_done_is_not_done_again(photos, tmp_path):
    out = tmp_path / "out"
    cut_out_to_folder(photos, out, objects=True)
    before = (out / "a_002.png").stat().st_mtime_ns
    assert cut_out_to_folder(photos, out, objects=True).n_kept == 2
    assert (out / "a_002.png").stat().st_mtime_ns == before
    (out / "a_002.png").unlink()
    assert cut_out_to_folder(photos, out, objects=True).n_kept == 1
    assert (out / "a_002.png").is_file()


def test_broken_and_empty_images_are_recorded(photos, tmp_path):
    (photos / "broken.png").write_bytes(b"meow")
    cv2.imwrite(str(photos / "empty.png"), sheet())
    result = cut_out_to_folder(photos, tmp_path / "out", objects=True, n_jobs=2)
    assert (result.n_images, result.n_files, result.n_errors) == (4, 3, 2)
    errors = pd.read_csv(tmp_path / "out" / "cut_out.csv").set_index("path")["error"].dropna()
    assert "ImageReadError" in errors[str(photos / "broken.png")]
    assert "found none" in errors[str(photos / "empty.png")]


def test_files_of_one_name_do_not_replace_each_other(photos, tmp_path):
    cv2.imwrite(str(photos / "a.tif"), sheet(BOXES[1])[..., ::-1])
    cut_out_to_folder(photos, tmp_path / "out", objects=True)
    assert pd.read_csv(tmp_path / "out" / "cut_out.csv")["file"].is_unique
    assert sorted(path.name for path in (tmp_path / "out").glob("*.png")) == [
        "a.tif_001.png",
        "a_001.png",
        "a_002.png",
    ] or (
        sorted(path.name for path in (tmp_path / "out").glob("*.png"))
        == ["a.png_001.png", "a.png_002.png", "a_001.png"]
    )


@pytest.mark.parametrize("kind", ["gray", "16 bit", "soft alpha"])
def test_every_kind_of_image_keeps_its_values(tmp_path, kind):
    (tmp_path / "photos").mkdir()
    path = str(tmp_path / "photos" / "a.png")
    if kind == "gray":
        cv2.imwrite(path, sheet(*BOXES)[..., 1])
        expected = np.repeat(sheet(*BOXES)[..., 1:2], 3, axis=2)
    elif kind == "16 bit":
        cv2.imwrite(path, sheet(*BOXES, dtype=np.uint16)[..., ::-1])
        expected = sheet(*BOXES, dtype=np.uint16)
    else:
        alpha = np.zeros((120, 160))
        alpha[10:40, 20:60] = np.linspace(0.6, 1, 40)
        image = join_alpha(sheet(*BOXES), alpha)
        cv2.imwrite(path, cv2.cvtColor(image, cv2.COLOR_RGBA2BGRA))
        expected = image
    assert cut_out_to_folder(tmp_path / "photos", tmp_path / "out", objects=True).n_errors == 0
    top, left, bottom, right = BOXES[0]
    picture = read_image(tmp_path / "out" / "a_001.png")
    assert picture.dtype == expected.dtype
    assert (picture[..., : expected.shape[2]] == expected[top:bottom, left:right]).all()


def test_results_are_no_images_of_the_next_run(photos, tmp_path):
    with pytest.raises(ValueError, match="outside of"):
        cut_out_to_folder(photos, photos / "out")
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="folder that can be made"):
        cut_out_to_folder(photos, tmp_path / "file")
