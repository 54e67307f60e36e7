"""Print which functions take longest to compile, for the README's photo pipeline or a script of your own.

    python -m tools.kernels.dearest [SCRIPT]

Each with the CPU seconds of itself and with what is compiled for it, and how many specialisations there were: kernels
and the functions of Numba that they pull in. Nothing is taken from a cache or from kernels compiled ahead of time.
"""

import os
import runpy
import sys
import tempfile
import time
from collections import defaultdict

N_LINES = 30
PHOTO = """
import numpy as np
from featkit import HOG, BackgroundRemover, ColorHistogram, ForegroundCropper, RegionMeasurements
from sklearn.pipeline import make_pipeline, make_union
from skimage.data import chelsea
crop = make_pipeline(ForegroundCropper(height=128, width=128), make_union(HOG(), ColorHistogram()))
make_pipeline(BackgroundRemover(), make_union(RegionMeasurements(), crop)).fit_transform([chelsea()])
"""


def listen():
    """Have Numba tell of every compilation; return the dictionary of function -> [self, inclusive, count] it fills."""
    from numba.core import event

    found = defaultdict(lambda: [0.0, 0.0, 0])
    running = []

    class Clock(event.Listener):
        def on_start(self, told):
            running.append([told.data["dispatcher"], time.process_time(), 0.0])

        def on_end(self, told):
            dispatcher, start, inside = running.pop()
            spent = time.process_time() - start
            function = dispatcher.py_func
            entry = found[f"{function.__module__}.{function.__qualname__}"]
            entry[0] += spent - inside
            entry[1] += spent
            entry[2] += 1
            if running:
                running[-1][2] += spent

    event.register("numba:compile", Clock())
    return found


def main(script=None):
    """Run, and print the dearest."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ |= {"NUMBA_CACHE_DIR": cache, "FEATKIT_KERNELS": "jit"}
        found = listen()
        if script:
            runpy.run_path(script, run_name="__main__")
        else:
            exec(PHOTO, {})
    print(f"{sum(own for own, _, _ in found.values()):.1f} s for {len(found)} functions\nself   with its own  times")
    for name, (own, whole, count) in sorted(found.items(), key=lambda item: -item[1][0])[:N_LINES]:
        print(f"{own:5.2f}  {whole:12.2f}  {count:5d}  {name}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
