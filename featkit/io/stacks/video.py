"""Frames of a video, by OpenCV: `list_frames`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from ...exceptions import ImageReadError
from ...parameters import COUNT, INDEX, check_number
from ..formats.checks import check_pixel_count
from ..places import open_file
from .page_paths import frame_path

_CONTAINERS = (  # MP4 and MOV, AVI, Matroska and WebM, Ogg, MPEG program and transport streams, FLV, ASF
    rb"....(?:ftyp|moov|mdat|wide|free|skip)|RIFF....AVI |\x1aE\xdf\xa3|OggS|\x00\x00\x01[\xba\xb3]|\x47.{187}\x47|FLV"
    rb"|\x30\x26\xb2\x75"
)


def list_frames(path: str | os.PathLike, *, step: int, start: int = 0, stop: int | None = None) -> np.ndarray:
    """List every so many frames of a video, as paths that `read_image` and `ImageReader` read.

    Parameters
    ----------
    path : str or PathLike
        A video file on this disk that OpenCV decodes: MP4, MOV, AVI, MKV, WebM, ...
    step : int
        One frame is taken of so many: 1 takes all; at 25 frames a second, 25 takes one a second.
    start : int, default=0
        First frame, counted from 0.
    stop : int or None, default=None
        First frame that is not taken any more; None goes on to the end.

    Returns
    -------
    paths : ndarray of str (n_frames,)
        Such as ``"clip.mp4#frame=25"``. The frames are decoded one by one when they are read, as RGB of 8 bits,
        turned upright as the file says.

    Raises
    ------
    ImageReadError
        When the file is missing or no video, or has no frame from `start` to `stop`; ``.path`` is the path.

    See Also
    --------
    read_image : Read one frame.
    ImageReader : Read a batch of frames, as the first step of a pipeline.
    list_images : List the images of a folder; ``pages="all"`` lists the frames of animations.

    Notes
    -----
    A frame is found by its number at the mean frame rate that the file tells. Where frames lack (a variable frame
    rate), the next one that there is stands for it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import cv2
    >>> import numpy as np
    >>> from featkit.io import list_frames, read_image
    >>> path = str(Path(tempfile.mkdtemp()) / "clip.avi")
    >>> writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (32, 24))
    >>> for _ in range(60):
    ...     _ = writer.write(np.zeros((24, 32, 3), dtype=np.uint8))
    >>> writer.release()
    >>> [Path(path).name for path in list_frames(path, step=25)]
    ['clip.avi#frame=0', 'clip.avi#frame=25', 'clip.avi#frame=50']
    >>> read_image(list_frames(path, step=25)[1]).shape
    (24, 32, 3)
    """
    step, start = check_number("step", step, COUNT), check_number("start", start, INDEX)
    if stop is not None:
        stop = check_number("stop", stop, INDEX)
    path = os.fspath(path)
    try:
        with _opened(path) as video:
            n_frames = _number_of_frames(video)
    except ImageReadError as error:
        raise ImageReadError(f"{path}: {error}", path) from error.__cause__
    numbers = range(n_frames)[start:stop:step]
    if not numbers:
        raise ImageReadError(
            f"{path}: expected frames from {start} to {'the end' if stop is None else stop}, the video has {n_frames}.",
            path,
        )
    return np.array([frame_path(path, number) for number in numbers])


def read_frame(path: str, number: int, max_pixels: int) -> np.ndarray:
    """Decode one frame of a video as RGB.

    Parameters
    ----------
    path : str
    number : int
        From 0.
    max_pixels : int
        Largest ``height * width``.

    Returns
    -------
    frame : uint8 ndarray (height, width, 3)

    Raises
    ------
    ImageReadError
        When the file is missing or no video, too large, or has no such frame.
    """
    with _opened(path) as video:
        width, height = (int(video.get(what)) for what in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        check_pixel_count(width, height, max_pixels)
        if number:
            video.set(cv2.CAP_PROP_POS_FRAMES, number)
        is_read, frame = video.read()
        if not is_read or frame is None:
            raise ImageReadError(f"expected a video with a frame {number}, it cannot be decoded.")
    check_pixel_count(frame.shape[1], frame.shape[0], max_pixels)
    return cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


@contextmanager
def _opened(path: str) -> Iterator[cv2.VideoCapture]:
    """A video of a known container: what FFmpeg would take for a list of other files never reaches it."""
    try:
        with open_file(path) as file:
            beginning = file.read(256)
    except ImageReadError:
        raise
    except OSError as error:
        raise ImageReadError(f"expected a video file, got: {error.strerror}. Check the path.") from error
    if not re.match(_CONTAINERS, beginning, re.DOTALL):
        raise ImageReadError(
            f"expected a video (MP4, MOV, AVI, MKV, WebM, MPEG), got a file that begins with {beginning[:12]!r}. "
            "Images are listed by list_images."
        )
    video = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)
    try:
        if not video.isOpened():
            raise ImageReadError(
                "expected a video that OpenCV decodes, it does not. Convert it, e.g. to MP4 with H.264."
            )
        yield video
    finally:
        video.release()


def _number_of_frames(video: cv2.VideoCapture) -> int:
    """What the file tells, where its last frame is there; else they are counted."""
    told = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    if told > 0:
        video.set(cv2.CAP_PROP_POS_FRAMES, told - 1)
        if int(video.get(cv2.CAP_PROP_POS_FRAMES)) == told - 1 and video.grab() and not video.grab():
            return told
    video.set(cv2.CAP_PROP_POS_FRAMES, 0)
    count = 0
    while video.grab():
        count += 1
    return count
