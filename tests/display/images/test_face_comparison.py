"""Both faces of a comparison, drawn."""

import numpy as np
import pytest
from skimage.data import astronaut

from featkit import FaceLandmarks, compare_faces
from featkit.display import FaceComparisonDisplay

ONE_LOOK = FaceLandmarks(average=False, search=False)


@pytest.fixture(scope="module")
def photo():
    return astronaut()[:256, 96:352]


def test_display_shows_both_faces_and_the_distance(photo):
    found = compare_faces(photo, photo[::-1, ::-1][::-1, ::-1], landmarks=ONE_LOOK)
    display = FaceComparisonDisplay(found).plot()
    assert [axes.get_title() for axes in display.axes_] == ["first", "second", "similarity 1.00, distance 0.000"]
    assert len(display.axes_[2].lines) == 9 + 9 + 68


def test_large_images_are_cropped_and_reduced_where_they_are(photo):
    points = ONE_LOOK.transform([photo])[0]
    large = np.repeat(np.repeat(photo, 12, axis=0), 12, axis=1)
    found = compare_faces(photo, large, points=(points, 12 * points + 5.5))
    axes = FaceComparisonDisplay(found).plot().axes_
    small, reduced = (axis.images[0] for axis in axes[:2])
    assert small.get_array().shape[0] < 256
    assert max(reduced.get_array().shape) == 640
    left, right, bottom, top = small.get_extent()
    assert (left % 1, right % 1, bottom % 1, top % 1) == (0.5, 0.5, 0.5, 0.5)
    assert photo[int(top + 1), int(left + 1), 0] / 255 == pytest.approx(small.get_array()[0, 0, 0], abs=0.01)
    assert reduced.get_extent() == pytest.approx([12 * edge + 5.5 for edge in (left, right, bottom, top)], abs=12)
