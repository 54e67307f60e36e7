__all__: list[str]

from .felzenszwalb_hog import FelzenszwalbHOG as FelzenszwalbHOG
from .felzenszwalb_hog import felzenszwalb_hog as felzenszwalb_hog
from .felzenszwalb_hog import felzenszwalb_hog_names as felzenszwalb_hog_names
from .hog import HOG as HOG
from .hog import hog as hog
from .hog import hog_names as hog_names
from .hog_cells import hog_cells as hog_cells
from .multi_scale_hog import MultiScaleHOG as MultiScaleHOG
from .multi_scale_hog import multi_scale_hog as multi_scale_hog
from .multi_scale_hog import multi_scale_hog_names as multi_scale_hog_names
