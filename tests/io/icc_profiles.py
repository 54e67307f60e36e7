"""ICC profiles, written from the specification, and what pixels are in sRGB that have one."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

from tests.io.image_files import png_chunk, with_pillow

D50 = np.array([0.9642, 1, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
PRIMARIES = {
    "sRGB": [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)],
    "Display P3": [(0.68, 0.32), (0.265, 0.69), (0.15, 0.06)],
    "ProPhoto": [(0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)],
    "Adobe RGB": [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)],
}
GAMMA = 563 / 256  # of Adobe RGB


def number(value):
    return struct.pack(">i", round(value * 65536))


def gamma_curve(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def table_curve(entries):
    return b"curv\0\0\0\0" + struct.pack(">I", len(entries)) + np.rint(entries * 65535).astype(">u2").tobytes()


def parametric_curve(kind, *parameters):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(number, parameters))


SRGB_PARAMETERS = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
SRGB_CURVE = parametric_curve(3, *SRGB_PARAMETERS)


def xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(map(number, values))


def written(space, tags, pcs=b"XYZ "):
    """A profile of version 2.4 with these tags, from the specification."""
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"made\0" + bytes(78), b"wtpt": xyz(D50)} | tags
    tags |= {b"cprt": b"text\0\0\0\0none\0"}
    start = 132 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for kind, tag in tags.items():
        table += kind + struct.pack(">II", start + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(content), bytes(4), 0x02400000, b"mntr", space, pcs)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(number, D50))
    return head.ljust(128, b"\0") + table + content


def to_xyz(name):
    """XYZ of linear RGB, adapted from D65 to D50."""
    primaries = np.array([[x / y, 1, (1 - x - y) / y] for x, y in PRIMARIES[name]]).T
    white = np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290])
    adapted = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ white)) @ BRADFORD
    return adapted @ (primaries * np.linalg.solve(primaries, white))


def rgb_profile(name, curve):
    matrix = to_xyz(name)
    tags = {kind: xyz(column) for kind, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T)}
    return written(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def gray_profile(curve, **options):
    return written(b"GRAY", {b"kTRC": curve}, **options)


def decoded_srgb(values):
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded_srgb(linear):
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


P3 = rgb_profile("Display P3", SRGB_CURVE)
ADOBE = rgb_profile("Adobe RGB", gamma_curve(GAMMA))
SRGB = rgb_profile("sRGB", SRGB_CURVE)
GRAY_18 = gray_profile(gamma_curve(1.8))
DECODED = {"Display P3": decoded_srgb, "Adobe RGB": lambda values: values**GAMMA}
PROFILES = {"Display P3": P3, "Adobe RGB": ADOBE}


def truth(name, pixels):
    """sRGB of the pixels of a profile, in floats of the range of their dtype."""
    white = np.iinfo(pixels.dtype).max
    matrix = np.linalg.solve(to_xyz("sRGB"), to_xyz(name))
    return white * encoded_srgb(DECODED[name](pixels / white) @ matrix.T)


def iccp(profile):
    return png_chunk(b"iCCP", b"made\0\0" + zlib.compress(profile))


def table_profile(space, n_inks, gray):
    """A profile whose colors are a lookup table of two points an axis (lut8Type): Lab of the mean of its inks."""
    axes = np.stack(np.meshgrid(*[[0.0, 1.0]] * n_inks, indexing="ij"), axis=-1).reshape(-1, n_inks)
    lightness = np.clip(gray(axes), 0, 1)
    grid = np.stack([lightness * 255, np.full_like(lightness, 128), np.full_like(lightness, 128)], axis=1)
    linear = np.arange(256, dtype=np.uint8).tobytes()
    head = b"mft1\0\0\0\0" + bytes([n_inks, 3, 2, 0]) + b"".join(map(number, np.eye(3).ravel()))
    table = head + n_inks * linear + np.rint(grid).astype(np.uint8).tobytes() + 3 * linear
    return written(space, dict.fromkeys((b"A2B0", b"A2B1"), table), pcs=b"Lab ")


PAPER = table_profile(b"CMYK", 4, lambda ink: 1 - ink[:, :3].mean(axis=1) * 0.6 - ink[:, 3] * 0.4)
SCANNER = table_profile(b"RGB ", 3, lambda rgb: rgb.mean(axis=1))


def by_littlecms(pixels, profile, mode="RGB"):
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    flags = 0x2000  # black point compensation
    image = Image.frombytes(mode, pixels.shape[1::-1], pixels.tobytes())
    srgb = ImageCms.createProfile("sRGB")
    return np.array(
        ImageCms.profileToProfile(image, source, srgb, ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB", flags=flags)
    )


def assert_near(image, expected, tolerance):
    assert image.shape == expected.shape
    assert np.abs(image.astype(float) - expected).max() <= tolerance


def webp(pixels, icc_profile, **options):
    return with_pillow(pixels, "WEBP", lossless=True, exact=True, icc_profile=icc_profile, **options)
