import pickle

import cv2
import numpy as np
import pytest
import skops.io

from featkit import LandmarkPredictor
from featkit.exceptions import ImageFormatError, LandmarkFormatError
from featkit.faces.landmarks import mirror_landmarks, normalized_mean_error
from featkit.faces.training import predictor as predictor_module
from featkit.parameters import InvalidParameterError


def bird(rng, size=80):
    """A bird with one wing up and one down: its beak, the tips of both wings and its tail, in a light of its own."""
    factor = rng.uniform(14, 18) * np.exp(1j * rng.uniform(-0.3, 0.3))
    points = np.array([-1, -0.9 - 1.3j, 0.2 + 1.4j, 1.5]) + rng.normal(size=4) * 0.1 + 1j * rng.normal(size=4) * 0.1
    body = np.array([points[0], 0.2j - 0.4, points[2], 0.3j + 0.4, points[3], -0.3j + 0.4, points[1], -0.2j - 0.4])
    points, body = (factor * part + size / 2 * (1 + 1j) + rng.uniform(-3, 3) for part in (points, body))
    ground, ink = rng.uniform(170, 250), rng.uniform(10, 110)
    picture = np.full((size, size), ground, np.uint8)
    corners = np.rint(16 * np.stack([body.imag, body.real], axis=1)).astype(np.int32)
    cv2.fillPoly(picture, [corners], ink, lineType=cv2.LINE_AA, shift=4)
    return picture, np.stack([points.real, points.imag], axis=1).ravel()


@pytest.fixture(scope="module")
def birds():
    rng = np.random.default_rng(0)
    pictures, points = zip(*[bird(rng) for _ in range(100)])
    return np.stack(pictures), np.stack(points)


@pytest.fixture(scope="module")
def predictor(birds):
    return LandmarkPredictor(n_stages=3, unit=(0, 3), random_state=0).fit(birds[0][:60], birds[1][:60])


def test_error_is_the_mean_distance_over_the_unit():
    true, found = [[0, 0, 0, 10, 5, 5]], [[3, 4, 0, 10, np.nan, np.nan]]
    assert normalized_mean_error(true, found, unit=(0, 1)) == pytest.approx(0.25)
    assert normalized_mean_error(true, found, unit=[5.0]) == pytest.approx(0.5)
    assert np.isnan(normalized_mean_error([[0, 0, 0, 0]], [[0, 0, 0, 1]], unit=(0, 1)))


def test_mirrored_twice_is_the_same(birds):
    mirror = (0, 2, 1, 3)
    once = mirror_landmarks(birds[1], 80, mirror)
    assert mirror_landmarks(once, 80, mirror) == pytest.approx(birds[1])
    assert once[:, 3] == pytest.approx(79 - birds[1][:, 5])


def test_every_stage_brings_the_points_nearer(birds, predictor):
    mean = predictor.mean_shape_.ravel() * 80 + 39.5
    errors = [normalized_mean_error(birds[1][60:], np.tile(mean, (40, 1)), unit=(0, 3)).mean()]
    for n_stages in (1, 3):
        fewer = LandmarkPredictor(n_stages=n_stages, unit=(0, 3), random_state=0).fit(birds[0][:60], birds[1][:60])
        errors.append(-fewer.score(birds[0][60:], birds[1][60:]))
    assert errors[1] < 0.6 * errors[0]
    assert errors[2] < errors[1]
    assert errors[2] < 0.05


def test_a_larger_penalty_makes_smaller_steps(birds):
    sizes = []
    for alpha in (0.1, 1.5, 100.0):
        fitted = LandmarkPredictor(n_stages=1, n_starts=1, alpha=alpha, random_state=0).fit(
            birds[0][:30], birds[1][:30]
        )
        sizes.append(np.abs(fitted.regressions_[0][:-1]).mean())
    assert sizes[0] > 1.1 * sizes[1] > 1.1**2 * sizes[2]


def test_points_follow_box_and_size(birds, predictor):
    small = birds[0][60]
    large = cv2.resize(small, (160, 160), interpolation=cv2.INTER_LINEAR)
    framed = np.pad(large, ((50, 30), (20, 90)), mode="edge")
    expected = 2 * (predictor.predict([small])[0] + 0.5) - 0.5 + np.tile([50, 20], 4)
    assert predictor.predict([framed], boxes=[[50, 20, 210, 180]])[0] == pytest.approx(expected, abs=1.0)


def test_dark_images_give_the_same_points(birds, predictor):
    bright = predictor.predict(birds[0][60:])
    dark = predictor.predict(birds[0][60:] // 4)
    assert normalized_mean_error(bright, dark, unit=(0, 3)).max() < 0.02


def test_learning_from_mirror_images_needs_to_know_which_point_becomes_which(birds):
    half = birds[0][:40]
    one_way = LandmarkPredictor(n_stages=2, unit=(0, 3), random_state=0).fit(half, birds[1][:40])
    both_ways = LandmarkPredictor(n_stages=2, unit=(0, 3), mirror=(0, 2, 1, 3), random_state=0).fit(half, birds[1][:40])
    flipped, truth = birds[0][60:, :, ::-1], mirror_landmarks(birds[1][60:], 80, (0, 2, 1, 3))
    assert -both_ways.score(flipped, truth) < -one_way.score(flipped, truth) / 1.5


def test_missing_points_do_not_teach(birds):
    points = birds[1][:60].copy()
    points[::3, 2:4] = np.nan
    points[5] = np.nan
    found = LandmarkPredictor(n_stages=2, unit=(0, 3), random_state=0).fit(birds[0][:60], points)
    assert -found.score(birds[0][60:], birds[1][60:]) < 0.06
    rest = np.delete(np.arange(60), 5)
    same = LandmarkPredictor(n_stages=2, random_state=0).fit(birds[0][rest], points[rest])
    assert np.array_equal(same.regressions_, found.regressions_)


def test_no_box_gives_no_points(birds, predictor):
    found = predictor.predict(birds[0][:2], boxes=[[np.nan] * 4, [0, 0, 80, 80]])
    assert np.isnan(found[0]).all()
    assert found[1] == pytest.approx(predictor.predict(birds[0][1:2])[0])


def test_a_descent_stops_at_the_stage_that_brings_nothing(birds):
    how = {"n_stages": 12, "n_starts": 2, "unit": (0, 3), "random_state": 0}
    early = LandmarkPredictor(early_stopping=True, **how).fit(birds[0][:40], birds[1][:40])
    n_stages = len(early.regressions_)
    assert 1 <= n_stages < 12
    assert early.radii_ == pytest.approx(np.linspace(20, 36, 12)[:n_stages])
    checked = np.arange(40) % 10 == 9
    images, points = birds[0][:40][checked], birds[1][:40][checked]
    errors = []  # of the images set aside, stage by stage
    for count in range(1, n_stages + 1):
        cut = pickle.loads(pickle.dumps(early))
        cut.radii_, cut.regressions_ = early.radii_[:count], early.regressions_[:count]
        errors.append(-cut.score(images, points))
    assert errors[-1] < 0.95 * errors[0]


def test_images_set_aside_teach_nothing_not_even_their_mirror_images(birds):
    how = {"n_stages": 1, "n_starts": 1, "mirror": (0, 2, 1, 3), "random_state": 0}
    images, points = birds[0][:20].copy(), birds[1][:20]
    one = LandmarkPredictor(early_stopping=True, **how).fit(images, points)
    images[[9, 19]] = 0
    other = LandmarkPredictor(early_stopping=True, **how).fit(images, points)
    assert np.array_equal(one.regressions_, other.regressions_)
    assert not np.array_equal(LandmarkPredictor(**how).fit(images, points).regressions_, one.regressions_)


def test_how_boxes_lie_about_the_points_is_learnt(birds):
    points = birds[1][:60].reshape(60, 4, 2)
    middles = points.mean(axis=1)
    sizes = np.sqrt(((points - middles[:, np.newaxis]) ** 2).sum(axis=2).mean(axis=1))
    centres = middles + 0.3 * sizes[:, np.newaxis] * [1, 0]
    boxes = np.hstack([centres - 1.6 * sizes[:, np.newaxis] + 0.5, centres + 1.6 * sizes[:, np.newaxis] + 0.5])
    found = LandmarkPredictor(n_stages=1, n_starts=1, random_state=0).fit(birds[0][:60], birds[1][:60], boxes=boxes)
    assert found.box_rule_ == pytest.approx((3.2, 0.3))


def test_a_predictor_of_before_has_radii_of_its_stages_and_no_box_rule(birds, predictor):
    state = predictor.__getstate__()
    for name in ("radii_", "box_rule_", "early_stopping"):
        del state[name]
    older = LandmarkPredictor()
    older.__setstate__(state)
    assert older.box_rule_ is None
    assert np.array_equal(older.predict(birds[0][60:64]), predictor.predict(birds[0][60:64]))


def test_stored_in_half_the_room_without_loss(birds, predictor):
    data = pickle.dumps(predictor)
    assert len(data) < 0.55 * predictor.regressions_.nbytes
    expected = predictor.predict(birds[0][60:64])
    assert np.array_equal(pickle.loads(data).predict(birds[0][60:64]), expected)
    stored = skops.io.dumps(predictor)
    restored = skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))
    assert np.array_equal(restored.predict(birds[0][60:64]), expected)


def test_one_point_is_enough():
    rng = np.random.default_rng(0)
    pictures, points = np.zeros((60, 60, 60), np.uint8), rng.integers(18, 42, (60, 2))
    for picture, (row, col) in zip(pictures, points):
        picture[row - 4 : row + 5, col - 4 : col + 5] = 200
    found = LandmarkPredictor(n_stages=4, random_state=0).fit(pictures[:50], points[:50]).predict(pictures[50:])
    assert np.abs(found - points[50:]).mean() < 1.5


def test_trees_of_dlib_learn_too(birds):
    points = birds[1][:60].copy()
    points[::4, 2:4] = np.nan
    trees = LandmarkPredictor(method="ert", n_stages=3, n_starts=10, unit=(0, 3), random_state=0)
    trees.fit(birds[0][:60], points)
    mean = np.tile(trees.mean_shape_.ravel() * 80 + 39.5, (40, 1))
    assert -trees.score(birds[0][60:], birds[1][60:]) < normalized_mean_error(birds[1][60:], mean, unit=(0, 3)).mean()
    stored = skops.io.dumps(trees)
    restored = skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))
    assert np.array_equal(restored.predict(birds[0][60:62]), trees.predict(birds[0][60:62]))


def test_what_does_not_fit_is_refused(birds):
    pictures, points = birds[0][:6], birds[1][:6]
    with pytest.raises(LandmarkFormatError, match="landmarks of each of 6 images, got 5 rows"):
        LandmarkPredictor().fit(pictures, points[:5])
    with pytest.raises(InvalidParameterError, match="mirror"):
        LandmarkPredictor(mirror=(0, 1)).fit(pictures, points)
    with pytest.raises(InvalidParameterError, match="unit"):
        LandmarkPredictor(unit=(0, 9)).fit(pictures, points)
    with pytest.raises(ImageFormatError, match="box"):
        LandmarkPredictor().fit(pictures, points, boxes=np.zeros((6, 4)))
    never = points.copy()
    never[:, :2] = np.nan
    with pytest.raises(LandmarkFormatError, match=r"\[0\]"):
        LandmarkPredictor().fit(pictures, never)


@pytest.mark.parametrize("shift", [(0, 0), (-9, 12)])
def test_trees_are_given_the_mean_shape_in_the_scale_of_the_box_on_a_single_known_point(birds, monkeypatch, shift):
    given = {}

    def fit_trees(grays, boxes, points, **options):
        given["points"] = points
        return b""

    monkeypatch.setattr(predictor_module, "fit_trees", fit_trees)
    pictures, points = birds[0][:20], birds[1][:20].copy()
    points[5, 2:] = np.nan
    points[5, :2] += shift
    boxes = np.tile([10, 5, 70, 75], (20, 1))
    trees = LandmarkPredictor(method="ert").fit(pictures, points, boxes=boxes)
    side = np.sqrt(60 * 70)  # of the square as large as the box
    expected = points[5, :2] + side * (trees.mean_shape_ - trees.mean_shape_[0])
    assert given["points"][5] == pytest.approx(expected)
    assert np.array_equal(given["points"][6], points[6].reshape(4, 2))


@pytest.mark.parametrize("known", range(4))
def test_images_with_a_single_known_point_do_not_spoil_the_trees(birds, known):
    """A third of the images have one point, each time another: nearly as good as leaving them out."""
    points = birds[1][:60].copy().reshape(60, 4, 2)
    points[::3, [point for point in range(4) if point != known]] = np.nan
    trees = LandmarkPredictor(method="ert", n_stages=2, n_starts=8, unit=(0, 3), random_state=0)
    has_all = ~np.isnan(points).any(axis=(1, 2))
    left_out = -trees.fit(birds[0][:60][has_all], points[has_all].reshape(-1, 8)).score(birds[0][60:], birds[1][60:])
    error = -trees.fit(birds[0][:60], points.reshape(60, 8)).score(birds[0][60:], birds[1][60:])
    assert error < 1.5 * left_out


@pytest.mark.parametrize("known", [[0], [0, 1, 3]])
def test_known_points_in_one_position_are_as_a_single_one(birds, monkeypatch, known):
    """Boxes of different sizes, mirror images, and points that are one but for rounding."""
    given = {}

    def fit_trees(grays, boxes, points, **options):
        given.update(points=points, boxes=boxes)
        return b""

    monkeypatch.setattr(predictor_module, "fit_trees", fit_trees)
    pictures, points = birds[0][:20], birds[1][:20].copy().reshape(20, 4, 2)
    points[7] = np.nan
    points[7, known] = 33.1, 47.3
    boxes = np.tile([0, 0, 80, 80], (20, 1))
    boxes[7] = 20, 30, 50, 70
    trees = LandmarkPredictor(method="ert", mirror=(0, 2, 1, 3)).fit(pictures, points.reshape(20, 8), boxes=boxes)
    mirrored = [(0, 2, 1, 3).index(point) for point in known]
    for image, numbers, position in ((7, known, (33.1, 47.3)), (27, mirrored, (33.1, 79 - 47.3))):
        shape = np.sqrt(30 * 40) * trees.mean_shape_
        expected = shape - shape[numbers].mean(axis=0) + position
        expected[numbers] = position
        assert given["points"][image] == pytest.approx(expected)


def test_points_in_xy_are_refused_where_they_fit_so_alone(birds, annotated_faces):
    pictures, points = birds[0][:8], birds[1][:8].reshape(8, 4, 2)
    far_right = np.concatenate([np.zeros((8, 80, 200), np.uint8), pictures], axis=2)
    right = points + (0, 200)
    LandmarkPredictor(n_stages=1, random_state=0).fit(far_right, right.reshape(8, 8))
    with pytest.raises(LandmarkFormatError, match=r"\(x, y\): swap them"):
        LandmarkPredictor().fit(far_right, right[..., ::-1].reshape(8, 8))
    boxes = np.tile([0, 200, 80, 280], (8, 1))
    with pytest.raises(LandmarkFormatError, match="far from their boxes"):
        LandmarkPredictor().fit(far_right, right[..., ::-1].reshape(8, 8), boxes=boxes)
    with pytest.raises(LandmarkFormatError, match="below the other"):  # the tips of the wings change places
        LandmarkPredictor(mirror=(0, 2, 1, 3)).fit(pictures, points[..., ::-1].reshape(8, 8))
    images, faces = zip(*annotated_faces.values(), strict=True)
    with pytest.raises(LandmarkFormatError, match="make a face only as"):
        LandmarkPredictor().fit(list(images), [face[:, ::-1].ravel() for face in faces])


@pytest.mark.parametrize(
    "box", [(90, 0, 120, 40), (-30, -30, 0, 0), (0, 80, 40, 120), (0, 0, np.inf, 9), (9, 9, 5, 20)]
)
def test_boxes_without_a_pixel_of_the_image_are_refused(birds, predictor, box):
    for call in (predictor.predict, lambda X, boxes: predictor.fit(X, birds[1][:2], boxes=boxes)):
        with pytest.raises(ImageFormatError, match="pixels of an image of 80 x 80") as caught:
            call(birds[0][:2], boxes=[(0, 0, 80, 80), box])
        assert caught.value.__notes__ == ["image 1 of the batch"]


@pytest.fixture(scope="module")
def both(birds):
    return LandmarkPredictor(method="both", n_stages=3, n_starts=5, unit=(0, 3), random_state=0).fit(
        birds[0][:60], birds[1][:60]
    )


def test_both_brings_the_points_nearer(birds, both):
    mean = np.tile(both.mean_shape_.ravel() * 80 + 39.5, (40, 1))
    before = normalized_mean_error(birds[1][60:], mean, unit=(0, 3)).mean()
    assert -both.score(birds[0][60:], birds[1][60:]) < 0.6 * before


def test_both_is_the_mean_of_descent_and_trees_in_the_box_around_what_is_found(birds, both):
    first = LandmarkPredictor(n_stages=3, random_state=0)
    first.n_points_, first.mean_shape_ = 4, both.mean_shape_
    first.radii_, first.regressions_ = both.radii_, both.regressions_
    found = first.predict(birds[0][60:61]).reshape(4, 2)
    middle = found.mean(axis=0)
    half = 1.3 * np.sqrt(((found - middle) ** 2).sum(axis=1).mean())
    box = [[*(middle - half), *(middle + half)]]
    second = LandmarkPredictor()
    second.n_points_, second.mean_shape_ = 4, both.near_mean_shape_
    second.radii_, second.regressions_ = both.near_radii_, both.near_regressions_
    trees = LandmarkPredictor(method="ert")
    trees.n_points_, trees.mean_shape_, trees.trees_ = 4, both.mean_shape_, both.trees_
    expected = [each.predict(birds[0][60:61], boxes=box)[0] for each in (second, trees)]
    assert both.predict(birds[0][60:61])[0] == pytest.approx(np.mean(expected, axis=0))


def test_both_is_stored_as_it_is(birds, both):
    expected = both.predict(birds[0][60:64])
    assert np.array_equal(pickle.loads(pickle.dumps(both)).predict(birds[0][60:64]), expected)
    stored = skops.io.dumps(both)
    restored = skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))
    assert np.array_equal(restored.predict(birds[0][60:64]), expected)
    assert len(stored) < 0.7 * (both.regressions_.nbytes + both.near_regressions_.nbytes) + len(both.trees_)


def test_points_in_which_descent_and_trees_agree_are_sure(birds, both, predictor):
    pictures, truth = birds[0][60:].copy(), birds[1][60:].reshape(-1, 4, 2)
    pictures[::2] = np.random.default_rng(0).integers(0, 255, pictures[::2].shape)  # no bird to be seen
    points, confidence = both.predict(pictures, return_confidence=True)
    assert np.array_equal(points, both.predict(pictures))
    assert confidence.shape == (40, 4)
    assert confidence.min() >= 0
    assert confidence.max() <= 1
    assert np.median(confidence[1::2]) > 2 * np.median(confidence[::2])
    off = np.hypot(*(points.reshape(-1, 4, 2) - truth)[1::2].transpose(2, 0, 1))
    sure = confidence[1::2] > np.median(confidence[1::2])
    assert off[sure].mean() < off[~sure].mean()
    nowhere = both.predict(pictures[:1], boxes=[[np.nan] * 4], return_confidence=True)
    assert all(np.isnan(each).all() for each in nowhere)
    with pytest.raises(ValueError, match='method="both"'):
        predictor.predict(pictures, return_confidence=True)


def test_a_photo_that_is_large_around_the_object_teaches_the_same(birds):
    """Crops around the boxes are kept, not the photos: what lies far away does not matter."""
    small, points = birds[0][:30], birds[1][:30]
    rng = np.random.default_rng(0)
    large = rng.integers(0, 255, (30, 2000, 1600), dtype=np.uint8)
    low, high = 900, 660
    # the object in the middle of its surroundings as in the small picture, which is repeated at its border
    framed = np.pad(small, ((0, 0), (320, 320), (320, 320)), mode="edge")
    large[:, low - 320 : low + 400, high - 320 : high + 400] = framed
    moved = points.reshape(30, 4, 2) + (low, high)
    boxes = np.tile([low, high, low + 80, high + 80], (30, 1))
    for method in ("sdm", "ert", "both"):
        how = {"method": method, "n_stages": 2, "n_starts": 3, "mirror": (0, 2, 1, 3), "random_state": 0}
        far = LandmarkPredictor(**how).fit(large, moved.reshape(30, -1), boxes=boxes)
        near = LandmarkPredictor(**how).fit(
            framed, (points.reshape(30, 4, 2) + 320).reshape(30, -1), boxes=np.tile([320, 320, 400, 400], (30, 1))
        )
        found = far.predict(large[:5], boxes=boxes[:5]).reshape(5, 4, 2) - (low, high)
        expected = near.predict(framed[:5], boxes=np.tile([320, 320, 400, 400], (5, 1))).reshape(5, 4, 2) - 320
        assert found == pytest.approx(expected, abs=1e-6), method
