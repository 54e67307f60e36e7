__all__: list[str]

from .color_card import ColorCard as ColorCard
from .color_card import find_color_card as find_color_card
from .conversion import ColorConverter as ColorConverter
from .conversion import GrayscaleConverter as GrayscaleConverter
from .correct_colors import ColorCardCorrector as ColorCardCorrector
from .correct_colors import correct_colors as correct_colors
from .match_colors import ColorMatcher as ColorMatcher
from .match_colors import match_colors as match_colors
from .white_balance import WhiteBalancer as WhiteBalancer
from .white_balance import estimate_illuminant as estimate_illuminant
from .white_balance import white_balance as white_balance
