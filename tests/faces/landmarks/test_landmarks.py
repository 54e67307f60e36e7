"""Landmarks equal dlib's where they are looked for once, come nearer to the truth where averaged, and are NaN without
a face."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import cv2
import dlib
import numpy as np
import pytest
import sklearn
from skimage.data import astronaut, chelsea
from skimage.transform import rotate
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from featkit import FaceLandmarks, detect_faces, join_alpha
from featkit.exceptions import ModelFileError
from featkit.faces.detection.boxes import square_box
from featkit.faces.landmarks import face_landmarks, face_landmarks_names, find_model
from featkit.faces.landmarks._point_models import dlib_model
from featkit.testing import parametrize_with_image_checks


def error(points, truth):
    """Mean distance over that between the outer corners of the eyes."""
    return np.hypot(*(points - truth).T).mean() / np.hypot(*(truth[45] - truth[36]))


def by_hand(image, n_points):
    box = max(dlib.get_frontal_face_detector()(image), key=dlib.rectangle.area)
    shape = dlib.shape_predictor(str(find_model(f"landmarks_{n_points}").path))(image, box)
    return np.array([(point.y, point.x) for point in shape.parts()])


# One look


@pytest.mark.parametrize("n_points", [5, 68])
def test_one_look_is_dlib_by_hand(portrait, n_points):
    points = face_landmarks(portrait, n_points=n_points, average=False)
    assert points.dtype == np.float64
    assert np.array_equal(points, by_hand(portrait, n_points))


def test_a_box_that_is_given_is_taken_as_it_is(portrait):
    box = detect_faces(portrait)[0]
    expected = face_landmarks(portrait, average=False)
    assert np.array_equal(face_landmarks(portrait, box=box, average=False), expected)
    assert np.array_equal(face_landmarks(portrait, box=box[:4], average=False), expected)
    moved = face_landmarks(portrait, box=np.array(box[:4]) + 9, average=False)
    assert not np.array_equal(moved, expected)


# Averaging


@pytest.mark.parametrize(("name", "limit"), [("einstein", 0.07), ("takeo", 0.05), ("breakingbad", 0.2)])
def test_points_of_annotated_faces(annotated_faces, name, limit):  # the last one is half in profile
    image, truth = annotated_faces[name]
    assert error(face_landmarks(image), truth) < limit


@pytest.mark.parametrize("n_points", [5, 68])
def test_the_mirror_image_has_the_mirrored_points(portrait, n_points):
    points = face_landmarks(portrait, n_points=n_points)
    mirrored = face_landmarks(portrait[:, ::-1], n_points=n_points)[list(dlib_model(n_points).mirror)]
    mirrored[:, 1] = portrait.shape[1] - 1 - mirrored[:, 1]
    assert np.hypot(*(mirrored - points).T).max() < 2.5


def test_a_quarter_of_the_light_changes_next_to_nothing(annotated_faces):
    image, truth = annotated_faces["takeo"]
    dark = np.rint(image / 4).astype(np.uint8)
    assert error(face_landmarks(dark), truth) < error(face_landmarks(image), truth) + 0.005


@pytest.mark.parametrize("angle", [-90, -45, -30, -15, 30, 60, 90])
def test_a_tilted_face_has_the_turned_points(portrait, angle):
    upright = face_landmarks(portrait)
    turned = np.rint(255 * rotate(portrait, angle, resize=True, mode="edge")).astype(np.uint8)
    turn, middles = np.radians(angle), [(np.array(image.shape[:2]) - 1) / 2 for image in (portrait, turned)]
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    expected = (upright - middles[0]) @ rotation.T + middles[1]
    assert error(face_landmarks(turned), expected) < 0.05


def test_boxes_of_other_habits_are_adapted(portrait):
    expected = face_landmarks(portrait)
    box = detect_faces(portrait)[0]
    for scale, down in ((1.25, 0.05), (0.85, -0.05), (1.1, -0.1)):
        other = square_box(box.middle + [down * box.side, 0], scale * box.side)
        assert error(face_landmarks(portrait, box=other), expected) < 0.03
    (other,) = detect_faces(portrait, detector="cascade")
    assert error(face_landmarks(portrait, detector="cascade"), expected) < 0.03
    assert np.array_equal(face_landmarks(portrait, box=other), face_landmarks(portrait, detector="cascade"))


# Images


def test_every_kind_of_image_has_its_points(portrait):
    expected = face_landmarks(portrait)
    opaque = np.full(portrait.shape[:2], 255, np.uint8)
    for image in (portrait * np.uint16(257), portrait / 255, join_alpha(portrait, opaque), np.asfortranarray(portrait)):
        assert np.array_equal(face_landmarks(image), expected)
    assert error(face_landmarks(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY)), expected) < 0.02


def test_a_face_that_the_border_cuts_has_points_beyond(portrait):
    expected = face_landmarks(portrait)
    cut = int(expected[:17, 1].min()) + 10
    points = face_landmarks(portrait[:, cut:])
    assert points[:, 1].min() < 0
    assert error(points + [0, cut], expected) < 0.15


def test_points_of_a_large_photo(portrait):
    expected = face_landmarks(portrait)
    photo = np.zeros((6000, 8000, 3), np.uint8)
    photo[500:2900, 1000:3200] = cv2.resize(portrait, None, fx=10, fy=10, interpolation=cv2.INTER_CUBIC)
    assert error((face_landmarks(photo) - [504.5, 1004.5]) / 10, expected) < 0.02


@pytest.mark.parametrize("shape", [(1, 1), (20, 20, 3), (33, 2, 4)])
def test_without_a_face_all_points_are_missing(shape):
    points = face_landmarks(np.full(shape, 200, np.uint8), n_points=5)
    assert points.shape == (5, 2)
    assert np.isnan(points).all()


# The extractor


def test_columns(portrait):
    extractor = FaceLandmarks(n_points=5, add_found=True, add_quality=True)
    names = list(extractor.get_feature_names_out())
    assert names[:2] == ["landmark_00_row", "landmark_00_col"]
    assert names[8:] == ["landmark_04_row", "landmark_04_col", "landmark_found", "landmark_quality"]
    assert names[:10] == face_landmarks_names(n_points=5)
    with_face, without = extractor.fit_transform([portrait, chelsea()])
    assert np.array_equal(with_face[:10].reshape(5, 2), face_landmarks(portrait, n_points=5))
    assert with_face[10] == 1
    assert 0.8 < with_face[11] < 1
    assert np.isnan(without[:10]).all()
    assert without[10:].tolist() == [0, 0]


def test_quality_needs_several_looks(portrait):
    with pytest.raises(ValueError, match="Expected average=True"):
        FaceLandmarks(add_quality=True, average=False).fit([portrait])


def test_boxes_stand_in_for_the_detector(portrait):
    box = detect_faces(portrait)[0]
    rows = FaceLandmarks(n_points=5).transform([portrait] * 3, boxes=[box, None, box[:4]])
    assert np.array_equal(rows[0], face_landmarks(portrait, n_points=5, box=box).ravel())
    assert np.isnan(rows[1]).all()
    assert np.array_equal(rows[2], rows[0])
    table = np.array([box[:4], [np.nan] * 4])
    assert np.array_equal(
        FaceLandmarks(n_points=5).fit_transform([portrait] * 2, boxes=table), rows[:2], equal_nan=True
    )


def test_bad_boxes_are_told_with_their_image(portrait):
    extractor = FaceLandmarks(n_points=5)
    with pytest.raises(ValueError, match="boxes of each of 2 images, got 1"):
        extractor.transform([portrait] * 2, boxes=[(0, 0, 9, 9)])
    with pytest.raises(ValueError, match="holds pixels") as caught:
        extractor.transform([portrait] * 2, boxes=[(0, 0, 9, 9), (9, 9, 9, 9)])
    assert caught.value.__notes__ == ["image 1 of the batch"]
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        extractor.transform([portrait], boxes=[(0, 0, 9)])


def test_boxes_arrive_by_metadata_routing(portrait):
    box = list(detect_faces(portrait)[0][:4])
    images, y = [portrait, portrait[:, ::-1].copy()] * 2, [0, 1] * 2
    boxes = np.array([box, [box[0], 220 - box[3], box[2], 220 - box[1]]] * 2)
    with sklearn.config_context(enable_metadata_routing=True):
        extractor = FaceLandmarks(n_points=5, average=False).set_transform_request(boxes=True)
        pipeline = make_pipeline(extractor, LogisticRegression(max_iter=1000)).fit(images, y, boxes=boxes)
        assert list(pipeline.predict(images, boxes=boxes)) == y
        rows = pipeline[:-1].transform(images, boxes=boxes)
        assert np.array_equal(rows[0], face_landmarks(portrait, n_points=5, average=False, box=box).ravel())


class MiddlesOfHalves(BaseEstimator):
    """A predictor of two points: the middles of the left and right half of the box."""

    n_points_ = 2
    mirror = (1, 0)

    def fit(self):
        return self

    def predict(self, images, boxes):
        middles = (boxes[:, :2] + boxes[:, 2:] - 1) / 2
        quarter = (boxes[:, 3] - boxes[:, 1]) / 4
        return np.column_stack([middles[:, 0], middles[:, 1] - quarter, middles[:, 0], middles[:, 1] + quarter])


@pytest.mark.parametrize("average", [False, True])
def test_a_predictor_of_ones_own(portrait, average):
    box = detect_faces(portrait)[0]
    extractor = FaceLandmarks(predictor=MiddlesOfHalves(), average=average)
    (row,) = extractor.fit_transform([portrait])
    middle, quarter = box.middle, box.side / 4
    assert row == pytest.approx([middle[0], middle[1] - quarter, middle[0], middle[1] + quarter], abs=0.5)
    assert list(extractor.get_feature_names_out()) == face_landmarks_names(n_points=2)
    assert face_landmarks_names(predictor=MiddlesOfHalves()) == face_landmarks_names(n_points=2)


class Descending(MiddlesOfHalves):
    """Says that it is learnt by supervised descent, and counts the boxes it is asked for."""

    method = "sdm"
    n_asked = 0

    def predict(self, images, boxes):
        self.n_asked += len(boxes)
        return super().predict(images, boxes)


@pytest.mark.parametrize(("average", "n_asked"), [(None, 1), (False, 1), (True, 10)])
def test_predictions_by_descent_are_averaged_only_where_it_is_asked_for(portrait, average, n_asked):
    predictor = Descending()
    face_landmarks(portrait, predictor=predictor, average=average, box=detect_faces(portrait)[0])
    assert predictor.n_asked == n_asked
    predictor.n_asked = 0
    FaceLandmarks(predictor=predictor, average=average).transform([portrait])
    assert predictor.n_asked == n_asked
    if average is None:
        rows = FaceLandmarks(predictor=predictor, add_quality=True).transform([portrait])
        assert predictor.n_asked == 11  # a quality is that of several
        assert rows[0, -1] == pytest.approx(1 / 6)  # shifts of 0.05, four of five: a spread of 0.05 * sqrt(0.8)
        assert np.array_equal(face_landmarks(portrait), face_landmarks(portrait, average=True))


def test_a_predictor_that_is_not_fitted_is_refused(portrait):
    with pytest.raises(NotFittedError):
        FaceLandmarks(predictor=LogisticRegression()).transform([portrait])


def test_pickles_and_threads_give_the_same_rows(portrait):
    extractor = FaceLandmarks(n_points=5)
    images = [portrait[k:, k:].copy() for k in range(4)]
    expected = extractor.fit_transform(images)
    assert np.array_equal(pickle.loads(pickle.dumps(extractor)).transform(images), expected)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda image: extractor.transform([image])[0], images * 3))
    assert np.array_equal(rows, np.concatenate([expected] * 3))


HEAD = np.ascontiguousarray(astronaut()[60:190, 160:285])
HEADS = np.stack([image[k : k + 120, k : k + 116] for k in (0, 3, 6, 9) for image in (HEAD, HEAD[:, ::-1])])


LAWFUL = FaceLandmarks(n_points=5, add_found=True, average=False, search=False)


@parametrize_with_image_checks([LAWFUL], images=HEADS)
def test_laws_on_faces(estimator, check):
    check(estimator)


def test_the_laws_were_checked_on_faces():
    assert LAWFUL.transform(HEADS)[:, -1].all()


def test_a_model_file_of_ones_own_counts_where_it_is_trusted(portrait, tmp_path):
    known = find_model("landmarks_5").path
    copy = tmp_path / "points.dat"
    copy.write_bytes(known.read_bytes())
    how = {"n_points": 5, "average": False, "box": detect_faces(portrait)[0]}
    expected = face_landmarks(portrait, **how)
    assert np.array_equal(face_landmarks(portrait, model_path=copy, **how), expected)  # known by its content
    copy.write_bytes(known.read_bytes() + bytes(1))
    with pytest.raises(ModelFileError, match="trust=True"):
        face_landmarks(portrait, model_path=copy, **how)
    assert np.array_equal(face_landmarks(portrait, model_path=copy, trust=True, **how), expected)


def test_which_face_counts(portrait):
    """A larger face at the left, a smaller one in the middle, both seen at first."""
    canvas = np.full((528, 1000, 3), 128, np.uint8)
    canvas[:528, :484] = cv2.resize(portrait, (484, 528))
    canvas[100:364, 500:742] = cv2.resize(portrait, (242, 264))
    canvas = canvas[:, 150:]
    for which, low, high in (("largest", 0, 334), ("central", 350, 592)):
        points = face_landmarks(canvas, which=which, average=False)
        assert low < points[:, 1].mean() < high
        row = FaceLandmarks(which=which, average=False).transform([canvas])[0]
        assert np.array_equal(row[: 2 * 68].reshape(-1, 2), points.astype(row.dtype))
