"""Speed of reading: `read_image` against bare cv2.imread on JPEG files. A folder of photos may be given."""

import sys
import tempfile
import time
from pathlib import Path

import cv2
from skimage.data import astronaut, chelsea, coffee

from featkit import list_images, read_image

REPEATS = 12


def seconds(function, path):
    start = time.perf_counter()
    function(path)
    return time.perf_counter() - start


def compare(name, ours, theirs, paths):
    """Sum over the files of the best of several readings, the two taking turns."""
    best = [[float("inf")] * 2 for _ in paths]
    for (index, path), _ in ((item, turn) for item in enumerate(paths) for turn in range(REPEATS)):
        best[index] = [min(old, seconds(read, path)) for old, read in zip(best[index], (ours, theirs))]
    ours_ms, theirs_ms = (1000 * sum(times) / len(paths) for times in zip(*best))
    print(f"{name}: ours {ours_ms:.3f} ms, peer {theirs_ms:.3f} ms, ratio {theirs_ms / ours_ms:.2f}")


def main(folder=None):
    """Print the ratios."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as own:
        if folder is None:
            for name, photo in {"astronaut": astronaut(), "chelsea": chelsea(), "coffee": coffee()}.items():
                cv2.imwrite(str(Path(own) / f"{name}.jpg"), photo[..., ::-1])
        paths = [path for path in list_images(folder or own, labels=False).paths.tolist() if path.endswith(".jpg")]
        compare("read_image vs cv2.imread", read_image, cv2.imread, paths)
        compare("read_image, min_size=64 vs cv2.imread", lambda p: read_image(p, min_size=64), cv2.imread, paths)


if __name__ == "__main__":
    main(*sys.argv[1:])
