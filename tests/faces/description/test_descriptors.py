import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from featkit import FaceLandmarks, LandmarkDescriptors
from featkit.exceptions import ImageFormatError, LandmarkFormatError
from featkit.faces.description import landmark_descriptors, landmark_descriptors_names
from featkit.faces.description._upright import upright_frame
from featkit.faces.description.descriptors import LEFT_HALF, REACH
from featkit.faces.landmarks import FACE_MIRROR, face_landmarks, mirror_landmarks
from featkit.features.binary_patterns import local_binary_pattern_codes
from featkit.parameters import InvalidParameterError

KINDS = ("hog", "lbp")


@pytest.fixture(scope="module")
def face():
    image = astronaut()[:256, 96:352]
    return image, face_landmarks(image, average=False)


def turned(image, points, angle, scale):
    """The image and its points turned about the middle by OpenCV."""
    to_turned = cv2.getRotationMatrix2D((128, 128), angle, scale)
    xy = points[:, ::-1] @ to_turned[:, :2].T + to_turned[:, 2]
    return cv2.warpAffine(image, to_turned, (256, 256), flags=cv2.INTER_CUBIC), xy[:, ::-1]


@pytest.mark.parametrize("kind", KINDS)
def test_descriptors_hardly_change_when_the_image_is_turned_and_scaled(face, kind):
    expected = landmark_descriptors(*face, kind=kind, eye_distances=(24,))
    found = landmark_descriptors(*turned(*face, 25, 0.8), kind=kind, eye_distances=(24,))
    other = landmark_descriptors(face[0][::-1], face[1], kind=kind, eye_distances=(24,))
    assert np.corrcoef(found, expected)[0, 1] > 0.9
    assert np.corrcoef(found, expected)[0, 1] > np.corrcoef(other, expected)[0, 1] + 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_mirror_image_has_the_same_descriptors(face, kind):
    image, points = face
    flipped = mirror_landmarks(points.reshape(1, -1), 256, FACE_MIRROR)[0]
    expected = landmark_descriptors(image, points, kind=kind)
    assert landmark_descriptors(image[:, ::-1], flipped, kind=kind) == pytest.approx(expected, abs=1e-5)
    one_sided = landmark_descriptors(image, points, kind=kind, mirror=False)
    other_sided = landmark_descriptors(image[:, ::-1], flipped, kind=kind, mirror=False)
    assert np.abs(one_sided - other_sided).max() > 0.1


def test_patterns_are_counted_in_cells_of_eight_pixels(face):
    image, points = face
    found = landmark_descriptors(image, points, kind="lbp", eye_distances=(36,), mirror=False)
    described = sorted({*LEFT_HALF, *(FACE_MIRROR[point] for point in LEFT_HALF)})
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    frame, in_frame = upright_frame(gray, points, 36, tuple(described), reach=REACH)
    codes = local_binary_pattern_codes(frame, radius=2, method="nri_uniform")
    for index in (0, 11, 20):
        top, left = np.rint(in_frame[index] - 15.5).astype(int) - 2
        cell = codes[top + 8 : top + 16, left + 16 : left + 24]
        expected = np.sqrt(np.bincount(cell.ravel(), minlength=59) / 64)
        assert found.reshape(len(described), 16, 59)[index, 6] == pytest.approx(expected)


def test_length_and_names_agree(face):
    for kind in KINDS:
        for mirror in (True, False):
            parameters = {"kind": kind, "eye_distances": (20, 30), "mirror": mirror}
            row = landmark_descriptors(*face, **parameters)
            assert len(row) == len(landmark_descriptors_names(**parameters))


def test_no_face_is_a_row_of_nan(face):
    extractor = LandmarkDescriptors(landmarks=FaceLandmarks(average=False, search=False), eye_distances=(24,))
    rows = extractor.fit_transform([face[0], np.zeros((64, 64), np.uint8)])
    assert np.isfinite(rows[0]).all()
    assert np.isnan(rows[1]).all()
    assert rows[0] == pytest.approx(landmark_descriptors(*face, eye_distances=(24,)), abs=1e-6)


def test_bad_parameters_are_refused(face):
    for points in (face[1][:5], face[1].T, np.zeros((106, 2)), np.zeros((68, 3))):
        with pytest.raises(LandmarkFormatError, match="68"):
            landmark_descriptors(face[0], points)
    with pytest.raises(LandmarkFormatError, match="only as"):
        landmark_descriptors(face[0], face[1][:, ::-1])
    with pytest.raises(ImageFormatError, match="divide by 255"):
        landmark_descriptors(face[0] * 1.0, face[1])
    with pytest.raises(InvalidParameterError, match="kind"):
        landmark_descriptors(*face, kind="sift")
    with pytest.raises(InvalidParameterError, match="eye_distances"):
        landmark_descriptors(*face, eye_distances=())


@pytest.mark.parametrize("shift", [(600, 0), (0, -700), (2000, 2000)])
def test_landmarks_of_which_none_lies_in_the_image_are_refused(shift):
    image = astronaut()
    points = face_landmarks(image)
    with pytest.raises(LandmarkFormatError, match=r"in the image of 512 x 512 pixels, got none"):
        landmark_descriptors(image, points + np.array(shift))
    assert np.isfinite(landmark_descriptors(image[:, : int(points[30, 1])].copy(), points)).all()  # half of the face
