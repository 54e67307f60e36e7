"""Colour features beside OpenCV and numpy: best of several alternating runs on one thread."""

import time

import cv2
import numpy as np
import skimage.data

from featkit.features.color import color_correlogram, color_histogram, color_moments, dominant_colors
from featkit.image import convert_color

N_REPEATS = 7
PHOTO = np.ascontiguousarray(skimage.data.astronaut())
NOISE = np.random.default_rng(0).integers(0, 256, PHOTO.shape, dtype=np.uint8)


def opencv_joint(image):
    return cv2.calcHist([image], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3)


def numpy_joint(image):
    return np.histogramdd(image.reshape(-1, 3), bins=(8, 8, 8), range=[(0, 256)] * 3)


def opencv_hsv_planes(image):
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
    return [cv2.calcHist([hsv], [plane], None, [16], [0, 256]) for plane in range(3)]


def opencv_moments(image):
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    mean, std = cv2.meanStdDev(lab)
    return mean, std, ((lab - mean.ravel()) ** 3).mean(axis=(0, 1)) / std.ravel() ** 3


def numpy_correlogram(image, distances=(1, 3, 5, 7)):
    """The same by whole shifted images."""
    reach = max(distances)
    red, green, blue = np.moveaxis(image >> 6, -1, 0)
    codes = np.pad(red * 16 + green * 4 + blue, reach, constant_values=64)
    height, width = image.shape[:2]
    here = codes[reach : reach + height, reach : reach + width]
    shares = []
    for distance in distances:
        same, pairs = np.zeros(here.shape, np.uint8), np.zeros(here.shape, np.uint8)
        steps = range(-distance, distance + 1)
        for row, col in ((r, c) for r in steps for c in steps if max(abs(r), abs(c)) == distance):
            there = codes[reach + row : reach + row + height, reach + col : reach + col + width]
            same += here == there
            pairs += there != 64
        counts = [np.bincount(here.ravel(), plane.ravel(), 64) for plane in (same, pairs)]
        shares.append(counts[0] / np.maximum(counts[1], 1))
    return np.concatenate(shares)


def opencv_palette(image):
    samples = convert_color(image, "lab").reshape(-1, 3)
    rounds = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.1)
    return cv2.kmeans(samples, 5, None, rounds, 1, cv2.KMEANS_PP_CENTERS)


def ours_joint(image):
    return color_histogram(image, space="rgb", joint=True, n_bins=8)


CASES = (
    (
        "joint 8x8x8 RGB histogram (512 x 512 photo)",
        lambda: ours_joint(PHOTO),
        ("OpenCV", lambda: opencv_joint(PHOTO)),
        ("numpy", lambda: numpy_joint(PHOTO)),
    ),
    (
        "joint 8x8x8 RGB histogram (512 x 512 noise)",
        lambda: ours_joint(NOISE),
        ("OpenCV", lambda: opencv_joint(NOISE)),
        ("numpy", lambda: numpy_joint(NOISE)),
    ),
    (
        "HSV histograms of 16 bins (512 x 512)",
        lambda: color_histogram(PHOTO),
        ("OpenCV", lambda: opencv_hsv_planes(PHOTO)),
    ),
    (
        "Lab moments (512 x 512)",
        lambda: color_moments(PHOTO),
        ("OpenCV and numpy", lambda: opencv_moments(PHOTO)),
    ),
    (
        "auto-correlogram of 64 colours at 4 distances (512 x 512)",
        lambda: color_correlogram(PHOTO),
        ("numpy", lambda: numpy_correlogram(PHOTO)),
    ),
    (
        "palette of 5 colours (512 x 512)",
        lambda: dominant_colors(PHOTO),
        ("cv2.kmeans", lambda: opencv_palette(PHOTO)),
    ),
)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main():
    cv2.setNumThreads(1)
    for name, ours, *peers in CASES:
        contestants = [ours, *(peer for _, peer in peers)]
        for run in contestants:
            run()
        best = [np.inf] * len(contestants)
        for _ in range(N_REPEATS):
            best = [min(time_, seconds(run)) for time_, run in zip(best, contestants, strict=True)]
        for (peer, _), peer_time in zip(peers, best[1:], strict=True):
            print(
                f"{name}: ours {1e3 * best[0]:.3f} ms, {peer} {1e3 * peer_time:.3f} ms, ratio {peer_time / best[0]:.1f}"
            )


if __name__ == "__main__":
    main()
