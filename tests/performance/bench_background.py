"""Cost of background removal beside cv2.grabCut: CPU time of one thread (how well: measure_foreground.py)."""

import time

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


def main():
    cv2.setNumThreads(1)
    for method in ("otsu", "border", "saliency", "auto"):
        segment_foreground(skimage.data.chelsea(), method)  # compile
    print_speed()


if __name__ == "__main__":
    main()
