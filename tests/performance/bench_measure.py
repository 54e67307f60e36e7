"""Time of measuring photos beside decoding them and removing their background; run as a script.

    python tests/performance/bench_measure.py [--photos 6] [--times 1] [--scale coin] [--profile]

Draws photos of 12 megapixels, writes them as JPEG, and prints CPU seconds per photo on one thread, all by turns:
decoding, `BackgroundRemover`, `measure_to_file` without and with check pictures, which takes the scale of each photo
from a table; then the ratio of measuring to decoding and background removal, by the default method and by "paper",
which measuring takes. With ``--times 10`` twenty photos are measured ten times each, which makes 200; the figures are
those of all rounds together, and the ratios of each round are printed beside them.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
import warnings
from functools import partial
from pathlib import Path

import cv2

from featkit import BackgroundRemover, measure_to_file, read_image
from featkit.datasets import make_sheets


def seconds_of(function):
    """CPU seconds of a call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def describe(times):
    """The times of a photo and what they are of each other, in words."""
    decoding, default, paper, measuring, drawing = times
    return (
        f"decoding {decoding:.3f} s, with background removal {default:.3f} s ({paper:.3f} s by paper), measuring "
        f"{measuring:.3f} s, with check pictures {drawing:.3f} s; ratio {measuring / default:.2f}, "
        f"{drawing / default:.2f} (by paper {measuring / paper:.2f}, {drawing / paper:.2f})"
    )


def main():
    """Print the times and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=6)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--scale", default="coin")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder) / "photos"
        photos.mkdir()
        sizes = []
        for number in range(options.photos):
            sheet = make_sheets(1, scale=options.scale, height=3000, width=4000, random_state=number)
            cv2.imwrite(str(photos / f"{number}.jpg"), sheet.images[0][..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
            sizes.append(sheet.size[0])
        paths = [str(photos / f"{number}.jpg") for number in range(options.photos)]
        kind = {"tags": "tag"}.get(options.scale, options.scale)
        specs = ["sheet:210x297" if kind == "sheet" else f"{kind}:{size}" for size in sizes]
        table = Path(folder) / "scales.csv"
        rows = [f"{path},{spec}" for path, spec in zip(paths, specs)]
        table.write_text("\n".join(["path,scale", *rows]) + "\n")
        removers = BackgroundRemover(), BackgroundRemover(method="paper")

        def decode():
            for path in paths:
                read_image(path)

        def decode_and_remove(remover):
            for path in paths:
                remover.transform([read_image(path)])

        def measure(pictures=None):
            out = Path(folder) / "objects.csv"
            (out.parent / f".{out.name}.journal").unlink(missing_ok=True)
            measure_to_file(paths, out, scale=table, check_pictures=pictures, progress=False)

        functions = [decode, *(partial(decode_and_remove, remover) for remover in removers)]
        functions += [measure, partial(measure, Path(folder) / "checks")]
        for function in functions:
            function()  # compiles
        times = []
        for number in range(options.times):
            times.append([seconds_of(function) / len(paths) for function in functions])
            print(f"round {number + 1}: {describe(times[-1])}", flush=True)
        n_photos = options.times * len(paths)
        print(f"{options.scale}, {n_photos} photos of 12 MP: {describe([sum(t) / len(t) for t in zip(*times)])}")
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(measure, Path(folder) / "checks")
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
