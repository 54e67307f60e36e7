"""The snippets of the README and the answers of the documentation run as they stand."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

import featkit
from featkit import make_shapes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photos(tmp_path):
    """Six gray PNGs and JPEGs of each of two shapes, and a file that is cut off."""
    for shape in ("disk", "rectangle"):
        folder = tmp_path / "photos" / shape
        folder.mkdir(parents=True)
        for number, picture in enumerate(make_shapes(6, shape=shape, random_state=0).images):
            Image.fromarray(picture).save(folder / f"{number}.{'jpg' if number % 2 else 'png'}")
    (folder / "1.jpg").write_bytes((folder / "1.jpg").read_bytes()[:400])
    return tmp_path / "photos"


@pytest.fixture
def stacks(tmp_path):
    """An OME-TIFF of two times, three channels and two depths, and a video of two seconds."""
    (tmp_path / "stacks").mkdir()
    metadata = {"axes": "TCZYX", "Channel": {"Name": ["DAPI", "GFP", "RFP"]}}
    pixels = np.zeros((2, 3, 2, 16, 16), np.uint8)
    tifffile.imwrite(tmp_path / "stacks" / "a.tif", pixels, ome=True, photometric="minisblack", metadata=metadata)
    writer = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (32, 24))
    for _ in range(50):
        writer.write(np.zeros((24, 32, 3), np.uint8))
    writer.release()


@pytest.mark.usefixtures("stacks")
def test_the_answers_run_as_they_stand(photos, monkeypatch):
    monkeypatch.chdir(photos.parent)
    code = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "questions.md").read_text(), re.DOTALL)
    names = {}
    exec("\n".join(code), names)
    assert len(names["paths"]) == len(names["table"]) == 11
    areas = {"disk": [], "rectangle": []}
    for label, area in zip(names["labels"], names["table"]["region_area"]):
        areas[str(label)].append(area)
    for shape, found in areas.items():
        truth = make_shapes(6, shape=shape, random_state=0).area / 100
        kept = truth if shape == "disk" else truth[[0, 2, 3, 4, 5]]
        assert found == pytest.approx(kept, rel=0.03)
    theirs = [names["join_alpha"](names["flatten_alpha"](i), m) for i, m in zip(names["images"], names["masks"])]
    regions = featkit.RegionMeasurements().fit_transform(theirs)
    assert np.array_equal(names["measured_beside"], regions)
    assert sorted(names["silhouettes"][:, 1]) == sorted(regions[:, 1])
    assert (featkit.load_model(photos.parent / "model.skops").predict(names["paths"]) == names["labels"]).all()
    assert 0 < names["comparison"].distance < 0.1


def test_every_snippet_of_the_readme_prints_something(tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    for name, photo in {"cat": data.chelsea(), "cup": data.coffee()}.items():
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(5):
            row, col = rng.integers(photo.shape[0] - 199), rng.integers(photo.shape[1] - 199)
            Image.fromarray(photo[row : row + 200, col : col + 200]).save(tmp_path / "photos" / name / f"{number}.png")
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(snippets) == 2
    for snippet in snippets:
        exec(snippet, {})
        assert capsys.readouterr().out


def test_scripts_that_are_told_to_be_run_find_what_they_import():
    for script in ROOT.glob("tests/performance/*.py"):
        text = script.read_text()
        needs_clone = re.search(r"^(from|import) (pipelines|tests)\b", text, re.MULTILINE)
        told = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), script]
        for page in told:
            for before in re.findall(rf"(\S*) ?python {script.relative_to(ROOT)}", page.read_text()):
                assert not needs_clone or before.strip("(`") == "PYTHONPATH=.", f"{page}: {script.name}"
