__all__: list[str]

from . import color as color
from . import foreground as foreground
from . import geometry as geometry
from . import light as light
