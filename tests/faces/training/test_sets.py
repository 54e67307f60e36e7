"""Crops that predictors learn from."""

import numpy as np
import pytest

from featkit.faces.landmarks.shapes import to_complex
from featkit.faces.training._descent import Picture, box_map
from featkit.faces.training._sets import training_set


@pytest.fixture
def photos():
    rng = np.random.default_rng(0)
    photos = [rng.integers(0, 255, size, dtype=np.uint8) for size in ((1500, 1201), (900, 1000))]
    boxes = np.array([[600.0, 500, 800, 700], [100, 300, 400, 600]])
    points = np.array([[[650.0, 550], [660, 640], [760, 600]], [[180, 380], [190, 530], [350, 440]]])
    return photos, boxes, points


def test_crops_are_small_and_hold_the_photo_where_they_say(photos):
    images, boxes, points = photos
    learnt = training_set(images, boxes, points, (1, 0, 2))
    assert len(learnt.pictures) == 4
    for picture in learnt.pictures:
        assert picture.gray.base is None or picture.gray.base.size == picture.gray.size  # the photo is let go
        assert max(picture.gray.shape) < 800
    for picture, box, shape in zip(learnt.pictures, learnt.boxes, learnt.shapes, strict=True):
        factor, shift = box_map(box)
        in_box = (shape - shift) / factor
        by_box = picture.factor * in_box + picture.shift
        by_part = to_complex(picture.points(np.stack([shape.real, shape.imag], axis=1)))
        assert by_box == pytest.approx(by_part, abs=0.3)


def test_mirrored_crops_are_crops_of_mirrored_photos(photos):
    images, boxes, points = photos
    learnt = training_set(images, boxes, points, (1, 0, 2))
    for image, box, found in zip(images, learnt.boxes[2:], learnt.pictures[2:], strict=True):
        expected = Picture(np.ascontiguousarray(image[:, ::-1]), box, learnt.mean_shape)
        point = np.array([[700.0, 640.0]])
        assert found.points(point) == pytest.approx(expected.points(point), abs=1.0)
        assert found.factor == pytest.approx(expected.factor, rel=0.01)
        assert abs(found.shift - expected.shift) < 1.5
