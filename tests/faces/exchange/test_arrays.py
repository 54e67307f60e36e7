"""JSON and NumPy's arrays of landmarks: other tools' dumps are read, one's own come back."""

import json

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.exchange import read_landmarks, write_landmarks

LANDMARKS = np.array([[10, 20.25, 30, 40], [50, 60, np.nan, np.nan]])
BOXES = np.array([[5, 6, 50, 60], [7, 8, 70, np.nan]])
IMAGES = ["a.png", "b, ü.png"]


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("more", [{}, {"images": IMAGES}, {"images": IMAGES, "boxes": BOXES}, {"first_pixel": 1}])
def test_a_file_comes_back(tmp_path, suffix, more):
    path = tmp_path / f"points{suffix}"
    write_landmarks(path, LANDMARKS, **more)
    read = read_landmarks(path, first_pixel=more.get("first_pixel"))
    np.testing.assert_array_equal(read.landmarks, LANDMARKS)
    assert read.images == more.get("images", ["", ""])
    np.testing.assert_array_equal(read.boxes, more.get("boxes", np.full((2, 4), np.nan)))


def test_results_of_mediapipe(tmp_path):
    face = [{"x": 0.25, "y": 0.5, "z": 0.1}, {"x": 0.5, "y": 0.125, "z": 0.0}]
    expected = [[99.5, 24.5, 24.5, 49.5]]
    for number, held in enumerate(
        [{"faceLandmarks": [face]}, {"multi_face_landmarks": [{"landmark": face}]}, {"landmark": face}, [face]]
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(held))
        assert read_landmarks(path, image_size=(200, 100)).landmarks.tolist() == expected


def test_lists_of_face_alignment(tmp_path):
    points = np.random.default_rng(0).uniform(0, 99, (2, 7, 3))
    expected = points[..., 1::-1].reshape(2, 14)
    (tmp_path / "two.json").write_text(json.dumps(points.tolist()))
    np.save(tmp_path / "two.npy", points)
    np.savez(tmp_path / "two.npz", points)
    for suffix in ("json", "npy", "npz"):
        np.testing.assert_array_equal(read_landmarks(tmp_path / f"two.{suffix}").landmarks, expected)
    np.save(tmp_path / "one.npy", points[0, :, :2])
    np.testing.assert_array_equal(read_landmarks(tmp_path / "one.npy").landmarks, expected[:1])


def test_faces_with_the_row_first_are_refused(annotated_faces, tmp_path):
    _, points = annotated_faces["einstein"]
    np.save(tmp_path / "xy.npy", points[:, ::-1])
    np.testing.assert_array_equal(read_landmarks(tmp_path / "xy.npy").landmarks, points.reshape(1, -1))
    np.save(tmp_path / "yx.npy", points)
    with pytest.raises(LandmarkFormatError, match="make a face only as"):
        read_landmarks(tmp_path / "yx.npy")


@pytest.mark.parametrize(
    "text", ["", "{", "3", "[]", "{}", '{"points": [[1, 2]]}', "[[1, 2], [3]]", '[["a", "b"]]', "[[1, 2, 3, 4]]"]
)
def test_other_json_is_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(LandmarkFormatError, match=r"a\.json"):
        read_landmarks(tmp_path / "a.json")


def test_other_arrays_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", first=np.zeros((3, 2)), second=np.zeros((3, 2)))
    with pytest.raises(LandmarkFormatError, match="none is called landmarks"):
        read_landmarks(tmp_path / "a.npz")
    np.save(tmp_path / "b.npy", np.array([None]), allow_pickle=True)
    with pytest.raises(LandmarkFormatError, match=r"b\.npy"):
        read_landmarks(tmp_path / "b.npy")
    (tmp_path / "c.npy").write_bytes(b"no array")
    with pytest.raises(LandmarkFormatError, match=r"c\.npy"):
        read_landmarks(tmp_path / "c.npy")
    np.savez(tmp_path / "d.npz", landmarks=np.zeros((2, 3, 2)), images=np.array(["a"]))
    with pytest.raises(LandmarkFormatError, match="1 names"):
        read_landmarks(tmp_path / "d.npz")
