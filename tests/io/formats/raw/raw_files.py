"""Raw files of cameras by their published layouts: a mosaic, and previews.

CR2, CR3: L. Schneider, https://github.com/lclevy/canon_cr3 and lclevy.free.fr/cr2. DNG: Adobe, "Digital Negative
Specification", 1.7. NEF, ARW, RAF: the tables of ExifTool.
"""

import struct

import numpy as np

from tests.io.formats.extras.test_boxes import box

SHORT, LONG, RATIONAL, ASCII, BYTE = 3, 4, 5, 2, 1
_SIZES = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8}
CFA, YCBCR, JPEG_OLD, JPEG = 32803, 6, 6, 7
JPEG_BOX = box(b"JPEG", bytes(4))
MOSAIC = np.arange(64 * 96, dtype=np.uint16).reshape(64, 96)


class Blob(bytes):
    """Bytes of the file, of which a tag holds the place."""


def _packed(kind, values, order):
    if kind in (BYTE, ASCII):
        return bytes(values)
    return b"".join(struct.pack(order + {SHORT: "H", LONG: "I", RATIONAL: "I"}[kind], value) for value in values)


def tiff(directories, *, order="<", head=b"", magic=42):
    """A file of directories {tag: (type, values) or Blob or list of directories}, one after the other."""
    data = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", magic, 0) + head)

    def write(directory):
        entries = []
        for tag, value in sorted(directory.items()):
            if isinstance(value, Blob):
                value = (LONG, [len(data)]), data.extend(value)
                value = value[0]
            elif isinstance(value, list):
                value = (LONG, [write(one)[0] for one in value])
            kind, values = value
            packed = _packed(kind, values, order)
            count = len(packed) // _SIZES[kind]
            if len(packed) > 4:
                data.extend(bytes(len(data) % 2))
                place = struct.pack(order + "I", len(data))
                data.extend(packed)
                packed = place
            entries.append(struct.pack(order + "HHI", tag, kind, count) + packed.ljust(4, b"\0"))
        data.extend(bytes(len(data) % 2))
        start = len(data)
        data.extend(struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4))
        return start, len(data) - 4

    place_of_next = 4
    for directory in directories:
        start, after = write(directory)
        data[place_of_next : place_of_next + 4] = struct.pack(order + "I", start)
        place_of_next = after
    return bytes(data)


def camera(make, model, orientation, adobe_rgb=False):
    """Tags that tell a camera, how its images are turned and whether they are in Adobe RGB."""
    found = {271: (ASCII, make + b"\0"), 272: (ASCII, model + b"\0"), 274: (SHORT, [orientation])}
    if adobe_rgb:
        found[0x8769] = [{0xA005: [{1: (ASCII, b"R03\0")}]}]
    return found


def strip_of(jpeg, height, width, **tags):
    """A directory of which the strip is a JPEG."""
    found = {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [JPEG_OLD])}
    return found | {273: Blob(jpeg), 277: (SHORT, [3]), 279: (LONG, [len(jpeg)])} | tags


def mosaic(**tags):
    """A directory with the mosaic, not compressed."""
    height, width = MOSAIC.shape
    found = {254: (LONG, [0]), 256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [16]), 259: (SHORT, [1])}
    found |= {262: (SHORT, [CFA]), 273: Blob(MOSAIC.tobytes()), 277: (SHORT, [1]), 278: (LONG, [height])}
    return found | {279: (LONG, [MOSAIC.nbytes]), 33421: (SHORT, [2, 2]), 33422: (BYTE, [0, 1, 1, 2])} | tags


def cr2(jpeg, thumbnail, lossless, height, width, orientation=1, adobe_rgb=False):
    """Preview in the first directory, a thumbnail in the second, the mosaic as a lossless JPEG in the last."""
    first = camera(b"Canon", b"Canon EOS 5D Mark III", orientation, adobe_rgb) | strip_of(jpeg, height, width)
    second = {513: Blob(thumbnail), 514: (LONG, [len(thumbnail)])}
    small = {256: (LONG, [2]), 257: (LONG, [2]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [1]), 262: (SHORT, [2])}
    small |= {273: Blob(bytes(12)), 277: (SHORT, [3]), 278: (LONG, [2]), 279: (LONG, [12])}
    raw = {259: (SHORT, [JPEG_OLD]), 273: Blob(lossless), 279: (LONG, [len(lossless)])}
    return tiff([first, second, small, raw], head=b"CR\x02\0" + bytes(4))


def nef(jpeg, thumbnail, orientation=1, order=">"):
    """A thumbnail in the first directory; the preview and the mosaic in directories below it."""
    below = {254: (LONG, [1]), 259: (SHORT, [JPEG_OLD]), 513: Blob(jpeg), 514: (LONG, [len(jpeg)])}
    first = camera(b"NIKON CORPORATION", b"NIKON D800", orientation)
    first |= {254: (LONG, [1]), 256: (LONG, [2]), 257: (LONG, [2]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [1])}
    first |= {262: (SHORT, [2]), 273: Blob(bytes(12)), 277: (SHORT, [3]), 278: (LONG, [2]), 279: (LONG, [12])}
    return tiff([first | {330: [below, mosaic()]}], order=order)


def arw(jpeg, thumbnail, orientation=1):
    """The preview by two tags of the first directory, a thumbnail by those of the second, the mosaic below."""
    first = camera(b"SONY", b"ILCE-7M3", orientation) | {254: (LONG, [1]), 259: (SHORT, [JPEG_OLD])}
    first |= {513: Blob(jpeg), 514: (LONG, [len(jpeg)]), 330: [mosaic()]}
    second = {254: (LONG, [1]), 259: (SHORT, [JPEG_OLD]), 513: Blob(thumbnail), 514: (LONG, [len(thumbnail)])}
    return tiff([first, second])


def dng(jpeg, thumbnail, height, width, orientation=1):
    """A thumbnail in the first directory; the mosaic and the preview in directories below it."""
    preview = strip_of(jpeg, height, width, **{})
    preview |= {254: (LONG, [1]), 259: (SHORT, [JPEG]), 262: (SHORT, [YCBCR]), 278: (LONG, [height])}
    first = camera(b"Google", b"Pixel 8", orientation) | strip_of(thumbnail, 8, 8)
    first |= {254: (LONG, [1]), 259: (SHORT, [JPEG]), 262: (SHORT, [YCBCR]), 278: (LONG, [8])}
    first |= {50706: (BYTE, [1, 4, 0, 0]), 50708: (ASCII, b"Google Pixel 8\0"), 330: [mosaic(), preview]}
    return tiff([first])


def raf(jpeg):
    """The preview behind the header, the mosaic at the end."""
    head = b"FUJIFILMCCD-RAW 0201FF383501" + b"X-T2".ljust(32, b"\0") + b"0100" + bytes(20)
    start = 148
    end = start + len(jpeg)
    places = struct.pack(">6I", start, len(jpeg), end, 4, end + 4, MOSAIC.nbytes)
    return (head + places).ljust(start, b"\0") + jpeg + bytes(4) + MOSAIC.tobytes()


def cr3(preview, full, height, width, orientation=1):
    """The preview in a box of its own; a JPEG of full size as the sample of the first track, if there is one."""
    metadata = tiff([camera(b"Canon", b"Canon EOS R", orientation)])
    uuid = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    about = box(b"uuid", uuid + box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00") + box(b"CMT1", metadata))
    sizes = struct.pack(">IHHHHI", 0, 1, width, height, 1, len(preview))
    shown = box(b"uuid", bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16") + struct.pack(">II", 0, 1))
    shown_box = box(b"PRVW", sizes + preview)
    shown = box(b"uuid", shown[8:] + shown_box)
    head = box(b"ftyp", b"crx " + struct.pack(">I", 1) + b"crx isom")

    def movie(at):
        entry = bytes(7) + b"\1" + bytes(16) + struct.pack(">HHII", width, height, 0x480000, 0x480000) + bytes(4)
        entry = box(b"CRAW", entry + struct.pack(">H", 1) + bytes(32) + struct.pack(">H", 24) + bytes(4) + JPEG_BOX)
        table = box(b"stsd", struct.pack(">II", 0, 1) + entry) + box(b"stsc", struct.pack(">5I", 0, 1, 1, 1, 1))
        table += box(b"stsz", struct.pack(">III", 0, len(full), 1)) + box(b"co64", struct.pack(">IIQ", 0, 1, at))
        handler = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
        track = box(b"trak", box(b"mdia", handler + box(b"minf", box(b"stbl", table))))
        return box(b"moov", about + (track if full else b""))

    at = len(head) + len(movie(0)) + len(shown) + 8
    return head + movie(at) + shown + box(b"mdat", full + MOSAIC.tobytes())
