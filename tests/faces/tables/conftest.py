import cv2
import numpy as np
import pytest
from skimage.data import astronaut


@pytest.fixture(scope="session")
def face():
    """The astronaut's head and shoulders, 240 x 240, as OpenCV writes it."""
    return np.ascontiguousarray(astronaut()[:240, 100:340, ::-1])


@pytest.fixture
def photos(face, tmp_path):
    """Two photos with one and two faces, one without, and a file that is none."""
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    cv2.imwrite(str(folder / "anna_1.png"), face)
    cv2.imwrite(str(folder / "deep" / "anna_2.png"), np.hstack([face, cv2.resize(face, (180, 240))]))
    cv2.imwrite(str(folder / "none_1.png"), np.full((90, 90), 80, np.uint8))
    (folder / "torn_1.png").write_bytes(b"no image")
    return folder
