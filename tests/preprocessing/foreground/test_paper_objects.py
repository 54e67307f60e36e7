"""Objects on an even surface: described, and counted against masks."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from featkit.datasets import make_sheets
from featkit.preprocessing.foreground._paper_objects import (
    FEW_FEATURES,
    LEAST_COIN,
    N_FEATURES,
    cover_of_objects,
    describe_paper_objects,
    models_of_objects,
    places_of_objects,
)
from featkit.preprocessing.foreground.segmentation import full_lab

ROWS, COLS = np.mgrid[:200, :300]


def sheet():
    """A dark disk of radius 30, whose middle is lighter, and a red ellipse of 40 x 10 on white."""
    image = np.full((200, 300, 3), 235, np.uint8)
    image[(ROWS - 70) ** 2 + (COLS - 80) ** 2 <= 30**2] = 50
    image[(ROWS - 70) ** 2 + (COLS - 80) ** 2 <= 12**2] = 90
    image[((ROWS - 140) / 10) ** 2 + ((COLS - 200) / 40) ** 2 <= 1] = 180, 40, 40
    return image


@pytest.fixture(scope="module")
def objects():
    image = sheet()
    return describe_paper_objects(image, full_lab(image))


def test_shapes_are_those_of_disk_and_ellipse(objects):
    assert objects.features.shape == (2, N_FEATURES)
    area, log_area, thickness, relative, elongation, length, likeness = objects.features[:, :7].T
    exact = np.array([np.pi * 30**2, np.pi * 40 * 10])
    assert area * 60000 == pytest.approx(exact, rel=0.03)
    assert log_area == pytest.approx(np.log(area), rel=1e-5)
    assert thickness * 300 == pytest.approx([30, 10], abs=1.5)
    assert relative == pytest.approx(np.array([30, 10]) / np.sqrt(exact), rel=0.1)
    assert elongation == pytest.approx([1, 0.25], abs=0.02)
    assert length * 300 == pytest.approx([15, 20], rel=0.02)  # half of the semi-axis
    assert likeness == pytest.approx([1, 1], abs=0.01)


def test_colors_are_those_of_object_and_surface(objects):
    image = sheet()
    lab = full_lab(image)
    for label, row in enumerate(objects.features, 1):
        inside = lab[objects.labels == label]
        assert row[7:10] == pytest.approx(inside.mean(axis=0), abs=1e-3)
        assert row[10:13] == pytest.approx(inside.std(axis=0), abs=1e-3)
        assert row[13:16] == pytest.approx(lab[0, 0], abs=3)
        assert row[16:19] == pytest.approx(row[7:10] - row[13:16], abs=1e-3)
        assert row[19] == pytest.approx(np.hypot(*row[8:10]), abs=1e-3)
    assert objects.features[:, 22].tolist() == [0, 0]  # on the border


def test_a_light_middle_is_seen(objects):
    difference, _, slope = objects.features[:, 23:26].T
    assert difference[0] < -5 < difference[1]
    assert slope[0] > 1 > slope[1]


def test_outlines_are_compared_with_a_circle():
    """A disk with a hole, an ellipse whose radius spreads as that of its points does, and a square."""
    image = np.full((200, 300, 3), 235, np.uint8)
    image[(ROWS - 60) ** 2 + (COLS - 60) ** 2 <= 30**2] = 50
    image[(ROWS - 60) ** 2 + (COLS - 60) ** 2 <= 12**2] = 235
    image[((ROWS - 150) / 15) ** 2 + ((COLS - 100) / 40) ** 2 <= 1] = 60
    image[40:90, 200:250] = 70
    found = describe_paper_objects(image, full_lab(image))
    spread, circle = np.exp(found.features[:, 26]) - 0.01, found.features[:, 27]
    side = np.hypot(np.arange(-24.5, 25), 24.5)
    expected = {found.labels[60, 85]: 0, found.labels[50, 210]: side.std() / side.mean()}
    assert sorted(expected) == [1, 2]
    assert spread[:2] == pytest.approx([expected[1], expected[2]], abs=0.02)
    assert 0.3 < spread[2] < 0.45
    assert circle[found.labels[60, 85] - 1] > 0.9
    assert (np.delete(circle, found.labels[60, 85] - 1) < 0.1).all()


def test_distance_from_an_ellipse_and_circles_askew():
    """A disk, one seen from the side, a slender ellipse, and a square, whose corners are off its ellipse."""
    image = np.full((200, 300, 3), 235, np.uint8)
    middles = {(50, 50): (30, 30), (50, 150): (29, 31), (150, 60): (12, 40)}
    for (row, col), (tall, wide) in middles.items():
        image[((ROWS - row) / tall) ** 2 + ((COLS - col) / wide) ** 2 <= 1] = 50
    image[120:170, 200:250] = 70
    found = describe_paper_objects(image, full_lab(image))
    distance, circle = np.exp(found.features[:, 28]) - 0.1, found.features[:, 29]
    disk, askew, slender = (found.labels[middle] - 1 for middle in middles)
    corners = found.labels[145, 225] - 1
    assert distance[[disk, askew, slender]].max() < 0.6
    side = np.hypot(np.arange(-24.5, 25), 24.5)
    assert distance[corners] == pytest.approx(side.std() / side.mean() * 50 / np.sqrt(np.pi), rel=0.1)
    assert circle[[disk, askew]].min() > 0.5
    assert circle[[slender, corners]].max() < 0.01


def test_coins_on_drawn_sheets_look_like_coins_and_leaves_do_not():
    sheets = make_sheets(3, scale="coin", height=450, width=600, random_state=0)
    for image, leaves in zip(sheets.images, sheets.labels):
        found = describe_paper_objects(image, full_lab(image))
        areas = np.bincount(found.labels.ravel())[1:]
        is_leaf = np.bincount(found.labels[leaves > 0], minlength=len(areas) + 1)[1:] > areas / 2
        likeness, log_odds = found.features[:, 30:].T
        assert likeness == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=1e-6)
        assert not is_leaf.all()
        assert ((likeness > 0.5) == ~is_leaf)[areas > 60].all()


def test_what_is_too_small_for_a_relief_is_no_coin():
    """Gray disks of radius 4 and 14, both as round as their pixels allow."""
    image = np.full((200, 300, 3), 235, np.uint8)
    relief = 130 + 40 * ((ROWS // 3 + COLS // 3) % 2).astype(np.uint8)
    for col, radius in ((80, 4), (200, 14)):
        is_disk = (ROWS - 100) ** 2 + (COLS - col) ** 2 <= radius**2
        image[is_disk] = relief[is_disk, np.newaxis]
    found = describe_paper_objects(image, full_lab(image))
    small, large = found.labels[100, 80] - 1, found.labels[100, 200] - 1
    assert np.count_nonzero(found.labels == small + 1) < LEAST_COIN
    assert found.features[small, 31] == -6
    assert found.features[large, 31] > 0


def test_known_pixels_are_counted_by_object(objects):
    masks = np.zeros((200, 300), np.int32)
    masks[(ROWS - 70) ** 2 + (COLS - 80) ** 2 <= 30**2] = 1
    masks[:, 200:] = -1
    cover = cover_of_objects(masks, np.array([0, 1]), objects)
    assert cover.shape == (3, 2)
    assert cover.sum() == 200 * 200
    assert cover[1, 1] == (objects.labels[masks == 1] == 1).sum() > 2700
    assert cover[2, 0] == (objects.labels[:, :200] == 2).sum()
    assert cover[2, 1] == 0


def test_nothing_on_the_paper_is_no_object():
    image = np.full((60, 80, 3), 230, np.uint8)
    found = describe_paper_objects(image, full_lab(image))
    assert found.features.shape == (0, N_FEATURES)
    assert not found.labels.any()
    assert cover_of_objects(np.zeros((60, 80), np.int32), np.array([0, 1]), found).tolist() == [[4800, 0]]


def test_the_third_classifier_sees_few_features_and_weighs_classes_alike():
    """Forty leaves and two coins, told by the log-odds of a coin alone: a rare class is not outvoted."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(42, N_FEATURES))
    is_coin = np.arange(42) >= 40
    features[:, FEW_FEATURES[1]] = rng.normal(np.where(is_coin, 1.5, -1.5), 1)
    few = models_of_objects(HistGradientBoostingClassifier())[2].fit(features, is_coin)
    other = features + 100 * rng.normal(size=features.shape)
    other[:, FEW_FEATURES] = features[:, FEW_FEATURES]
    assert (few.predict_proba(other) == few.predict_proba(features)).all()
    between = np.tile(features.mean(axis=0), (2, 1))
    between[:, FEW_FEATURES[1]] = -0.7, 0.7
    told = few.predict_proba(between)[:, 1]
    assert told[0] < 0.5 < told[1]


def test_places_are_by_the_weighted_mean():
    first, second = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[0.8, 0.2], [0.6, 0.4]])
    third = np.array([[0.2, 0.8], [0.7, 0.3]])
    assert places_of_objects([third], 1).tolist() == [1, 1, 0]
    assert places_of_objects([first, second], 0).tolist() == [0, 0, 1]
    assert places_of_objects([first, second, third], 1).tolist() == [1, 1, 0]  # 2.3 to 2.7 and 2.9 to 2.1
    assert places_of_objects([np.zeros((0, 2))], 1).tolist() == [1]
