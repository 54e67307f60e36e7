__all__: list[str]

from .conversion import ColorConverter as ColorConverter
from .conversion import GrayscaleConverter as GrayscaleConverter
from .match_colors import ColorMatcher as ColorMatcher
from .match_colors import match_colors as match_colors
from .white_balance import WhiteBalancer as WhiteBalancer
from .white_balance import estimate_illuminant as estimate_illuminant
from .white_balance import white_balance as white_balance
