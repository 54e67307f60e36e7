"""Speed of region measurements and shape descriptors beside scikit-image and mahotas; run as a script."""

import time

import cv2
import mahotas
import numpy as np
from skimage import data, transform
from skimage.measure import label, regionprops_table

from featkit import (
    AreaIntegralInvariant,
    ChordQuantiles,
    ContourSignature,
    CurvatureQuantiles,
    EllipticFourier,
    HuMoments,
    RegionMeasurements,
    region_measurements,
)
from featkit.features.moments import zernike_moments

PROPERTIES = (
    "area",
    "area_filled",
    "perimeter_crofton",
    "feret_diameter_max",
    "axis_major_length",
    "axis_minor_length",
    "eccentricity",
    "solidity",
    "extent",
    "euler_number",
)


def horse_of(size):
    return transform.resize((data.horse() == 0).astype(float), (size, size), order=1) > 0.5


def flower_of(size):
    row, col = np.mgrid[:size, :size] - size / 2
    return np.hypot(row, col) <= size * (0.35 + 0.12 * np.cos(6 * np.arctan2(row, col)))


def measured_by_skimage(mask):
    return regionprops_table(label(mask, connectivity=2), properties=PROPERTIES)


def best_times(*functions, rounds):
    """Least CPU milliseconds of each function on one thread; they take turns."""
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for index, function in enumerate(functions):
            start = time.thread_time()
            function()
            best[index] = min(best[index], 1000 * (time.thread_time() - start))
    return best


def compare(name, ours, peer, rounds=10):
    """Print one line: our time, the peer's, and how many times faster we are."""
    ours()
    peer()
    own, other = best_times(ours, peer, rounds=rounds)
    print(f"{name}: ours {own:.2f} ms, peer {other:.2f} ms, ratio {other / own:.1f}")


def main():
    """Print the comparisons, then the time of what has no peer."""
    cv2.setNumThreads(1)
    for name, mask in {
        "horse": horse_of(512),
        "flower": flower_of(512),
        "all foreground": np.ones((512, 512), bool),
    }.items():
        compare(
            f"RegionMeasurements, {name} 512 x 512 (skimage regionprops_table)",
            lambda mask=mask: region_measurements(mask, color=None),
            lambda mask=mask: measured_by_skimage(mask),
        )
    mask = horse_of(256)
    rows, cols = np.nonzero(mask)
    center = rows.mean(), cols.mean()
    radius = np.hypot(rows - center[0], cols - center[1]).max() + 0.5
    picture = mask.astype(float)
    compare(
        "ZernikeMoments, horse 256 x 256, degree 8 (mahotas)",
        lambda: zernike_moments(mask),
        lambda: mahotas.features.zernike_moments(picture, radius, degree=8, cm=center),
    )
    for extractor in (
        RegionMeasurements(),
        HuMoments(),
        EllipticFourier(),
        ContourSignature(),
        CurvatureQuantiles(),
        AreaIntegralInvariant(),
        ChordQuantiles(),
    ):
        extractor.transform([mask])
        (milliseconds,) = best_times(lambda extractor=extractor: extractor.transform([mask]), rounds=10)
        print(f"{type(extractor).__name__}, horse 256 x 256: ours {milliseconds:.2f} ms")


if __name__ == "__main__":
    main()
