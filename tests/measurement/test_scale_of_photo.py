"""What is written of a scale is understood in one way."""

import numpy as np
import pytest

from featkit.datasets import make_sheets
from featkit.exceptions import ImageReadError, ScaleNotFoundWarning
from featkit.measurement._scale_of_photo import ScaleTable, WantedScale, scale_of_photo, upright, wanted_scale
from featkit.parameters import InvalidParameterError
from featkit.scale import find_scale
from featkit.scale._fitting.planes import transform


@pytest.mark.parametrize(
    ("said", "kind", "size"),
    [
        ("coin:23.25", "coin", 23.25),
        (" Ruler : 100 ", "ruler", 100),
        ("sheet:210x297", "sheet", (210, 297)),
        ("sheet:210X297", "sheet", (210, 297)),
        ("0.05", "given", (0.05, 0.05)),
        (0.05, "given", (0.05, 0.05)),
        (np.float32(0.5), "given", (0.5, 0.5)),
        ((0.1, 0.2), "given", (0.1, 0.2)),
        ("metadata", "metadata", None),
        ("print", "print", None),
    ],
)
def test_every_form(said, kind, size):
    assert wanted_scale(said) == (kind, size)


def test_nothing_said_is_none():
    assert wanted_scale(None) is None


@pytest.mark.parametrize("kind", ["sheet", "tags"])
def test_the_map_to_the_upright_sheet_takes_scale_objects_to_their_places(kind):
    sheets = make_sheets(1, scale=kind, random_state=4)
    size = (210, 297) if kind == "sheet" else sheets.size[0]
    scale = find_scale(sheets.images[0], {"tags": "tag"}.get(kind, kind), size)
    image, found, to_upright = upright(sheets.images[0], scale)
    assert found.shape == image.shape[:2]
    for before, after in zip(scale.outlines, found.outlines):
        assert transform(before, to_upright) == pytest.approx(after, abs=1e-6)


@pytest.mark.parametrize("kind", ["sheet", "tags"])
def test_a_scale_found_in_a_reduced_copy_is_that_of_the_photo(kind, monkeypatch):
    sheets = make_sheets(1, scale=kind, random_state=8, max_tilt=5)
    image = sheets.images[0][:-1]  # no multiple of two
    wanted = WantedScale({"tags": "tag"}.get(kind, kind), (210.0, 297.0) if kind == "sheet" else sheets.size[0])
    whole = find_scale(image, wanted.kind, wanted.size)
    monkeypatch.setattr("featkit.measurement._scale_of_photo.SEARCHED", image.shape[0] * image.shape[1] / 4)
    found = scale_of_photo(image, wanted, "mm", None, "photo")
    assert found.pixel_size[0] != whole.pixel_size[0]  # it was another copy
    assert found.shape == whole.shape
    assert found.pixel_size == pytest.approx(whole.pixel_size, rel=0.004)
    centers = [np.mean([outline.mean(axis=0) for outline in scale.outlines], axis=0) for scale in (found, whole)]
    assert centers[0] == pytest.approx(centers[1], abs=0.5)
    assert (found.homography is None) == (whole.homography is None)
    if found.homography is not None:
        corner = np.array([[0.0, 0.0], [1000.0, 1500.0]])
        lengths = [np.linalg.norm(np.diff(transform(corner, one.homography), axis=0)) for one in (found, whole)]
        assert lengths[0] == pytest.approx(lengths[1], rel=0.003)


def test_what_is_not_found_in_the_reduced_copy_is_looked_for_in_the_photo(monkeypatch):
    blank = np.full((400, 600), 200, np.uint8)
    monkeypatch.setattr("featkit.measurement._scale_of_photo.SEARCHED", 60_000)
    with pytest.warns(ScaleNotFoundWarning, match="photo 7") as warned:
        assert not scale_of_photo(blank, WantedScale("tag", 20), "mm", None, "photo 7").is_known
    assert len(warned) == 1


def test_a_coin_of_few_pixels_in_the_reduced_copy_is_measured_in_the_photo(monkeypatch):
    sheets = make_sheets(1, scale="coin", random_state=8, max_tilt=5)
    whole = find_scale(sheets.images[0], "coin", sheets.size[0])
    monkeypatch.setattr("featkit.measurement._scale_of_photo.SEARCHED", whole.shape[0] * whole.shape[1] / 4)
    found = scale_of_photo(sheets.images[0], WantedScale("coin", sheets.size[0]), "mm", None, "photo")
    assert found.pixel_size == whole.pixel_size


def table_of(folder, *rows):
    path = folder / "scales.csv"
    path.write_text("\n".join(["path,scale", *rows]))
    return path


def test_a_table_says_the_scale_of_every_photo(tmp_path):
    scales = ScaleTable(
        table_of(tmp_path, "photos/a.png,coin:23.25", "b.png,0.1", "x/c.png,0.1", "y/c.png,0.2", "d.png,")
    )
    assert scales.scale_of(str(tmp_path / "photos" / "a.png")) == "coin:23.25"
    assert scales.scale_of(str(tmp_path / "elsewhere" / "b.png")) == "0.1"  # by its name, which one row has
    assert scales.scale_of(str(tmp_path / "y" / "c.png#page=2")) == "0.2"
    for photo, came in (("e.png", "got none"), ("z/c.png", "got 2 rows of this name"), ("d.png", "got none")):
        with pytest.raises(ImageReadError, match=came):
            scales.scale_of(str(tmp_path / photo))


def test_a_table_of_scales_that_says_two_things_or_nonsense_is_refused(tmp_path):
    with pytest.raises(ImageReadError, match="line 3: expected one scale"):
        ScaleTable(table_of(tmp_path, "a.png,0.1", "a.png,0.2"))
    with pytest.raises(InvalidParameterError, match="'scale' parameter must be"):
        ScaleTable(table_of(tmp_path, "a.png,coin"))
