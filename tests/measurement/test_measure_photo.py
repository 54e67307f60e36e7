"""Photos measured from beginning to end agree with what was drawn, by every kind of scale."""

import cv2
import numpy as np
import pytest

from featkit import find_color_card, find_scale, measure_photo
from featkit.datasets import make_color_cards, make_sheets
from featkit.exceptions import ImageFormatError, ScaleNotFoundWarning
from featkit.features.shape import measure_regions
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.color import correct_colors
from featkit.scale import Scale


def rectangles(shape=(300, 400), background=235, color=60):
    """Gray photo of three rectangles: 40 x 100, 30 x 60 and 20 x 20 pixels."""
    image = np.full(shape, background, np.uint8)
    image[50:90, 20:120] = image[150:180, 200:260] = image[220:240, 300:320] = color
    return image


def matched(photo, sheets, number):
    """Leaf of the sheet for every object, -1 for what is none."""
    leaves = np.flatnonzero(sheets.sheet == number)
    middles = np.array([sheets.outlines[leaf].mean(axis=0) for leaf in leaves])
    distances = np.linalg.norm(photo.centers[:, np.newaxis] - middles, axis=2)
    near = distances.argmin(axis=1)
    return np.where(distances.min(axis=1) < 10, leaves[near], -1)


@pytest.mark.parametrize("scale", ["tags", "sheet", "checkerboard"])
def test_sheets_are_rectified_and_no_leaf_is_lost(scale):
    sheets = make_sheets(2 if scale == "sheet" else 1, scale=scale, min_leaves=8, random_state=5)
    for number, image in enumerate(sheets.images):
        size = {"sheet": "sheet:210x297", "tags": f"tag:{sheets.size[number]}"}
        photo = measure_photo(image, scale=size.get(scale, f"{scale}:{sheets.size[number]}"), keep_holes=True)
        assert photo.scale.rectified
        leaves = matched(photo, sheets, number)
        assert set(leaves) - {-1} == set(np.flatnonzero(sheets.sheet == number))
        others = photo.table[leaves < 0]  # the written number, broken at most
        assert (others["area"] < 1.2 * others["perimeter"]).all()
        table = photo.table[leaves >= 0]
        true = leaves[leaves >= 0]
        error = np.abs(table["area"] / sheets.area[true] - 1)
        assert np.median(error) < 0.01
        is_large = sheets.area[true] > 50  # blur takes the tips of small ones
        assert error[is_large].max() < 0.03
        for name in ("length", "width"):
            assert np.median(np.abs(table[name] / sheets[name][true] - 1)[is_large]) < 0.01


def test_one_tag_gives_one_scale_and_what_the_tilt_may_cost():
    sheets = make_sheets(1, scale="tag", min_leaves=6, max_leaves=6, max_tilt=6, random_state=2)
    photo = measure_photo(sheets.images[0], scale=f"tag:{sheets.size[0]}")
    leaves = matched(photo, sheets, 0)
    error = np.abs(photo.table["area"][leaves >= 0] / sheets.area[leaves[leaves >= 0]] - 1)
    assert error.max() < photo.scale.tilt_error + 0.05
    assert (photo.table["tilt_error"] == photo.scale.tilt_error).all()


def test_numbers_are_those_of_the_regions_in_the_unit():
    image = rectangles()
    photo = measure_photo(image, scale=0.5, unit="cm")
    labels = np.zeros(image.shape, np.int32)
    labels[50:90, 20:120], labels[150:180, 200:260], labels[220:240, 300:320] = 1, 2, 3
    _, expected = measure_regions(labels, pixel_size=0.5)
    assert photo.values == pytest.approx(expected)
    table = photo.table
    assert table["object"].tolist() == [1, 2, 3]
    assert table["count"].tolist() == [3, 3, 3]
    assert table["area"].tolist() == [1000, 450, 100]
    assert table["area_px"].tolist() == [4000, 1800, 400]
    assert table["width"].tolist() == pytest.approx([20, 15, 10])
    assert table["length"].tolist() == pytest.approx([np.hypot(20, 50), np.hypot(15, 30), np.hypot(10, 10)], rel=0.01)
    assert table["row"].tolist() == [69.5, 164.5, 229.5]
    assert table["unit"].tolist() == ["cm"] * 3
    assert table[["red", "green", "blue"]].to_numpy() == pytest.approx(np.full((3, 3), 60 / 255))
    assert not table["touches_border"].any()


def test_pixels_that_are_not_square():
    table = measure_photo(rectangles(), scale=(0.5, 0.1)).table
    assert table["area"].tolist() == pytest.approx([200, 90, 20])
    assert table["width"].tolist() == pytest.approx([10, 6, 2], rel=0.01)
    assert table["length"].tolist() == pytest.approx([np.hypot(20, 10), np.hypot(15, 6), np.hypot(10, 2)], rel=0.01)


def test_without_a_scale_lengths_are_in_pixels():
    table = measure_photo(rectangles()).table
    assert table["unit"].tolist() == ["px"] * 3
    assert table["area"].tolist() == table["area_px"].tolist() == [4000, 1800, 400]


def test_where_no_scale_can_be_believed_columns_with_a_unit_are_nan_and_pixels_stay():
    with pytest.warns(ScaleNotFoundWarning, match="leaf.jpg"):
        photo = measure_photo(rectangles(), scale="tag:20", min_size=1e6, name="leaf.jpg")
    table = photo.table
    assert len(table) == 3  # a limit in millimetres cannot be applied
    assert table[["area", "length", "width", "perimeter", "inscribed_radius"]].isna().all(axis=None)
    assert table[["area_px", "length_px", "width_px", "perimeter_px", "aspect_ratio"]].notna().all(axis=None)
    assert table["warning"].str.startswith("No scale: ").all()
    assert table["scale"].tolist() == [""] * 3


@pytest.mark.parametrize("limit", ["min_size", "max_size", "min_thickness"])
def test_without_a_scale_limits_are_told_to_be_left_aside(limit):
    with pytest.warns(ScaleNotFoundWarning):
        photo = measure_photo(rectangles(), scale="coin:20", **{limit: 14})
    assert photo.warning.endswith("; limits of size and thickness were not applied")
    assert len(photo.objects) == 3


def test_limits_are_in_the_unit():
    image = rectangles()
    assert measure_photo(image, scale=0.5, min_size=450).table["area"].tolist() == [1000, 450]
    assert measure_photo(image, scale=0.5, max_size=450).table["area"].tolist() == [450, 100]
    thick = measure_photo(image, scale=0.5, min_thickness=14).table
    assert thick["area"].tolist() == [1000, 450]
    assert thick["object"].tolist() == [1, 2]
    image[:30, :30] = 60
    assert len(measure_photo(image).objects) == 4
    assert len(measure_photo(image, clear_border=True).objects) == 3


def test_dust_is_left_out_unless_all_is_wanted():
    image = rectangles((600, 800))
    image[400, 400] = 0
    assert len(measure_photo(image).objects) == 3
    assert len(measure_photo(image, min_size=0).objects) == 4


def test_the_scale_object_and_its_shadow_are_no_object():
    image = np.full((400, 500, 3), 235, np.uint8)
    row, col = np.mgrid[:400, :500]
    image[np.hypot(row - 204, col - 126) <= 60] = 130  # a shadow
    image[np.hypot(row - 200, col - 120) <= 60] = 30, 60, 160
    image[100:150, 300:420] = 40, 90, 40
    outline = np.array([(200 + 60 * np.sin(t), 120 + 60 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 90)])
    scale = Scale("disk", (0.1, 0.1), "mm", (400, 500), outlines=(outline,))
    photo = measure_photo(image, scale=scale)
    assert photo.table["area_px"].tolist() == [6000]
    image[180:200, 120:400] = 40, 90, 40  # a leaf that lies at the disk
    assert len(measure_photo(image, scale=scale).objects) == 2


def test_objects_of_label_images_keep_their_numbers_and_masks_are_taken_apart():
    labels = np.zeros((300, 400), np.uint16)
    labels[50:90, 20:120], labels[90:100, 20:120] = 7, 3
    photo = measure_photo(rectangles(), labels=labels)
    assert photo.table[["object", "area"]].to_numpy().tolist() == [[3, 1000], [7, 4000]]
    assert measure_photo(rectangles(), labels=labels > 0).table["area"].tolist() == [5000]
    with pytest.raises(ImageFormatError, match="size of the image"):
        measure_photo(rectangles(), labels=labels[:100])


def test_alpha_tells_the_objects():
    image = np.dstack([rectangles()] * 3 + [np.zeros((300, 400), np.uint8)])
    image[100:110, 100:120, 3] = 255
    assert measure_photo(image).table["area"].tolist() == [200]
    image[..., 3] = 255  # all of it is foreground: the paper is looked for
    assert measure_photo(image).table["area"].tolist() == [4000, 1800, 400]


def test_objects_that_touch_are_parted_on_demand():
    image = np.full((200, 300), 235, np.uint8)
    row, col = np.mgrid[:200, :300]
    image[np.minimum(np.hypot(row - 100, col - 100), np.hypot(row - 100, col - 170)) <= 38] = 50
    assert len(measure_photo(image).objects) == 1
    table = measure_photo(image, split=True, scale=0.1).table
    assert table["area"].tolist() == pytest.approx([np.pi * 3.8**2] * 2, rel=0.03)


def test_colors_are_corrected_by_the_card_and_missing_without_one():
    cards = make_color_cards(1, tint="lamp", random_state=0)
    photo = measure_photo(cards.images[0], color_card=True, background="auto")
    assert photo.card is not None
    assert np.isfinite(photo.colors).all()
    image = np.dstack([rectangles()] * 3)
    photo = measure_photo(image, color_card=True)
    assert np.isnan(photo.colors).all()
    assert photo.warning == "No color card was found"
    assert photo.table["area"].notna().all()


def test_corrected_colors_are_those_of_the_corrected_image():
    cards = make_color_cards(1, tint="lamp", random_state=0)
    image = cards.images[0]
    labels = np.zeros(image.shape[:2], np.uint8)
    labels[:30, :30], labels[-30:, -30:] = 1, 2
    photo = measure_photo(image, labels=labels, color_card=True)
    corrected = correct_colors(image, find_color_card(image)) / 255
    expected = [corrected[:30, :30].mean(axis=(0, 1)), corrected[-30:, -30:].mean(axis=(0, 1))]
    assert photo.colors == pytest.approx(np.array(expected), abs=1e-6)


def test_nothing_on_the_paper_gives_no_row():
    photo = measure_photo(np.full((200, 300, 3), 230, np.uint8), scale=0.1)
    assert len(photo.objects) == 0
    assert len(photo.table) == 0


def test_every_dtype_measures_the_same():
    image = rectangles()
    expected = measure_photo(image).values
    for other in (image.astype(np.uint16) * 257, image / 255, np.dstack([image] * 3)):
        assert measure_photo(other).values == pytest.approx(expected)
    assert measure_photo(image < 100).values == pytest.approx(expected)  # a mask is its own foreground


@pytest.mark.parametrize(
    "scale", ["coin", "coin:", "coin:-3", "coin:big", "penny:20", "sheet:210", "0", "-1", "nan", (1, 0), "", True, [1]]
)
def test_a_scale_that_is_none_is_refused(scale):
    with pytest.raises(InvalidParameterError, match="scale"):
        measure_photo(rectangles(), scale=scale)


def test_other_parameters_are_checked():
    for wrong in ({"unit": "furlong"}, {"background": "green"}, {"min_size": -1}, {"min_thickness": "thin"}):
        with pytest.raises(InvalidParameterError, match=next(iter(wrong))):
            measure_photo(rectangles(), **wrong)
    with pytest.raises(ImageFormatError, match="read_pixel_size"):
        measure_photo(rectangles(), scale="metadata")


def test_a_scale_found_before_is_taken():
    sheets = make_sheets(1, scale="sheet", random_state=0)
    scale = find_scale(sheets.images[0], "sheet", (210, 297))
    given, found = (measure_photo(sheets.images[0], scale=one) for one in (scale, "sheet:210x297"))
    assert given.values.tolist() == found.values.tolist()
    upright = measure_photo(sheets.images[0], scale=scale, rectify=False)
    assert not upright.scale.rectified
    assert np.shares_memory(upright.image, sheets.images[0])


def test_what_is_thin_is_left_out_also_where_it_encloses_something():
    image = rectangles()
    cv2.circle(image, (60, 240), 20, 60, 5)  # a written 0
    assert len(measure_photo(image).objects) == 4
    table = measure_photo(image, scale=0.5, min_thickness=4).table
    assert table["area"].tolist() == [1000, 450, 100]
    assert table["object"].tolist() == [1, 2, 3]


def test_strokes_are_left_out_although_they_are_thicker_where_they_meet():
    image = rectangles()
    written = np.zeros((60, 40), np.uint8)
    written[:, :8] = written[:, 32:] = written[:8] = written[26:34] = written[52:] = 1  # an 8
    assert 2 * cv2.distanceTransform(np.pad(written, 1), cv2.DIST_L2, 5).max() - 1 >= 9  # the strokes are 8 wide
    image[20:80, 200:240][written > 0] = 60
    assert len(measure_photo(image).objects) == 4
    assert measure_photo(image, scale=1, min_thickness=9).table["area_px"].tolist() == [4000, 1800, 400]
    labels = (image < 100).astype(np.uint8)
    labels[20:80, 200:240][written > 0] = 2
    assert 2 not in measure_photo(image, scale=1, labels=labels, min_thickness=9).table["object"].tolist()
    assert 2 in measure_photo(image, scale=1, labels=labels, min_thickness=7).table["object"].tolist()


def test_holes_are_filled_or_kept():
    image = rectangles()
    image[60:70, 40:60] = 235
    for keep, area in ((False, 4000), (True, 3800)):
        table = measure_photo(image, keep_holes=keep).table
        assert table["area"].tolist() == [area, 1800, 400]
        assert table["area_filled"].tolist() == [4000, 1800, 400]


def test_the_white_margin_of_a_printed_tag_is_no_object_and_a_seed_on_it_is():
    image = np.full((500, 700, 3), 190, np.uint8)
    image[100:250, 100:250] = 250
    markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    image[125:225, 125:225] = cv2.aruco.generateImageMarker(markers, 3, 100)[..., np.newaxis]
    cv2.ellipse(image, (238, 175), (8, 5), 0, 0, 360, (90, 60, 30), -1)
    image[300:400, 350:500] = 50, 90, 40
    photo = measure_photo(image, scale="tag:20")
    assert np.round(photo.centers).astype(int).tolist() == [[175, 238], [350, 424]]
    told = measure_photo(np.dstack([image, np.where(image[..., 0] == 190, 0, 255).astype(np.uint8)]), scale="tag:20")
    assert len(told.objects) == 2  # one of them the margin, which alpha says is an object


def test_a_silhouette_that_was_not_given_as_labels_is_told():
    silhouette = np.zeros((200, 300), np.uint8)
    cv2.ellipse(silhouette, (150, 100), (140, 90), 0, 0, 360, 255, -1)
    photo = measure_photo(silhouette)  # the light surface is the paper
    assert "silhouette" in photo.warning
    assert len(photo.objects) == 0
    given = measure_photo(silhouette, labels=silhouette > 0)
    assert not given.warning
    assert given.table["area"].tolist() == [np.count_nonzero(silhouette)]
    assert not measure_photo(rectangles()).warning
    assert not measure_photo(silhouette > 0).warning
