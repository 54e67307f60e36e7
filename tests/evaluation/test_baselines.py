"""Raw-pixel baselines: each has its own best settings, found inside of what it is fitted on."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from featkit import RawPixels, raw_pixel_baselines

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


def test_principal_components_leave_the_logistic_regression_as_it_is():
    *_, components, search = raw_pixel_baselines(IMAGES)["raw pixels + logistic regression"].steps
    turned = make_pipeline(components[1], search[1].estimator.set_params(C=0.1, tol=1e-8))
    rows = RawPixels().fit_transform(IMAGES)
    for n_train in (20, 50):  # fewer rows than the columns that vary, and more
        direct = clone(search[1].estimator).fit(rows[:n_train], LABELS[:n_train])
        found = turned.fit(rows[:n_train], LABELS[:n_train]).predict_proba(rows[n_train:])
        assert found == pytest.approx(direct.predict_proba(rows[n_train:]), abs=1e-4)
