__all__: list[str]

from .finding import ObjectFinder as ObjectFinder
from .finding import find_objects as find_objects
from .image_objects import ImageObject as ImageObject
from .image_objects import Objects as Objects
from .splitting import split_touching as split_touching
