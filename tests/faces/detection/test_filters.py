"""dlib's filters computed here: features by a slow oracle, scores by dlib, turns in closed form, nothing left out."""

import math

import cv2
import dlib
import numpy as np
import pytest
from skimage import data

from featkit.faces.detection import _dlib, _fhog, _filters, _hog

EVERYWHERE = (0.0, 1e6, (0.0, 1e6))  # middle, reach and sides of `best_score`


@pytest.fixture(scope="module")
def banks():
    return _hog._banks()


def naive_features(picture):
    """Felzenszwalb's features of a planar picture, pixel by pixel in float64."""
    n_rows, n_cols = (int(side / 8 + 0.5) for side in picture.shape[1:])
    height, width = picture.shape[1:]
    values = picture.astype(np.float64)
    cells = np.zeros((n_rows, n_cols, 18))
    directions = np.radians(20 * np.arange(18))
    for y in range(1, min(8 * n_rows, height) - 1):
        for x in range(1, min(8 * n_cols, width) - 1):
            across, down = values[:, y, x + 1] - values[:, y, x - 1], values[:, y + 1, x] - values[:, y - 1, x]
            strongest = np.argmax(across**2 + down**2)
            dx, dy = across[strongest], down[strongest]
            along = dx * np.cos(directions) + dy * np.sin(directions)
            best = np.flatnonzero(along > along.max() - 1e-9)[0]
            row, col = (y + 0.5) / 8 - 0.5, (x + 0.5) / 8 - 0.5
            for i in (math.floor(row), math.floor(row) + 1):
                for j in (math.floor(col), math.floor(col) + 1):
                    if 0 <= i < n_rows and 0 <= j < n_cols:
                        cells[i, j, best] += (1 - abs(row - i)) * (1 - abs(col - j)) * math.hypot(dx, dy)
    energy = ((cells[..., :9] + cells[..., 9:]) ** 2).sum(axis=2)
    planes = np.zeros((31, n_rows - 2, n_cols - 2))
    for i in range(1, n_rows - 1):
        for j in range(1, n_cols - 1):
            corners = [(i, j), (i - 1, j), (i, j - 1), (i - 1, j - 1)]
            scales = [1 / math.sqrt(energy[r : r + 2, c : c + 2].sum() + 1e-4) for r, c in corners]
            signed = [np.minimum(cells[i, j] * scale, 0.2) for scale in scales]
            both = [np.minimum((cells[i, j, :9] + cells[i, j, 9:]) * scale, 0.2) for scale in scales]
            textures = [0.2357 * part.sum() for part in signed]
            planes[:, i - 1, j - 1] = [*(sum(signed) / 2), *(sum(both) / 2), *textures]
    return planes


@pytest.mark.parametrize("shape", [(40, 48), (37, 45), (24, 31)])
def test_features_are_those_of_a_slow_oracle(shape):
    rng = np.random.default_rng(shape[0])
    picture = rng.integers(0, 256, (3, *shape), dtype=np.uint8)
    planes = _fhog.feature_planes(_fhog.cell_histograms(picture), False)
    inner = planes[:, 4:-5, 4:-5]
    assert np.allclose(inner, naive_features(picture), atol=2e-6)
    assert np.count_nonzero(planes) == np.count_nonzero(inner)


def best_by_dlib(picture):
    return max(dlib.get_frontal_face_detector().run(picture, 0, -2.0)[1])


@pytest.mark.parametrize("side", [72, 76])
def test_scores_at_one_size_are_dlibs(portrait, banks, side):
    face = np.ascontiguousarray(cv2.resize(portrait[70:190, 55:175], (side, side), interpolation=cv2.INTER_AREA))
    assert _filters.Pyramid(face).best_score(banks[0], *EVERYWHERE) == pytest.approx(best_by_dlib(face), abs=0.015)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_best_scores_of_photos_are_dlibs_within_the_margin(banks, name):
    photo = np.ascontiguousarray(getattr(data, name)())
    score = _filters.Pyramid(photo).best_score(banks[0], *EVERYWHERE)
    assert score == pytest.approx(best_by_dlib(photo), abs=_hog._MARGIN / 2)


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_turned_filters_see_in_a_turned_picture_what_upright_ones_see(portrait, banks, turn):
    upright = np.ascontiguousarray(portrait[:184, :200])  # whole cells: they begin at the same pixels in every turn
    score = _filters.Pyramid(upright, 1).best_score(banks[0], *EVERYWHERE)
    there = _filters.Pyramid(np.rot90(upright, turn // 90), 1)
    # Gradients along the axes lie between two bins and fall to either side.
    slack = 1e-3 if turn == 180 else _hog._MARGIN
    assert there.reaches(banks[turn], turn, score - slack)
    assert not there.reaches(banks[turn], turn, score + slack)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "clock", "coins", "rocket"])
def test_the_first_pass_leaves_nothing_out(banks, name):
    photo = getattr(data, name)()
    photo = np.dstack([photo] * 3) if photo.ndim == 2 else photo
    for picture in (photo, cv2.resize(photo, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)):
        pyramid = _filters.Pyramid(picture)
        best = pyramid.best_score(banks[0], *EVERYWHERE)
        assert pyramid.reaches(banks[0], 0, best - 0.001)
        assert not pyramid.reaches(banks[0], 0, best + 0.001)


def test_pictures_that_are_too_small_hold_no_window(banks):
    for shape in [(1, 1, 3), (2, 90, 3), (19, 19, 3)]:
        pyramid = _filters.Pyramid(np.full(shape, 7, np.uint8))
        assert not pyramid.reaches(banks[0], 0, -1.0)


@pytest.mark.parametrize("angle", [0, 30, -60, 90, 180, -45])
def test_a_view_finds_what_dlib_finds_in_the_turned_image(portrait, angle):
    turn = cv2.getRotationMatrix2D((109.5, 119.5), angle, 1.0)
    picture = cv2.warpAffine(portrait, turn, portrait.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    view = _hog.View(picture, 1.0)
    expected = _hog.upright_faces(picture, 1.0, 0.1) if angle == 0 else _hog.turned_faces(picture, 1.0, angle, 0.1)
    assert expected
    assert view.faces(angle, 0.1) == expected
    assert _hog.View(np.full_like(picture, 90), 1.0).faces(angle, 0.1) == []


def test_another_file_is_refused():
    file = _dlib.detector_file()
    for other in (b"", file[:5000], file[7:], bytes(1000)):
        with pytest.raises(ValueError, match="not the detector of frontal faces"):
            _filters.read_filters(other)
