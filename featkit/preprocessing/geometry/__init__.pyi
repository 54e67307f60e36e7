__all__: list[str]

from .center_crop import CenterCropper as CenterCropper
from .center_crop import crop_center as crop_center
from .crop import ForegroundCropper as ForegroundCropper
from .crop import crop_foreground as crop_foreground
from .crop import foreground_crop_map as foreground_crop_map
from .deskew import Deskewer as Deskewer
from .deskew import deskew as deskew
from .normalize import ForegroundNormalizer as ForegroundNormalizer
from .normalize import normalize_foreground as normalize_foreground
from .resize import Resizer as Resizer
from .resize import resize as resize
