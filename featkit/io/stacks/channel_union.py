"""One extractor on each channel of images of many channels: `channel_union`."""

from collections.abc import Iterable, Mapping
from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import FeatureUnion, make_pipeline

from ...exceptions import shown
from ...parameters import InvalidParameterError
from ..image_reader import ImageReader


def channel_union(
    extractor: BaseEstimator,
    channels: Iterable[int | str] | Mapping[str, int | str],
    *,
    reader: ImageReader | None = None,
) -> FeatureUnion:
    """Run an extractor on each channel of images of any number of channels.

    Parameters
    ----------
    extractor : estimator
        What makes sense of a gray image: `featkit.IntensityStatistics`, texture, `featkit.RegionMeasurements`, or a
        pipeline of image steps and one of these. It is cloned for each channel.
    channels : iterable of int or str, or dict
        The channels by number, from 0, or by the name that the file gives them; a dict names the columns otherwise:
        ``{"nuclei": 0, "membranes": "GFP"}``.
    reader : ImageReader or None, default=None
        What reads the files, without channels of its own; None is ``ImageReader()``.

    Returns
    -------
    union : FeatureUnion
        Takes a batch of paths (or arrays of any number of channels); its columns begin with the name of the channel, or
        with ``channel_0`` and so on: ``DAPI__intensity_mean``.

    Raises
    ------
    InvalidParameterError
        When there are no channels, or two of one name, or the reader has channels of its own.

    See Also
    --------
    ImageReader : Reads one channel, or three of them as RGB.

    Notes
    -----
    Of a TIFF stack whose channels are pages (OME-TIFF, ImageJ) only the pages of the channel are decoded each time; of
    other files each channel decodes the whole image.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import IntensityStatistics
    >>> from featkit.io import channel_union
    >>> images = [np.full((8, 8, 6), level, dtype=np.uint8) for level in (51, 102)]  # of six channels
    >>> union = channel_union(IntensityStatistics(), {"red_edge": 3, "nir": 5})
    >>> union.fit_transform(images).shape
    (2, 26)
    >>> str(union.get_feature_names_out()[0])
    'red_edge__intensity_mean'
    """
    reader = ImageReader() if reader is None else reader
    if reader.channels is not None:
        raise InvalidParameterError(f"The 'reader' parameter must have channels=None, got {shown(reader.channels)}.")
    named: list[tuple[str, Any]]
    if isinstance(channels, Mapping):
        named = list(channels.items())
    else:
        named = [(one if isinstance(one, str) else f"channel_{one}", one) for one in channels]
    if not named or len({name for name, _ in named}) < len(named):
        raise InvalidParameterError(f"The 'channels' parameter must name distinct channels, got {shown(channels)}.")
    return FeatureUnion(
        [(name, make_pipeline(clone(reader).set_params(channels=one), clone(extractor))) for name, one in named]
    )
