"""A table of every face of many photos, which goes on where it stopped and says what could not be used."""

import json

import cv2
import numpy as np
import pandas as pd
import pytest

from featkit import read_image
from featkit.exceptions import LeftOutWarning, SubjectNotFoundError
from featkit.faces.comparison import FaceMatcher, describe_face, face_similarities
from featkit.faces.description import landmark_geometry, landmark_geometry_names
from featkit.faces.landmarks import find_faces
from featkit.faces.tables import faces_to_file
from featkit.parameters import InvalidParameterError


def test_the_table_holds_what_each_photo_gives(photos, tmp_path):
    result = faces_to_file(photos, tmp_path / "faces.csv", names="{name}_*", n_jobs=2)
    assert result == (4, 3, 1, 0, 1, 0)
    table = pd.read_csv(tmp_path / "faces.csv")
    files = ["anna_1.png", "deep/anna_2.png", "deep/anna_2.png", "none_1.png", "torn_1.png"]
    assert sorted(table["path"]) == sorted(str(photos / name) for name in files)
    table = table.set_index("path")
    assert table["name"].tolist().count("anna") == 3
    assert table.loc[str(photos / "none_1.png"), "count"] == 0
    assert "ImageReadError" in table.loc[str(photos / "torn_1.png"), "error"]
    (found,) = find_faces(read_image(photos / "anna_1.png"))
    row = table.loc[str(photos / "anna_1.png")]
    columns = [f"landmark_{point:02d}_{axis}" for point in range(68) for axis in ("row", "col")]
    assert row[columns].to_numpy(float) == pytest.approx(found.points.ravel(), rel=1e-6)
    measures = landmark_geometry([found.points.ravel()])[0]
    assert row[landmark_geometry_names()].to_numpy(float) == pytest.approx(measures, rel=1e-5)
    assert row["quality"] == pytest.approx(found.quality, rel=1e-6)
    assert row[["min_row", "min_col", "max_row", "max_col"]].tolist() == pytest.approx(found.box[:4])
    told = json.loads((tmp_path / "faces.csv-metadata.json").read_text())["tableSchema"]["columns"]
    assert {column["name"]: column.get("unit") for column in told}["face_pose_yaw"] == "degree"


def test_a_pattern_that_fits_no_name_is_told(photos, tmp_path):
    with pytest.warns(LeftOutWarning, match=r"names='\{name\}@\*' fits none of the 4 file names"):
        faces_to_file(photos, tmp_path / "faces.csv", names="{name}@*")
    assert pd.read_csv(tmp_path / "faces.csv")["name"].isna().all()


def test_a_second_run_looks_only_at_what_is_new_or_failed(photos, tmp_path, face):
    faces_to_file(photos, tmp_path / "faces.csv", which="largest")
    first = pd.read_csv(tmp_path / "faces.csv").set_index("path")
    cv2.imwrite(str(photos / "torn_1.png"), face)
    result = faces_to_file(photos, tmp_path / "faces.csv", which="largest")
    assert (result.n_kept, result.n_errors, result.n_faces) == (3, 0, 3)
    second = pd.read_csv(tmp_path / "faces.csv").set_index("path")
    kept = first.index[first["error"].isna()]
    first, second = (table.drop(columns="error").loc[kept] for table in (first, second))
    pd.testing.assert_frame_equal(first, second, check_dtype=False)


def test_known_people_are_told_and_others_are_nobody(photos, tmp_path, face):
    (tmp_path / "known" / "eva").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "known" / "anna.png"), face[10:])
    cv2.imwrite(str(tmp_path / "known" / "eva" / "1.png"), cv2.resize(face, (240, 330)))
    result = faces_to_file(photos, tmp_path / "faces.csv", known=tmp_path / "known", which="largest")
    table = pd.read_csv(tmp_path / "faces.csv").dropna(subset="face")
    assert result.n_matched == 2
    assert table["match"].tolist() == ["anna", "anna"]
    assert (table["match_score"] > 0.9).all()
    result = faces_to_file(photos, tmp_path / "faces.csv", known=tmp_path / "known", which="largest", threshold=1.01)
    table = pd.read_csv(tmp_path / "faces.csv").dropna(subset="face")
    assert (result.n_matched, result.n_kept) == (0, 0)  # another threshold is another run
    assert table["match"].isna().all()
    assert table["best_known"].tolist() == ["anna", "anna"]


def test_scores_of_all_pairs_are_a_matrix(photos, tmp_path):
    faces_to_file(photos, tmp_path / "faces.csv", pairs=tmp_path / "pairs.csv")
    scores = pd.read_csv(tmp_path / "pairs.csv", index_col="face")
    assert scores.index.tolist() == scores.columns.tolist()
    assert sorted(scores.index) == sorted(
        [f"{photos / 'anna_1.png'}#1", f"{photos / 'deep/anna_2.png'}#1", f"{photos / 'deep/anna_2.png'}#2"]
    )
    assert np.diag(scores) == pytest.approx(1)
    first, second = read_image(photos / "anna_1.png"), read_image(photos / "deep" / "anna_2.png")
    faces = [describe_face(image, find_faces(image)[0].points) for image in (first, second)]
    expected = face_similarities(*faces)["appearance"]
    found = scores.loc[f"{photos / 'anna_1.png'}#1", f"{photos / 'deep/anna_2.png'}#1"]
    assert found == pytest.approx(expected, abs=1e-3)


def test_a_verifier_gives_probabilities(photos, tmp_path, face):
    image = read_image(photos / "anna_1.png")
    described = describe_face(image, find_faces(image, which="largest")[0].points)
    rng = np.random.default_rng(0)

    def changed(one, amount):
        return type(one)(*(part + rng.normal(0, amount * part.std(), part.shape) for part in one))

    people = [changed(described, 0.3) for _ in range(6)]
    faces = [changed(one, 0.02) for one in people * 3]
    verifier = FaceMatcher(n_components=5).fit(faces, [*range(6)] * 3)
    (tmp_path / "known").mkdir()
    cv2.imwrite(str(tmp_path / "known" / "anna.png"), face)
    known = tmp_path / "known"
    faces_to_file([photos / "anna_1.png"], tmp_path / "faces.csv", which="largest", known=known, verifier=verifier)
    row = pd.read_csv(tmp_path / "faces.csv").iloc[0]
    assert row["match"] == "anna"
    assert row["match_score"] == pytest.approx(verifier.probabilities([described], [described])[0, 0], rel=1e-4)


def test_check_pictures_are_drawn_and_drawn_again_where_they_are_gone(photos, tmp_path):
    checks = tmp_path / "checks"
    faces_to_file(photos, tmp_path / "faces.csv", check_pictures=checks)
    assert sorted(path.name for path in checks.iterdir()) == [
        "anna_1.png.jpg",
        "deep__anna_2.png.jpg",
        "none_1.png.jpg",
    ]
    drawn = read_image(checks / "anna_1.png.jpg").astype(int)
    assert np.abs(drawn - read_image(photos / "anna_1.png")).max() > 100
    (checks / "anna_1.png.jpg").unlink()
    assert faces_to_file(photos, tmp_path / "faces.csv", check_pictures=checks).n_kept == 2


def test_bad_arguments_are_refused(photos, tmp_path):
    with pytest.raises(ValueError, match="ends in .csv"):
        faces_to_file(photos, tmp_path / "faces.txt")
    with pytest.raises(InvalidParameterError):
        faces_to_file(photos, tmp_path / "faces.csv", which="first")
    with pytest.raises(ValueError, match="name"):
        faces_to_file(photos, tmp_path / "faces.csv", names="{person}_*")
    with pytest.raises(InvalidParameterError):
        faces_to_file(photos, tmp_path / "faces.csv", threshold=-1)
    (tmp_path / "nobody").mkdir()
    cv2.imwrite(str(tmp_path / "nobody" / "x.png"), np.zeros((60, 60), np.uint8))
    with pytest.raises(SubjectNotFoundError, match="no face"):
        faces_to_file(photos, tmp_path / "faces.csv", known=tmp_path / "nobody")
