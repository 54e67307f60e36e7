"""CPU time from the start of a process to its first row, to its second row, and of a row after that.

    python tests/performance/bench_first_call.py [WHEEL or PYTHON ...]

*cold*: nothing compiled has been kept; *warm*: what Numba compiles has been; *hot*: another row in the same process.
featkit as it is installed here, the same without the kernels compiled ahead of time, each wheel given (as that of an
earlier release, in an environment of its own, made by uv), and the same work written with scikit-image and OpenCV take
turns; the least of several runs counts. Writes docs/speed.md.
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from skimage import data

N_ROUNDS = 3
PAGE = Path(__file__).parents[2] / "docs" / "speed.md"

HOG = """
import sklearn.base
import numpy as np
from skimage.data import camera
image = camera()
"""
OUR_HOG = """
from featkit import HOG
def row(): return HOG().fit_transform(image[np.newaxis])
"""
PEER_HOG = """
from skimage.feature import hog
def row(): return hog(image)
"""
PHOTO = """
import sys
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
path = sys.argv[1]
"""
OUR_PHOTO = """
from featkit import HOG, BackgroundRemover, ColorHistogram, ForegroundCropper, ImageReader, RegionMeasurements
crop = make_pipeline(ForegroundCropper(height=128, width=128), make_union(HOG(), ColorHistogram()))
steps = make_pipeline(ImageReader(), BackgroundRemover(), make_union(RegionMeasurements(), crop))
def row(): return steps.fit_transform([path])
"""
PEER_PHOTO = """
import cv2
import numpy as np
from scipy import ndimage
from skimage import color, feature, measure, transform

def row():
    image = cv2.imread(path)
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    mask = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1] > 0
    labels = measure.label(ndimage.binary_fill_holes(mask))
    region = max(measure.regionprops(labels, image), key=lambda region: region.area)
    top, left, bottom, right = region.bbox
    crop = image[top:bottom, left:right, ::-1] * region.image[..., np.newaxis]
    crop = transform.resize(crop, (128, 128), anti_aliasing=True)
    colors = np.histogramdd(crop.reshape(-1, 3), bins=8, range=[(0, 1)] * 3)[0]
    lengths = [region.area, region.area_convex, region.perimeter_crofton, region.feret_diameter_max, region.solidity]
    lengths += [region.axis_major_length, region.axis_minor_length, region.orientation, region.euler_number]
    return np.concatenate([lengths, region.intensity_mean, feature.hog(color.rgb2gray(crop)), colors.ravel()])
"""
TASKS = {
    "HOG of 512 x 512 pixels": (HOG, OUR_HOG, PEER_HOG, "scikit-image"),
    "the README's photo pipeline, 400 x 300": (PHOTO, OUR_PHOTO, PEER_PHOTO, "scikit-image and OpenCV"),
}
INTRODUCTION = """# Speed of the first call

`make bench` measures it on your machine and writes this page: CPU seconds of a process that imports everything, makes
one row and ends, where nothing compiled has been kept (cold) and where it has (warm), and milliseconds of another row
in the same process (hot). Least of {} runs that take turns, one thread, {}, Python {}, {:%d %B %Y}.
"""
TIMED = """
import time
row()
start = time.process_time()
row()
print(time.process_time() - start)
"""


def run(python, code, path, **environment):
    """CPU seconds of a whole process that makes two rows, and of the second row."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" or python == sys.executable}
    own |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **environment}
    printed = subprocess.check_output([python, "-c", code, path], text=True, env=own, cwd=tempfile.gettempdir())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    hot = float(printed.split()[-1])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime - hot, hot


def environment_of(wheel, folder):
    """Make an environment that has a wheel and what it needs, and return its Python; a Python is its own."""
    if not wheel.endswith(".whl"):
        return wheel
    python = Path(folder) / Path(wheel).stem / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, python.parents[1]], check=True)
    subprocess.run([*uv, "pip", "install", "--python", python, wheel], check=True)
    return str(python)


def measure(start, ours, peer, subjects, path, folder):
    """Least cold, warm and hot seconds of each subject, which take turns."""
    times = {name: {"cold": [], "warm": [], "hot": []} for name in subjects}
    for turn in range(N_ROUNDS):
        for name, (python, settings) in subjects.items():
            code = start + (peer if settings is None else ours) + TIMED
            cache = str(Path(folder) / f"cache {name} {turn}".replace("/", "_"))
            for state in ("cold", "warm"):
                seconds, hot = run(python, code, path, NUMBA_CACHE_DIR=cache, **(settings or {}))
                times[name][state].append(seconds)
                times[name]["hot"].append(hot)
    return {name: {state: min(seconds) for state, seconds in found.items()} for name, found in times.items()}


def table(results, peer):
    """The results as a table of Markdown."""
    lines = ["| | cold, s | warm, s | hot, ms | cold / peer |", "|---|---:|---:|---:|---:|"]
    for name, found in results.items():
        ratio = found["cold"] / results[peer]["cold"]
        lines.append(f"| {name} | {found['cold']:.2f} | {found['warm']:.2f} | {1e3 * found['hot']:.2f} | {ratio:.2f} |")
    return "\n".join(lines)


def main(*wheels):
    """Measure, print, write the page."""
    page = INTRODUCTION.format(N_ROUNDS, platform.machine(), platform.python_version(), date.today())
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "photo.jpg")
        cv2.imwrite(path, cv2.resize(data.chelsea()[..., ::-1], (400, 300), interpolation=cv2.INTER_AREA))
        mine = {
            "featkit": (sys.executable, {}),
            "featkit, compiled when called": (sys.executable, {"FEATKIT_KERNELS": "jit"}),
        }
        theirs = {
            Path(wheel).name.removesuffix("-py3-none-any.whl"): (environment_of(wheel, folder), {}) for wheel in wheels
        }
        for task, (start, ours, peer, name) in TASKS.items():
            subjects = {**mine, **theirs, name: (sys.executable, None)}
            section = f"\n## First row of {task}\n\n{table(measure(start, ours, peer, subjects, path, folder), name)}\n"
            print(section)
            page += section
    PAGE.write_text(page)


if __name__ == "__main__":
    np.seterr(all="ignore")
    main(*sys.argv[1:])
