"""Measures of all regions of a label image, and of pixels that are not square."""

import math

import numpy as np
import pytest
from scipy.ndimage import binary_fill_holes, distance_transform_edt, gaussian_filter
from scipy.special import ellipe
from skimage import measure
from skimage.morphology import convex_hull_image

from featkit import RegionMeasurements
from featkit.exceptions import ImageFormatError
from featkit.features.shape import measure_region, measure_region_names, measure_regions
from featkit.features.shape.measures import check_pixel_size
from featkit.objects import find_objects
from featkit.parameters import InvalidParameterError

NAMES = [name.removeprefix("region_") for name in measure_region_names()]


def random_objects(n_objects=1000, seed=0, side=48):
    """Label image of random blobs, one in each field of a grid, some of several pieces, some with holes."""
    random = np.random.default_rng(seed)
    across = math.ceil(math.sqrt(n_objects))
    labels = np.zeros((across * side, across * side), np.int32)
    for index in range(n_objects):
        height, width = random.integers(8, side - 2, 2)
        blob = gaussian_filter(random.normal(size=(height, width)), random.uniform(0.8, 4)) > random.uniform(
            -0.02, 0.02
        )
        blob[height // 2, width // 2] = True
        if index % 3:
            parts = measure.label(blob, connectivity=2)
            blob = parts == np.bincount(parts[parts > 0]).argmax()
        row, col = index // across * side, index % across * side
        labels[row : row + height, col : col + width][blob] = index + 1
    return labels


def filled(labels):
    """The label image with the holes of each region filled: background cut off over 4 neighbours, as here."""
    whole = np.zeros_like(labels)
    for region in measure.regionprops(labels):
        whole[region.slice][binary_fill_holes(region.image)] = region.label
    return whole


LABELS = random_objects()


# ---------------------------------------------------------------- equal to one region at a time, and to scikit-image


def test_regions_are_measured_as_each_alone_to_the_bit():
    numbers, values = measure_regions(LABELS)
    assert numbers.tolist() == list(range(1, 1001))
    boxes = {region.label: region.slice for region in measure.regionprops(LABELS)}
    for number, row in zip(numbers[::7], values[::7]):
        alone = np.pad(LABELS[boxes[number]] == number, ((3, 1), (0, 5)))
        np.testing.assert_array_equal(row, measure_region(alone))


def test_each_measure_alone_is_what_it_is_among_all():
    everything = measure_regions(LABELS)[1]
    for index, name in enumerate(NAMES):
        np.testing.assert_array_equal(measure_regions(LABELS, [name])[1][:, 0], everything[:, index])


def test_measures_come_in_the_order_asked_for():
    np.testing.assert_array_equal(
        measure_regions(LABELS, ["feret_diameter_min", "area"])[1][:, ::-1],
        measure_regions(LABELS, ["area", "feret_diameter_min"])[1],
    )


# shared measure: (name in scikit-image, absolute tolerance) and why they may differ
IN_SKIMAGE = {
    "area": ("area", 0),
    "euler_number": ("euler_number", 0),
    "feret_diameter_max": ("feret_diameter_max", 0.75),  # to the middles of pixel sides there
}


def test_shared_measures_are_those_of_skimage_on_a_thousand_objects():
    own = dict(zip(NAMES, measure_regions(LABELS)[1].T))
    properties = tuple(peer for peer, _ in IN_SKIMAGE.values())
    holed, whole = (measure.regionprops_table(labels, properties=properties) for labels in (LABELS, filled(LABELS)))
    for name, (peer, tolerance) in IN_SKIMAGE.items():  # holes count for area and Euler number alone here
        table = holed if name in ("area", "euler_number") else whole
        np.testing.assert_allclose(own[name], table[peer], rtol=0, atol=tolerance, err_msg=name)
    np.testing.assert_array_equal(own["area_filled"], whole["area"])


def test_places_are_those_of_skimage_on_a_thousand_objects():
    objects = find_objects(labels=LABELS)
    table = measure.regionprops_table(LABELS, properties=("label", "bbox", "centroid"))
    np.testing.assert_array_equal(objects.numbers, table["label"])
    np.testing.assert_array_equal(objects.boxes.T, [table[f"bbox-{side}"] for side in range(4)])
    np.testing.assert_allclose(objects.centers.T, [table["centroid-0"], table["centroid-1"]], rtol=1e-12)


def test_solidity_is_that_of_the_hull_of_skimage_around_pixel_centres():
    own = dict(zip(NAMES, measure_regions(LABELS)[1].T))["solidity"]
    n_compared = 0
    for found, region in zip(own, measure.regionprops(filled(LABELS))):
        if np.linalg.matrix_rank(region.coords - region.coords[0]) == 2:  # scikit-image has no hull of a line
            hull = convex_hull_image(region.image, offset_coordinates=False)
            assert found == pytest.approx(region.area / hull.sum(), rel=1e-12)
            n_compared += 1
        else:
            assert found == pytest.approx(1)
    assert n_compared > 990


@pytest.mark.parametrize("sizes", [(1, 1), (0.7, 0.25)])
def test_axes_are_those_of_the_moments_of_skimage_for_pixels_with_an_extent(sizes):
    own = dict(zip(NAMES, measure_regions(LABELS, pixel_size=sizes)[1].T))
    found = measure.regionprops_table(filled(LABELS), spacing=sizes, properties=("moments_central", "area"))
    pixels = found["moments_central-0-0"]
    covariance = np.empty((len(pixels), 2, 2))
    covariance[:, 0, 0] = found["moments_central-2-0"] / pixels + sizes[0] ** 2 / 12  # there a pixel is a point
    covariance[:, 1, 1] = found["moments_central-0-2"] / pixels + sizes[1] ** 2 / 12
    covariance[:, 0, 1] = covariance[:, 1, 0] = found["moments_central-1-1"] / pixels
    minor, major = np.linalg.eigvalsh(covariance).T
    np.testing.assert_allclose(own["axis_major_length"], 4 * np.sqrt(major), rtol=1e-9)
    np.testing.assert_allclose(own["axis_minor_length"], 4 * np.sqrt(minor), rtol=1e-9)
    np.testing.assert_allclose(own["eccentricity"], np.sqrt(1 - minor / major), rtol=1e-6, atol=1e-7)


def test_area_is_filled_as_in_skimage_where_no_hole_opens_over_a_corner():
    own = dict(zip(NAMES, measure_regions(LABELS)[1].T))
    peer = measure.regionprops_table(LABELS, properties=("area_filled",))["area_filled"]
    assert (own["area_filled"] >= peer).all()
    assert (own["area_filled"] == peer).mean() > 0.9


# ---------------------------------------------------------------- degenerate objects


def test_no_measure_of_a_degenerate_object_is_nan():
    labels = np.zeros((30, 30), np.int32)
    labels[2, 2] = 1
    labels[4, 2:9] = 2
    labels[8:15, 3] = 3
    labels[range(10, 17), range(10, 17)] = 4
    labels[20:22, 20:22] = 5
    labels[25, [2, 6, 20]] = 6
    numbers, values = measure_regions(labels)
    assert numbers.tolist() == [1, 2, 3, 4, 5, 6]
    assert np.isfinite(values).all()
    found = [dict(zip(NAMES, row)) for row in values]
    assert [one["area"] for one in found] == [1, 7, 7, 7, 4, 3]
    assert [one["euler_number"] for one in found] == [1, 1, 1, 1, 1, 3]
    assert [one["box_length"] for one in found[:3]] == [1, 7, 7]
    assert [one["feret_diameter_min"] for one in found[:3]] == [1, 1, 1]
    np.testing.assert_array_equal(values[1], values[2])


def test_an_empty_label_image_has_no_rows():
    numbers, values = measure_regions(np.zeros((4, 5), np.uint8))
    assert numbers.shape == (0,)
    assert values.shape == (0, 17)
    assert np.isnan(measure_region(np.zeros((4, 5), bool))).all()


# ---------------------------------------------------------------- what a label image is


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32, np.int64, np.uint32, np.float32, ">u2"])
def test_labels_of_every_dtype_are_the_same(dtype):
    labels = (LABELS[:480, :480] % 120).astype(dtype)
    numbers, values = measure_regions(labels, ["area", "feret_diameter_max"])
    expected = measure_regions(labels.astype(np.int32), ["area", "feret_diameter_max"])
    np.testing.assert_array_equal(numbers, expected[0])
    np.testing.assert_array_equal(values, expected[1])


def test_large_labels_are_kept():
    labels = np.zeros((6, 6), np.int64)
    labels[1:3, 1:3], labels[4, 4] = 2**31 - 1, 70_000
    numbers, values = measure_regions(labels, ["area"])
    assert numbers.tolist() == [70_000, 2**31 - 1]
    assert values[:, 0].tolist() == [1, 4]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.full((3, 3), -1), "from 0 to 2147483647, got -1 to -1"),
        (np.full((3, 3), -1, np.int8), "got -1 to -1"),
        (np.full((3, 3), 2**31), "got 2147483648"),
        (np.full((3, 3), 2**31, np.float32), "got 2147483648"),
        (np.full((3, 3), 0.5), "fractions"),
        (np.full((3, 3), np.nan), "got nan"),
        (np.full((3, 3), np.inf), "got inf"),
        (np.zeros((3, 3, 3), np.uint8), "got uint8 of shape"),
        (np.zeros((0, 3), np.uint8), "got uint8 of shape"),
        (np.zeros((3, 3), complex), "got complex128"),
        ([[1, 0]], "got list"),
        ("labels.png", "got str"),
        (np.ma.masked_equal([[1, 0], [2, 3]], 3), "masked array"),
    ],
)
def test_what_is_no_label_image_is_refused(labels, message):
    with pytest.raises(ImageFormatError, match=message):
        measure_regions(labels)


def test_an_unknown_measure_is_refused():
    with pytest.raises(InvalidParameterError, match="measures.*got 'areas'"):
        measure_regions(LABELS, ["areas"])


# ---------------------------------------------------------------- pixels that are not square


def drawn(kind, half_length, half_width, angle, sizes, center=(0.0, 0.0)):
    """A shape in millimetres, on a lattice of pixels of these sizes."""
    reach = math.hypot(half_length, half_width)
    rows, cols = (math.ceil(reach / size) + 3 for size in sizes)
    y, x = np.mgrid[-rows : rows + 1, -cols : cols + 1]
    y, x = (y - center[0]) * sizes[0], (x - center[1]) * sizes[1]
    along = (x * math.cos(angle) - y * math.sin(angle)) / half_length
    across = (x * math.sin(angle) + y * math.cos(angle)) / half_width
    return along**2 + across**2 <= 1 if kind == "ellipse" else np.maximum(abs(along), abs(across)) <= 1


def truth(kind, a, b):
    if kind == "ellipse":
        area, perimeter, length, axes = math.pi * a * b, 4 * a * ellipe(1 - (b / a) ** 2), 2 * a, (2 * a, 2 * b)
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
        "eccentricity": math.sqrt(1 - (b / a) ** 2),
        "euler_number": 1,
    }


@pytest.mark.parametrize("sizes", [(0.1, 0.05), (0.04, 0.1), (0.3, 0.1)])
@pytest.mark.parametrize(("kind", "a", "b"), [("ellipse", 6, 6), ("ellipse", 12, 6), ("rectangle", 10, 6)])
def test_every_measure_is_met_on_pixels_that_are_not_square(kind, a, b, sizes):
    random = np.random.default_rng(0)
    masks = [drawn(kind, a, b, angle, sizes, random.random(2)) for angle in np.linspace(0, math.pi, 40)]
    found = np.array([measure_region(mask, pixel_size=sizes) for mask in masks]).mean(axis=0)
    for name, expected in truth(kind, a, b).items():
        if (name, a) == ("eccentricity", b):
            assert found[NAMES.index(name)] < 0.15
        else:
            assert found[NAMES.index(name)] == pytest.approx(expected, rel=0.015), name


@pytest.mark.parametrize(("height", "width"), [(20, 20), (7, 30), (41, 12), (3, 3), (1, 1), (1, 6), (6, 1)])
def test_an_upright_rectangle_of_long_pixels_is_exact(height, width):
    found = dict(zip(NAMES, measure_region(np.pad(np.ones((height, width), bool), 2), pixel_size=(0.5, 0.2))))
    short, long = sorted((height * 0.5, width * 0.2))
    expected = {
        "area": short * long,
        "feret_diameter_min": short,
        "box_length": long,
        "box_width": short,
        "inscribed_radius": short / 2,
        "axis_major_length": 4 * long / math.sqrt(12),
        "axis_minor_length": 4 * short / math.sqrt(12),
        "solidity": 1,
        "extent": 1,
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value), name
    assert found["feret_diameter_max"] == pytest.approx(math.hypot(short, long), abs=0.2)


def test_a_pair_of_equal_sizes_is_one_size_to_the_bit():
    labels = LABELS[:480, :480]
    np.testing.assert_array_equal(
        measure_regions(labels, pixel_size=(0.3, 0.3))[1], measure_regions(labels, pixel_size=0.3)[1]
    )


def assert_same_but_for_ties(found, expected):
    """Of pixels that lie equally deep one is taken, by its place."""
    inscribed = NAMES.index("inscribed_radius")
    np.testing.assert_allclose(
        np.delete(found, inscribed, -1), np.delete(expected, inscribed, -1), rtol=1e-6, atol=1e-6
    )
    np.testing.assert_allclose(found[:, inscribed], expected[:, inscribed], atol=0.6)


def test_nearly_equal_sizes_give_nearly_the_same():
    labels = LABELS[:480, :480]
    assert_same_but_for_ties(measure_regions(labels, pixel_size=(1, 1 + 1e-9))[1], measure_regions(labels)[1])


def test_turning_image_and_pixels_changes_nothing():
    labels = LABELS[:480, :480]
    turned = measure_regions(labels.T, pixel_size=(0.2, 0.7))[1]
    assert_same_but_for_ties(turned, measure_regions(labels, pixel_size=(0.7, 0.2))[1])


def test_shared_measures_of_long_pixels_are_those_of_skimage():
    sizes = (0.7, 0.25)
    labels = LABELS[:480, :480]
    own = dict(zip(NAMES, measure_regions(labels, pixel_size=sizes)[1].T))
    tolerances = {
        "area_filled": ("area", 1e-9, 0),
        "feret_diameter_max": ("feret_diameter_max", 0, 0.9),
    }
    properties = tuple(peer for peer, _, _ in tolerances.values())
    peers = measure.regionprops_table(filled(labels), spacing=sizes, properties=properties)
    for name, (peer, relative, absolute) in tolerances.items():
        np.testing.assert_allclose(own[name], peers[peer], rtol=relative, atol=absolute, err_msg=name)


@pytest.mark.parametrize("sizes", [(1, 1), (0.7, 0.25)])
def test_the_largest_circle_inside_is_where_the_distance_transform_says(sizes):
    labels = LABELS[:480, :480]
    own = dict(zip(NAMES, measure_regions(labels, pixel_size=sizes)[1].T))["inscribed_radius"]
    for found, region in zip(own, measure.regionprops(filled(labels))):
        deepest = distance_transform_edt(np.pad(region.image, 1), sizes).max()
        assert deepest - max(sizes) <= found <= deepest + 0.6 * max(sizes)


def test_estimators_take_a_pair_or_one_for_each_image():
    masks = np.stack([drawn("ellipse", 6, 4, 0.3, (0.2, 0.1))] * 2)
    pair = RegionMeasurements(pixel_size=(0.2, 0.1)).fit_transform(masks)
    each = RegionMeasurements().transform(masks, pixel_size=[(0.2, 0.1), (0.2, 0.1)])
    np.testing.assert_array_equal(pair, each)
    np.testing.assert_array_equal(each, RegionMeasurements().transform(masks, pixel_size=np.array([[0.2, 0.1]] * 2)))
    assert pair[0, 1] == pytest.approx(math.pi * 24, rel=0.01)


@pytest.mark.parametrize("size", [0, -1, (1, 2, 3), (1,), (1, 0), (np.nan, 1), "a", None, (1, "b"), [[1, 2], [3, 4]]])
def test_what_is_no_size_of_a_pixel_is_refused(size):
    with pytest.raises(InvalidParameterError, match="pixel_size"):
        measure_region(np.ones((3, 3), bool), pixel_size=size)


def test_an_unknown_size_leaves_what_has_no_unit():
    assert np.isnan(check_pixel_size((np.nan, np.nan))).all()
    found = dict(zip(NAMES, measure_region(np.ones((9, 4), bool), pixel_size=np.nan)))
    assert np.isnan(found["feret_diameter_max"])
    assert found["solidity"] == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_soft_alpha_and_gray_images_are_no_labels(dtype):
    distance = np.hypot(*np.mgrid[-30:30, -40:40])
    shaded = {"feathered": np.clip((24 - distance) / 5, 0, 1), "gradient": np.tile(np.linspace(0, 1, 80), (60, 1))}
    for name, values in shaded.items():
        image = np.rint(values * np.iinfo(dtype).max).astype(dtype)
        with pytest.raises(ImageFormatError, match="a gray image or soft alpha"):
            measure_regions(image)
        with pytest.raises(ImageFormatError, match="a gray image or soft alpha"):
            find_objects(labels=image)
        assert len(measure_regions(image >= np.iinfo(dtype).max // 2)[0]) == 1, name
    many = np.kron(np.arange(256).reshape(16, 16), np.ones((3, 3))).astype(dtype)
    assert len(measure_regions(many)[0]) == 255
