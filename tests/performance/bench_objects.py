"""Speed of measuring the objects of a label image beside scikit-image and contours of OpenCV; run as a script."""

import sys
import time

import cv2
import numpy as np
from skimage.measure import regionprops_table

from featkit.features.shape import measure_regions

# ten measures that both libraries have: featkit's name, scikit-image's name
SHARED = {
    "area": "area",
    "area_filled": "area_filled",
    "perimeter": "perimeter_crofton",
    "feret_diameter_max": "feret_diameter_max",
    "axis_major_length": "axis_major_length",
    "axis_minor_length": "axis_minor_length",
    "eccentricity": "eccentricity",
    "solidity": "solidity",
    "extent": "extent",
    "euler_number": "euler_number",
}
# ten columns that need no hull: the case that is best for scikit-image
MOMENTS = ["area", "axis_major_length", "axis_minor_length", "eccentricity", "euler_number", "area_filled"]
MOMENTS_OF_SKIMAGE = (
    "area",
    "bbox",
    "centroid",
    "axis_major_length",
    "axis_minor_length",
    "eccentricity",
    "orientation",
    "area_bbox",
    "extent",
    "euler_number",
)
EIGHT = [
    "area",
    "perimeter",
    "feret_diameter_max",
    "box_length",
    "box_width",
    "circumscribed_radius",
    "axis_major_length",
    "axis_minor_length",
]


def drawn_objects(size=1024, across=25, down=20, seed=0):
    """Label image of ellipses in a jittered grid, each at its own angle."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((size, size), np.int32)
    for index in range(across * down):
        row, col = (index // across + 0.5) * size / down, (index % across + 0.5) * size / across
        center = int(col + rng.uniform(-3, 3)), int(row + rng.uniform(-3, 3))
        axes = int(rng.integers(10, 16)), int(rng.integers(6, 12))
        cv2.ellipse(labels, center, axes, int(rng.integers(180)), 0, 360, index + 1, -1)
    return labels


def measured_by_contours(labels):
    """Eight measures of every object of a mask, as one writes them by hand with OpenCV."""
    contours, _ = cv2.findContours((labels > 0).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    rows = []
    for contour in contours:
        (_, (height, width), _) = cv2.minAreaRect(contour)
        (_, radius) = cv2.minEnclosingCircle(contour)
        (_, axes, _) = cv2.fitEllipse(contour)
        hull = cv2.convexHull(contour)
        rows.append(
            (
                cv2.contourArea(contour),
                cv2.arcLength(contour, True),
                height,
                width,
                radius,
                *axes,
                cv2.contourArea(hull),
            )
        )
    return np.array(rows)


def best_times(*functions, rounds=15):
    """Least CPU milliseconds of each function on one thread; they take turns."""
    best = [float("inf")] * len(functions)
    for function in functions:
        function()
    for _ in range(rounds):
        for index, function in enumerate(functions):
            start = time.thread_time()
            function()
            best[index] = min(best[index], 1000 * (time.thread_time() - start))
    return best


def compare(name, ours, peer, **how):
    """Print one line: our time, the peer's, and how many times faster we are."""
    own, other = best_times(ours, peer, **how)
    print(f"{name}: ours {own:.2f} ms, peer {other:.2f} ms, ratio {other / own:.1f}", flush=True)


def main():
    """Print the comparisons."""
    cv2.setNumThreads(1)
    labels = drawn_objects()
    compare(
        "ten shared measures of 500 objects, 1024 x 1024 (skimage regionprops_table)",
        lambda: measure_regions(labels, list(SHARED)),
        lambda: regionprops_table(labels, properties=tuple(SHARED.values())),
        rounds=3,
    )
    compare(
        "ten that need no hull (skimage regionprops_table)",
        lambda: measure_regions(labels, MOMENTS),
        lambda: regionprops_table(labels, properties=MOMENTS_OF_SKIMAGE),
        rounds=3,
    )
    compare(
        "eight measures (OpenCV contours by hand)",
        lambda: measure_regions(labels, EIGHT),
        lambda: measured_by_contours(labels),
    )
    (everything,) = best_times(lambda: measure_regions(labels))
    print(f"all 17 measures of 500 objects: ours {everything:.2f} ms")


if __name__ == "__main__":
    sys.exit(main())
