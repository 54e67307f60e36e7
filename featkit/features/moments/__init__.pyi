__all__: list[str]

from .hu_moments import HuMoments as HuMoments
from .hu_moments import hu_moments as hu_moments
from .zernike_moments import ZernikeMoments as ZernikeMoments
from .zernike_moments import zernike_moments as zernike_moments
from .zernike_moments import zernike_moments_names as zernike_moments_names
