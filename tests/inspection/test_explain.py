"""Explanations add up to the decision, and find a cue that was planted."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import PowerTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC

from featkit import (
    HOG,
    ColorHistogram,
    ColorMoments,
    FeatureExtractor,
    FelzenszwalbHOG,
    LocalBinaryPattern,
    RawPixels,
    Resizer,
    Scattering,
    explain,
)
from featkit.inspection._heatmaps import evidence_map, hog_cell_sums, landmark_evidence

CUE = slice(24, 40), slice(40, 56)  # of 64 x 64 pixels; covers whole cells of 8 pixels and of a 4 x 4 grid in part


@pytest.fixture(scope="module")
def planted():
    """Gray noise; in the second class there is a green patch with horizontal stripes at a fixed place."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 160, (60, 64, 64, 1)) + rng.integers(0, 20, (60, 64, 64, 3))
    labels = np.arange(60) % 2
    stripes = np.where(np.arange(16) // 4 % 2, 250, 20)[:, np.newaxis]
    for image in images[1::2]:  # views
        image[CUE] = image[CUE] // 8
        image[CUE][..., 1] = stripes
    return images.astype(np.uint8), np.array(["plain", "striped"])[labels]


def strongest_place(evidence):
    return np.unravel_index(evidence.argmax(), evidence.shape)


@pytest.mark.parametrize(
    "extractor",
    [
        HOG(cells_per_block=(2, 2)),
        HOG(cells_per_block=(1, 1), signed=True, voting="trilinear"),
        FelzenszwalbHOG(),
        RawPixels(),
        ColorHistogram(grid=(4, 4)),
        ColorMoments(grid=(4, 4)),
        LocalBinaryPattern(grid=(4, 4)),
        Scattering(n_octaves=3),
    ],
    ids=lambda extractor: type(extractor).__name__,
)
def test_planted_cue_is_found_on_the_image(planted, extractor):
    images, labels = planted
    model = make_pipeline(extractor, LogisticRegression(max_iter=1000)).fit(images[:40], labels[:40])
    explanation = explain(model, images[41], reference=images[:40])
    evidence = evidence_map(explanation.parts[0])
    assert explanation.target == "striped"
    assert evidence.shape == (64, 64)
    row, col = strongest_place(evidence)
    assert 16 <= row < 48  # within a cell of the cue
    assert 32 <= col < 64
    inside = np.zeros((64, 64), dtype=bool)
    inside[CUE] = True
    assert evidence[inside].mean() > 2 * np.abs(evidence[~inside]).mean()


def test_planted_direction_is_found_among_the_orientations(planted):
    images, labels = planted
    hog = HOG(orientations=6, cells_per_block=(1, 1))
    model = make_pipeline(hog, LinearSVC(C=0.1)).fit(images, labels)
    part = explain(model, images[1], reference=images).parts[0]
    sums = hog_cell_sums(part.extractor, (64, 64), part.contributions)
    row, col, orientation = np.unravel_index(sums.argmax(), sums.shape)
    assert 3 <= row < 5
    assert 5 <= col < 7
    assert orientation in (2, 3)  # the gradient across horizontal stripes stands at 90 degrees


@pytest.mark.parametrize("target", ["plain", "striped"])
def test_contributions_add_up_to_the_decision(planted, target):
    images, labels = planted
    branch = make_pipeline(Resizer(height=16, width=16), RawPixels(), StandardScaler())
    features = FeatureUnion([("hog", HOG()), ("small", branch)], transformer_weights={"small": 0.5})
    tail = make_pipeline(SelectKBest(k=200), PCA(20), LinearDiscriminantAnalysis())
    model = make_pipeline(features, StandardScaler(), tail).fit(images, labels)
    decision = model.decision_function(images[:1])[0] * (1 if target == "striped" else -1)
    explanation = explain(model, images[0], target=target, reference=images)
    assert explanation.decision == pytest.approx(decision)
    assert explanation.base + explanation.table["contribution"].sum() == pytest.approx(decision)
    mean = model.decision_function(images).mean() * (1 if target == "striped" else -1)
    assert explanation.base == pytest.approx(mean, abs=1e-3)
    assert len(explanation.table) == model[0].transform(images[:1]).shape[1]
    assert explanation.parts[1].picture.shape == (16, 16, 3)


def test_without_steps_between_weights_are_those_of_the_classifier(planted):
    images, labels = planted
    labels = np.where(np.arange(60) % 3 == 0, "third", labels)
    model = make_pipeline(RawPixels(), RidgeClassifier()).fit(images, labels)
    explanation = explain(model, images[0], target="third")
    assert np.array_equal(explanation.parts[0].weights, model[-1].coef_[2])
    assert explanation.base == pytest.approx(model[-1].intercept_[2])


class DrawnLandmarks(FeatureExtractor):
    """Two fixed points and the mean brightness around the second one."""

    def image_extractor(self):
        return lambda image: [10.0, 12.0, 30.0, 45.0 + image[CUE][..., 1].mean() / 100, image.mean()]

    def feature_names(self):
        return ["landmark_0_row", "landmark_0_col", "landmark_1_row", "landmark_1_col", "brightness"]


def test_landmarks_stand_where_they_were_found_and_the_telling_one_weighs_most(planted):
    images, labels = planted
    model = make_pipeline(DrawnLandmarks(), StandardScaler(), LogisticRegression(max_iter=1000)).fit(images, labels)
    points = landmark_evidence(explain(model, images[1], reference=images).parts[0])
    assert points[:, 0].tolist() == [10, 30]
    assert points[1, 1] == pytest.approx(45 + images[1][CUE][..., 1].mean() / 100)
    assert abs(points[1, 2]) > abs(points[0, 2]) == 0


def test_a_search_is_looked_into(planted):
    images, labels = planted
    outer = GridSearchCV(make_pipeline(RawPixels(), RidgeClassifier()), {"ridgeclassifier__alpha": [1, 10]}, cv=2)
    inner = make_pipeline(RawPixels(), GridSearchCV(RidgeClassifier(), {"alpha": [1, 10]}, cv=2))
    for model in (outer, inner):
        assert explain(model.fit(images, labels), images[1]).target == "striped"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((ColorMoments(), SVC()), "Expected a linear classifier"),
        ((ColorMoments(), PowerTransformer(), LinearSVC()), "Expected only affine steps .*PowerTransformer"),
    ],
    ids=["kernel", "bent"],
)
def test_what_is_not_linear_is_refused(planted, steps, message):
    images, labels = planted
    model = make_pipeline(*steps).fit(images, labels)
    with pytest.raises(ValueError, match=message):
        explain(model, images[0])


def test_unknown_target_and_bare_classifier_are_refused(planted):
    images, labels = planted
    model = make_pipeline(RawPixels(), RidgeClassifier()).fit(images, labels)
    with pytest.raises(ValueError, match="Expected a target among the classes .*'striped'.*got 'dotted'"):
        explain(model, images[0], target="dotted")
    with pytest.raises(ValueError, match="Expected a fitted Pipeline"):
        explain(model[-1], images[0])


def test_families_are_named_in_the_table(planted):
    images, labels = planted
    model = make_pipeline(make_union(HOG(), ColorMoments()), RidgeClassifier()).fit(images, labels)
    assert explain(model, images[0]).table["family"].value_counts().to_dict() == {"hog": 6 * 6 * 81, "color": 9}


def test_the_heaviest_columns_stand_first_in_the_table(planted):
    images, labels = planted
    model = make_pipeline(make_union(HOG(), ColorMoments()), LogisticRegression(max_iter=1000)).fit(images, labels)
    explanation = explain(model, images[1])
    weights = explanation.table["contribution"].abs()
    assert weights.is_monotonic_decreasing
    assert set(explanation.table.index) == {*model[0].transformer_list[0][1].get_feature_names_out()} | {
        *ColorMoments().get_feature_names_out()
    }


@pytest.mark.parametrize("target", ["plain", "striped"])
def test_probability_is_that_of_the_classifier_where_it_has_one(planted, target):
    images, labels = planted
    model = make_pipeline(ColorMoments(), LogisticRegression(max_iter=1000)).fit(images, labels)
    expected = model.predict_proba(images[:1])[0][list(model.classes_).index(target)]
    assert explain(model, images[0], target=target).probability == pytest.approx(expected)
    assert explain(make_pipeline(ColorMoments(), LinearSVC()).fit(images, labels), images[0]).probability is None
