__all__: list[str]

from .clahe import clahe as clahe
from .contrast import ContrastStretcher as ContrastStretcher
from .contrast import stretch_contrast as stretch_contrast
from .equalize import HistogramEqualizer as HistogramEqualizer
from .equalize import equalize_histogram as equalize_histogram
from .gamma import GammaCorrector as GammaCorrector
from .gamma import adjust_gamma as adjust_gamma
from .gamma import estimate_gamma as estimate_gamma
from .illumination import IlluminationFlattener as IlluminationFlattener
from .illumination import homomorphic_filter as homomorphic_filter
from .illumination import self_quotient_image as self_quotient_image
from .illumination import tan_triggs_normalization as tan_triggs_normalization
from .pixel_scaling import PixelScaler as PixelScaler
from .pixel_scaling import scale_pixels as scale_pixels
from .tone_curves import ToneAdjuster as ToneAdjuster
from .tone_curves import adjust_log as adjust_log
from .tone_curves import adjust_sigmoid as adjust_sigmoid
