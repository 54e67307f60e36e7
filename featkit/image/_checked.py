"""Functions of an image that the package itself calls on what it has checked, for everybody else: the check first."""

import functools
from collections.abc import Callable
from typing import Any

from . import affine, alpha, colorspaces, conversions
from .checks import checked_image


def _checked(function: Callable) -> Any:
    @functools.wraps(function)
    def checked(image, *arguments, **parameters):
        return function(checked_image(image), *arguments, **parameters)

    checked.__module__ = __name__  # this one is public
    return checked


color_levels = _checked(colorspaces.color_levels)
convert_color = _checked(colorspaces.convert_color)
flatten_alpha = _checked(alpha.flatten_alpha)
foreground_mask = _checked(alpha.foreground_mask)
split_alpha = _checked(alpha.split_alpha)
to_float = _checked(conversions.to_float)
to_gray = _checked(conversions.to_gray)
to_uint8 = _checked(conversions.to_uint8)
warp_affine = _checked(affine.warp_affine)
