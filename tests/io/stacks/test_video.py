import os

import cv2
import numpy as np
import pytest

from featkit import ImageReader, read_image
from featkit.exceptions import ImageReadError
from featkit.io import list_frames
from featkit.parameters import InvalidParameterError

N_FRAMES = 30


def frame(number):
    """A gray frame in which a white column moves."""
    pixels = np.full((24, 32, 3), 40 + 5 * number, np.uint8)
    pixels[:, number : number + 2] = (0, 0, 255)  # red, as OpenCV takes it
    return pixels


def write_video(path, code, n_frames=N_FRAMES):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 10.0, (32, 24))
    assert writer.isOpened()
    for number in range(n_frames):
        writer.write(frame(number))
    writer.release()
    return str(path)


@pytest.fixture(params=[("MJPG", "avi"), ("FFV1", "avi"), ("mp4v", "mp4")], ids=lambda param: param[0])
def video(tmp_path, request):
    code, suffix = request.param
    return write_video(tmp_path / f"clip.{suffix}", code)


def test_frames_are_those_of_a_video_read_from_its_beginning(video):
    capture = cv2.VideoCapture(video)
    frames = [capture.read()[1][..., ::-1] for _ in range(N_FRAMES)]
    paths = list_frames(video, step=7, start=2)
    assert paths.tolist() == [f"{video}#frame={number}" for number in (2, 9, 16, 23)]
    for path, number in zip(paths, (2, 9, 16, 23)):
        assert np.array_equal(read_image(path), frames[number])
        assert abs(int(frames[number][12, -1, 0]) - 40 - 5 * number) < 8  # and the one that was written
    images = ImageReader().fit_transform(list_frames(video, step=1)[::-1])
    assert np.array_equal(images, frames[::-1])


def test_colors_are_in_rgb_order(tmp_path):
    path = write_video(tmp_path / "clip.avi", "FFV1")
    red, green, blue = read_image(f"{path}#frame=5")[12, 5]
    assert red > 150
    assert green < 60
    assert blue < 60


def test_a_stretch_of_frames(video):
    assert len(list_frames(video, step=1)) == N_FRAMES
    assert [os.path.basename(path) for path in list_frames(video, step=2, start=3, stop=7)] == [
        f"{os.path.basename(video)}#frame={number}" for number in (3, 5)
    ]
    with pytest.raises(ImageReadError, match=f"frames from {N_FRAMES} to the end, the video has {N_FRAMES}"):
        list_frames(video, step=1, start=N_FRAMES)
    with pytest.raises(ImageReadError, match=r"#frame=99: expected a video with a frame 99"):
        read_image(f"{video}#frame=99")


def test_a_frame_that_is_too_large_is_not_decoded(video):
    with pytest.raises(ImageReadError, match="max_pixels=700"):
        read_image(f"{video}#frame=0", max_pixels=700)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "expected a video file, got: No such file"),
        (b"#EXTM3U\nhttp://example.org/a.ts\n", "got a file that begins with b'#EXTM3U"),
        (b"ffconcat version 1.0\nfile other.mp4\n", "got a file that begins with"),
        (b"\0\0\0\x18ftypmp42" + bytes(40), "that OpenCV decodes"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path, content, message):
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageReadError, match=message) as caught:
        list_frames(path, step=1)
    assert caught.value.path == str(path)
    with pytest.raises(InvalidParameterError, match="'step'"):
        list_frames(path, step=0)
