import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.landmarks import smooth_landmarks
from featkit.parameters import InvalidParameterError

SHAPE = np.array([0.0, 0, 0, 100, 100, 50])


def one_euro(values, rate, min_cutoff, beta):
    """The filter of the paper on one sequence of complex numbers, in which every value is there."""

    def low_pass(value, before, cutoff):
        tau = 1 / (2 * np.pi * cutoff)
        alpha = 1 / (1 + tau * rate)
        return alpha * value + (1 - alpha) * before

    smoothed, speed = [values[0]], 0
    for value in values[1:]:
        speed = low_pass((value - smoothed[-1]) * rate, speed, 1.0)
        smoothed.append(low_pass(value, smoothed[-1], min_cutoff + beta * abs(speed)))
    return np.array(smoothed)


@pytest.mark.parametrize(("min_cutoff", "beta"), [(1.0, 0.0), (0.5, 3.0), (4.0, 20.0)])
def test_values_are_those_of_the_paper(min_cutoff, beta):
    rng = np.random.default_rng(0)
    moves = np.cumsum(rng.normal(size=(60, 2)), axis=0)
    table = np.tile(SHAPE, (60, 1)) + np.tile(moves, 3)  # all points move alike: the size stays
    smoothed = smooth_landmarks(table, frame_rate=25, min_cutoff=min_cutoff, beta=beta)
    points = SHAPE.reshape(-1, 2)
    size = np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean())
    for point in range(3):
        values = table[:, 2 * point] + 1j * table[:, 2 * point + 1]
        expected = one_euro(values, 25, min_cutoff, beta / size)
        assert smoothed[:, 2 * point] == pytest.approx(expected.real)
        assert smoothed[:, 2 * point + 1] == pytest.approx(expected.imag)


def test_steady_at_rest_and_prompt_in_motion():
    rng = np.random.default_rng(0)
    frames = np.arange(120)
    moves = np.where(frames < 60, 0, (frames - 60) * 4.0)[:, np.newaxis]  # 120 pixels in a second
    true = SHAPE + moves
    found = true + rng.normal(size=true.shape)
    smoothed = smooth_landmarks(found, frame_rate=30)
    assert (smoothed - true)[20:60].std() < 0.45 * (found - true)[20:60].std()
    lag = (true - smoothed)[100:].mean()
    slow = (true - smooth_landmarks(found, frame_rate=30, beta=0))[100:].mean()
    assert 0 < lag < slow / 4


def test_size_of_the_image_does_not_matter():
    found = SHAPE + np.random.default_rng(0).normal(size=(40, 6))
    assert smooth_landmarks(7 * found, frame_rate=30) == pytest.approx(7 * smooth_landmarks(found, frame_rate=30))


def test_missing_points_stay_missing_and_the_filter_goes_on():
    found = np.tile(SHAPE, (30, 1)) + np.arange(30)[:, np.newaxis]
    found[10:20, :2] = np.nan
    found[:5, 2:4] = np.nan
    smoothed = smooth_landmarks(found, frame_rate=30, beta=0)
    assert np.array_equal(np.isnan(smoothed), np.isnan(found))
    assert smoothed[5, 2:4].tolist() == found[5, 2:4].tolist()  # the first one is taken as it is
    step = 11 / 30  # seconds from the last frame in which it was seen
    weight = 1 / (1 + 1 / (2 * np.pi * step))
    assert smoothed[20, 0] == pytest.approx(weight * found[20, 0] + (1 - weight) * smoothed[9, 0])
    whole = smooth_landmarks(np.tile(SHAPE, (30, 1)) + np.arange(30)[:, np.newaxis], frame_rate=30, beta=0)
    assert smoothed[:, 4:] == pytest.approx(whole[:, 4:])


def test_frames_without_a_face_and_single_points():
    assert np.isnan(smooth_landmarks(np.full((3, 4), np.nan), frame_rate=30)).all()
    assert smooth_landmarks([[1, 2], [1, 2]], frame_rate=30).tolist() == [[1, 2], [1, 2]]


def test_bad_arguments_are_refused():
    with pytest.raises(LandmarkFormatError):
        smooth_landmarks([[1, 2, 3]], frame_rate=30)
    for wrong in ({"frame_rate": 0}, {"frame_rate": 30, "min_cutoff": 0}, {"frame_rate": 30, "beta": -1}):
        with pytest.raises(InvalidParameterError):
            smooth_landmarks([SHAPE], **wrong)
