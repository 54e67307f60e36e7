"""Trees in a saved model."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from featkit import load_model, save_model
from featkit.base._saved_trees import refuse_unsound_trees
from featkit.persistence import SavedModelError

X = np.random.default_rng(0).normal(size=(200, 3))
Y = X[:, 0] * X[:, 1] > 0


def boosted(**parameters):
    return HistGradientBoostingClassifier(max_iter=3, **parameters).fit(X, Y)


def test_sound_trees_are_loaded(tmp_path):
    model = boosted()
    save_model(model, tmp_path / "trees.skops")
    assert (load_model(tmp_path / "trees.skops").predict_proba(X) == model.predict_proba(X)).all()


@pytest.mark.parametrize(
    ("field", "value"), [("left", 10_000), ("right", 0), ("feature_idx", 3), ("feature_idx", -1), ("is_categorical", 1)]
)
def test_nodes_that_point_elsewhere_are_refused(tmp_path, field, value):
    model = boosted()
    model._predictors[1][0].nodes[field][0] = value
    save_model(model, tmp_path / "trees.skops")
    with pytest.raises(SavedModelError, match="trees that do not fit"):
        load_model(tmp_path / "trees.skops")


def test_others_pass():
    refuse_unsound_trees([object.__new__(HistGradientBoostingClassifier)])
