import numpy as np
import pytest
from skimage.data import astronaut, chelsea
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import make_pipeline

from featkit import FaceLandmarks, FaceVerifier, PairFeatures, compare_faces
from featkit.exceptions import ImageFormatError, LandmarkFormatError, SubjectNotFoundError

ONE_LOOK = FaceLandmarks(average=False, search=False)


class KnownLandmarks:
    """Gives the landmarks that belong to the level of the first pixel."""

    def __init__(self, rows):
        self.rows = rows

    def transform(self, X):
        return self.rows[[int(image[0, 0]) for image in X]]


@pytest.fixture(scope="module")
def photo():
    return astronaut()[:256, 96:352]


def test_equal_faces_have_no_distance(photo):
    found = compare_faces(photo, photo, landmarks=ONE_LOOK)
    assert [found.distance, *found.parts.values(), *found.shifts.values()] == pytest.approx([0] * 11, abs=1e-9)
    assert found.points_b_on_a == pytest.approx(found.points_a)
    assert found.probability is None
    parts = "{'eyes': 0.0, 'brows': 0.0, 'nose': 0.0, 'mouth': 0.0, 'jaw': 0.0}"
    similarities = "{'appearance': 1.0, 'hog': 1.0, 'lbp': 1.0, 'geometry': 1.0}"
    told = f"FaceComparison(similarities={similarities}, distance=0.0000, parts={parts}, probability=None)"
    assert repr(found) == told  # not the photos


def test_what_differs_is_told_by_its_part(photo):
    row = ONE_LOOK.transform([photo])[0]
    other = row.copy()
    other[2 * 48 :] += np.random.default_rng(0).normal(size=40) * 3
    grays = np.zeros((256, 256), np.uint8), np.ones((256, 256), np.uint8)
    found = compare_faces(*grays, landmarks=KnownLandmarks(np.stack([row, other])))
    assert max(found.shifts, key=found.shifts.get) == "mouth"
    assert found.parts["mouth"] > 0.05
    assert [found.parts[part] for part in ("eyes", "brows", "nose", "jaw")] == pytest.approx([0] * 4, abs=1e-9)
    assert found.distance > 0.005


def test_verifier_gives_a_probability(photo):
    row = compare_faces(photo, photo, landmarks=ONE_LOOK).points_a.ravel()
    rng = np.random.default_rng(0)
    is_match = np.arange(60) % 2 == 1
    other = row + rng.normal(size=(60, 136)) * np.where(is_match, 1, 20)[:, np.newaxis]
    pairs = np.hstack([np.tile(row, (60, 1)), other])
    verifier = make_pipeline(PairFeatures(), FaceVerifier()).fit(pairs, is_match)
    assert compare_faces(photo, photo, landmarks=ONE_LOOK, verifier=verifier).probability > 0.9
    by_features = compare_faces(photo, photo, landmarks=ONE_LOOK, verifier=verifier, features=ONE_LOOK)
    assert by_features.probability > 0.9


def test_points_that_are_known_are_not_looked_for(photo):
    points = ONE_LOOK.transform([photo])[0]
    found = compare_faces(photo, photo, points=(points, points.reshape(68, 2) + 3), landmarks=KnownLandmarks(None))
    assert found.distance == pytest.approx(0, abs=1e-9)
    assert np.array_equal(found.points_b, found.points_a + 3)
    with pytest.raises(LandmarkFormatError, match="only as"):
        compare_faces(photo, photo, points=(points, points.reshape(68, 2)[:, ::-1]))
    with pytest.raises(SubjectNotFoundError, match="first"):
        compare_faces(photo, photo, points=(np.full(136, np.nan), points))


def test_photo_without_a_face_is_named(photo):
    with pytest.raises(SubjectNotFoundError, match="second"):
        compare_faces(photo, chelsea(), landmarks=ONE_LOOK)


class Points(TransformerMixin, BaseEstimator):
    """Some rows in the place of landmarks."""

    def __init__(self, *, shape=(1, 136)):
        self.shape = shape

    def transform(self, X):
        return np.random.default_rng(0).uniform(0, 400, self.shape)


@pytest.mark.parametrize("shape", [(1, 212), (1, 204), (1, 10), (1, 58), (1, 137), (2, 136), (1, 68, 2), (136,)])
def test_landmarks_of_other_schemes_are_refused(portrait, shape):
    with pytest.raises(LandmarkFormatError, match=r"Expected 68 landmarks .* from Points"):
        compare_faces(portrait, portrait, landmarks=Points(shape=shape))


def test_columns_behind_the_landmarks_do_not_count(portrait):
    other = np.ascontiguousarray(portrait[:, ::-1])
    expected = compare_faces(portrait, other).distance
    added = FaceLandmarks(add_found=True, add_quality=True)
    for extractor in (added, FaceLandmarks(add_found=True).set_output(transform="pandas")):
        assert compare_faces(portrait, other, landmarks=extractor).distance == expected


def test_landmarks_in_xy_are_refused(portrait):
    class Swapped(FaceLandmarks):
        def transform(self, X):
            return super().transform(X).reshape(-1, 68, 2)[..., ::-1].reshape(-1, 136)

    with pytest.raises(LandmarkFormatError, match="only as"):
        compare_faces(portrait, portrait, landmarks=Swapped())


def test_what_is_no_image_is_refused(portrait):
    with pytest.raises(ImageFormatError, match="divide by 255"):
        compare_faces(portrait, portrait * 1.0)
