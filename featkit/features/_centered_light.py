"""Light about its mean over the foreground: what filters of texture and frequency start from."""

import numpy as np

from ..image.alpha import alpha_weights
from ..image.checks import Image
from ..image.conversions import to_float, to_gray


def centered_light(image: Image) -> tuple[np.ndarray, np.ndarray]:
    """Gray values in [0, 1] minus their mean over the foreground, times alpha; and alpha."""
    light, weights = to_gray(to_float(image)), alpha_weights(image)
    if weights is None:
        weights = np.ones(light.shape, np.float32)
    total = weights.sum(dtype=np.float64)
    mean = (weights * light).sum(dtype=np.float64) / total if total > 0 else 0.0
    return (weights * (light - mean)).astype(np.float32), weights
