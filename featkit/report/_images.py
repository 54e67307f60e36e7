"""Images and figures as ``data:`` addresses inside a page."""

import base64
import io
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from sklearn.base import BaseEstimator

from .._optional import require
from ..display.checkerboard import draw_on_checkerboard
from ..display.images.steps import steps_of
from ..image.checks import Image
from ..image.conversions import to_uint8

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 120, 60  # of the line of a feature row, as the template draws it
INK_ON_DARK, PAPER_ON_DARK = "#e4e7ea", "#14171a"  # of the style sheet
MOST_POINTS = 240


def picture_url(image: Image, longest: int = 128) -> str:
    """Encode an image as a ``data:`` address, made smaller where it is larger than needed.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        What is transparent shows a checkerboard.
    longest : int, default=128
        Longest side in pixels.

    Returns
    -------
    url : str
        PNG for small images, which show their pixels; JPEG for larger ones.
    """
    picture = to_uint8(draw_on_checkerboard(image))
    height, width = picture.shape[:2]
    shrink = longest / max(height, width)
    if shrink < 1:
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if picture.ndim == 3:
        picture = picture[..., ::-1]  # OpenCV writes BGR
    if max(height, width) <= 64:
        return _data_url(cv2.imencode(".png", picture)[1].tobytes(), "image/png")
    return _data_url(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 82])[1].tobytes(), "image/jpeg")


def figure_urls(figure: "Figure") -> dict[str, str]:
    """Encode a matplotlib figure as ``data:`` addresses of two PNGs, for a light page and for a dark one."""
    light = _figure_url(figure, facecolor="white")
    colored: list[Any] = figure.findobj(lambda part: hasattr(part, "get_color"))
    black = [part for part in colored if _is_black(part.get_color())]
    edges = [part for axes in figure.axes for part in axes.spines.values() if _is_black(part.get_edgecolor())]
    for part in black:
        part.set_color(INK_ON_DARK)
    for part in edges:
        part.set_edgecolor(INK_ON_DARK)
    faces = [(axes, axes.get_facecolor()) for axes in figure.axes]
    for axes, _ in faces:
        axes.set_facecolor("none")
    try:
        return {"light": light, "dark": _figure_url(figure, facecolor=PAPER_ON_DARK)}
    finally:
        for part in black:
            part.set_color("black")
        for part in edges:
            part.set_edgecolor("black")
        for axes, color in faces:
            axes.set_facecolor(color)


def _is_black(color: Any) -> bool:
    colors = require("matplotlib.colors", extra="report")
    return colors.is_color_like(color) and colors.to_rgb(color) == (0, 0, 0)


def _figure_url(figure: "Figure", facecolor: str) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, facecolor=facecolor)
    return _data_url(buffer.getvalue(), "image/png")


def _data_url(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def strip_of(pipeline: BaseEstimator, image: Any) -> list[dict]:
    """Images and feature rows of one image after every step, ready for a page."""
    return [
        {"title": title, "url": None if result.ndim == 1 else picture_url(result), "row": _row_points(result)}
        for title, result in steps_of(pipeline, image)
    ]


def _row_points(row: np.ndarray) -> dict | None:
    """Corners of a polyline that draws a feature row; long rows show the largest value of each stretch."""
    if row.ndim != 1:
        return None
    values = np.nan_to_num(np.asarray(row, dtype=np.float64))
    parts = [part[np.argmax(np.abs(part))] for part in np.array_split(values, min(MOST_POINTS, len(values)))]
    low, high = min(parts), max(parts)
    heights = [HEIGHT - 4 - (value - low) / (high - low or 1) * (HEIGHT - 8) for value in parts]
    step = WIDTH / max(len(parts) - 1, 1)
    return {"points": " ".join(f"{k * step:.1f},{y:.1f}" for k, y in enumerate(heights)), "n_features": len(values)}
