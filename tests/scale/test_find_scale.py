import warnings

import numpy as np
import pytest

from featkit.datasets import make_sheets
from featkit.exceptions import ScaleNotFoundWarning
from featkit.image.checks import ImageFormatError
from featkit.parameters import InvalidParameterError
from featkit.scale import find_scale
from featkit.scale._fitting.planes import FOCAL_FRACTION

KINDS = ("coin", "ruler", "square", "tag", "checkerboard", "sheet")


@pytest.fixture(scope="module")
def sheets():
    return make_sheets(len(KINDS), scale=KINDS, min_leaves=2, max_leaves=3, random_state=6)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
def test_drawn_sheets_give_their_scale(sheets, number):
    kind = KINDS[number]
    scale = find_scale(sheets.images[number], kind, sheets.sheet_size if kind == "sheet" else sheets.size[number])
    place = np.mean([outline.mean(axis=0) for outline in scale.outlines], axis=0)
    inverse = np.linalg.inv(sheets.homography[number])
    truth = np.sqrt(abs(np.linalg.det(inverse) / (inverse[2] @ (place[1], place[0], 1)) ** 3))
    assert scale.pixel_size[0] == pytest.approx(truth, rel=0.012)
    assert abs(scale.pixel_size[0] / truth - 1) < 4 * scale.error + 1e-3
    assert not (scale.mask & (sheets.labels[number] > 0)).any() or kind == "sheet"


@pytest.mark.parametrize("kind", ["coin", "ruler", "square", "tag", "checkerboard"])
def test_an_image_without_a_scale_warns_and_is_named(sheets, kind):
    image = sheets.images[KINDS.index("sheet")]
    with pytest.warns(ScaleNotFoundWarning, match="No scale in leaves.jpg: .*NaN"):
        scale = find_scale(image, kind, 20, name="leaves.jpg")
    assert np.isnan(scale.pixel_size).all()
    assert not scale.is_known
    assert scale.reason
    assert scale.box is None
    assert not scale.mask.any()


def test_rectify_gives_the_upright_image_and_its_scale(sheets):
    number = KINDS.index("sheet")
    scale = find_scale(sheets.images[number], "sheet", sheets.sheet_size, rectify=True)
    assert scale.rectified
    assert np.array(scale.image.shape[:2]) * scale.pixel_size == pytest.approx(sheets.sheet_size)


def test_one_coin_is_never_rectified(sheets):
    scale = find_scale(sheets.images[0], "coin", sheets.size[0], rectify=True)
    np.testing.assert_array_equal(scale.image, sheets.images[0])
    assert not scale.rectified
    assert scale.tilt_error > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "stone"}, "'kind' parameter must be one of"),
        ({"size": 0}, "'size' parameter"),
        ({"size": -3.0}, "'size' parameter"),
        ({"size": (10, 20)}, "'size' parameter"),
        ({"kind": "sheet"}, "must be \\(height, width\\)"),
        ({"corners": (3, 4)}, "'corners' parameter does not belong to kind='coin', which takes color"),
        ({"color": (200, 10, 10)}, "in \\[0, 1\\]"),
        ({"kind": "tag", "dictionary": "9X9"}, "'dictionary' parameter"),
        ({"kind": "tag", "count": 0}, "'count' parameter"),
        ({"focal_length": -1}, "'focal_length' parameter"),
    ],
)
def test_bad_parameters_are_refused(options, message):
    options = {"kind": "coin", "size": 20, **options}
    with pytest.raises(InvalidParameterError, match=message):
        find_scale(np.zeros((50, 50), np.uint8), options.pop("kind"), options.pop("size"), **options)


def test_what_is_no_image_is_refused():
    with pytest.raises(ImageFormatError):
        find_scale(np.zeros((5, 6, 7), np.uint8), "coin", 20)


@pytest.mark.parametrize("kind", [*KINDS, "disk", "bar"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (9, 9), (40, 3), (64, 64, 4)])
@pytest.mark.parametrize("fill", ["flat", "noise"])
def test_tiny_and_empty_images_have_no_scale(kind, shape, fill):
    image = np.full(shape, 127, np.uint8) if fill == "flat" else np.random.RandomState(0).randint(0, 256, shape, "u1")
    if image.ndim == 3:
        image[..., 3] = 255  # opaque
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScaleNotFoundWarning)
        assert not find_scale(image, kind, (21, 30) if kind == "sheet" else 20).is_known


@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
def test_the_unit_is_a_name_and_the_lens_tells_the_tilt(sheets, number):
    kind = KINDS[number]
    size = sheets.sheet_size if kind == "sheet" else sheets.size[number]
    usual = find_scale(sheets.images[number], kind, size)
    lens = 1.1 * FOCAL_FRACTION * max(usual.shape)
    other = find_scale(sheets.images[number], kind, size, unit="cm", focal_length=lens)
    assert (usual.unit, other.unit) == ("mm", "cm")
    assert other.pixel_size == pytest.approx(usual.pixel_size, rel=0.01)
    assert other.tilt != usual.tilt
