"""The manifest of a dataset: made once, by the run that the folder belongs to."""

import json
import os

import cv2
import pytest
from sklearn.pipeline import FeatureUnion, make_pipeline

import featkit
from featkit import extract_to_parquet
from featkit.exceptions import ExtractionError
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


def test_the_manifest_tells_parameters_versions_and_input(photos, tmp_path):
    extract_to_parquet(transformer(), photos, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "_manifest.json").read_text())
    assert manifest["pipeline"]["versions"]["featkit"] == featkit.__version__
    counts = {"n_images": 40, "n_parts": 1, "part_size": 256}
    assert manifest["input"] | {"images": ""} == {"source": str(photos), "images": "", **counts}
    assert '"method": "otsu"' in json.dumps(manifest)


def test_a_folder_with_something_else_is_refused(photos, tmp_path):
    (tmp_path / "part-of-my-life.parquet").write_bytes(b"mine")
    with pytest.raises(ExtractionError, match="empty folder"):
        extract_to_parquet(transformer(), photos, tmp_path)
    for text in ("{", "[1]", "null"):
        (tmp_path / "_manifest.json").write_text(text)
        with pytest.raises(ExtractionError, match="expected a manifest"):
            extract_to_parquet(transformer(), photos, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ExtractionError, match="folder that can be made"):
        extract_to_parquet(transformer(), photos, tmp_path / "file" / "out")


@pytest.mark.parametrize("kind", ["folder", "pipe", "nested", "no run"])
def test_what_is_no_manifest_is_refused(tmp_path, kind):
    manifest = tmp_path / "_manifest.json"
    pictures = list(check_pictures(3))
    if kind == "folder":
        manifest.mkdir()
    elif kind == "pipe":
        os.mkfifo(manifest)
    elif kind == "nested":
        manifest.write_text("[" * 100_000)
    else:
        extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path)
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "run": None}))
    with pytest.raises(ExtractionError, match=r"_manifest.json: expected a manifest"):
        extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path)
