"""Colours corrected by a card: the truth of known patches, on the card and beside it."""

import numpy as np
import pytest

from featkit import ColorCardCorrector, find_color_card
from featkit.datasets import make_color_cards
from featkit.exceptions import ColorCardWarning, ImageFormatError, SubjectNotFoundError
from featkit.image.colorspaces import linear_to_srgb, srgb_to_linear
from featkit.preprocessing.color import correct_colors
from featkit.preprocessing.color._card_references import color_difference

METHODS = ["linear", "root-polynomial"]


def swatch_errors(image, positions, colors):
    """CIEDE2000 of the disks beside the card, each the median of 9 x 9 pixels around its centre."""
    seen = []
    for row, col in np.rint(positions).astype(int):
        seen.append(np.median(image[row - 4 : row + 5, col - 4 : col + 5].reshape(-1, 3), axis=0) / 255)
    return color_difference(*(srgb_to_linear(np.array(values)).astype(float) for values in (seen, colors)))


@pytest.fixture(scope="module", params=["lamp", "sky", "tubes"])
def cards(request):
    return make_color_cards(3, tint=request.param, gradient=0.15, tilt=10, random_state=1)


@pytest.mark.parametrize("method", METHODS)
def test_known_patches_come_from_more_than_10_to_less_than_2(cards, method):
    found = [find_color_card(image, method=method) for image in cards.images]
    assert np.median([card.error_before for card in found]) > 10
    assert np.median([card.error_after for card in found]) < 1


@pytest.mark.parametrize("method", METHODS)
def test_colors_beside_the_card_are_right_too(cards, method):
    before, after = [], []
    for image, positions, colors in zip(cards.images, cards.swatch_positions, cards.swatch_colors):
        before.append(swatch_errors(image, positions, colors))
        after.append(swatch_errors(correct_colors(image, method=method), positions, colors))
    assert np.median(before) > 9
    assert np.median(after) < 2


@pytest.mark.parametrize("method", METHODS)
def test_every_pixel_is_the_formula(method):
    image = make_color_cards(1, tint="tubes", random_state=0).images[0]
    card = find_color_card(image, method=method)
    corrected = correct_colors(image, card)
    rng = np.random.default_rng(0)
    for row, col in zip(rng.integers(0, image.shape[0], 50), rng.integers(0, image.shape[1], 50)):
        red, green, blue = srgb_to_linear(image[row, col]).astype(float)
        values = [red, green, blue]
        if method == "root-polynomial":
            values += [(red * green) ** 0.5, (green * blue) ** 0.5, (red * blue) ** 0.5]
        light = np.clip(np.array(values) @ card.matrix, 0, 1)
        assert corrected[row, col] == pytest.approx(255 * linear_to_srgb(light), abs=0.6)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_dtype_is_kept(dtype, method):
    image = make_color_cards(1, tint="lamp", random_state=0).images[0]
    card = find_color_card(image, method=method)
    as_dtype = (image.astype(np.uint16) * 257) if dtype is np.uint16 else (image / 255).astype(dtype)
    corrected = correct_colors(as_dtype, card)
    assert corrected.dtype == dtype
    white = 65535 if dtype is np.uint16 else 1
    assert np.abs(255 * (corrected / white) - correct_colors(image, card)).max() < 0.6


def test_alpha_is_kept_and_hides_colors():
    image = make_color_cards(1, random_state=0).images[0]
    card = find_color_card(image)
    alpha = np.full(image.shape[:2], 255, np.uint8)
    alpha[:5], alpha[5:10] = 0, 100
    corrected = correct_colors(np.dstack([image, alpha]), card)
    assert (corrected[..., 3] == alpha).all()
    assert not corrected[:5].any()
    assert (corrected[5:, :, :3] == correct_colors(image, card)[5:]).all()


@pytest.mark.parametrize("method", METHODS)
def test_exposure_does_not_matter(method):
    image = make_color_cards(1, tint="sky", noise=0, random_state=4).images[0]
    linear = srgb_to_linear(image).astype(float)
    card = find_color_card(linear_to_srgb(linear), method=method)
    darker = find_color_card(linear_to_srgb(linear / 2), method=method)
    assert darker.matrix == pytest.approx(2 * card.matrix, rel=1e-3, abs=1e-3)


def test_shade_on_the_card_is_told():
    image = make_color_cards(1, shade=0.6, random_state=2).images[0]
    card = find_color_card(image)
    with pytest.warns(ColorCardWarning, match="patches of the color card lie in another light"):
        by_itself = correct_colors(image)
    assert np.array_equal(by_itself, correct_colors(image, card))


def test_no_card_is_refused():
    image = make_color_cards(1, card="random", random_state=0).images[0]
    with pytest.raises(SubjectNotFoundError, match="24-patch"):
        correct_colors(image)
    with pytest.raises(ImageFormatError, match="gray"):
        correct_colors(image[..., 0])


def test_each_image_is_corrected_by_its_own_card():
    images = [make_color_cards(1, tint=tint, random_state=k).images[0] for k, tint in enumerate(["lamp", "sky"])]
    corrected = ColorCardCorrector().fit_transform(images)
    for image, result in zip(images, corrected):
        assert (result == correct_colors(image)).all()


def test_image_without_a_card_raises_or_keeps_its_colors():
    images = [make_color_cards(1, card=card, random_state=0).images[0] for card in ("card", "none")]
    with pytest.raises(SubjectNotFoundError) as caught:
        ColorCardCorrector().fit(images).transform(images)
    assert caught.value.__notes__ == ["image 1 of the batch"]
    with pytest.warns(ColorCardWarning, match="no colour card"):
        kept = ColorCardCorrector(on_failure="keep").fit_transform(images)
    assert (kept[1] == images[1]).all()
    assert (kept[0] == correct_colors(images[0])).all()


@pytest.mark.parametrize("method", METHODS)
def test_session_corrects_images_without_a_card(method):
    cards = make_color_cards(2, tint="lamp", random_state=6)
    corrector = ColorCardCorrector(scope="session", method=method).fit(cards.images)
    assert corrector.n_cards_ == 2
    assert np.median(corrector.error_before_) > 10
    assert np.median(corrector.error_after_) < 1
    assert corrector.error_after_.shape == (2, 24)
    plain = make_color_cards(1, card="none", tint="lamp", random_state=8)
    corrected = corrector.transform(plain.images)
    errors = swatch_errors(corrected[0], plain.swatch_positions[0], plain.swatch_colors[0])
    assert np.median(errors) < 1
    assert np.median(swatch_errors(plain.images[0], plain.swatch_positions[0], plain.swatch_colors[0])) > 9


def test_session_of_one_card_is_that_card():
    image = make_color_cards(1, tint="tubes", gradient=0.2, random_state=2).images[0]
    corrector = ColorCardCorrector(scope="session").fit([image])
    assert corrector.matrix_ == pytest.approx(find_color_card(image).matrix)
    assert corrector.error_after_[0] == pytest.approx(find_color_card(image).error_after)


def test_session_needs_a_card():
    images = make_color_cards(2, card="none", random_state=0).images
    with pytest.raises(SubjectNotFoundError, match="None of the 2 images"):
        ColorCardCorrector(scope="session", on_failure="keep").fit(images)
    with pytest.raises(ValueError, match="not fitted"):
        ColorCardCorrector(scope="session").transform(images)


def test_the_edition_of_the_card_decides_what_its_colors_are():
    image = make_color_cards(1, random_state=0).images[0]
    old, new = (correct_colors(image, edition=edition) for edition in ("2005", "2014"))
    np.testing.assert_array_equal(old, correct_colors(image, find_color_card(image, edition="2005")))
    np.testing.assert_array_equal(ColorCardCorrector(edition="2005").fit_transform([image])[0], old)
    assert not np.array_equal(old, new)
    assert find_color_card(image, edition="2005").edition == "2005"
