"""Measured flowers agree with the iris table, and so does the classifier on them."""

import numpy as np
import pytest

from pipelines import iris


@pytest.fixture(scope="module")
def compared():
    return iris.compare(n_splits=3, random_state=1, verbose=False)


def test_measured_lengths_and_widths_agree_with_the_table(compared):
    agreement = compared[1]
    assert list(agreement.index) == iris.MEASURED
    assert (agreement >= 0.98).all()


def test_the_classifier_on_measured_values_is_within_a_point_of_the_table(compared):
    accuracy = compared[0]["accuracy"]
    assert accuracy["measured from the photo"] == pytest.approx(accuracy["the iris table itself"], abs=0.01)
    assert accuracy["measured from the photo"] > accuracy["raw pixels"] + 0.3
    assert accuracy["measured from the photo"] > accuracy["raw pixels + MLP"] + 0.3
    assert min(accuracy["raw pixels"], accuracy["raw pixels + MLP"]) > 0.36  # above chance: no straw men


def test_columns_are_named_and_in_centimetres():
    flowers = iris.make_iris_flowers(random_state=2)
    table = iris.measuring_pipeline(flowers.pixel_size).fit_transform(flowers.images[:5])
    assert list(table.columns) == iris.MEASURED
    assert np.abs(table.to_numpy() - flowers.measurements[:5]).max() < 0.2
