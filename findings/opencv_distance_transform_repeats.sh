#!/usr/bin/env bash
# OpenCV 5.0: distanceTransform(DIST_MASK_PRECISE) of one array differs in the last digit from call to call.
# Pixels that lie equally deep then come in another order each time, so that whatever floods from the deepest pixel
# (watershed, peaks of equal height) is not repeatable. Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import cv2
import numpy as np

cv2.setNumThreads(1)
row, col = np.mgrid[:44, :60]
mask = (np.minimum(np.hypot(row - 22, col - 19), np.hypot(row - 20, col - 40)) <= 15).astype(np.uint8)
first = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
kept, different = [first], 0
for _ in range(1000):
    again = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    kept.append(again)  # so that the results come to lie at other addresses
    different += bool((again != first).any())
error = max(float(np.abs(one - first).max()) for one in kept)
print(f"opencv {cv2.__version__}: {different} of 1000 repeated calls differ, by {error:.1e} at most")
sys.exit(0 if different else 1)
PYTHON
