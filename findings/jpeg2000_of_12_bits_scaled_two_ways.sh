#!/usr/bin/env bash
# A gray JPEG 2000 of 12 bits: Pillow 13.0 multiplies its samples by 16 (white of 4095 becomes 65520, not 65535), OpenCV 5.0 gives
# them as they are (4095), both in 16 bits and without a word about the depth; of RGB Pillow keeps 8 bits.
# Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    numpy==2.4.6 opencv-python-headless==5.0.0.93 pillow==13.0.0 imagecodecs==2026.3.6
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import cv2
import imagecodecs
import numpy as np
import PIL
from PIL import Image

gray = np.linspace(0, 4095, 40).astype(np.uint16).reshape(1, -1).repeat(8, axis=0)
data = imagecodecs.jpeg2k_encode(gray, level=0, bitspersample=12, codecformat="jp2")
pillow = np.asarray(Image.open(io.BytesIO(data)))
opencv = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
rgb = imagecodecs.jpeg2k_encode(np.dstack([gray] * 3), level=0, bitspersample=12, codecformat="jp2")
mode = Image.open(io.BytesIO(rgb)).mode
print(f"Pillow {PIL.__version__}: white {pillow.max()}, RGB in mode {mode}; OpenCV {cv2.__version__}: white {opencv.max()}")
sys.exit(0 if pillow.max() > 65000 and opencv.max() == 4095 and mode == "RGB" else 1)
PYTHON
