"""A benchmark goes to a file and comes back, and knows its baselines by what the run says, not by their names."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from featkit import RawPixels, benchmark
from featkit.evaluation import Benchmark
from featkit.exceptions import FileWriteError


@pytest.fixture(scope="module")
def found():
    images, labels = np.random.default_rng(0).random((12, 5, 5)), np.arange(12) % 2
    return benchmark({"pixels": RawPixels()}, images, labels, baselines={"grey": RawPixels()}, cv=2, verbose=False)


def test_what_is_saved_is_loaded(found, tmp_path):
    loaded = Benchmark.load(found.save(tmp_path / "found.json"))
    assert loaded.about == found.about
    assert loaded.baselines == found.baselines == ["grey"]
    pd.testing.assert_frame_equal(loaded.table, found.table)
    assert repr(loaded) == "Benchmark(2 candidates, 2 folds, 12 images)"


def test_a_benchmark_that_says_nothing_of_baselines_has_none(found):
    assert dataclasses.replace(found, about={}).baselines == []


def test_a_file_that_cannot_be_written_is_told_and_another_refused(found, tmp_path):
    with pytest.raises(FileWriteError):
        found.save(tmp_path / "nowhere" / "found.json")
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(ValueError, match="expected a whole file made by Benchmark.save"):
        Benchmark.load(tmp_path / "other.json")


def test_versions_name_featkit_and_what_it_stands_on(found):
    assert {"featkit", "python", "numpy", "scikit-learn", "opencv"} <= set(found.about["versions"])
