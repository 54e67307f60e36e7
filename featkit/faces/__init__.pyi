__all__: list[str]

from . import comparison as comparison
from . import description as description
from . import detection as detection
from . import exchange as exchange
from . import expression as expression
from . import landmarks as landmarks
from . import tables as tables
from . import training as training
