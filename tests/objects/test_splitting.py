"""Touching objects are parted: drawn pairs with known counts, convex objects that stay whole, real images."""

import tracemalloc

import numpy as np
import pytest
from scipy.spatial import ConvexHull
from skimage import data, draw, filters, measure, morphology

from featkit.exceptions import ImageFormatError
from featkit.image.masks.components import fill_holes, remove_small_components
from featkit.objects import split_touching
from featkit.objects.splitting import _without_small
from featkit.parameters import InvalidParameterError

KINDS = {
    "disk": ((1, 1), 2),
    "ellipse": ((1.2, 2), 2),
    "grain": ((1.8, 3), 2.5),
}  # range of lengths to widths, exponent


def drawn(kind, half_length, half_width, angle, center, size):
    """A superellipse: grains have blunter ends than ellipses."""
    y, x = np.mgrid[:size, :size] - np.reshape(center, (2, 1, 1))
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    exponent = KINDS[kind][1]
    return abs(along / half_length) ** exponent + abs(across / half_width) ** exponent <= 1


def random_form(kind, random):
    half_length = random.uniform(10, 30)
    return half_length, half_length / random.uniform(*KINDS[kind][0]), random.uniform(0, np.pi)


def random_pair(kind, random):
    """Two objects of a kind, the smaller one covered by the other up to 15 %."""
    one, other = random_form(kind, random), random_form(kind, random)
    scale = random.uniform(0.6, 1.6) * one[0] / other[0]
    other = other[0] * scale, other[1] * scale, other[2]
    if min(one[1], other[1]) < 5:
        return random_pair(kind, random)
    size = int(4 * (one[0] + other[0])) + 10
    center = size / 2 + random.uniform(-0.5, 0.5, 2)
    first = drawn(kind, *one, center, size)
    angle, overlap = random.uniform(0, 2 * np.pi), random.uniform(0, 0.15)
    near, far = 0.0, one[0] + other[0] + 2
    for _ in range(9):  # the distance at which so much overlaps
        distance = (near + far) / 2
        second = drawn(kind, *other, center + distance * np.array([np.sin(angle), np.cos(angle)]), size)
        is_near = (first & second).sum() > overlap * min(first.sum(), second.sum())
        near, far = (distance, far) if is_near else (near, distance)
    return first | drawn(kind, *other, center + near * np.array([np.sin(angle), np.cos(angle)]), size)


def count(mask, **how):
    return np.count_nonzero(np.unique(split_touching(mask, **how)))


def disks(*centers, radius=20, size=(110, 130)):
    row, col = np.mgrid[: size[0], : size[1]]
    return np.any([np.hypot(row - center[0], col - center[1]) <= radius for center in centers], axis=0)


# ---------------------------------------------------------------- known counts


def test_two_disks_of_radius_20_at_distance_30_are_two():
    assert count(disks((30, 40), (30, 70))) == 2


@pytest.mark.parametrize("angle", np.linspace(0, np.pi, 13))
def test_they_are_two_at_any_angle_and_share_the_pixels_fairly(angle):
    center = np.array([55, 60])
    step = 15 * np.array([np.sin(angle), np.cos(angle)])
    mask = disks(center - step, center + step)
    labels = split_touching(mask)
    areas = np.bincount(labels.ravel())[1:]
    assert len(areas) == 2
    assert areas.sum() == mask.sum()
    assert abs(areas[0] - areas[1]) <= 0.05 * areas.sum()


def test_at_least_95_percent_of_500_pairs_that_overlap_up_to_15_percent_are_two():
    random = np.random.default_rng(0)
    kinds = [list(KINDS)[index % 3] for index in range(500)]
    right = [count(random_pair(kind, random)) == 2 for kind in kinds]
    assert np.mean(right) >= 0.95
    for kind in KINDS:
        assert np.mean([one for one, other in zip(right, kinds) if other == kind]) >= 0.9, kind


@pytest.mark.parametrize(
    ("centers", "expected"),
    [
        ([(30, 25), (30, 60), (30, 95)], 3),
        ([(30, 25), (30, 60), (60, 78)], 3),
        ([(30, 40), (30, 76), (61, 58)], 3),  # around a hole
        ([(30, 30), (30, 66), (66, 30), (66, 66)], 4),
        ([(30, 30), (80, 90)], 2),
        ([(30, 30)], 1),
    ],
)
def test_chains_and_clusters_are_counted(centers, expected):
    assert count(disks(*centers)) == expected


def test_ellipses_side_by_side_are_two_although_they_are_deepest_between_them():
    size = 120
    mask = drawn("ellipse", 40, 20, 0, (40, 60), size) | drawn("ellipse", 40, 20, 0, (70, 60), size)
    assert count(mask) == 2


# ---------------------------------------------------------------- what stays whole


def test_no_convex_object_is_parted_whatever_the_neck():
    random = np.random.default_rng(1)
    for index in range(300):
        kind = list(KINDS)[index % 3]
        half_length, half_width, angle = random_form(kind, random)
        mask = drawn(
            kind, half_length, max(half_width * random.uniform(0.1, 1), 1), angle, random.uniform(45, 55, 2), 100
        )
        if index % 2:
            points = random.uniform(5, 95, (random.integers(3, 9), 2))
            mask = draw.polygon2mask((100, 100), points[ConvexHull(points).vertices])
        pieces = measure.label(mask, connectivity=2).max()  # slivers fall apart on the lattice
        assert count(mask, neck=1.0) == pieces


@pytest.mark.parametrize("width", range(1, 8))
def test_straight_bars_at_any_angle_stay_whole(width):
    for angle in np.linspace(0, np.pi, 25):
        row, col = np.mgrid[-60:61, -60:61]
        along, across = col * np.cos(angle) + row * np.sin(angle), row * np.cos(angle) - col * np.sin(angle)
        bar = (abs(along) <= 45) & (abs(across) <= width / 2)
        assert count(bar, neck=1.0) == measure.label(bar, connectivity=2).max()


def test_a_ring_a_bent_rod_and_a_star_stay_whole():
    row, col = np.mgrid[-60:61, -60:61]
    radius, angle = np.hypot(row, col), np.arctan2(row, col)
    assert count(abs(radius - 40) <= 8) == 1
    assert count((abs(radius - 40) <= 8) & (row < 10)) == 1
    assert count(radius <= 40 + 5 * np.cos(5 * angle)) == 1


def test_a_smaller_neck_is_more_careful():
    mask = disks((30, 40), (30, 70))  # the neck is 0.66 of the disks
    assert count(mask, neck=0.5) == 1
    assert count(mask, neck=0.75) == 2


def test_nothing_below_the_least_size_is_cut_off():
    row, col = np.mgrid[:80, :100]
    mask = (np.hypot(row - 40, col - 40) <= 25) | (np.hypot(row - 40, col - 70) <= 7)
    small = np.count_nonzero(np.hypot(row - 40, col - 70) <= 7)
    assert count(mask) == 2
    assert count(mask, min_size=1.1 * small) == 1


# ---------------------------------------------------------------- label images, numbers, determinism


def test_objects_of_a_label_image_are_parted_each_by_itself():
    labels = np.zeros((60, 130), np.uint16)
    labels[disks((30, 30), (30, 60), size=labels.shape)] = 7
    labels[5:55, 81:120] = 3  # touches no other neighbour's basin
    found = split_touching(labels)
    assert sorted(np.unique(found)) == [0, 3, 7, 8]
    assert ((found > 0) == (labels > 0)).all()
    assert ((found == 3) == (labels == 3)).all()
    assert labels.max() == 7


def test_adjacent_labels_are_not_joined():
    labels = np.zeros((20, 40), np.int32)
    labels[5:15, 5:20], labels[5:15, 20:35] = 1, 2
    np.testing.assert_array_equal(split_touching(labels), labels)


def test_parts_hang_together_and_cover_the_object():
    for blobs in (data.binary_blobs(200, volume_fraction=fraction, rng=1) for fraction in (0.3, 0.5)):
        labels = split_touching(blobs)
        assert ((labels > 0) == blobs).all()
        for region in measure.regionprops(labels):
            assert measure.label(region.image, connectivity=2).max() == 1
        for _ in range(10):
            np.testing.assert_array_equal(labels, split_touching(blobs))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3)])
def test_the_smallest_images_work(shape):
    assert count(np.ones(shape, bool), neck=1.0) == 1
    assert count(np.zeros(shape, bool)) == 0


def test_noise_does_not_crash_and_keeps_every_pixel():
    random = np.random.default_rng(2)
    for fraction in (0.1, 0.4, 0.6, 0.9):
        mask = random.random((60, 70)) < fraction
        assert ((split_touching(mask, neck=1.0) > 0) == mask).all()


# ---------------------------------------------------------------- images of scikit-image


def test_the_24_coins_are_24():
    coins = filters.gaussian(data.coins(), 2)
    mask = coins > filters.threshold_local(coins, 101, offset=-0.02)
    mask = remove_small_components(morphology.opening(fill_holes(mask), morphology.disk(5)), 0.1)
    mask[:20] = False  # writing on the background
    assert measure.label(mask, connectivity=2).max() == 24
    assert count(mask, min_size=100) == 24


def test_a_cell_of_scikit_image_stays_whole():
    cell = filters.gaussian(data.cell(), 3)
    mask = fill_holes(remove_small_components(cell > filters.threshold_otsu(cell), 0.5))
    assert count(mask) == 1


def test_coins_pushed_together_are_counted():
    coins = filters.gaussian(data.coins(), 2)
    mask = coins > filters.threshold_local(coins, 101, offset=-0.02)
    mask = remove_small_components(morphology.opening(fill_holes(mask), morphology.disk(5)), 0.1)
    mask[:20] = False
    images = [region.image for region in measure.regionprops(measure.label(mask))]
    canvas = np.zeros((120, 1600), bool)
    col = 5
    for image in images:  # each overlaps the one before by two pixels
        height, width = image.shape
        canvas[60 - height // 2 : 60 - height // 2 + height, col : col + width] |= image
        col += width - 2
    assert measure.label(canvas, connectivity=2).max() == 1
    assert count(canvas, min_size=100) == 24


def test_blobs_are_parted_at_their_necks():
    blobs = data.binary_blobs(256, blob_size_fraction=0.12, volume_fraction=0.35, rng=1)
    labels = split_touching(blobs, min_size=20)
    before = [
        region.solidity for region in measure.regionprops(measure.label(blobs, connectivity=2)) if region.area > 20
    ]
    after = [region.solidity for region in measure.regionprops(labels) if region.area > 20]
    assert len(after) > len(before)
    assert np.mean(after) > np.mean(before) + 0.03


# ---------------------------------------------------------------- the kernel


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize("neck", [0, 1.1, -1, "a", None])
def test_a_neck_must_be_a_fraction(neck):
    with pytest.raises(InvalidParameterError, match="neck"):
        split_touching(np.ones((3, 3), bool), neck=neck)


def test_what_is_no_label_image_is_refused():
    with pytest.raises(ImageFormatError):
        split_touching(np.full((3, 3), 0.5))
    with pytest.raises(ImageFormatError):
        split_touching(np.ones((3, 3, 3), bool))


# ---------------------------------------------------------------- small basins, ragged objects


def test_no_part_of_a_cluster_is_below_the_least_size():
    blobs = data.binary_blobs(200, volume_fraction=0.5, rng=1)
    whole = min(region.area for region in measure.regionprops(measure.label(blobs, connectivity=2)))
    for min_size in (5, 40, 200):
        areas = np.bincount(split_touching(blobs, min_size=min_size).ravel())[1:]
        assert areas.min() >= min(min_size, whole)


def test_an_object_of_thousands_of_parts_takes_little_memory():
    noise = np.random.default_rng(0).random((700, 700)) < 0.62
    tracemalloc.start()
    labels = split_touching(noise)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert labels.max() > 1000
    assert ((labels > 0) == noise).all()
    assert peak < 200 * noise.size


def test_small_basins_join_the_neighbour_with_which_they_share_most_border():
    basins = np.array(
        [
            [1, 1, 1, 1, 0, 5],
            [1, 1, 2, 2, 3, 3],
            [1, 1, 2, 4, 3, 3],
            [1, 1, 0, 3, 3, 3],
        ],
        np.int32,
    )
    areas = np.bincount(basins.ravel())
    found = _without_small(basins, areas, 2)
    assert found.tolist() == [[1, 1, 1, 1, 0, 3], [1, 1, 2, 2, 3, 3], [1, 1, 2, 3, 3, 3], [1, 1, 0, 3, 3, 3]]
    assert set(np.unique(_without_small(basins, np.bincount(basins.ravel()), 5))) == {0, 1, 3}
    assert len(np.unique(_without_small(basins, np.bincount(basins.ravel()), 100))) == 2


def test_a_basin_without_neighbours_stays():
    basins = np.array([[1, 0, 2]], np.int32)
    assert _without_small(basins, np.bincount(basins.ravel()), 9).tolist() == [[1, 0, 2]]
