"""Tables that are none of the results are refused with what is missing and what makes them."""

import numpy as np
import pandas as pd
import pytest

from featkit.display import BenchmarkDisplay, LearningDisplay, RobustnessDisplay
from featkit.evaluation import critical_difference, crossing_points, learning_curves, robustness_curves

TABLE = pd.DataFrame({"candidate": ["HOG"], "accuracy": [0.9]})


@pytest.mark.parametrize(
    ("call", "missing", "maker"),
    [
        (learning_curves, "n_train", "benchmark(...).learning"),
        (crossing_points, "n_train", "benchmark(...).learning"),
        (robustness_curves, "corruption", "benchmark(...).robustness"),
        (lambda table: critical_difference({"a": table, "b": table}, column="speed"), "speed", "benchmark(...).table"),
        (lambda table: LearningDisplay(table).plot(), "n_train", "learning_curves"),
        (lambda table: RobustnessDisplay(table).plot(), "corruption", "robustness_curves"),
        (lambda table: BenchmarkDisplay(table).plot(), "accuracy_low", "benchmark(...).table"),
    ],
    ids=["learning", "crossing", "robustness", "ranks", "LearningDisplay", "RobustnessDisplay", "BenchmarkDisplay"],
)
def test_a_table_of_something_else_is_refused(call, missing, maker):
    with pytest.raises(ValueError, match="Expected a table as") as caught:
        call(TABLE)
    assert maker in str(caught.value)
    assert missing in str(caught.value)
    for other in (np.eye(3), None, [1, 2]):
        with pytest.raises((ValueError, TypeError)):
            call(other)
