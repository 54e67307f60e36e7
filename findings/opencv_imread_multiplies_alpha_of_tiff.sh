#!/usr/bin/env bash
# OpenCV 5.0: cv2.imread with IMREAD_UNCHANGED of an RGBA TIFF of 8 bits whose alpha is unassociated (ExtraSamples 2)
# gives colors multiplied by alpha; of 16 bits it gives them as they are.
# Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93 tifffile==2026.3.3
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import cv2
import numpy as np
import tifffile

print(f"OpenCV {cv2.__version__}")
found = {}
for dtype, white in ((np.uint8, 255), (np.uint16, 65535)):
    pixels = np.full((4, 5, 4), white, dtype)
    pixels[..., 3] = white // 2
    tifffile.imwrite("rgba.tif", pixels, photometric="rgb", extrasamples=["unassalpha"])
    found[white] = cv2.imread("rgba.tif", cv2.IMREAD_UNCHANGED)[0, 0].tolist()
    print(f"{np.dtype(dtype).name}: written {pixels[0, 0].tolist()}, read (BGRA) {found[white]}")
sys.exit(0 if found[255][0] < 130 and found[65535][0] == 65535 else 1)
PYTHON
