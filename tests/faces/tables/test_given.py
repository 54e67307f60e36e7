"""Faces whose landmarks a file tells: in the table, and in the comparison of two photos."""

import cv2
import numpy as np
import pandas as pd
import pytest

from featkit.cli import main
from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import landmark_geometry, landmark_geometry_names
from featkit.faces.exchange import write_landmarks
from featkit.faces.landmarks import face_landmarks
from featkit.faces.tables import faces_to_file
from featkit.parameters import InvalidParameterError


@pytest.fixture
def five(face, tmp_path):
    """Two photos in two folders under one name, the five points of RetinaFace in each, and a file that tells them."""
    points = face_landmarks(face[..., ::-1])
    middles = [points[36:42].mean(axis=0), points[42:48].mean(axis=0)]
    first = np.array([*middles, points[30], points[48], points[54]])
    landmarks = np.array([first.ravel(), (first + 20).ravel()])
    for folder, shift in (("one", 0), ("two", 20)):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        moved = cv2.warpAffine(face, np.float32([[1, 0, shift], [0, 1, shift]]), (280, 280))
        cv2.imwrite(str(tmp_path / "photos" / folder / "a.png"), moved)
    write_landmarks(tmp_path / "five.csv", landmarks, images=["one/a.png", "two/a.png"])
    return landmarks


def test_the_table_measures_the_points_of_the_file(five, tmp_path):
    result = faces_to_file(
        tmp_path / "photos", tmp_path / "faces.csv", landmarks=tmp_path / "five.csv", scheme="retinaface"
    )
    assert result[:3] == (2, 2, 0)
    table = pd.read_csv(tmp_path / "faces.csv").sort_values("path")
    columns = [f"landmark_{point:02d}_{axis}" for point in range(5) for axis in ("row", "col")]
    assert table[columns].to_numpy() == pytest.approx(five)
    names = landmark_geometry_names(scheme="retinaface")
    assert table[names].to_numpy() == pytest.approx(landmark_geometry(five, scheme="retinaface"), nan_ok=True)
    assert table["quality"].isna().all()
    points = five[0].reshape(5, 2)
    assert table.iloc[0][["min_row", "max_col"]].tolist() == pytest.approx([points[:, 0].min(), points[:, 1].max() + 1])


def test_a_photo_that_the_file_does_not_name_has_no_face(five, tmp_path, face):
    cv2.imwrite(str(tmp_path / "photos" / "b.png"), face)
    how = {"landmarks": tmp_path / "five.csv", "scheme": "retinaface"}
    assert faces_to_file(tmp_path / "photos", tmp_path / "faces.csv", **how)[:3] == (3, 2, 1)


def test_the_largest_of_several_faces_of_a_photo(face, tmp_path):
    (tmp_path / "photos").mkdir()
    cv2.imwrite(str(tmp_path / "photos" / "a.png"), np.hstack([face, face]))
    points = np.array([[100, 60], [100, 90], [120, 75], [135, 62], [135, 88]], float)
    larger = 1.2 * points + [0, 150]
    write_landmarks(tmp_path / "two.csv", [points.ravel(), larger.ravel()], images=["a.png", "a.png"])
    how = {"landmarks": tmp_path / "two.csv", "scheme": "retinaface"}
    assert faces_to_file(tmp_path / "photos", tmp_path / "faces.csv", **how).n_faces == 2
    assert faces_to_file(tmp_path / "photos", tmp_path / "faces.csv", which="largest", **how).n_faces == 1
    assert pd.read_csv(tmp_path / "faces.csv")["landmark_00_col"].tolist() == pytest.approx([larger[0, 1]])


def test_points_outside_of_their_photo_are_the_error_of_that_row(five, tmp_path):
    write_landmarks(tmp_path / "five.csv", five + [[0], [1000]], images=["one/a.png", "two/a.png"])
    how = {"landmarks": tmp_path / "five.csv", "scheme": "retinaface"}
    assert faces_to_file(tmp_path / "photos", tmp_path / "faces.csv", **how).n_errors == 1
    assert pd.read_csv(tmp_path / "faces.csv")["error"].dropna().str.contains("LandmarkFormatError").sum() == 1


def test_what_does_not_fit_is_refused(five, tmp_path):
    photos, out, file = tmp_path / "photos", tmp_path / "faces.csv", tmp_path / "five.csv"
    with pytest.raises(LandmarkFormatError, match="the 68 points of 300w, got 5: say which scheme"):
        faces_to_file(photos, out, landmarks=file)
    with pytest.raises(InvalidParameterError, match="come from a file"):
        faces_to_file(photos, out, scheme="wflw")
    with pytest.raises(InvalidParameterError, match="compare 300-W's points"):
        faces_to_file(photos, out, landmarks=file, scheme="retinaface", pairs=tmp_path / "pairs.csv")
    write_landmarks(tmp_path / "one.pts", five[:1])
    with pytest.raises(LandmarkFormatError, match="to name the image of every face"):
        faces_to_file(photos, out, landmarks=tmp_path / "one.pts", scheme="retinaface")
    assert not out.exists()


def test_commands_take_files_of_landmarks(five, tmp_path, capsys):
    photos = [str(tmp_path / "photos" / folder / "a.png") for folder in ("one", "two")]
    how = ["--landmarks", str(tmp_path / "five.csv"), "--scheme", "retinaface"]
    assert main(["faces", str(tmp_path / "photos"), "--out", str(tmp_path / "faces.csv"), *how]) == 0
    assert "2 faces on 2 photos" in capsys.readouterr().out
    files = [str(tmp_path / f"{number}.pts") for number in (1, 2)]
    for file, row in zip(files, five, strict=True):
        write_landmarks(file, row[np.newaxis])
    assert main(["compare-faces", *photos, "--landmarks", *files, "--scheme", "retinaface"]) == 0
    printed = capsys.readouterr().out
    assert "What two strangers reach was not measured with these points" in printed
    assert "whole face     0.000" in printed
    assert main(["compare-faces", *photos, "--landmarks", *files]) == 2
    assert "the 68 points of 300w, got 5" in capsys.readouterr().err
    assert main(["compare-faces", *photos, "--scheme", "retinaface"]) == 2
    assert "--scheme together with --landmarks" in capsys.readouterr().err
    assert main(["compare-faces", *photos, "--landmarks", *files, "--scheme", "dlib_5"]) == 2
    assert "'retinaface'" in capsys.readouterr().err
