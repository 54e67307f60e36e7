"""The suite of changes, and what is made of its accuracies."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from featkit import ContrastStretcher, Corrupter
from featkit.augmentation._kinds import KINDS
from featkit.evaluation import corrected_resampled_test, corruption_suite, robustness_curves
from featkit.evaluation.robustness import robustness_summary
from featkit.parameters import InvalidParameterError


def frame(accuracies, family="light", corruption="gamma", clean=0.9):
    """Accuracies[fold][severity - 1] of one candidate under one corruption."""
    rows = [
        ("a", corruption, family, severity, float(severity), "stops", 0, fold, 80, 20, clean, accuracy)
        for fold, of_fold in enumerate(accuracies)
        for severity, accuracy in enumerate(of_fold, start=1)
    ]
    names = "candidate corruption family severity amount unit repeat fold n_train n_test clean accuracy"
    return pd.DataFrame(rows, columns=names.split())


def test_all_is_every_kind_in_five_severities_with_amount_and_unit():
    suite = corruption_suite(random_state=3)
    assert len(suite) == 5 * len(KINDS)
    assert {change.family for change in suite} == {"light", "position", "quality", "surroundings"}
    for change in suite:
        assert change.amount == KINDS[change.corruption].amounts[change.severity - 1]
        assert change.transformer.get_params()["random_state"] == 3
        assert change.unit


def test_own_transformers_come_with_the_amount_that_is_known():
    both = make_pipeline(Corrupter(kind="noise"), ContrastStretcher())
    shifts = [Corrupter(kind="shift", amount=0.1), Corrupter(kind="shift", severity=5)]
    suite = corruption_suite({"moved": shifts, "noise, stretched": both})
    assert [change[:5] for change in suite[:2]] == [
        ("moved", "position", 1, 0.1, "of the shorter side"),
        ("moved", "position", 5, 0.2, "of the shorter side"),
    ]
    assert suite[2].corruption == "noise, stretched"
    assert np.isnan(suite[2].amount)
    assert suite[2].family == "other"
    assert corruption_suite(None) == []


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match=r"got \['rain'\]"):
        corruption_suite(["shift", "rain"])


def test_curves_are_means_over_folds_with_the_corrected_interval():
    curves = robustness_curves(frame([[0.8, 0.6], [0.7, 0.4]]))
    assert curves["accuracy"].tolist() == pytest.approx([0.75, 0.5])
    test = corrected_resampled_test([0.8, 0.7], n_train=80, n_test=20)
    assert curves["low"][0] == pytest.approx(max(0, test.low))
    assert curves["high"][0] == pytest.approx(min(1, test.high))


def test_every_corruption_of_a_family_weighs_the_same_however_many_severities():
    light = frame([[0.8, 0.6], [0.8, 0.6]])
    more_light = frame([[0.3], [0.3]], corruption="shadow")
    position = frame([[0.5] * 3] * 2, family="position", corruption="shift")
    summary = robustness_summary(pd.concat([light, more_light, position])).set_index("family")
    assert summary["accuracy"].to_dict() == pytest.approx({"light": 0.5, "position": 0.5, "all": 1.5 / 3})
    assert summary["kept"].to_dict() == pytest.approx(dict.fromkeys(["light", "position", "all"], 0.5 / 0.9))


def test_nothing_gives_empty_frames_with_their_columns():
    empty = frame([])
    assert list(robustness_summary(empty).columns) == ["candidate", "family", "accuracy", "low", "high", "kept"]
    assert robustness_curves(empty).empty


@pytest.mark.parametrize("severities", [[0], [6], [1, 1], [2.5], []])
def test_severities_are_from_1_to_5(severities):
    with pytest.raises(InvalidParameterError, match="'severities' parameter must be distinct integers from 1 to 5"):
        corruption_suite(["blur"], severities=severities)


def test_a_seed_is_not_negative():
    with pytest.raises(InvalidParameterError, match="'random_state' parameter must be"):
        corruption_suite(["blur"], random_state=-1)
