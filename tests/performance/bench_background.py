"""Cost of background removal beside cv2.grabCut, and, given a folder of photos and masks, how well both do.

    python tests/performance/bench_background.py [FOLDER]

FOLDER holds ``images/NAME.jpg`` and ``masks/NAME.png`` (0 and 255). CPU time of one thread.
"""

import sys
import time
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from featkit import BackgroundRemover, segment_foreground

N_REPEATS = 5


def timed(function, *arguments):
    start = time.thread_time()
    result = function(*arguments)
    return time.thread_time() - start, result


def grab_cut(image):
    height, width = image.shape[:2]
    marks = np.zeros((height, width), np.uint8)
    rectangle = (round(0.05 * width), round(0.05 * height), round(0.9 * width), round(0.9 * height))
    cv2.setRNGSeed(0)
    bgr = image[..., ::-1].copy()
    cv2.grabCut(bgr, marks, rectangle, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)
    return (marks & 1) == 1


def print_speed():
    photos = [cv2.resize(getattr(skimage.data, name)(), (400, 300)) for name in ("chelsea", "coffee", "astronaut")]
    removers = {
        method: BackgroundRemover(method=method).image_transformer()
        for method in ("otsu", "border", "saliency", "auto")
    }
    best = dict.fromkeys(["cv2.grabCut", *removers], np.inf)
    for _ in range(N_REPEATS):
        seconds = dict.fromkeys(best, 0.0)
        for photo in photos:
            seconds["cv2.grabCut"] += timed(grab_cut, photo)[0] / len(photos)
            for method, remove in removers.items():
                seconds[method] += timed(remove, photo)[0] / len(photos)
        best = {name: min(best[name], seconds[name]) for name in best}
    peer = best.pop("cv2.grabCut")
    for method, ours in best.items():
        print(
            f"background_{method} (400 x 300): ours {1e3 * ours:.2f} ms, "
            f"cv2.grabCut {1e3 * peer:.2f} ms, ratio {peer / ours:.1f}"
        )


def scores(mask, truth):
    """Intersection over union, F-beta (beta^2 = 0.3) and mean absolute error."""
    hit = np.count_nonzero(mask & truth)
    precision, recall = hit / max(np.count_nonzero(mask), 1), hit / np.count_nonzero(truth)
    f_beta = 1.3 * precision * recall / max(0.3 * precision + recall, 1e-12)
    return hit / np.count_nonzero(mask | truth), f_beta, np.mean(mask != truth)


def print_quality(folder):
    names = {method: method for method in ("otsu", "border", "saliency", "auto")}
    segmenters = {"cv2.grabCut": grab_cut} | {
        name: lambda image, method=method: segment_foreground(image, method) for name, method in names.items()
    }
    rows = {name: [] for name in segmenters}
    for path in sorted((folder / "images").iterdir()):
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        truth = cv2.imread(str(folder / "masks" / f"{path.stem}.png"), cv2.IMREAD_GRAYSCALE) > 127
        for name, segment in segmenters.items():
            seconds, mask = timed(segment, image)
            rows[name].append((*scores(mask, truth), seconds))
    peer = np.mean(rows["cv2.grabCut"], axis=0)[3]
    for name, values in rows.items():
        overlap, f_beta, error, seconds = np.mean(values, axis=0)
        print(
            f"{name:12} IoU {overlap:.3f}  F-beta {f_beta:.3f}  MAE {error:.3f}  {1e3 * seconds:7.2f} ms "
            f"(median {1e3 * np.median(values, axis=0)[3]:7.2f}), 1/{peer / seconds:.1f} of cv2.grabCut"
        )


def main():
    cv2.setNumThreads(1)
    if len(sys.argv) > 1 and not Path(sys.argv[1], "masks").is_dir():
        raise SystemExit(f"No folder {Path(sys.argv[1], 'masks')}.\n\n{__doc__}")
    for method in ("otsu", "border", "saliency", "auto"):
        segment_foreground(skimage.data.chelsea(), method)  # compile
    print_speed()
    if len(sys.argv) > 1:
        print_quality(Path(sys.argv[1]))
    else:
        print("no folder of photos and masks given: speed only")


if __name__ == "__main__":
    main()
