"""Time of measuring photos beside decoding them and removing their background; run as a script.

    python tests/performance/bench_measure.py [--photos 6] [--times 1] [--scale coin] [--profile]

Draws photos of 12 megapixels, writes them as JPEG, and prints CPU seconds per photo on one thread, all by turns, least
of three rounds: decoding, `BackgroundRemover`, `measure_to_file` without and with check pictures; then the ratio of
measuring to decoding and background removal, by the default method and by "paper", which measuring takes. With
``--times 10`` twenty photos are measured ten times each, which makes 200, in one round.
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


def seconds_of(functions, rounds):
    """Least CPU seconds of a call of each function, which are called by turns; they have been called before."""
    times = []
    for _ in range(rounds):
        for function in functions:
            start = time.process_time()
            function()
            times.append(time.process_time() - start)
    return [min(times[k :: len(functions)]) for k in range(len(functions))]


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
        removers = BackgroundRemover(), BackgroundRemover(method="paper")

        def decode():
            for path in paths:
                read_image(path)

        def decode_and_remove(remover):
            for path in paths:
                remover.transform([read_image(path)])

        def measure(pictures=None):
            for number, (path, spec) in enumerate(zip(paths, specs)):
                out = Path(folder) / f"{number}.csv"
                (out.parent / f".{out.name}.journal").unlink(missing_ok=True)
                measure_to_file([path], out, scale=spec, check_pictures=pictures, progress=False)

        functions = [decode, *(partial(decode_and_remove, remover) for remover in removers)]
        functions += [measure, partial(measure, Path(folder) / "checks")]
        for function in functions:
            function()  # compiles
        paths, specs = options.times * paths, options.times * specs
        times = [value / len(paths) for value in seconds_of(functions, 3 if options.times == 1 else 1)]
        print(
            f"{options.scale}, {len(paths)} photos of 12 MP: decoding {times[0]:.3f} s, with background removal "
            f"{times[1]:.3f} s ({times[2]:.3f} s by paper), measuring {times[3]:.3f} s, with check pictures "
            f"{times[4]:.3f} s; ratio {times[3] / times[1]:.2f}, {times[4] / times[1]:.2f} "
            f"(by paper {times[3] / times[2]:.2f}, {times[4] / times[2]:.2f})"
        )
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(measure, Path(folder) / "checks")
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
