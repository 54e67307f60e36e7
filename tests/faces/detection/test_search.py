"""The search for tilted, small and dark faces."""

import numpy as np
import pytest

from featkit import detect_faces
from featkit.faces.detection import FaceBox, _filters, _hog, _search, detection


def test_turned_images_go_on_beyond_their_borders(monkeypatch):
    seen = []

    class Recorded(_filters.Pyramid):
        def __init__(self, picture, n_levels=None):
            seen.append(picture)
            super().__init__(picture, n_levels)

    monkeypatch.setattr(_hog, "Pyramid", Recorded)
    monkeypatch.setattr(_hog.View, "reaches", lambda *_: True)  # else nothing is looked for in an empty photo
    detect_faces(np.full((60, 90, 3), 200, np.uint8), detector="dlib")
    shapes = [picture.shape[:2] for picture in seen]
    assert (
        shapes.count((104, 112)) == 4
    )  # all of it in whole cells, turned back by 30 degrees to both sides, in two lights
    assert shapes.count((88, 104)) == 4  # by 15 degrees
    assert shapes.count((112, 112)) == 2  # by 45 degrees: the other half is a quarter turn away
    assert shapes.count((60, 90)) == 2
    assert all(picture.min() == picture.max() for picture in seen)


@pytest.mark.parametrize(("angle", "beside"), [(15, (0, 30)), (-15, (-30, 0)), (45, (30, 60)), (-75, (-90, -60))])
def test_a_tilt_between_is_looked_at_where_one_beside_it_comes_near_a_face(angle, beside):
    class Seen:
        def __init__(self, *tilts):
            self.tilts = tilts

        def reaches(self, tilt, least_score):
            return tilt in self.tilts

    for tilt in (0, 30, -30, 60, -60, 90, -90):
        assert _search._may_lie_between(Seen(tilt), angle) == (tilt in beside)


def test_a_photo_in_which_nothing_resembles_a_face_is_not_looked_at_in_evened_light(monkeypatch):
    looks = []

    class Recorded(_hog.View):
        def faces(self, angle, least_score, **options):
            looks.append((self.picture.shape[0], angle, int(self.picture.max())))
            return super().faces(angle, least_score, **options)

    monkeypatch.setattr(_search, "View", Recorded)
    detect_faces(np.full((60, 90, 3), 200, np.uint8), detector="dlib")
    large = [angle for height, angle, _ in looks if height == 60]
    assert large == list(_search.TILTS)  # once, in the light as it is, and none between these
    assert [angle for height, angle, _ in looks if height == 120] == [0, *_search.TURNS]
    assert [angle for height, angle, _ in looks if height == 180] == [0]


def test_a_view_reaches_the_score_of_what_it_shows(portrait):
    view = _hog.View(portrait, 1.0)
    (box,) = view.faces(0, 0.0)
    assert view.reaches(0, box.score - 0.1)
    assert not view.reaches(0, box.score + 0.1)
    turned = _hog.View(np.ascontiguousarray(np.rot90(portrait)), 1.0)
    assert turned.reaches(90, box.score - 0.3)
    assert not turned.reaches(0, 0.0)


def test_what_dlib_sees_turned_goes_on_beyond_its_borders(monkeypatch):
    seen = []
    monkeypatch.setattr(_hog, "upright_faces", lambda picture, *_: seen.append(picture) or [])
    picture = np.full((60, 90, 3), 200, np.uint8)
    for angle, just_fits, shape in [(30, False, (109, 109)), (90, True, (90, 60)), (180, True, (60, 90))]:
        _hog.turned_faces(picture, 1.0, angle, 0.1, just_fits=just_fits)
        assert seen[-1].shape[:2] == shape
        assert (seen[-1] == 200).all()


def boxes_given(monkeypatch, *boxes):
    monkeypatch.setattr(detection, "hog_faces", lambda photo, **_: list(boxes))
    return np.zeros((120, 120), np.uint8)


@pytest.mark.parametrize(
    ("scores", "largest", "central"),
    [
        ((1.5, 0.19), 0, 0),  # less than a fifth as sure as the best
        ((1.5, 0.21), 0, 1),
        ((1.5, 0.9), 1, 1),  # twice as large
        ((0.9, 0.15), 0, 0),
        ((1.0, 0.22), 0, 1),
        ((2.5, 1.0), 1, 1),  # both are sure
        ((-0.1, -0.1), 1, 1),
        ((np.nan, np.nan), 1, 1),
    ],
)
def test_sides_weigh_as_much_as_the_score_says(monkeypatch, scores, largest, central):
    boxes = [FaceBox(0, 0, 30, 30, score=scores[0]), FaceBox(30, 30, 90, 90, score=scores[1])]
    photo = boxes_given(monkeypatch, *boxes)
    assert detect_faces(photo) == [boxes[largest]]
    assert detect_faces(photo, which="central") == [boxes[central]]
    assert len(detect_faces(photo, which="all")) == 2


def test_gain_follows_the_brightest_thousandth():
    rng = np.random.default_rng(0)
    for seed in range(200):
        photo = np.zeros((80, 4 * rng.integers(3, 30), 3), np.uint8)
        bright = rng.random(photo.shape[:2]) < rng.choice([0, 0.0005, 0.001, 0.002, 0.01])
        photo[...] = rng.integers(1, 90)
        photo[bright] = rng.integers(100, 160)
        top = np.percentile(photo[::4, ::4, 0], 99.9)
        assert _search._gain(photo) == pytest.approx(255 / top if 0 < top < 128 else 1.0), seed
