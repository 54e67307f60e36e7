#!/usr/bin/env bash
# Samples of 10, 12 or 14 bits in a big-endian TIFF: tifffile 2026.3 writes other bytes than in a little-endian one, though packed
# samples begin with the highest bit in both (TIFF 6.0, FillOrder 1), and reads back other numbers than it was given. What it
# reads of a right file is right.
# Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 tifffile==2026.3.3 imagecodecs==2026.3.6
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import numpy as np
import tifffile

samples = np.array([[1, 2, 3, 1023]], np.uint16)
packed, read = {}, {}
for order in "<>":
    file = io.BytesIO()
    tifffile.imwrite(file, samples, bitspersample=10, byteorder=order)
    with tifffile.TiffFile(io.BytesIO(file.getvalue())) as tiff:
        page = tiff.pages.first
        packed[order] = file.getvalue()[page.dataoffsets[0] :][:5].hex()
        read[order] = page.asarray().ravel().tolist()
right = int("".join(f"{value:010b}" for value in samples.ravel().tolist()), 2).to_bytes(5, "big").hex()
print(f"tifffile {tifffile.__version__}: {samples.ravel().tolist()} should be {right}; written {packed}, read back {read}")
sys.exit(0 if packed["<"] == right != packed[">"] and read[">"] != read["<"] == samples.ravel().tolist() else 1)
PYTHON
