"""Foreground learnt from masks."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import (
    BackgroundRemover,
    ForegroundClassifier,
    RegionMeasurements,
    foreground_mask,
    load_model,
    save_model,
)
from featkit.datasets import make_sheets
from featkit.exceptions import ImageFormatError
from featkit.objects import find_objects
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.foreground import _paper_objects

FAST = ExtraTreesClassifier(30, random_state=0)


def scene(seed, height=120, width=160):
    """A green disk beside a red one, on gray noise that is lighter on top; the labels 1 and 2."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:height, :width]
    labels = np.zeros((height, width), np.int32)
    for label in (1, 2):
        row, col, radius = (
            rng.integers(30, height - 30),
            40 + 80 * (label - 1) + rng.integers(-8, 9),
            rng.integers(14, 22),
        )
        labels[(rows - row) ** 2 + (cols - col) ** 2 <= radius**2] = label
    colors = np.array([[140, 140, 140], [60, 140, 50], [170, 60, 60]])
    image = colors[labels] + (60 - rows[..., None] / 2) + rng.normal(0, 6, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8), labels


SCENES = [scene(seed) for seed in range(8)]
IMAGES = np.stack([image for image, _ in SCENES])
LABELS = np.stack([labels for _, labels in SCENES])
TRAIN, TEST = slice(0, 4), slice(4, 8)


def overlap(found, truth):
    return (found & truth).sum() / (found | truth).sum()


@pytest.fixture(scope="module")
def taught():
    return ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], LABELS[TRAIN] == 1)


def test_one_of_two_objects_is_learnt(taught):
    assert taught.classes_.tolist() == [0, 1]
    for found, labels in zip(taught.predict(IMAGES[TEST]), LABELS[TEST]):
        assert found.dtype == bool
        assert overlap(found, labels == 1) > 0.9
        assert not (found & (labels == 2)).any()


def test_default_classifier_learns_it_too():
    taught = ForegroundClassifier().fit(IMAGES[TRAIN], LABELS[TRAIN] == 1)
    assert np.mean([overlap(found, truth == 1) for found, truth in zip(taught.predict(IMAGES), LABELS)]) > 0.9


def test_score_is_that_of_images_left_out(taught):
    on_others = np.mean(
        [overlap(found, truth == 1) for found, truth in zip(taught.predict(IMAGES[TEST]), LABELS[TEST])]
    )
    assert taught.score_ == pytest.approx(taught.image_scores_.mean())
    assert abs(taught.score_ - on_others) < 0.1
    shuffled = ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], (LABELS[TRAIN] == 1)[::-1, ::-1, ::-1])
    assert shuffled.score_ < 0.5  # masks that have nothing to do with the images


def test_an_image_is_judged_without_its_own_mask():
    """Of four masks one is of the other disk: it does not fit what the others teach."""
    masks = LABELS[TRAIN] == 1
    masks[2] = LABELS[2] == 2
    scores = ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], masks).image_scores_
    assert scores[2] < 0.1
    assert np.sort(scores)[-2] > 0.9


def test_scribbles(taught):
    scribbles = np.full(LABELS[TRAIN].shape, -1)
    for scribble, labels in zip(scribbles, LABELS[TRAIN]):
        rows, cols = np.nonzero(labels == 1)
        scribble[int(rows.mean()) - 2 : int(rows.mean()) + 2, cols.min() + 4 : cols.max() - 4] = 1
        scribble[4:8, 8:-8] = scribble[-8:-4, 8:-8] = 0
        other_rows, other_cols = np.nonzero(labels == 2)
        scribble[int(other_rows.mean()), other_cols.min() + 4 : other_cols.max() - 4] = 0
    scribbled = ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], scribbles)
    for found, labels in zip(scribbled.predict(IMAGES[TEST]), LABELS[TEST]):
        assert overlap(found, labels == 1) > 0.8


def test_several_classes():
    taught = ForegroundClassifier(classifier=FAST, foreground=[2]).fit(IMAGES[TRAIN], LABELS[TRAIN])
    assert taught.classes_.tolist() == [0, 1, 2]
    assert taught.class_scores_.min() > 0.8
    for labels, found, image in zip(LABELS[TEST], taught.predict_labels(IMAGES[TEST]), taught.transform(IMAGES[TEST])):
        assert np.mean(labels == found) > 0.97
        assert overlap(foreground_mask(image), labels == 2) > 0.85


def test_kinds_of_masks_mean_the_same(taught):
    masks = LABELS[TRAIN] == 1
    expected = taught.predict(IMAGES[TEST])
    for kind in (masks.astype(np.uint8) * 255, masks.astype(np.uint8), list(masks), masks.astype(float)):
        found = ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], kind).predict(IMAGES[TEST])
        assert (found == expected).all()


def test_in_front_of_objects_and_features(taught):
    image = taught.transform(IMAGES[TEST])[0]
    assert image.shape == (120, 160, 4)
    assert (foreground_mask(image) == taught.predict(IMAGES[TEST])[0]).all()
    assert len(find_objects(image, min_size=50)) == 1
    removed = BackgroundRemover(mask=taught).transform(IMAGES[TEST])
    assert (removed == taught.transform(IMAGES[TEST])).all()


def test_inside_a_pipeline(taught):
    pipeline = make_pipeline(ForegroundClassifier(classifier=FAST), RegionMeasurements())
    rows = pipeline.fit(IMAGES[TRAIN], LABELS[TRAIN] == 1).transform(IMAGES[TEST])
    area = rows[:, pipeline.get_feature_names_out().tolist().index("region_area")]
    assert area == pytest.approx((LABELS[TEST] == 1).sum(axis=(1, 2)), rel=0.1)
    frozen = make_pipeline(BackgroundRemover(mask=FrozenEstimator(taught)), RegionMeasurements(), LogisticRegression())
    assert np.isfinite(cross_val_score(frozen, IMAGES, [0, 1] * 4, cv=2)).all()


def test_classifier_of_another_kind():
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    taught = ForegroundClassifier(classifier=linear).fit(IMAGES[TRAIN], LABELS[TRAIN] == 1)
    assert np.mean([overlap(found, truth == 1) for found, truth in zip(taught.predict(IMAGES), LABELS)]) > 0.85
    assert not hasattr(linear[-1], "coef_")


def test_saved_and_loaded(tmp_path):
    model = ForegroundClassifier().fit(IMAGES[:2], LABELS[:2] == 1)
    save_model(model, tmp_path / "fg.skops")
    assert (load_model(tmp_path / "fg.skops").predict(IMAGES[TEST]) == model.predict(IMAGES[TEST])).all()


def test_transparent_pixels_stay_background(taught):
    alpha = np.full(IMAGES[TEST].shape[:3], 255, np.uint8)
    alpha[:, :, :50] = 0
    found = taught.predict(np.concatenate([IMAGES[TEST], alpha[..., np.newaxis]], axis=3))
    assert not found[:, :, :50].any()


def test_nothing_known_of_an_image_is_nan():
    masks = np.where(LABELS[TRAIN] == 1, 1, 0)
    masks[1] = -1
    taught = ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], masks)
    assert np.isnan(taught.image_scores_[1])
    assert np.isfinite(taught.score_)


@pytest.fixture(scope="module")
def sheets():
    return make_sheets(7, scale="none", height=450, width=600, random_state=5)


@pytest.fixture(scope="module")
def taught_by_sheets(sheets):
    return ForegroundClassifier().fit(sheets.images[:3], sheets.labels[:3] > 0)


def test_leaves_on_sheets_are_found_to_the_pixel_from_three_masks(sheets, taught_by_sheets):
    assert taught_by_sheets.unit_ == "object"
    truths = sheets.labels[3:] > 0
    scores = [overlap(*pair) for pair in zip(taught_by_sheets.predict(sheets.images[3:]), truths)]
    assert np.mean(scores) > 0.97
    assert taught_by_sheets.score_ > 0.95


def test_masks_of_whole_objects_are_learnt_as_objects_though_two_images_teach_little():
    """A coin of another metal on each of three sheets: left out, objects are right less often than superpixels."""
    sheets = make_sheets(5, scale="coin", height=450, width=600, random_state=105)
    truths = sheets.labels > 0
    taught = ForegroundClassifier().fit(sheets.images[:3], truths[:3])
    assert taught.unit_ == "object"
    assert taught.score_ == pytest.approx(taught.image_scores_.mean())
    assert np.mean([overlap(*pair) for pair in zip(taught.predict(sheets.images[3:]), truths[3:])]) > 0.95


def colored_disks(rng, n_sheets=6):
    """Sheets with twelve disks of all sizes, a random half red and the others green of the same light and chroma."""
    rows, cols = np.mgrid[:300, :400]
    images = np.full((n_sheets, 300, 400, 3), 235, np.uint8)
    labels, is_red = np.zeros((n_sheets, 300, 400), int), np.zeros((n_sheets, 300, 400), bool)
    for sheet in range(n_sheets):
        red = rng.permutation(12) % 2 == 0
        for k, (row, col) in enumerate((r, c) for r in (50, 150, 250) for c in (50, 150, 250, 350)):
            inside = (rows - row) ** 2 + (cols - col) ** 2 <= rng.uniform(10, 35) ** 2
            labels[sheet][inside], is_red[sheet][inside] = k + 1, red[k]
            images[sheet][inside] = (198, 106, 90) if red[k] else (78, 146, 87)
    return images, labels, is_red


def test_a_third_classifier_of_few_features_is_kept_unless_it_is_right_less_often(monkeypatch):
    """What is told by hue, which it does not see, it spoils where it outvotes the others."""
    images, labels, is_red = colored_disks(np.random.default_rng(0))
    masks = (labels * is_red) > 0
    for weight, n_kept in ((2.0, 3), (200.0, 2)):
        monkeypatch.setattr(_paper_objects, "WEIGHTS_OF_MODELS", (1.0, 1.0, weight))
        taught = ForegroundClassifier().fit(images[:4], masks[:4])
        assert (taught.unit_, len(taught.classifiers_)) == ("object", n_kept)
        assert np.mean([overlap(*pair) for pair in zip(taught.predict(images[4:]), masks[4:])]) > 0.97


def test_on_small_sheets_superpixels_are_classified():
    small = make_sheets(3, scale="none", height=150, width=200, random_state=5)
    assert ForegroundClassifier().fit(small.images, small.labels > 0).unit_ == "superpixel"


def test_before_a_texture_superpixels_are_classified():
    rng = np.random.default_rng(0)
    times = -(-200 // IMAGES.shape[1])
    drawn, labels = (np.kron(stack[TRAIN], np.ones((times, times, 1)[: stack.ndim - 1])) for stack in (IMAGES, LABELS))
    ground = rng.integers(0, 256, drawn.shape)
    images = np.where(labels[..., np.newaxis] > 0, drawn, ground).astype(np.uint8)
    taught = ForegroundClassifier(classifier=FAST).fit(images, labels == 1)
    assert taught.unit_ == "superpixel"
    assert len(taught.classifiers_) == 2


def test_objects_are_the_same_alone_together_and_loaded(sheets, taught_by_sheets, tmp_path):
    together = taught_by_sheets.predict(sheets.images[3:])
    save_model(taught_by_sheets, tmp_path / "fg.skops")
    loaded = load_model(tmp_path / "fg.skops")
    for image, found in zip(sheets.images[3:], together):
        assert (taught_by_sheets.predict(image[np.newaxis])[0] == found).all()
        assert (loaded.predict(image[np.newaxis])[0] == found).all()


def test_classes_of_objects_and_the_paper_between_them(sheets):
    """Large and small leaves are two classes, and the paper around them has the label 7."""
    labels = []
    for of_leaves in sheets.labels:
        areas = np.bincount(of_leaves.ravel())
        labels.append(np.where(of_leaves == 0, 7, np.where(areas[of_leaves] > 700, 3, 2)))
    taught = ForegroundClassifier(foreground=[2, 3]).fit(sheets.images[:4], np.array(labels[:4]))
    assert taught.unit_ == "object"
    assert taught.ground_ == 7
    found = taught.predict_labels(sheets.images[4:])
    assert set(np.unique(found)) <= {2, 3, 7}
    assert np.mean(found == np.array(labels[4:])) > 0.98
    assert (taught.predict(sheets.images[4:]) == (found != 7)).all()


def test_an_image_without_paper_has_no_objects(taught_by_sheets):
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3)).astype(np.uint8)
    assert not taught_by_sheets.predict(noise[np.newaxis]).any()


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        (None, "masks to learn from"),
        ([0, 1, 0, 1], r"mask \(height, width\)"),
        (LABELS[:3] == 1, "each of 4 images, got 3"),
        (LABELS[TRAIN, 1:] == 1, r"size of its image, \(120, 160\), got \(119, 160\)"),
        (LABELS[TRAIN] * 0, "at least two classes"),
        (LABELS[TRAIN] - 2, "from -1"),
        (np.where(LABELS[TRAIN] == 2, 255, LABELS[TRAIN]), "255 beside 0 alone"),
        (LABELS[TRAIN] / 3, "whole numbers"),
    ],
)
def test_what_is_refused(masks, message):
    with pytest.raises(ImageFormatError, match=message):
        ForegroundClassifier(classifier=FAST).fit(IMAGES[TRAIN], masks)


def test_one_image_is_refused():
    with pytest.raises(ImageFormatError, match="at least two images"):
        ForegroundClassifier().fit(IMAGES[:1], LABELS[:1] > 0)


@pytest.mark.parametrize("foreground", [[3], [0, 1, 2], []])
def test_foreground_has_to_be_among_the_labels(foreground):
    with pytest.raises(InvalidParameterError, match="'foreground' parameter"):
        ForegroundClassifier(classifier=FAST, foreground=foreground).fit(IMAGES[TRAIN], LABELS[TRAIN])
