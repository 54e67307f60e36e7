__all__: list[str]

from .finding import ObjectFinder as ObjectFinder
from .finding import find_objects as find_objects
from .image_objects import ImageObject as ImageObject
from .image_objects import Objects as Objects
from .measuring import measure_objects as measure_objects
from .object_aggregator import ObjectAggregator as ObjectAggregator
from .object_table import ObjectTable as ObjectTable
from .splitting import split_touching as split_touching
