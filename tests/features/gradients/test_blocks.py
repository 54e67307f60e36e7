"""Blocks of a HOG: how many there are, and their contrast normalisation by the formulas of the paper."""

import numpy as np
import pytest

from featkit.exceptions import ImageFormatError
from featkit.features.gradients._blocks import BLOCK_NORMS, grid_of_blocks, normalize_block


def written_out(block, norm, eps):
    block = block.astype(np.float64)
    if norm == "L1":
        return block / (block.sum() + eps)
    if norm == "L1-sqrt":
        return np.sqrt(block / (block.sum() + eps))
    block = block / np.sqrt((block**2).sum() + eps**2)
    if norm == "L2":
        return block
    block = np.minimum(block, 0.2)
    return block / np.sqrt((block**2).sum() + eps**2)


@pytest.mark.parametrize("norm", BLOCK_NORMS)
@pytest.mark.parametrize("scale", [1e-4, 1, 1e4])
def test_norms_are_those_of_the_paper(norm, scale):
    block = (scale * np.random.default_rng(0).random(36) ** 4).astype(np.float32)
    expected = written_out(block, norm, 1e-5)
    eps, zero = np.float32(1e-5), np.float32(0)
    normalize_block(block, BLOCK_NORMS.index(norm), eps, zero, eps, zero)
    assert block == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize("norm", BLOCK_NORMS)
def test_an_empty_block_stays_empty(norm):
    block = np.zeros(9, np.float32)
    eps, zero = np.float32(1e-5), np.float32(0)
    normalize_block(block, BLOCK_NORMS.index(norm), eps, zero, eps, zero)
    assert not block.any()


def test_blocks_overlap_by_all_cells_but_one():
    assert grid_of_blocks((64, 128, 3), 9, (8, 8), (2, 2)) == (7, 15, 2, 2, 9)
    assert grid_of_blocks((71, 135), 6, (8, 8), (3, 1)) == (6, 16, 3, 1, 6)  # what is left over is left out


def test_an_image_without_a_block_is_refused_with_the_smallest_size():
    assert grid_of_blocks((16, 24), 9, (8, 8), (2, 3)) == (1, 1, 2, 3, 9)
    with pytest.raises(ImageFormatError, match="at least 16 x 24 pixels.*got 16 x 23"):
        grid_of_blocks((16, 23), 9, (8, 8), (2, 3))
