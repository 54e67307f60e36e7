__all__: list[str]

from .color_cards import make_color_cards as make_color_cards
from .iris_flowers import make_iris_flowers as make_iris_flowers
from .shapes import make_shapes as make_shapes
from .sheets import make_sheets as make_sheets
