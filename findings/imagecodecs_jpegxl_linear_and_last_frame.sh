#!/usr/bin/env bash
# imagecodecs 2026.3.6: jpegxl_encode calls what has more than 8 bits linear light, 8 bits sRGB, so that other programs
# show the same samples brighter; jpegxl_decode of an animation gives its last frame, whatever its index.
# Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 imagecodecs==2026.3.6 pillow==13.0.0 pillow-jxl-plugin==1.3.8
"$folder/venv/bin/python" - <<'PYTHON'
import base64
import io
import sys
import warnings

import imagecodecs
import numpy as np
import pillow_jxl  # registers itself with Pillow
from PIL import Image, ImageCms

names = {}
for dtype in (np.uint8, np.uint16):
    data = imagecodecs.jpegxl_encode(np.full((8, 8, 3), np.iinfo(dtype).max // 2, dtype), lossless=True)
    profile = Image.open(io.BytesIO(data)).info["icc_profile"]
    names[dtype] = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
    print(f"{np.dtype(dtype).name}: the file says {names[dtype]}")
animation = base64.b64decode("/wogQMEAAopLAggCCAAAGAJLGIsVABwYFWWHYagDYIoTBuF7RwG22TkTwOMCaInUXzmoMtGIFj8b4cE/TBLtC4XAWhX8Cz8lIa5JI8bk0wx2+lcYZaZskpI74IcO+IwunSVDXV0+2QQ6N1ePYs5bSMXdtDdCDOUEWgpKACyPuKhBZRvTastyJMObKFmSkADkHo7Mt9VZAAgCBAAYAksYixUAHGJspB2GoQ4AKrsHgF8nlKjd0l1mDwV+iu+BUSA41MOov1GoMTkBl/zqpEBAC5sIZ3exxCbsxYVCfZ+Nfs8JVOmS4EVFPCtGbenmM9oAkCIsnYSbSplP+dqukQ0mi+MuazW/xIAb++dBrSbnq4fH8nYgxUx0/aQqKIC5Fy/iz+4r")  # 5 x 7 pixels, two frames, the second of them inverted; by cjxl 0.7.0
first = [imagecodecs.jpegxl_decode(animation, index=index)[0, 0].tolist() for index in (0, 1)]
print(f"first pixel of frame 0 (written [138, 20, 76]): {first[0]}; of frame 1 (written [117, 235, 179]): {first[1]}")
is_linear = names[np.uint16].endswith("Lin") and names[np.uint8] == "sRGB"
sys.exit(0 if is_linear and first[0] == first[1] == [117, 235, 179] else 1)
PYTHON
