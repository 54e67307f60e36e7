import numpy as np
import pandas as pd
import pytest
import scipy.optimize
from scipy.spatial import procrustes

from featkit import ProcrustesAligner
from featkit.exceptions import LandmarkFormatError
from featkit.faces.description import procrustes_distance
from featkit.faces.description._sliding import bending_matrix, slid
from featkit.faces.landmarks import check_landmarks
from featkit.parameters import InvalidParameterError


@pytest.fixture
def shapes():
    return np.random.default_rng(0).normal(size=(7, 12)) * 10 + 50


def moved(table, angle, scale, shift):
    """Turned, scaled and moved copies, computed with a rotation matrix."""
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (table.reshape(len(table), -1, 2) @ turn.T + shift).reshape(table.shape)


def mirrored(table):
    return (table.reshape(len(table), -1, 2) * (1, -1)).reshape(table.shape)


def test_distance_of_moved_turned_and_scaled_copies_is_zero(shapes):
    assert procrustes_distance(shapes, moved(shapes, 1.2, 3, (5, -40))) == pytest.approx(0, abs=1e-12)
    assert procrustes_distance(shapes, moved(shapes, 1.2, 1, (5, -40)), scale=False) == pytest.approx(0, abs=1e-12)


def test_distance_is_that_of_scipy_where_no_mirror_image_fits_better(shapes):
    other = shapes + np.random.default_rng(1).normal(size=shapes.shape)
    expected = [procrustes(a.reshape(-1, 2), b.reshape(-1, 2))[2] for a, b in zip(shapes, other)]
    assert procrustes_distance(shapes, other) ** 2 == pytest.approx(expected)
    assert procrustes_distance(other, shapes) ** 2 == pytest.approx(expected)


def test_mirror_images_are_equal_only_where_that_is_asked_for(shapes):
    assert procrustes_distance(shapes, mirrored(shapes)).min() > 0.1
    assert procrustes_distance(shapes, mirrored(shapes), mirror=True) == pytest.approx(0, abs=1e-12)


def test_distance_without_scale_is_in_pixels():
    square = np.array([[0, 0, 0, 2, 2, 2, 2, 0.0]])
    assert procrustes_distance(square, 2 * square, scale=False) == pytest.approx(np.sqrt(2))


def test_missing_points_do_not_count(shapes):
    fewer, other = shapes.copy(), moved(shapes, 2, 2, 1)
    fewer[0, 2:4], other[0, 8:10] = np.nan, 999
    other[0, 8:10] = np.nan
    assert procrustes_distance(fewer, other) == pytest.approx(0, abs=1e-12)
    fewer[1, 2:] = np.nan
    assert np.isnan(procrustes_distance(fewer, other)[1])


@pytest.mark.parametrize("position", [(0.1, 0.1), (37.3, 12.7), (1e6 / 3, -1e-3)])
def test_points_in_one_position_have_no_form_whatever_the_rounding(shapes, position):
    n_points = shapes.shape[1] // 2
    collapsed = np.tile(position, (1, n_points)) * (1 + 1e-16 * np.arange(2 * n_points) % 3e-16)
    assert np.isnan(procrustes_distance(collapsed, shapes[:1])).all()
    assert np.isnan(procrustes_distance(shapes[:1], collapsed)).all()
    assert np.isnan(procrustes_distance(collapsed, collapsed)).all()
    with_it = ProcrustesAligner().fit(np.concatenate([shapes, collapsed]))
    np.testing.assert_allclose(with_it.mean_shape_, ProcrustesAligner().fit(shapes).mean_shape_)
    assert np.isnan(with_it.transform(collapsed)).all()


def test_aligned_copies_are_all_the_mean_shape(shapes):
    copies = np.concatenate([moved(shapes[:1], angle, 1 + angle, angle) for angle in (0, 0.3, -0.3, 0.1, -0.1)])
    aligner = ProcrustesAligner().fit(copies)
    assert aligner.transform(copies) == pytest.approx(np.tile(aligner.mean_shape_, (5, 1)))
    points = aligner.mean_shape_.reshape(-1, 2)
    assert points.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert (points**2).sum(axis=1).mean() == pytest.approx(1)


def test_mean_shape_is_turned_as_the_shapes_are(shapes):
    upright = np.concatenate([moved(shapes[:1], angle, 1, 0) for angle in (-0.2, 0.2, -0.1, 0.1)])
    expected = shapes[0].reshape(-1, 2) - shapes[0].reshape(-1, 2).mean(axis=0)
    found = ProcrustesAligner(scale=False).fit(upright).mean_shape_.reshape(-1, 2)
    assert found == pytest.approx(expected, abs=1e-6)


def test_shapes_keep_their_size_without_scale(shapes):
    aligned = ProcrustesAligner(scale=False).fit_transform(shapes).reshape(7, -1, 2)
    original = shapes.reshape(7, -1, 2)
    spread = [(points - points.mean(axis=1, keepdims=True)) ** 2 for points in (aligned, original)]
    assert spread[0].sum(axis=(1, 2)) == pytest.approx(spread[1].sum(axis=(1, 2)))


def test_shapes_that_lie_face_down_are_turned_over(shapes):
    both = np.concatenate([np.tile(shapes[:1], (3, 1)), mirrored(shapes[:1])])
    turned_over = ProcrustesAligner(mirror=True).fit_transform(both)
    assert turned_over[3] == pytest.approx(turned_over[0])
    assert np.abs(ProcrustesAligner().fit_transform(both)[3] - turned_over[0]).max() > 0.1


def test_what_is_missing_stays_missing(shapes):
    shapes[2] = np.nan
    shapes[3, :2] = np.nan
    aligned = ProcrustesAligner().fit_transform(shapes)
    assert np.isnan(aligned[2]).all()
    assert np.isnan(aligned[3]).tolist() == [True] * 2 + [False] * 10
    assert np.isfinite(aligned[[0, 1, 4, 5, 6]]).all()


def test_tables_that_are_none_are_refused():
    for table in (np.zeros((3, 5)), np.zeros(4), np.zeros((2, 3, 2))):
        with pytest.raises(LandmarkFormatError, match="columns"):
            check_landmarks(table)
    with pytest.raises(LandmarkFormatError, match="infinite"):
        check_landmarks([[0, np.inf]])
    with pytest.raises(ValueError, match="two points"):
        ProcrustesAligner().fit(np.ones((3, 4)))


@pytest.mark.parametrize("n_points", [2, 5, 29, 68, 106])
@pytest.mark.parametrize("container", [np.asarray, np.ndarray.tolist, pd.DataFrame])
def test_points_of_one_shape_are_no_table_of_shapes(n_points, container):
    one = np.random.default_rng(0).uniform(0, 100, (n_points, 2))
    for call in (procrustes_distance, lambda a, b: ProcrustesAligner().fit(a)):
        with pytest.raises(LandmarkFormatError, match=r"reshape\(1, -1\)"):
            call(container(one), container(one))
    row = one.reshape(1, -1)
    assert procrustes_distance(row, 3 * row) == pytest.approx(0, abs=1e-7)


def test_both_sides_have_as_many_points_and_shapes_or_one(shapes):
    distances = procrustes_distance(shapes, shapes[:1])
    assert distances == pytest.approx(procrustes_distance(shapes, np.tile(shapes[:1], (len(shapes), 1))))
    for other in (shapes[:3], shapes[:, :8], shapes[:1, :8]):
        with pytest.raises(LandmarkFormatError, match="on both sides"):
            procrustes_distance(shapes, other)


def test_a_generous_tolerance_stops_after_the_first_rounds():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(20, 12)) + 10 * rng.normal(size=12)
    precise, rough = (ProcrustesAligner(tol=tol).fit(table).mean_shape_ for tol in (1e-12, 1e6))
    first = ProcrustesAligner(max_iter=1).fit(table).mean_shape_
    np.testing.assert_array_equal(rough, first)
    assert not np.array_equal(precise, rough)
    assert precise == pytest.approx(rough, abs=0.05)


def leaf_outline(rng, places):
    """Points of one ellipse at places from 0 to 1 of its half turn, its two ends fixed, its width and tilt its own."""
    turn = np.pi * np.asarray(places)
    shape = -3 * np.cos(turn) + 1j * rng.uniform(0.9, 1.1) * np.sin(turn)
    shape = np.append(shape, -0.4j)  # the other side
    return rng.uniform(1, 3) * np.exp(1j * rng.uniform(-1, 1)) * shape + rng.normal() + 1j * rng.normal()


SLIDERS = [(0, 1, 2), (1, 2, 3), (2, 3, 4)]


def test_points_slide_to_the_least_bending_energy():
    """Against a search over the positions along the tangents with the energy written out."""
    rng = np.random.default_rng(0)
    mean = leaf_outline(rng, [0, 0.25, 0.5, 0.75, 1])
    shape = leaf_outline(rng, [0, 0.15, 0.6, 0.8, 1])
    bending = bending_matrix(np.stack([mean.real, mean.imag], axis=1))
    along = np.array([shape[after] - shape[before] for before, _, after in SLIDERS])
    along /= np.abs(along)

    def energy(steps):
        moved = shape.copy()
        moved[1:4] += along * steps
        return moved.real @ bending @ moved.real + moved.imag @ bending @ moved.imag

    found = scipy.optimize.minimize(energy, np.zeros(3), tol=1e-14)
    expected = shape.copy()
    expected[1:4] += along * found.x
    assert slid(shape[np.newaxis], mean, np.array(SLIDERS))[0] == pytest.approx(expected, abs=1e-4)
    assert energy(found.x) < 0.5 * energy(np.zeros(3))


def test_bending_energy_is_none_for_affine_changes():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(7, 2))
    bending = bending_matrix(points)
    np.testing.assert_allclose(bending @ (points @ [[1, 2], [-0.5, 3]] + [4, 5]), 0, atol=1e-9)
    assert np.linalg.eigvalsh(bending).min() > -1e-9


def test_points_put_anywhere_on_a_curve_tell_shapes_less_apart_when_they_slide():
    rng = np.random.default_rng(1)
    places = [[0, *np.sort(rng.uniform(0.1, 0.9, 3)), 1] for _ in range(30)]
    shapes = np.array([leaf_outline(rng, place) for place in places])
    table = np.stack([shapes.real, shapes.imag], axis=2).reshape(30, -1)
    spreads = []
    for sliders in (None, SLIDERS):
        aligner = ProcrustesAligner(sliders=sliders).fit(table)
        spreads.append(aligner.transform(table).var(axis=0).sum())
        one = aligner.transform(table[3:4])
        assert one[0] == pytest.approx(aligner.transform(table)[3])
    assert spreads[1] < 0.5 * spreads[0]


@pytest.mark.parametrize(
    ("sliders", "match"),
    [
        ([(0, 1)], "before, point, after"),
        ([(0, 1, 9)], "before, point, after"),
        ([(0, 1, 2), (0, 1, 2)], "once"),
        ([(2, 1, 2)], "two different"),
        ([(0, 1, 2), (1, 2, 3), (2, 3, 4), (0, 4, 5), (0, 5, 4)], "two points"),
        ([], "before, point, after"),
    ],
)
def test_sliders_that_cannot_slide_are_refused(sliders, match):
    with pytest.raises(InvalidParameterError, match=match):
        ProcrustesAligner(sliders=sliders).fit(np.random.default_rng(0).normal(size=(4, 12)))


def test_missing_points_do_not_slide():
    table = np.random.default_rng(0).normal(size=(6, 12))
    aligner = ProcrustesAligner(sliders=SLIDERS).fit(table)
    table[2] = np.nan
    assert np.isnan(aligner.transform(table)[2]).all()
    table[3, :2] = np.nan
    with pytest.raises(LandmarkFormatError, match="1 missing in row 3"):
        aligner.transform(table)
