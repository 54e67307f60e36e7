__all__: list[str]

from .listing import ImageList as ImageList
from .listing import list_images as list_images
from .reading import ImageReader as ImageReader
from .reading import read_image as read_image
