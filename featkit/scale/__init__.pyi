__all__: list[str]

from .checkerboard import find_checkerboard as find_checkerboard
from .coin import find_coin as find_coin
from .find_scale import find_scale as find_scale
from .metadata import read_pixel_size as read_pixel_size
from .perspective_rectifier import PerspectiveRectifier as PerspectiveRectifier
from .rectify import rectify_sheet as rectify_sheet
from .result import Scale as Scale
from .ruler import find_ruler as find_ruler
from .sheet import find_sheet as find_sheet
from .tag import find_tags as find_tags
