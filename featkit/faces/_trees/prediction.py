"""Landmarks by an ensemble of regression trees: many boxes of one image, tree by tree."""

import numpy as np

from ..._numba import kernel
from .model_file import TreeModel


@kernel
def _read_levels(image, box, shape, mean_shape, anchors, offsets, levels):
    """Gray levels at the pixels that belong to a shape in a box (x, y of its first and last pixel); 0 outside.

    The offsets are turned and scaled as the shape is over the mean shape.
    """
    n_points = len(shape)
    middle = np.zeros(2)
    mean_middle = np.zeros(2)
    for point in range(n_points):
        for axis in range(2):
            middle[axis] += shape[point, axis] / n_points
            mean_middle[axis] += mean_shape[point, axis] / n_points
    along = across = square = 0.0
    for point in range(n_points):
        x, y = mean_shape[point, 0] - mean_middle[0], mean_shape[point, 1] - mean_middle[1]
        u, v = shape[point, 0] - middle[0], shape[point, 1] - middle[1]
        along += x * u + y * v
        across += x * v - y * u
        square += x * x + y * y
    cosine, sine = np.float32(1), np.float32(0)
    if square > 0:
        cosine, sine = np.float32(along / square), np.float32(across / square)
    height, width, n_channels = image.shape
    for pixel in range(len(anchors)):
        point = shape[anchors[pixel]]
        x = cosine * offsets[pixel, 0] - sine * offsets[pixel, 1] + point[0]
        y = sine * offsets[pixel, 0] + cosine * offsets[pixel, 1] + point[1]
        col = box[0] + x * (box[2] - box[0]) + 0.5
        row = box[1] + y * (box[3] - box[1]) + 0.5
        level = np.uint32(0)
        if 0 <= row < height and 0 <= col < width:
            for channel in range(n_channels):
                level += image[np.uint32(row), np.uint32(col), channel]
            level //= np.uint32(n_channels)
        levels[pixel] = level


@kernel
def _find_leaves(levels, splits, thresholds, leaf_of):
    """Number of the leaf (n_trees, n_looks) that each look ends in: where the levels of two pixels differ by more."""
    n_splits = np.uint32(splits.shape[1])
    for tree in range(len(splits)):
        for look in range(len(levels)):
            node = np.uint32(0)
            while node < n_splits:
                first, second = np.uint32(splits[tree, node, 0]), np.uint32(splits[tree, node, 1])
                exceeds = levels[look, first] - levels[look, second] > thresholds[tree, node]
                node = np.uint32(2 * node + (np.uint32(1) if exceeds else np.uint32(2)))
            leaf_of[tree, look] = node - n_splits


@kernel
def _add_leaves(leaves, leaf_of, shapes):
    """Move shapes (n_looks, 2 * n_points) by what their leaves say."""
    for tree in range(len(leaves)):
        for look in range(len(shapes)):
            leaf, shape = leaves[tree, leaf_of[tree, look]], shapes[look]
            for value in range(len(shape)):
                shape[value] += leaf[value]


@kernel
def _place(images, boxes, mean_shape, splits, thresholds, leaves, anchors, offsets, shapes):
    """Shapes in the unit of each box, refined from what they are.

    The first looks are at the first image, as many at the second one. All looks take a tree before the next one, since
    its leaves lie far from the others' and close together.
    """
    n_looks = len(boxes)
    levels = np.empty((n_looks, anchors.shape[1]), np.float32)
    leaf_of = np.empty((splits.shape[1], n_looks), np.int64)
    for stage in range(len(splits)):
        for look in range(n_looks):
            image = images[look * len(images) // n_looks]
            _read_levels(image, boxes[look], shapes[look], mean_shape, anchors[stage], offsets[stage], levels[look])
        _find_leaves(levels, splits[stage], thresholds[stage], leaf_of)
        _add_leaves(leaves[stage], leaf_of, shapes.reshape(n_looks, -1))


def place_points(model: TreeModel, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Points (n_boxes, n_points, 2), (row, col), in whole pixels, as dlib's `shape_predictor` places them.

    Parameters
    ----------
    model : TreeModel
    image : uint8 ndarray (height, width[, 3]) or (n_images, height, width, 3)
        Levels are the means of the channels. Several images have equally many boxes each, in their order.
    boxes : float ndarray (n_boxes, 4)
        Half-open (min_row, min_col, max_row, max_col), rounded to pixels.
    """
    edges = np.rint(boxes)
    corners = np.ascontiguousarray(np.stack([edges[:, 1], edges[:, 0], edges[:, 3] - 1, edges[:, 2] - 1], axis=1))
    shapes = np.repeat(model.mean_shape[np.newaxis], len(boxes), axis=0)
    images = image if image.ndim == 4 else image.reshape(1, *image.shape[:2], -1)
    _place(np.ascontiguousarray(images), corners, *model, shapes)
    points = corners[:, np.newaxis, :2] + shapes * (corners[:, np.newaxis, 2:] - corners[:, np.newaxis, :2])
    return np.floor(points + 0.5)[..., ::-1]
