"""A colour card found wherever it lies, and nowhere else."""

import numpy as np
import pytest
from skimage import data

from featkit import find_color_card, join_alpha
from featkit.datasets import make_color_cards
from featkit.image.colorspaces import linear_to_srgb, srgb_to_linear
from featkit.preprocessing.color import ColorCard
from featkit.preprocessing.color._card_references import color_difference, reference_colors

TINTS = ("lamp", "sky", "tubes")


def flat_card(side=20, colors=None, order=None):
    """A card seen straight on, every pixel by a loop: patches of `side` pixels, 4 apart, on a dark border."""
    colors = linear_to_srgb(np.clip(reference_colors("2014"), 0, 1)) if colors is None else colors
    step = side + 4
    image = np.full((4 * step + 44, 6 * step + 44, 3), 0.14)
    centers = []
    for row in range(4):
        for col in range(6):
            top, left = 24 + row * step, 24 + col * step
            patch = row * 6 + (col if order is None else order[col])
            image[top : top + side, left : left + side] = colors[patch]
            centers.append((top + (side - 1) / 2, left + (side - 1) / 2))
    return image, np.array(centers), colors


def worst_miss(card, positions):
    pitch = np.linalg.norm(positions[1] - positions[0])
    return np.linalg.norm(card.positions - positions, axis=1).max() / pitch


def test_card_seen_straight_on_is_read_exactly():
    image, centers, colors = flat_card()
    card = find_color_card(image)
    assert isinstance(card, ColorCard)
    assert card.positions == pytest.approx(centers, abs=0.2)
    assert card.colors == pytest.approx(colors)
    assert card.outline == pytest.approx(np.array([[22, 22], [22, 166], [118, 166], [118, 22]]) - 0.5, abs=0.5)
    assert card.light == pytest.approx(1, abs=0.06)
    assert card.is_used.tolist() == [patch != 17 for patch in range(24)]  # red of cyan is below 0 in sRGB
    assert card.residual < 0.01
    others = card.is_used
    assert card.matrix == pytest.approx(np.eye(3), abs=0.005)
    assert card.error_before[others] == pytest.approx(0, abs=0.05)
    assert card.error_after[others] == pytest.approx(0, abs=0.3)


@pytest.mark.parametrize("quarters", range(4))
def test_card_is_read_in_its_own_order_from_every_side(quarters):
    image, centers, colors = flat_card()
    turned = np.rot90(image, quarters)
    card = find_color_card(turned)
    assert card.colors == pytest.approx(colors)
    height, width = image.shape[:2]
    row, col = centers.T
    expected = {
        0: (row, col),
        1: (width - 1 - col, row),
        2: (height - 1 - row, width - 1 - col),
        3: (col, height - 1 - row),
    }[quarters]
    assert card.positions == pytest.approx(np.column_stack(expected), abs=0.2)


def test_mirrored_card_is_refused():
    image = flat_card()[0]
    assert find_color_card(image) is not None
    assert find_color_card(image[:, ::-1]) is None
    assert find_color_card(image[::-1]) is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_every_dtype_gives_the_same_card(dtype):
    image = flat_card()[0]
    white = {np.uint8: 255, np.uint16: 65535}.get(dtype)
    card = find_color_card(np.rint(image * white).astype(dtype) if white else image.astype(dtype))
    assert card.positions == pytest.approx(find_color_card(image).positions, abs=0.1)
    assert card.colors == pytest.approx(find_color_card(image).colors, abs=0.5 / 255)


@pytest.mark.parametrize("tint", ["none", *TINTS])
@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"gradient": 0.3},
        {"shade": 0.6},
        {"tilt": 30},
        {"blur": 2.0},
        {"noise": 0.03},
        {"gradient": 0.2, "shade": 0.4, "tilt": 15, "blur": 1.2, "noise": 0.01},
    ],
    ids=str,
)
def test_drawn_card_is_found_in_position(tint, kind):
    cards = make_color_cards(2, tint=tint, random_state=3, **kind)
    for image, positions in zip(cards.images, cards.positions):
        card = find_color_card(image)
        assert worst_miss(card, positions) < 0.1
        assert card.residual < 0.02


@pytest.mark.parametrize("kind", ["mirrored", "shuffled", "random", "keyboard", "none"])
def test_what_looks_like_a_card_is_none(kind):
    for tint in ("none", "lamp"):
        for image in make_color_cards(4, card=kind, tint=tint, random_state=5).images:
            assert find_color_card(image) is None


@pytest.mark.parametrize("photo", ["astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "retina"])
def test_photos_hold_no_card(photo):
    assert find_color_card(getattr(data, photo)()) is None


def test_a_wall_of_tiles_holds_no_card():
    rng = np.random.default_rng(0)
    tiles = np.repeat(np.repeat(rng.uniform(0, 1, (40, 60, 3)), 16, axis=0), 16, axis=1)
    tiles[::16] = tiles[:, ::16] = 0.1
    assert find_color_card(tiles) is None


def test_card_among_tiles_is_found():
    rng = np.random.default_rng(0)
    tiles = np.repeat(np.repeat(rng.uniform(0, 1, (16, 24, 3)), 24, axis=0), 24, axis=1)
    card = linear_to_srgb(np.clip(reference_colors("2014"), 0, 1)).reshape(4, 6, 3)
    tiles[5 * 24 : 9 * 24, 7 * 24 : 13 * 24] = np.repeat(np.repeat(card, 24, axis=0), 24, axis=1)
    for edge in range(4):
        tiles[edge::24] = tiles[:, edge::24] = 0.1
    found = find_color_card(tiles)
    assert found.positions[0] == pytest.approx([5 * 24 + 13.5, 7 * 24 + 13.5], abs=1)


def test_gray_images_and_masks_hold_none():
    gray = flat_card()[0].mean(axis=2)
    assert find_color_card(gray) is None
    assert find_color_card(gray > 0.5) is None


def test_what_is_transparent_is_not_seen():
    image = flat_card()[0]
    seen = np.ones(image.shape[:2], dtype=bool)
    assert find_color_card(join_alpha(image, seen)).colors == pytest.approx(find_color_card(image).colors)
    seen[:, : image.shape[1] // 2] = False
    assert find_color_card(join_alpha(image, seen)) is None


def test_card_that_is_cut_off_is_none():
    image = flat_card()[0]
    assert find_color_card(image[:, :140]) is None


def test_small_card_in_a_large_image_is_found_at_full_size():
    image, centers, _ = flat_card(side=11)
    large = np.full((400, 1900, 3), 0.8)
    large[200 : 200 + image.shape[0], 1500 : 1500 + image.shape[1]] = image
    assert find_color_card(large).positions == pytest.approx(centers + [200, 1500], abs=0.5)


def test_overexposed_card_is_none():
    image = np.clip(flat_card()[0] * 3, 0, 1)
    assert find_color_card(image) is None


def test_clipped_white_does_not_count():
    linear = srgb_to_linear(flat_card()[0]).astype(float) * 1.3
    card = find_color_card(linear_to_srgb(np.clip(linear, 0, 1)))
    others = np.delete(np.arange(24), 18)
    assert card.matrix == pytest.approx(np.eye(3) / 1.3, abs=0.03)
    assert np.median(card.error_after[others]) < 1


def test_shaded_patches_are_told_and_do_not_count():
    image, centers, _ = flat_card()
    linear = srgb_to_linear(image).astype(float)
    linear[:, : int(centers[1, 1]) + 12] *= [0.4, 0.45, 0.5]
    card = find_color_card(linear_to_srgb(linear))
    shaded = np.isin(np.arange(24) % 6, [0, 1])
    bright = (reference_colors("2014") > 0).all(axis=1) & (reference_colors("2014").mean(axis=1) > 0.1)
    assert not card.is_used[shaded & bright].any()
    assert card.is_used[~shaded & bright].all()
    assert card.light[~shaded] == pytest.approx(1, abs=0.1)
    assert card.light[shaded & bright] == pytest.approx(0.45, abs=0.12)
    assert card.matrix == pytest.approx(np.eye(3), abs=0.03)


@pytest.mark.parametrize("tint", ["lamp", "sky", "tubes"])
def test_colors_in_the_light_are_right_beside_the_edge_of_a_shade(tint):
    cards = make_color_cards(6, tint=tint, gradient=0.1, shade=0.5, tilt=15, random_state=5)
    found = [find_color_card(image) for image in cards.images]
    assert np.median([np.median(card.error_after[card.is_lit]) for card in found]) < 1.5
    assert np.median([np.median(card.error_after[~card.is_lit]) for card in found]) > 3  # shade stays shade
    assert all("of 24 patches of the color card lie in another light" in card.shade for card in found)


@pytest.mark.parametrize("light", [{}, {"gradient": 0.2}])
def test_no_shade_is_told_where_none_is(light):
    cards = make_color_cards(6, tint="sky", tilt=15, random_state=6, **light)
    assert [find_color_card(image).shade for image in cards.images] == [""] * 6


def test_light_along_a_gradient_is_told():
    image, centers, _ = flat_card()
    factor = np.linspace(0.6, 1, image.shape[1])[:, np.newaxis]
    card = find_color_card(linear_to_srgb(srgb_to_linear(image).astype(float) * factor))
    expected = factor[np.rint(centers[:, 1]).astype(int), 0]
    assert card.light / card.light.mean() == pytest.approx(expected / expected.mean(), abs=0.08)
    assert card.is_used.sum() == 23


@pytest.mark.parametrize("method", ["linear", "root-polynomial"])
def test_error_is_ciede2000_of_the_measured_patches(method):
    card = find_color_card(make_color_cards(1, tint="sky", random_state=2).images[0], method=method)
    linear = srgb_to_linear(card.colors).astype(float)
    assert card.error_before == pytest.approx(color_difference(linear, reference_colors("2014")), abs=1e-3)
    rows = []
    for red, green, blue in linear:
        roots = [np.sqrt(red * green), np.sqrt(green * blue), np.sqrt(red * blue)]
        rows.append([red, green, blue] + (roots if method == "root-polynomial" else []))
    corrected = np.array(rows) @ card.matrix
    assert card.error_after == pytest.approx(color_difference(corrected, reference_colors("2014")), abs=1e-3)


def test_edition_is_that_of_the_card():
    colors = linear_to_srgb(np.clip(reference_colors("2005"), 0, 1))
    image = flat_card(colors=colors)[0]
    new, old = (find_color_card(image, edition=edition).error_before for edition in ("2014", "2005"))
    others = np.delete(np.arange(24), 17)  # cyan lies outside sRGB
    assert old[others].max() < 0.05
    assert new[others].mean() > 0.7


def test_unknown_words_are_refused():
    image = flat_card()[0]
    with pytest.raises(ValueError, match="edition"):
        find_color_card(image, edition="1976")
    with pytest.raises(ValueError, match="method"):
        find_color_card(image, method="spline")
