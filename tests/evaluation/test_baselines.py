"""Raw-pixel baselines: each has its own best settings, found inside of what it is fitted on."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score

from featkit import raw_pixel_baselines

IMAGES, LABELS = load_digits(return_X_y=True)
IMAGES = np.rint(IMAGES[:60] * 255 / 16).astype(np.uint8).reshape(-1, 8, 8)
LABELS = LABELS[:60] % 2


@pytest.mark.parametrize("name", raw_pixel_baselines(IMAGES))
def test_each_has_the_setting_that_is_best_in_three_inner_folds(name):
    *steps, search = raw_pixel_baselines(IMAGES)[name].fit(IMAGES, LABELS)
    assert isinstance(search, GridSearchCV)
    rows = IMAGES
    for step in steps:
        rows = step.transform(rows)
    best = max(
        cross_val_score(search.estimator.set_params(**setting), rows, LABELS, cv=3).mean()
        for setting in search.cv_results_["params"]
    )
    assert search.best_score_ == pytest.approx(best)
    assert len(search.cv_results_["params"]) >= 2
