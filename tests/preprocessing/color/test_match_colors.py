"""Matching colours to a reference that is learnt in fit."""

import numpy as np
import pytest
from skimage import data, exposure

from featkit import ColorMatcher, join_alpha
from featkit.preprocessing.color import match_colors


@pytest.fixture(scope="module")
def pictures():
    return data.chelsea()[50:200, 100:300], data.coffee()[100:300, 100:400]


def test_means_and_deviations_become_those_of_the_reference(pictures):
    image, reference = (picture / 255 * 0.5 + 0.25 for picture in pictures)
    matched = match_colors(image, reference, "mean-std")
    inside = (matched > 0).all(axis=2) & (matched < 1).all(axis=2)
    scale = reference.std(axis=(0, 1)) / image.std(axis=(0, 1))
    expected = reference.mean(axis=(0, 1)) + scale * (image - image.mean(axis=(0, 1)))
    assert inside.mean() > 0.9
    assert matched[inside] == pytest.approx(expected[inside], abs=0.008)


def test_histograms_become_those_of_the_reference(pictures):
    image, reference = pictures
    matched = match_colors(image, reference)
    for plane in range(3):
        ours, theirs = (
            np.cumsum(np.bincount(picture[..., plane].ravel(), minlength=256)) / picture[..., plane].size
            for picture in (matched, reference)
        )
        assert np.abs(ours - theirs).mean() < 0.01
    skimage = exposure.match_histograms(image, reference, channel_axis=2)
    assert np.abs(matched.astype(float) - skimage).mean() < 2


def test_an_image_matches_itself(pictures):
    assert np.abs(match_colors(pictures[0], pictures[0]).astype(int) - pictures[0]).max() <= 1


@pytest.mark.parametrize("method", ["histogram", "mean-std"])
def test_fit_learns_the_mean_histogram_of_all_images(pictures, method):
    matcher = ColorMatcher(method=method).fit(list(pictures))
    shares = [np.bincount(picture[..., 0].ravel(), minlength=256) / picture[..., 0].size for picture in pictures]
    assert matcher.histograms_[0] == pytest.approx(np.mean(shares, axis=0))
    alone = ColorMatcher(method=method).fit([pictures[1]]).transform([pictures[0]])[0]
    assert (alone == match_colors(pictures[0], pictures[1], method)).all()


def test_darkened_images_come_back(pictures):
    matcher = ColorMatcher(method="mean-std").fit([pictures[0]])
    dark = (pictures[0] // 4).astype(np.uint8)
    assert np.abs(matcher.transform([dark])[0].astype(int) - pictures[0]).mean() < 3


def test_what_is_transparent_does_not_vote_on_either_side(pictures):
    image, reference = pictures
    mask = np.zeros(image.shape[:2], dtype=bool)
    mask[20:120, 30:150] = True
    expected = match_colors(np.ascontiguousarray(image[20:120, 30:150]), reference)
    assert (match_colors(join_alpha(image, mask), reference)[20:120, 30:150, :3] == expected).all()
    other = np.zeros(reference.shape[:2], dtype=bool)
    other[:80] = True
    expected = match_colors(image, np.ascontiguousarray(reference[:80]))
    assert (match_colors(image, join_alpha(reference, other)) == expected).all()


def test_gray_is_matched_to_the_luma(pictures):
    gray = data.camera()[:100, :100]
    matched = match_colors(gray, pictures[1])
    assert matched.ndim == 2
    assert np.median(matched) == pytest.approx(np.median(pictures[1] @ [0.299, 0.587, 0.114]), abs=3)


def test_without_reference_images_stay(pictures):
    empty = join_alpha(pictures[1], np.zeros(pictures[1].shape[:2], dtype=bool))
    assert (match_colors(pictures[0], empty) == pictures[0]).all()


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("kind", ["uint16", "float"])
def test_data_of_any_bit_depth_keep_their_levels(bits, kind):
    rng = np.random.default_rng(bits)
    image, reference = (rng.permutation(np.arange(900)).reshape(30, 30) + offset for offset in (7, 123))
    image, reference = ((values << max(0, bits - 10)).astype(np.uint16) for values in (image, reference))
    if kind == "float":
        image, reference = image / 65535, reference / 65535
    matched = match_colors(image, reference)
    step = (1 << max(0, bits - 10)) / (1 if kind == "uint16" else 65535)
    assert np.abs(matched - image - 116 * step).max() <= 1e-6 * step  # the pixel of the same rank
    moved = match_colors(image, reference, "mean-std")
    assert np.abs(moved - image - 116 * step).max() <= (1 if kind == "uint16" else 1e-6)


def test_what_is_learnt_of_8_bits_and_of_more_is_one_mean(pictures):
    eight = pictures[1]
    deep = eight.astype(np.uint16) * 257
    deep[0, 0] += 1  # a value between the levels of 8 bits
    learnt = ColorMatcher().fit([eight, deep]).histograms_
    assert learnt.shape == (4, 65536)
    assert learnt.sum(axis=1) == pytest.approx(1)
    expected = np.bincount(eight[..., 0].ravel(), minlength=256) / eight[..., 0].size
    assert learnt[0, ::257] == pytest.approx(expected, abs=1e-4)
    by_both, by_one = (match_colors_of(learnt, pictures[0]), match_colors(pictures[0], eight))
    assert np.abs(by_both.astype(int) - by_one).max() <= 1


def match_colors_of(histograms, image):
    matcher = ColorMatcher().fit([image])
    matcher.histograms_ = histograms
    return matcher.transform([image])[0]
