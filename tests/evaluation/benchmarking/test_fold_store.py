"""A record is found under the same split, in the same place, and under nothing else."""

import os
import warnings

import numpy as np
import pytest
from sklearn.svm import SVC

from featkit.evaluation.benchmarking._fold_store import FoldStore
from featkit.evaluation.benchmarking._folds import Fold, Plan
from featkit.evaluation.benchmarking._targets import Target
from featkit.exceptions import FileWriteError

IMAGES, LABELS = np.random.default_rng(0).random((12, 5, 5)), np.arange(12) % 2
PLAN = Plan(SVC(), (4, 8), ())
FOLD = Fold(0, 1, np.arange(8), np.arange(8, 12))
RECORD = {"figures": {"accuracy": 0.75}, "learning": [0.5, 0.75]}


def store_in(folder, X=IMAGES, y=LABELS, random_state=0, versions=None):
    return FoldStore(folder, X, Target("classification", y), random_state, versions or {"featkit": "1"})


def test_what_was_put_is_found_again_by_an_equal_store(tmp_path):
    store_in(tmp_path).put(PLAN, FOLD, RECORD)
    assert store_in(tmp_path, IMAGES.copy(), LABELS.copy()).get(Plan(SVC(), (4, 8), ()), FOLD) == RECORD


@pytest.mark.parametrize(
    "fold",
    [
        FOLD._replace(fold=0),  # the smaller training sets are drawn by fold and repeat
        FOLD._replace(repeat=1),
        FOLD._replace(train=np.arange(7)),
        FOLD._replace(test=np.arange(9, 12)),
    ],
    ids=["fold", "repeat", "train", "test"],
)
def test_another_split_or_place_is_another_record(tmp_path, fold):
    store_in(tmp_path).put(PLAN, FOLD, RECORD)
    assert store_in(tmp_path).get(PLAN, fold) is None


@pytest.mark.parametrize(
    "plan", [PLAN._replace(candidate=SVC(C=2)), PLAN._replace(train_sizes=(4,))], ids=["C", "sizes"]
)
def test_another_candidate_or_measurement_is_another_record(tmp_path, plan):
    store_in(tmp_path).put(PLAN, FOLD, RECORD)
    assert store_in(tmp_path).get(plan, FOLD) is None


@pytest.mark.parametrize(
    "given", [{"X": 1 - IMAGES}, {"y": 1 - LABELS}, {"random_state": 1}, {"versions": {"featkit": "2"}}], ids=str
)
def test_other_data_seeds_and_versions_are_other_records(tmp_path, given):
    store_in(tmp_path).put(PLAN, FOLD, RECORD)
    assert store_in(tmp_path, **given).get(PLAN, FOLD) is None


def test_files_are_told_by_size_and_time(tmp_path):
    paths = [tmp_path / f"{k}.png" for k in range(12)]
    for path in paths:
        path.write_bytes(b"one")
    store_in(tmp_path / "kept", paths).put(PLAN, FOLD, RECORD)
    assert store_in(tmp_path / "kept", paths).get(PLAN, FOLD) == RECORD
    paths[3].write_bytes(b"another")
    assert store_in(tmp_path / "kept", paths).get(PLAN, FOLD) is None


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "3", "null", "{}", '{"record": {}}', '{"checksum": "00", "record": {}}', "[" * 100_000, "folder"],
    ids=lambda content: content[:20],
)
def test_what_is_no_record_is_said_and_computed_again(tmp_path, content):
    store = store_in(tmp_path)
    store.put(PLAN, FOLD, RECORD)
    (file,) = tmp_path.iterdir()
    if content == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_text(content)
    with pytest.warns(UserWarning, match=rf"{file.name} is damaged .* computed again"):
        assert store.get(PLAN, FOLD) is None


def test_a_flipped_bit_of_a_record_is_seen_or_does_no_harm(tmp_path):
    store = store_in(tmp_path)
    store.put(PLAN, FOLD, RECORD)
    (file,) = tmp_path.iterdir()
    whole, n_damaged = file.read_bytes(), 0
    for place in range(len(whole)):
        for bit in (1, 16):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                record = store.get(PLAN, FOLD)
            assert record in (None, RECORD)
            n_damaged += record is None
    assert n_damaged > len(whole)


def test_what_a_killed_run_left_of_a_record_is_removed_with_the_next(tmp_path):
    store = store_in(tmp_path)
    store.put(PLAN, FOLD, RECORD)
    (file,) = tmp_path.iterdir()
    leftover = tmp_path / f".{file.name}.killed.tmp"
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))
    store.put(PLAN, FOLD, RECORD)
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FileWriteError, match="expected a folder that can be made"):
        store_in(tmp_path / "file" / "kept")
