"""What the header of a JPEG XL codestream says (ISO/IEC 18181-1, annexes A and D); nothing is decoded."""

from typing import NamedTuple

from ....exceptions import ImageReadError

_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_RGB, _XYB, _CUSTOM = 0, 2, 2
_D65, _SRGB_CORNERS = (0.3127, 0.3290), ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_WHITES = {1: _D65, 10: (1 / 3, 1 / 3), 11: (0.314, 0.351)}
_CORNERS = {
    1: _SRGB_CORNERS,
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
ALPHA = 0  # type of an extra channel
_SPOT, _FILTER = 2, 5


class Color(NamedTuple):
    """Color space of a codestream.

    Attributes
    ----------
    has_profile : bool
        An ICC profile follows, and the rest does not count.
    chromaticities : tuple of 8 floats or None
        x and y of white, red, green and blue; None is sRGB's.
    gamma : float or None
        Exponent of the encoding.
    transfer : int
        Code of ITU-T H.273, where there is no gamma.
    """

    has_profile: bool = False
    chromaticities: tuple[float, ...] | None = None
    gamma: float | None = None
    transfer: int = 13


class JpegXLHeader(NamedTuple):
    """Size as stored, depth, and what beside colors there is."""

    width: int
    height: int
    n_bits: int
    is_float: bool
    is_animated: bool
    extra_channels: tuple[tuple[int, bool], ...]  # type, and whether colors are multiplied by it
    color: Color
    is_xyb: bool = True  # colors are stored as XYB, whatever their color space
    orientation: int = 1


def read_header(stream: bytes) -> JpegXLHeader:
    """Read the beginning of a codestream.

    Parameters
    ----------
    stream : bytes
        It, from its signature on.

    Returns
    -------
    header : JpegXLHeader

    Raises
    ------
    ImageReadError
        When it is none, or cut off.
    """
    if stream[:2] != b"\xff\x0a":
        raise ImageReadError("expected a JPEG XL codestream, got none. Copy the file again from its source.")
    bits = _Bits(stream[2:4096])
    width, height = bits.size()
    if bits.flag():  # all as it is most of the time
        return JpegXLHeader(width, height, 8, False, False, (), Color())
    is_animated, orientation = False, 1
    if bits.flag():
        orientation = 1 + bits.number(3)
        if bits.flag():
            bits.size()
        if bits.flag():
            bits.preview()
        is_animated = bits.flag()
        if is_animated:
            bits.animation()
    n_bits, is_float = bits.depth()
    bits.flag()
    extra_channels = tuple(bits.extra_channel() for _ in range(bits.choice((0, 0), (1, 0), (2, 4), (1, 12))))
    is_xyb = bits.flag()
    return JpegXLHeader(width, height, n_bits, is_float, is_animated, extra_channels, bits.color(), is_xyb, orientation)


class _Bits:
    """Bits of a header, the least significant of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "little"), 8 * len(data)

    def number(self, n_bits: int) -> int:
        self._left -= n_bits
        if self._left < 0:
            raise ImageReadError("expected a whole JPEG XL file, it is truncated in its header. Copy it again.")
        found = self._value & ((1 << n_bits) - 1)
        self._value >>= n_bits
        return found

    def flag(self) -> bool:
        return bool(self.number(1))

    def choice(self, *ways: tuple[int, int]) -> int:
        """One of four numbers (offset, bits that are added to it)."""
        offset, n_bits = ways[self.number(2)]
        return offset + self.number(n_bits)

    def code(self) -> int:
        return self.choice((0, 0), (1, 0), (2, 4), (18, 6))

    def size(self) -> tuple[int, int]:
        """Width and height."""
        is_small = self.flag()
        height = self._side(is_small)
        ratio = self.number(3)
        if not ratio:
            return self._side(is_small), height
        across, down = _RATIOS[ratio]
        return height * across // down, height

    def _side(self, is_small: bool) -> int:
        return 8 * (1 + self.number(5)) if is_small else self.choice((1, 9), (1, 13), (1, 18), (1, 30))

    def preview(self) -> None:
        in_eights = self.flag()
        ways = ((16, 0), (32, 0), (1, 5), (33, 9)) if in_eights else ((1, 6), (65, 8), (321, 10), (1345, 12))
        self.choice(*ways)
        if not self.number(3):
            self.choice(*ways)

    def animation(self) -> None:
        self.choice((100, 0), (1000, 0), (1, 10), (1, 30))
        self.choice((1, 0), (1001, 0), (1, 8), (1, 10))
        self.choice((0, 0), (0, 3), (0, 16), (0, 32))
        self.flag()

    def depth(self) -> tuple[int, bool]:
        """Bits of a sample, and whether it is a float."""
        if not self.flag():
            return self.choice((8, 0), (10, 0), (12, 0), (1, 6)), False
        n_bits = self.choice((32, 0), (16, 0), (24, 0), (1, 6))
        self.number(4)
        return n_bits, True

    def extra_channel(self) -> tuple[int, bool]:
        if self.flag():
            return ALPHA, False
        kind = self.code()
        self.depth()
        self.choice((0, 0), (3, 0), (4, 0), (1, 3))
        self.number(8 * self.choice((0, 0), (0, 4), (16, 5), (48, 10)))  # its name
        is_premultiplied = self.flag() if kind == ALPHA else False
        if kind == _SPOT:
            self.number(64)
        if kind == _FILTER:
            self.choice((1, 0), (0, 2), (3, 4), (19, 8))
        return kind, is_premultiplied

    def color(self) -> Color:
        if self.flag():  # sRGB
            return Color()
        has_profile, space = self.flag(), self.code()
        if has_profile:
            return Color(has_profile=True)
        if space == _XYB:
            return Color()
        code = self.code()
        white = self._corner() if code == _CUSTOM else _WHITES.get(code, _D65)
        corners: tuple[tuple[float, float], ...] = _SRGB_CORNERS
        if space == _RGB:
            code = self.code()
            corners = tuple(self._corner() for _ in range(3)) if code == _CUSTOM else _CORNERS.get(code, corners)
        chromaticities = (*white, *corners[0], *corners[1], *corners[2])
        if self.flag():
            return Color(chromaticities=chromaticities, gamma=self.number(24) / 1e7)
        return Color(chromaticities=chromaticities, transfer=self.code())

    def _corner(self) -> tuple[float, float]:
        x, y = (self.choice((0, 19), (1 << 19, 19), (1 << 20, 20), (1 << 21, 21)) for _ in range(2))
        return _signed(x) / 1e6, _signed(y) / 1e6


def _signed(number: int) -> int:
    return -(number + 1) // 2 if number & 1 else number // 2
