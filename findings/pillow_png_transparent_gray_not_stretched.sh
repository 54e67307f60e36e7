#!/usr/bin/env bash
# A gray PNG of 2 or 4 bits with a transparent gray (tRNS): Pillow 13.0 stretches the samples to 0..255 and not the transparent
# one, so that convert("RGBA") makes another gray transparent, or none. Of 1 bit it is right.
# Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    numpy==2.4.6 pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def alpha_of(n_bits, row):
    """Alpha of the grays 0, 1, ... of so many bits, of which 1 is transparent."""
    header = struct.pack(">IIBBBBB", 2**n_bits, 1, n_bits, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" + row)
    chunks = [(b"IHDR", header), (b"tRNS", struct.pack(">H", 1)), (b"IDAT", pixels), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[0, :, 3].tolist()


found = {1: alpha_of(1, b"\x40"), 2: alpha_of(2, b"\x1b"), 4: alpha_of(4, bytes.fromhex("0123456789abcdef"))}
print(f"Pillow {PIL.__version__}: alpha of the grays 0, 1, ..., of which 1 is transparent, by bits: {found}")
right = {n_bits: [255, 0] + [255] * (2**n_bits - 2) for n_bits in found}
sys.exit(0 if found[1] == right[1] and found[2] != right[2] and found[4] != right[4] else 1)
PYTHON
