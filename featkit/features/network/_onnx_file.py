"""What an ONNX file says of its input: the few fields of its protocol buffer that tell the shape.

OpenCV does not say which shape a network asks for, and computes something with any other.
"""

from collections.abc import Iterator

# Field numbers of onnx.proto3
_GRAPH, _INPUT, _INITIALIZER = 7, 11, 5  # of the model; of the graph
_NAME_OF_VALUE, _TYPE, _NAME_OF_TENSOR = 1, 2, 8
_TENSOR_TYPE, _SHAPE, _DIMENSION, _SIZE = 1, 2, 1, 1
_BYTES_OF_FIXED = {1: 8, 5: 4}


def input_shapes(content: bytes) -> list[tuple[int | None, ...]]:
    """Shapes of the inputs that are no weights; None for a size that is left open.

    Parameters
    ----------
    content : bytes
        Of the whole file.

    Returns
    -------
    shapes : list of tuple of (int or None)

    Raises
    ------
    ValueError
        When the file is cut off or no protocol buffer.
    """
    shapes = {}
    weights = set()
    for graph in _messages(memoryview(content), _GRAPH):
        weights |= {
            bytes(name) for tensor in _messages(graph, _INITIALIZER) for name in _messages(tensor, _NAME_OF_TENSOR)
        }
        for value in _messages(graph, _INPUT):
            name = b"".join(bytes(name) for name in _messages(value, _NAME_OF_VALUE))
            types = [tensor for kind in _messages(value, _TYPE) for tensor in _messages(kind, _TENSOR_TYPE)]
            dimensions = [
                one for tensor in types for shape in _messages(tensor, _SHAPE) for one in _messages(shape, _DIMENSION)
            ]
            shapes[name] = tuple(_size(dimension) for dimension in dimensions)
    return [shape for name, shape in shapes.items() if name not in weights]


def _size(dimension: memoryview) -> int | None:
    sizes = [value for number, value in _fields(dimension) if number == _SIZE and isinstance(value, int)]
    return sizes[-1] if sizes and sizes[-1] > 0 else None


def _messages(message: memoryview, number: int) -> Iterator[memoryview]:
    for found, value in _fields(message):
        if found == number and isinstance(value, memoryview):
            yield value


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of every field of a message: an int, or the bytes of text, of packed numbers, of a message."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == 2:
            length, place = _varint(message, place)
        elif kind in _BYTES_OF_FIXED:
            length = _BYTES_OF_FIXED[kind]
        else:
            raise ValueError(f"field of kind {kind}")
        if place + length > len(message):
            raise ValueError("cut off")
        yield number, message[place : place + length]
        place += length


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if place >= len(message) or shift > 63:
            raise ValueError("cut off")
        number |= (message[place] & 0x7F) << shift
        shift += 7
        place += 1
        if message[place - 1] < 0x80:
            return number, place
