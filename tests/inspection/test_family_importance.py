"""Shuffling a family costs what only that family knows."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from featkit import HOG, ColorMoments
from featkit.inspection import family_importance


@pytest.fixture(scope="module")
def tinted():
    """Noise that is reddish in one class and bluish in the other: colour tells all, gradients nothing."""
    rng = np.random.default_rng(0)
    images = rng.integers(60, 160, (80, 16, 16, 1)).repeat(3, axis=3)
    labels = np.arange(80) % 2
    images[labels == 0, ..., 0] += 60
    images[labels == 1, ..., 2] += 60
    return images.astype(np.uint8), labels


@pytest.mark.parametrize("classifier", [RandomForestClassifier(random_state=0), KNeighborsClassifier()])
def test_the_family_that_holds_the_cue_comes_first(tinted, classifier):
    images, labels = tinted
    model = make_pipeline(make_union(HOG(cells_per_block=(1, 1)), ColorMoments()), StandardScaler(), classifier)
    model.fit(images[:40], labels[:40])
    importance = family_importance(model, images[40:], labels[40:], n_repeats=20)
    assert list(importance.index) == ["color", "hog"]
    assert importance["n_features"].to_dict() == {"color": 9, "hog": 36}
    assert importance.loc["color", "importance"] > 0.3  # all that shuffling can cost is one half
    assert abs(importance.loc["hog", "importance"]) < 0.15


def test_one_family_alone_loses_what_guessing_loses(tinted):
    images, labels = tinted
    for container in ("default", "pandas", "polars"):
        colors = ColorMoments().set_output(transform=container)
        model = make_pipeline(colors, KNeighborsClassifier()).fit(images, labels)
        importance = family_importance(model, images, labels, n_repeats=50)
        assert importance.loc["color", "importance"] == pytest.approx(0.5, abs=0.03)
    again = family_importance(model, images, labels, n_repeats=50)
    assert importance.equals(again)


def test_a_model_without_a_table_is_refused(tinted):
    images, labels = tinted
    model = make_pipeline(KNeighborsClassifier()).fit(images.reshape(80, -1), labels)
    with pytest.raises(ValueError, match="Expected a Pipeline with a step from images to a table"):
        family_importance(model, images, labels)
