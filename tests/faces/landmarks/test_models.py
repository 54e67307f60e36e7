"""Models are found where they may lie, known by their hash, and tell what they may be used for."""

import dataclasses
import hashlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import featkit
from featkit import FaceLandmarks
from featkit.exceptions import ModelFileError, ModelLicenseWarning
from featkit.faces.landmarks import _point_models as point_models
from featkit.faces.landmarks import find_model, models


def test_models_of_the_extra_are_found_with_their_hash_and_license():
    five, many = find_model("landmarks_5"), find_model("landmarks_68")
    assert five.path.name == "shape_predictor_5_face_landmarks.dat"
    assert five.path.stat().st_size == 9_150_489
    assert many.path.stat().st_size == 99_693_937
    assert (five.commercial_use, many.commercial_use) == (True, False)
    assert "CC0" in five.license
    assert "300-W" in many.license


def test_a_model_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        find_model("landmarks_5").commercial_use = False


@pytest.fixture
def known_file(tmp_path, monkeypatch):
    """A small file that stands for the known one of the model of 5 points."""
    file = tmp_path / "five.dat"
    file.write_bytes(b"five points")
    sha256 = hashlib.sha256(b"five points").hexdigest()
    known = dataclasses.replace(models.KNOWN_MODELS["landmarks_5"], file=file.name, sha256=sha256)
    monkeypatch.setitem(models.KNOWN_MODELS, "landmarks_5", known)
    return file


def test_the_path_that_is_given_comes_first(known_file, monkeypatch):
    monkeypatch.setenv("FEATKIT_MODELS", "no such folder")
    assert find_model("landmarks_5", path=str(known_file)).path == known_file


def test_the_folders_of_the_environment_come_next(known_file, monkeypatch):
    monkeypatch.setenv("FEATKIT_MODELS", os.pathsep.join(["no such folder", str(known_file.parent)]))
    assert find_model("landmarks_5").path == known_file


def test_then_the_installed_package_which_is_not_imported(known_file, monkeypatch):
    package = known_file.parent / "face_recognition_models"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('it was imported')")
    known_file.rename(package / "models" / known_file.name)
    monkeypatch.delenv("FEATKIT_MODELS", raising=False)
    monkeypatch.syspath_prepend(str(known_file.parent))
    assert find_model("landmarks_5").path == package / "models" / known_file.name


def test_then_the_folder_of_debian(known_file, monkeypatch):
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    monkeypatch.setattr(models, "_DEBIAN_FOLDER", known_file.parent)
    assert find_model("landmarks_5").path == known_file


def test_what_is_found_nowhere_says_how_to_get_it(known_file, monkeypatch):
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    known_file.unlink()
    with pytest.raises(ModelFileError, match=r"featkit-images\[faces\].*FEATKIT_MODELS"):
        find_model("landmarks_5")
    with pytest.raises(ModelFileError, match="there is none at") as error:
        find_model("landmarks_5", path=known_file)
    assert error.value.path == str(known_file)


def test_an_unknown_file_needs_trust_and_has_an_unknown_license(known_file):
    known_file.write_bytes(b"something else")
    with pytest.raises(ModelFileError, match="trust=True"):
        find_model("landmarks_5", path=known_file)
    model = find_model("landmarks_5", path=known_file, trust=True)
    assert (model.license, model.commercial_use) == ("unknown", None)
    assert model.sha256 == hashlib.sha256(b"something else").hexdigest()


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"\['landmarks_5', 'landmarks_68'\], got 'landmarks_7'"):
        find_model("landmarks_7")


def test_the_license_of_the_68_points_is_said_once_and_that_of_the_5_never():
    point_models._load.cache_clear()
    with pytest.warns(ModelLicenseWarning, match="may not be used in commercial products"):
        FaceLandmarks().fit([np.zeros((9, 9, 3), np.uint8)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FaceLandmarks().fit([np.zeros((9, 9, 3), np.uint8)])
        FaceLandmarks(n_points=5).fit([np.zeros((9, 9, 3), np.uint8)])


def test_without_dlib_the_cascade_finds_faces_and_the_classes_say_which_extra_they_need():
    code = """
import sys

sys.modules.update(dlib=None, face_recognition_models=None)
from skimage.data import astronaut
from featkit import FaceAligner, FaceLandmarks, detect_faces
from featkit.exceptions import FeatkitError

print(len(detect_faces(astronaut())))
for extractor in (FaceLandmarks(), FaceAligner(height=9, width=9)):
    for call in (extractor.fit, extractor.transform):
        try:
            call([astronaut()])
        except FeatkitError as error:
            print("featkit-images[faces]" in str(error))
try:
    detect_faces(astronaut(), detector="dlib")
except ImportError as error:
    print("featkit-images[faces]" in str(error))
"""
    root = Path(featkit.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert done.stdout.split() == ["1", *["True"] * 5], done.stderr
