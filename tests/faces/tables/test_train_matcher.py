import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from featkit.exceptions import ImageReadError
from featkit.faces.tables import train_matcher
from featkit.faces.tables.train_matcher import _spread_over


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four "people", who differ in the width of their face; a photo without a face and a broken file."""
    root = tmp_path_factory.mktemp("people")
    face = astronaut()[:240, 100:340, ::-1]
    for person in range(4):
        place = root / str(person)
        place.mkdir()
        for number in range(2):
            photo = cv2.resize(face, (200 + 30 * person, 240 + 4 * number))
            cv2.imwrite(str(place / f"{number}.png"), photo)
    cv2.imwrite(str(root / "0" / "nobody.png"), np.full((40, 40), 90, np.uint8))
    (root / "1" / "broken.png").write_bytes(b"no image")
    return root


def test_a_folder_becomes_a_matcher(folder):
    trained = train_matcher(folder, n_jobs=2)
    assert (trained.matcher.n_persons_, trained.matcher.n_faces_) == (4, 8)
    assert [path.endswith("nobody.png") for path in trained.without_face] == [True]
    ((path, error),) = trained.errors
    assert path.endswith("broken.png")
    assert "ImageReadError" in error


def test_a_folder_without_people_is_refused(tmp_path):
    with pytest.raises(ImageReadError):
        train_matcher(tmp_path)


def test_photos_are_drawn_evenly_over_people():
    persons = np.array(["a"] * 5 + ["b"] * 2 + ["c"] * 3)
    assert _spread_over(persons, 20).tolist() == list(range(10))
    chosen = _spread_over(persons, 6)
    assert persons[chosen].tolist() == ["a", "a", "b", "b", "c", "c"]
