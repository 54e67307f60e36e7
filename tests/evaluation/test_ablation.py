"""Candidates without one of their families, and what the lack costs."""

import pandas as pd
import pytest
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.svm import SVC

from featkit import HOG, ColorHistogram, ColorMoments, RawPixels
from featkit.evaluation import corrected_resampled_test, leave_one_family_out
from featkit.evaluation.ablation import ablation_table


def branches(candidate):
    return [name for name, branch in candidate[0].transformer_list if branch != "drop"]


def test_each_copy_lacks_one_branch_and_the_candidate_stays_whole():
    candidate = make_pipeline(make_union(HOG(), ColorHistogram(), RawPixels()), SVC())
    variants = leave_one_family_out(candidate)
    assert {lacking: branches(variant) for lacking, variant in variants.items()} == {
        "hog": ["colorhistogram", "rawpixels"],
        "colorhistogram": ["hog", "rawpixels"],
        "rawpixels": ["hog", "colorhistogram"],
    }
    assert branches(candidate) == ["hog", "colorhistogram", "rawpixels"]


def test_a_union_within_a_branch_stays_whole_and_a_dropped_branch_is_no_family():
    inner = make_union(ColorMoments(), ColorHistogram())
    union = FeatureUnion([("color", inner), ("hog", HOG()), ("pixels", "drop")])
    assert list(leave_one_family_out(make_pipeline(union, SVC()))) == ["color", "hog"]


@pytest.mark.parametrize("candidate", [make_pipeline(HOG(), SVC()), make_pipeline(make_union(HOG()), SVC()), SVC()])
def test_what_has_no_families_is_refused(candidate):
    with pytest.raises(ValueError, match="a FeatureUnion of at least two branches"):
        leave_one_family_out(candidate)


def test_the_table_compares_each_variant_with_the_whole():
    accuracies = {"all": [0.9, 0.8, 0.85], "all without hog": [0.7, 0.65, 0.6]}
    folds = pd.DataFrame([(name, value, 80, 40) for name, of_folds in accuracies.items() for value in of_folds])
    folds.columns = ["candidate", "accuracy", "n_train", "n_test"]
    row = ablation_table(folds, {("all", "hog"): "all without hog"}).iloc[0]
    test = corrected_resampled_test([-0.2, -0.15, -0.25], n_train=80, n_test=40)
    assert row[["candidate", "family"]].tolist() == ["all", "hog"]
    assert row["accuracy"] == pytest.approx(0.65)
    assert row[["difference", "low", "high", "p"]].tolist() == pytest.approx(list(test))
