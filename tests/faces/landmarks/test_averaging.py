"""Landmarks averaged over several looks."""

import numpy as np
import pytest

from featkit import FaceLandmarks, detect_faces
from featkit.faces.detection.boxes import square_box
from featkit.faces.landmarks import _averaging as averaging
from featkit.faces.landmarks import face_landmarks
from featkit.faces.landmarks._point_models import dlib_model


def error(points, truth):
    """Mean distance over that between the outer corners of the eyes."""
    return np.hypot(*(points - truth).T).mean() / np.hypot(*(truth[45] - truth[36]))


def test_averaging_comes_nearer_to_the_truth(annotated_faces):
    image, truth = annotated_faces["takeo"]
    single, mean = face_landmarks(image, average=False), face_landmarks(image)
    assert error(mean, truth) < error(single, truth)


def test_the_mean_is_over_the_shifted_boxes_and_their_mirror_images(portrait):
    model = dlib_model(68)
    box = square_box([125, 116], 96)
    view, to_photo = averaging.face_view(portrait, box)
    assert view.shape == (320, 320, 3)
    expected = []
    for down, right in ((0, 0), (-10, 0), (10, 0), (0, -10), (0, 10)):  # 5 % of 200
        edges = np.array([60, 60, 260, 260]) + [down, right, down, right]
        expected.append(model.place(view, [edges])[0])
        mirrored = model.place(np.ascontiguousarray(view[:, ::-1]), [edges])[0][list(model.mirror)]
        expected.append(np.column_stack([mirrored[:, 0], 319 - mirrored[:, 1]]))
    mean = np.mean(expected, axis=0)
    points, spread = averaging.averaged_points(portrait, box, model)
    in_photo = (mean - 159.5) * 96 / 200 + [125, 116]
    assert points == pytest.approx(in_photo)
    assert spread == pytest.approx(np.sqrt(np.mean(np.sum((np.array(expected) - mean) ** 2, axis=-1))) / 200)


def test_quality_falls_where_the_looks_disagree(portrait):
    extractor = FaceLandmarks(add_quality=True)
    noise = np.random.default_rng(0).normal(0, 40, portrait.shape)
    noisy = np.rint((portrait + noise).clip(0, 255)).astype(np.uint8)
    boxes = [detect_faces(portrait)[0], detect_faces(portrait)[0], (10, 10, 60, 60)]
    clear, disturbed, elsewhere = extractor.transform([portrait, noisy, portrait], boxes=boxes)[:, -1]
    assert clear > disturbed > elsewhere
    assert elsewhere < 0.5
