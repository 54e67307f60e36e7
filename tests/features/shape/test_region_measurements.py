"""RegionMeasurements: closed forms, naive oracles, scikit-image, and the table of degenerate regions."""

import math
import warnings

import cv2
import numpy as np
import pytest
from scipy.special import ellipe
from skimage import color as skimage_color
from skimage import data, measure

from featkit import RegionMeasurements, region_measurements
from featkit.features.shape import measure_region, measure_region_names

NAMES = [name.removeprefix("region_") for name in measure_region_names()]


def measured(mask, **parameters):
    return dict(zip(NAMES, measure_region(mask, **parameters)))


def row_of(image, **parameters):
    extractor = RegionMeasurements(**parameters)
    row = extractor.fit_transform([image])[0]
    return {name.removeprefix("region_"): value for name, value in zip(extractor.get_feature_names_out(), row)}


def drawn(kind, half_length, half_width, angle, center=(0.0, 0.0)):
    reach = math.ceil(math.hypot(half_length, half_width)) + 3
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    y, x = y - center[0], x - center[1]
    along = (x * math.cos(angle) - y * math.sin(angle)) / half_length
    across = (x * math.sin(angle) + y * math.cos(angle)) / half_width
    return along**2 + across**2 <= 1 if kind == "ellipse" else np.maximum(abs(along), abs(across)) <= 1


def truth(kind, a, b):
    if kind == "ellipse":
        area, perimeter, length = math.pi * a * b, 4 * a * ellipe(1 - (b / a) ** 2), 2 * a
        axes = 2 * a, 2 * b
    else:
        area, perimeter, length = 4 * a * b, 4 * (a + b), 2 * math.hypot(a, b)
        axes = 4 * a / math.sqrt(3), 4 * b / math.sqrt(3)
    return {
        "area": area,
        "area_filled": area,
        "perimeter": perimeter,
        "feret_diameter_max": length,
        "feret_diameter_min": 2 * b,
        "box_length": 2 * a,
        "box_width": 2 * b,
        "axis_major_length": axes[0],
        "axis_minor_length": axes[1],
        "inscribed_radius": b,
        "circumscribed_radius": length / 2,
        "aspect_ratio": length / (2 * b),
        "circularity": 4 * math.pi * area / perimeter**2,
        "solidity": 1,
        "extent": area / (4 * a * b),
    }


# ---------------------------------------------------------------- closed forms


@pytest.mark.parametrize(
    ("kind", "a", "b"), [("ellipse", 20, 20), ("ellipse", 40, 20), ("rectangle", 20, 20), ("rectangle", 40, 20)]
)
def test_from_a_radius_of_20_pixels_every_measure_is_met_within_1_percent_at_any_rotation(kind, a, b):
    random = np.random.default_rng(0)
    masks = [drawn(kind, a, b, angle, random.random(2)) for angle in np.linspace(0, math.pi / 2, 60)]
    found = np.array([measure_region(mask) for mask in masks])
    for name, expected in truth(kind, a, b).items():
        mean = found[:, NAMES.index(name)].mean()
        assert mean == pytest.approx(expected, rel=0.0105), name


@pytest.mark.parametrize(("kind", "a", "b"), [("ellipse", 80, 80), ("ellipse", 120, 60), ("rectangle", 100, 60)])
def test_larger_shapes_are_met_within_1_percent_one_by_one(kind, a, b):
    random = np.random.default_rng(1)
    for angle in np.linspace(0, math.pi / 2, 15):
        found = measured(drawn(kind, a, b, angle, random.random(2)))
        for name, expected in truth(kind, a, b).items():
            share = 0.02 if name in ("circularity", "inscribed_radius", "aspect_ratio") else 0.01
            assert found[name] == pytest.approx(expected, rel=share), (name, angle)


@pytest.mark.parametrize(("height", "width"), [(20, 20), (7, 30), (41, 12), (3, 3)])
def test_upright_rectangle_is_exact(height, width):
    found = measured(np.pad(np.ones((height, width), dtype=bool), 2))
    short, long = sorted((height, width))
    assert found["area"] == height * width
    for name, expected in {
        "feret_diameter_min": short,
        "box_length": long,
        "box_width": short,
        "inscribed_radius": short / 2,
        "axis_major_length": 4 * long / math.sqrt(12),
        "axis_minor_length": 4 * short / math.sqrt(12),
        "solidity": 1,
        "extent": 1,
        "euler_number": 1,
    }.items():
        assert found[name] == pytest.approx(expected), name
    assert found["feret_diameter_max"] == pytest.approx(math.hypot(height, width), abs=0.2)


def test_eccentricity_of_an_ellipse():
    assert measured(drawn("ellipse", 80, 40, 0.4))["eccentricity"] == pytest.approx(math.sqrt(0.75), abs=2e-3)


def test_pixel_size_scales_lengths_areas_and_nothing_else():
    mask = drawn("ellipse", 30, 12, 0.7)
    pixels, millimetres = measured(mask), measured(mask, pixel_size=0.1)
    for name in NAMES:
        power = 2 if "area" in name else 1 if name in NAMES[2:11] else 0
        assert millimetres[name] == pytest.approx(pixels[name] * 0.1**power), name


def test_moving_mirroring_and_quarter_turns_change_nothing():
    mask = np.pad(data.horse() == 0, 3)[::2, ::2]
    expected = measure_region(mask)
    for moved in (np.roll(mask, 1, axis=1), np.rot90(mask), mask[::-1], mask.T):
        np.testing.assert_allclose(measure_region(moved), expected, rtol=2e-3)


# ---------------------------------------------------------------- holes and Euler number


def test_holes_count_for_area_and_euler_number_and_nowhere_else():
    disk = drawn("ellipse", 40, 40, 0)
    ring = disk & ~np.pad(drawn("ellipse", 20, 20, 0), (disk.shape[0] - drawn("ellipse", 20, 20, 0).shape[0]) // 2)
    full, holed = measured(disk), measured(ring)
    assert holed["euler_number"] == 0
    assert holed["area"] == ring.sum()
    for name in set(NAMES) - {"area", "euler_number"}:
        assert holed[name] == full[name], name


def test_euler_number_is_objects_minus_holes():
    mask = np.zeros((20, 40), dtype=bool)
    mask[2:12, 2:12] = mask[2:8, 20:30] = True
    mask[4:6, 4:6] = mask[8, 8] = mask[4, 24] = False
    assert measured(mask)["euler_number"] == 2 - 3
    assert measured(mask)["euler_number"] == measure.euler_number(mask, connectivity=2)
    assert measured(mask)["area_filled"] == 160


# ---------------------------------------------------------------- naive oracles and other libraries


def test_perimeter_of_a_dented_shape_is_near_croftons():
    horse = np.pad(data.horse() == 0, 1)
    found = measured(horse)
    assert found["perimeter"] == pytest.approx(measure.perimeter_crofton(horse, directions=4), rel=0.04)
    assert found["circularity"] == pytest.approx(4 * math.pi * found["area_filled"] / found["perimeter"] ** 2)


def test_agrees_with_skimage_on_a_horse():
    horse = np.pad(data.horse() == 0, 1)
    found = measured(horse)
    peer = measure.regionprops(horse.astype(int))[0]
    assert found["area"] == peer.area
    assert found["area_filled"] == peer.area_filled
    assert found["euler_number"] == peer.euler_number
    assert found["axis_major_length"] == pytest.approx(peer.axis_major_length, rel=1e-3)
    assert found["axis_minor_length"] == pytest.approx(peer.axis_minor_length, rel=1e-3)
    assert found["eccentricity"] == pytest.approx(peer.eccentricity, abs=1e-3)
    assert found["solidity"] == pytest.approx(peer.solidity, abs=0.01)
    assert found["feret_diameter_max"] == pytest.approx(peer.feret_diameter_max, rel=0.01)


def test_circles_of_a_horse():
    horse = np.pad(data.horse() == 0, 1)
    inner = cv2.distanceTransform(horse.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max()
    outer = cv2.minEnclosingCircle(np.argwhere(horse).astype(np.float32))[1]
    found = measured(horse)
    assert inner - 0.5 <= found["inscribed_radius"] <= inner + 0.5
    assert outer <= found["circumscribed_radius"] <= outer + 0.7


# ---------------------------------------------------------------- orientation


@pytest.mark.parametrize("degrees", [-80, -45, 0, 10, 45, 89, 90])
def test_elongation_points_along_the_long_axis_counted_anticlockwise(degrees):
    found = row_of(drawn("ellipse", 60, 20, math.radians(degrees)), orientation=True)
    strength = (60**2 - 20**2) / (60**2 + 20**2)
    assert found["elongation_cos"] == pytest.approx(strength * math.cos(2 * math.radians(degrees)), abs=0.01)
    assert found["elongation_sin"] == pytest.approx(strength * math.sin(2 * math.radians(degrees)), abs=0.01)


def test_a_square_has_no_direction():
    found = row_of(np.ones((9, 9), dtype=bool), orientation=True)
    assert (found["elongation_cos"], found["elongation_sin"]) == (0, 0)


# ---------------------------------------------------------------- colour


def two_colored():
    image = np.zeros((20, 30, 4), dtype=np.uint8)
    image[...] = 10, 20, 30, 0
    image[5:15, 5:15] = 255, 0, 0, 255
    image[5:15, 15:20] = 0, 0, 255, 255
    return image


def test_mean_color_is_that_of_the_object():
    found = row_of(two_colored())
    np.testing.assert_allclose([found[name] for name in ("red", "green", "blue")], [2 / 3, 0, 1 / 3])
    pixels = two_colored()[5:15, 5:20, :3].reshape(-1, 3)
    found = row_of(two_colored(), color="lab")
    expected = skimage_color.rgb2lab(pixels[np.newaxis] / 255)[0].mean(axis=0)
    np.testing.assert_allclose([found[name] for name in ("lightness", "lab_a", "lab_b")], expected, atol=0.01)
    assert not {"red", "lightness"} & set(row_of(two_colored(), color=None))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_gray_counts_as_equal_parts_in_every_dtype(dtype):
    image = np.full((6, 8), 0.4 * {np.uint8: 255, np.uint16: 65535}.get(dtype, 1.0)).astype(dtype)
    found = row_of(image)
    np.testing.assert_allclose([found[name] for name in ("red", "green", "blue")], 0.4, rtol=1e-6)
    assert found["area"] == 48


def test_a_mask_is_white():
    assert row_of(np.ones((5, 5), dtype=bool))["green"] == 1
    assert row_of(np.ones((5, 5), dtype=bool), color="lab")["lightness"] == pytest.approx(100)


# ---------------------------------------------------------------- several objects


def three_objects():
    mask = np.zeros((40, 60), dtype=bool)
    mask[2:12, 2:12] = mask[20:24, 2:22] = mask[30, 50] = True
    return mask


def test_the_largest_object_is_measured_and_all_are_counted():
    found = row_of(three_objects())
    assert (found["count"], found["area"], found["feret_diameter_min"]) == (3, 100, pytest.approx(10))


def test_mean_and_maximum_go_over_the_objects_column_by_column():
    alone = [row_of(mask) for mask in isolated(three_objects())]
    for aggregate, function in {"mean": np.mean, "max": np.max}.items():
        found = row_of(three_objects(), aggregate=aggregate)
        for name in NAMES:
            assert found[name] == pytest.approx(function([row[name] for row in alone])), (aggregate, name)


def isolated(mask):
    labels = measure.label(mask, connectivity=2)
    return [labels == label for label in range(1, labels.max() + 1)]


def test_objects_below_min_area_are_dust():
    found = row_of(three_objects(), aggregate="mean", min_area=81)
    assert (found["count"], found["area"]) == (1, 100)
    assert row_of(three_objects(), min_area=80)["count"] == 2


def test_equal_objects_give_the_measures_of_one_and_the_colour_of_the_first():
    image = np.zeros((10, 30, 4), dtype=np.uint8)
    image[2:8, 16:22] = 255, 0, 0, 255
    image[3:9, 2:8] = 0, 255, 0, 255
    found = row_of(image)
    assert (found["count"], found["area"], found["red"], found["green"]) == (2, 36, 1, 0)


def test_objects_are_connected_over_corners():
    assert row_of(np.eye(4, dtype=bool))["count"] == 1


# ---------------------------------------------------------------- degenerate regions


def test_table_of_degenerate_regions():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        empty = row_of(np.zeros((5, 6), dtype=bool), orientation=True)
        assert empty.pop("count") == 0
        assert all(math.isnan(value) for value in empty.values())
        assert np.isnan(measure_region(np.zeros((5, 6), dtype=bool))).all()
        dust = row_of(three_objects(), min_area=1000)
        assert dust["count"] == 0
        assert math.isnan(dust["area"])

        pixel = row_of(np.pad(np.ones((1, 1), dtype=bool), 3), orientation=True)
        expected = {
            "count": 1,
            "area": 1,
            "area_filled": 1,
            "perimeter": 4,
            "feret_diameter_max": math.sqrt(2),
            "feret_diameter_min": 1,
            "box_length": 1,
            "box_width": 1,
            "axis_major_length": 4 / math.sqrt(12),
            "axis_minor_length": 4 / math.sqrt(12),
            "inscribed_radius": 0.5,
            "circumscribed_radius": math.sqrt(0.5),
            "aspect_ratio": math.sqrt(2),
            "circularity": math.pi / 4,
            "solidity": 1,
            "extent": 1,
            "eccentricity": 0,
            "euler_number": 1,
            "elongation_cos": 0,
            "elongation_sin": 0,
            "red": 1,
            "green": 1,
            "blue": 1,
        }
        assert pixel == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("bar", [np.ones((1, 7), dtype=bool), np.ones((7, 1), dtype=bool)])
def test_pixels_in_line_are_a_bar(bar):
    found = measured(np.pad(bar, 1))
    assert found["feret_diameter_max"] == pytest.approx(math.hypot(7, 1))
    assert found["perimeter"] == pytest.approx(16)
    for name, expected in {
        "feret_diameter_min": 1,
        "box_length": 7,
        "box_width": 1,
        "inscribed_radius": 0.5,
        "solidity": 1,
    }.items():
        assert found[name] == pytest.approx(expected), name


def test_pixels_in_a_slanted_line_are_a_bar_as_wide_as_the_lattice_lines_are_apart():
    found = measured(np.eye(6, dtype=bool))
    assert found["feret_diameter_min"] == pytest.approx(math.sqrt(0.5))
    assert found["box_length"] == pytest.approx(6 * math.sqrt(2))
    assert found["extent"] == pytest.approx(1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (30, 40)])
def test_all_foreground_and_touching_the_border_is_measured_as_if_background_followed(shape):
    mask = np.ones(shape, dtype=bool)
    np.testing.assert_array_equal(measure_region(mask), measure_region(np.pad(mask, 5)))


def test_no_small_mask_gives_nan_inf_or_a_warning():
    random = np.random.default_rng(5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(300):
            mask = random.random(random.integers(1, 6, 2)) < 0.6
            mask.flat[0] = True
            found = measured(mask)
            assert np.isfinite(list(found.values())).all()
            assert 0 < found["solidity"] <= 1
            assert found["feret_diameter_min"] <= found["feret_diameter_max"]
            assert found["inscribed_radius"] <= found["feret_diameter_min"] / 2 + 1e-9
            assert 0 <= found["eccentricity"] < 1
            assert region_measurements(mask)[0] >= 1
