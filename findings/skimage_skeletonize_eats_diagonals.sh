#!/usr/bin/env bash
# scikit-image 0.26: skeletonize with its default method eats diagonal bars of even width up from one end, so that the
# skeleton of a bar 100 long covers about half of it; method="lee" keeps it, and at other angles the default does, too.
# Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 scikit-image==0.26.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
import skimage
from skimage.morphology import skeletonize


def covered(degrees, **how):
    """Fraction of a bar 100 long and 4 wide that its skeleton covers from end to end."""
    angle = np.radians(degrees)
    row, col = np.mgrid[-60:61, -60:61]
    col = col + 0.5  # the middle of the bar lies between two diagonals of pixels
    along, across = col * np.cos(angle) + row * np.sin(angle), row * np.cos(angle) - col * np.sin(angle)
    skeleton = skeletonize((abs(along) <= 50) & (abs(across) <= 2), **how) > 0
    return np.ptp(along[skeleton]) / 100


print(f"scikit-image {skimage.__version__}")
for degrees in (40, 45, 50):
    print(f"{degrees} degrees: default {covered(degrees):.2f}, lee {covered(degrees, method='lee'):.2f} of the length")
sys.exit(0 if covered(45) < 0.7 < covered(45, method="lee") else 1)
PYTHON
