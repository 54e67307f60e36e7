"""The parts of a dataset: whole or not at all, each with the identity of its rows."""

import fcntl
import os
import warnings
from collections import Counter

import cv2
import pandas as pd
import pytest
from sklearn.pipeline import FeatureUnion, make_pipeline

import featkit
from featkit import extract_to_parquet
from featkit.exceptions import ExtractionError
from featkit.extraction import ExtractionWarning
from featkit.testing import check_pictures


def transformer():
    features = FeatureUnion(
        [("a", featkit.ColorMoments()), ("b", featkit.RegionMeasurements())], verbose_feature_names_out=False
    )
    return make_pipeline(featkit.ImageReader(), featkit.BackgroundRemover(method="otsu"), features)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for index, picture in enumerate(check_pictures(40, height=24, width=28)):
        place = folder / ("rose" if index % 2 else "lily")
        place.mkdir(exist_ok=True)
        cv2.imwrite(str(place / f"{index:02}.png"), picture)
    (folder / "lily" / "08.png").write_bytes(b"meow")
    return folder


def rows_of(folder):
    return pd.read_parquet(folder)


def test_a_pipe_in_the_place_of_a_part_is_not_opened(tmp_path):
    pictures = list(check_pictures(3))
    extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path)
    part = tmp_path / "part-000000.parquet"
    whole = rows_of(tmp_path)
    part.unlink()
    os.mkfifo(part)
    with pytest.warns(ExtractionWarning, match="got a named pipe, which is not opened.; it is made again"):
        extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path)
    pd.testing.assert_frame_equal(rows_of(tmp_path), whole)


def test_a_flipped_bit_is_seen_or_does_no_harm(tmp_path):
    pictures = list(check_pictures(6))
    extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path)
    part = tmp_path / "part-000000.parquet"
    whole, table, outcomes = part.read_bytes(), rows_of(tmp_path), Counter()
    for place in range(0, len(whole), 41):
        damaged = bytearray(whole)
        damaged[place] ^= 16
        part.write_bytes(damaged)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path)
            except ExtractionError as error:
                outcomes[str(error)] += 1
                continue
        outcomes["made again" if told else "kept"] += 1
        pd.testing.assert_frame_equal(rows_of(tmp_path), table)
    assert outcomes.pop("made again") > len(whole) // 41 // 3
    assert outcomes.pop("kept") > 0
    assert list(outcomes) == [f"{part} was made from other images or by another transformer. Choose another folder."]


def test_parts_of_a_longer_iterator_do_not_stay_unseen(tmp_path):
    pictures = list(check_pictures(9))
    extract_to_parquet(featkit.ColorMoments(), iter(pictures), tmp_path, part_size=3)
    with pytest.raises(ExtractionError, match=r"more images than came: part-000002.parquet"):
        extract_to_parquet(featkit.ColorMoments(), iter(pictures[:6]), tmp_path, part_size=3)


def test_unfinished_files_of_a_run_beside_this_one_stay(photos, tmp_path, monkeypatch):
    told = featkit.extraction._chunks._told  # called in the middle of a run

    def other_run_writes(error):
        (tmp_path / ".part-000009.parquet.other.tmp").write_bytes(b"half")
        return told(error)

    for name in (".part-000007.parquet.killed.tmp", ".part-000008.parquet.living.tmp"):
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (0, 0))

    monkeypatch.setattr("featkit.extraction._chunks._told", other_run_writes)
    with open(tmp_path / ".part-000008.parquet.living.tmp", "rb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        extract_to_parquet(transformer(), photos, tmp_path)
    left = [f".part-00000{number}.parquet.{whose}.tmp" for number, whose in ((8, "living"), (9, "other"))]
    assert sorted(file.name for file in tmp_path.glob(".part-*")) == left


@pytest.mark.parametrize("harm", ["removed", "cut", "foreign", "manifest", "more"])
def test_what_happens_to_the_folder_meanwhile_is_no_success(tmp_path, harm):
    pictures, out, other = list(check_pictures(9)), tmp_path / "out", tmp_path / "other"
    extract_to_parquet(featkit.ColorMoments(), pictures, other, part_size=3)
    done = []

    class Harms(featkit.ColorMoments):
        def transform(self, X):
            done.append(len(X))
            first = out / "part-000000.parquet"
            if len(done) == 4:  # the first call looks at one image
                if harm == "removed":
                    first.unlink()
                elif harm == "cut":
                    first.write_bytes(first.read_bytes()[:-9])
                elif harm == "manifest":
                    (out / "_manifest.json").write_bytes((other / "_manifest.json").read_bytes())
                else:
                    name = first.name if harm == "foreign" else "more.parquet"
                    (out / name).write_bytes((other / "part-000000.parquet").read_bytes())
            return super().transform(X)

    told = {"manifest": "another extraction", "more": "more images than came: more.parquet"}
    with pytest.raises(ExtractionError, match=told.get(harm, r"part-000000.parquet was replaced, removed or damaged")):
        extract_to_parquet(Harms(), pictures, out, part_size=3, chunk_size=3)
    assert len(done) == 4
