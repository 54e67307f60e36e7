"""Convex outline of a region of pixels and what calipers read off it: length, width, the smallest box.

A region of pixels stands for a shape whose edge runs somewhere between the outermost pixel centres and the next
ones. Measured from centre to centre a shape comes out too small, from corner to corner too large, by up to 1.4 pixels.
Here the edge is put where it is expected: halfway to the next row of the lattice along straight sides, at the sagitta
of the arc along curved ones, and at corners further out the sharper they are.
"""

import math

import numpy as np

from ..._numba import kernel

CORNER_REACH = 0.63  # mean distance, in pixels, from the tip of a right angle to the nearest pixel centre inside it
CORNER_ARM = 5.0  # pixels of outline to either side that tell how sharp a corner is


@kernel
def _is_no_left_turn(a_row, a_col, b_row, b_col, c_row, c_col):
    return (b_row - a_row) * (c_col - a_col) - (b_col - a_col) * (c_row - a_row) <= 0


@kernel
def hull_of_rows(first, last):
    """Convex hull of the pixel centres of a region.

    Parameters
    ----------
    first, last : int64 ndarray (height,)
        First and last column of the region in each row; ``first > last`` where it has none.

    Returns
    -------
    vertices : int64 ndarray (n_vertices, 2)
        (row, col) around the region, no three on one line: 1 for a pixel, 2 for pixels in line, 0 for none.
    """
    height = len(first)
    vertices = np.empty((2 * height + 1, 2), dtype=np.int64)
    count = 0
    for row in range(height):
        if first[row] > last[row]:
            continue
        while count >= 2 and _is_no_left_turn(
            vertices[count - 2, 0],
            vertices[count - 2, 1],
            vertices[count - 1, 0],
            vertices[count - 1, 1],
            row,
            first[row],
        ):
            count -= 1
        vertices[count, 0], vertices[count, 1] = row, first[row]
        count += 1
    turning_point = count
    for row in range(height - 1, -1, -1):
        if first[row] > last[row]:
            continue
        while count > turning_point and _is_no_left_turn(
            vertices[count - 2, 0],
            vertices[count - 2, 1],
            vertices[count - 1, 0],
            vertices[count - 1, 1],
            row,
            last[row],
        ):
            count -= 1
        if vertices[count - 1, 0] != row or vertices[count - 1, 1] != last[row]:
            vertices[count, 0], vertices[count, 1] = row, last[row]
            count += 1
    while count > 2 and (
        (vertices[count - 1, 0] == vertices[0, 0] and vertices[count - 1, 1] == vertices[0, 1])
        or _is_no_left_turn(
            vertices[count - 2, 0],
            vertices[count - 2, 1],
            vertices[count - 1, 0],
            vertices[count - 1, 1],
            vertices[0, 0],
            vertices[0, 1],
        )
    ):
        count -= 1
    return vertices[:count].copy()


@kernel
def lattice_points_in_hull(vertices):
    """Pixels whose centres lie in a convex hull or on its edge (Pick's theorem)."""
    on_edge = twice_area = 0
    row, col = vertices[-1]
    for next_row, next_col in vertices:
        on_edge += math.gcd(abs(next_row - row), abs(next_col - col))
        twice_area += row * next_col - col * next_row
        row, col = next_row, next_col
    return (abs(twice_area) + on_edge) / 2 + 1


@kernel
def _point_along(vertices, lengths, start, distance):
    """Point of the outline at a distance after (before, when negative) a vertex."""
    n = len(vertices)
    step = 1 if distance >= 0 else -1
    distance = abs(distance)
    here = start
    while True:
        side = lengths[here] if step > 0 else lengths[(here - 1) % n]
        there = (here + step) % n
        if distance <= side:
            share = distance / side
            return (
                vertices[here, 0] + share * (vertices[there, 0] - vertices[here, 0]),
                vertices[here, 1] + share * (vertices[there, 1] - vertices[here, 1]),
            )
        distance -= side
        here = there


@kernel
def _side_lengths(vertices):
    n = len(vertices)
    lengths = np.empty(n)
    for i in range(n):
        j = (i + 1) % n
        lengths[i] = math.hypot(vertices[j, 0] - vertices[i, 0], vertices[j, 1] - vertices[i, 1])
    return lengths


@kernel
def expected_corners(vertices, row_size=1.0, col_size=1.0):
    """Where the corners of the convex outline are expected, given the hull of the pixel centres.

    Parameters
    ----------
    vertices : int64 ndarray (n_vertices, 2)
        Hull of the pixel centres, see `hull_of_rows`.
    row_size, col_size : float, default=1
        Height and width of a pixel. The corners are expected on the lattice of pixels, then brought to this unit.

    Returns
    -------
    corners : float64 ndarray (n_vertices, 2)
        (row, col); every vertex moved outwards by up to 0.63 pixels, the further the sharper it is. One or two
        vertices give four corners: a pixel is a rectangle, pixels in line are a bar.
    """
    n = len(vertices)
    if n <= 2:
        return _bar(vertices, row_size, col_size)
    lengths = _side_lengths(vertices)
    arm = min(CORNER_ARM, lengths.sum() / 8)
    corners = np.empty((n, 2))
    for i in range(n):
        row, col = float(vertices[i, 0]), float(vertices[i, 1])
        before_row, before_col = _point_along(vertices, lengths, i, -arm)
        after_row, after_col = _point_along(vertices, lengths, i, arm)
        in_row, in_col = row - before_row, col - before_col
        out_row, out_col = after_row - row, after_col - col
        turn = abs(math.atan2(in_row * out_col - in_col * out_row, in_row * out_row + in_col * out_col))
        reach = CORNER_REACH * (math.tan(turn / 2) if turn < math.pi / 2 else 1.0)
        in_length, out_length = math.hypot(in_row, in_col), math.hypot(out_row, out_col)
        tip_row, tip_col = in_row / in_length - out_row / out_length, in_col / in_length - out_col / out_length
        tip = math.hypot(tip_row, tip_col)
        scale = reach / tip if tip > 0 else 0.0
        corners[i] = (row + scale * tip_row) * row_size, (col + scale * tip_col) * col_size
    return corners


@kernel
def _bar(vertices, row_size, col_size):
    """Corners of a pixel, or of pixels in line: a bar as wide as the lattice lines are apart."""
    row, col = 0.0, 1.0
    if len(vertices) == 2:
        row, col = float(vertices[1, 0] - vertices[0, 0]), float(vertices[1, 1] - vertices[0, 1])
        steps = math.gcd(abs(vertices[1, 0] - vertices[0, 0]), abs(vertices[1, 1] - vertices[0, 1]))
        row, col = row / steps, col / steps
    row, col = row * row_size, col * col_size
    area = row * row + col * col
    breadth = 0.5 * row_size * col_size / area
    start, end = vertices[0], vertices[-1]
    corners = np.empty((4, 2))
    for i in range(4):
        along = 0.5 if 1 <= i <= 2 else -0.5
        across = breadth if i >= 2 else -breadth
        foot = end if along > 0 else start
        corners[i, 0] = foot[0] * row_size + along * row - across * col
        corners[i, 1] = foot[1] * col_size + along * col + across * row
    return corners


@kernel
def _expected_offsets(vertices, lengths):
    """How far outside each side of the hull the edge of the shape is expected.

    The edge runs between the side's lattice line and the next one, 1 / step away: on average halfway. A short side on
    a curve is a chord, the edge bulges over it by the sagitta.
    """
    n = len(vertices)
    offsets = np.empty(n)
    for i in range(n):
        j, h, k = (i + 1) % n, (i - 1) % n, (i + 2) % n
        row, col = vertices[j, 0] - vertices[i, 0], vertices[j, 1] - vertices[i, 1]
        steps = math.gcd(abs(row), abs(col))
        step = lengths[i] / steps
        in_row, in_col = vertices[i, 0] - vertices[h, 0], vertices[i, 1] - vertices[h, 1]
        out_row, out_col = vertices[k, 0] - vertices[j, 0], vertices[k, 1] - vertices[j, 1]
        turn = abs(math.atan2(float(in_row * out_col - in_col * out_row), float(in_row * out_row + in_col * out_col)))
        curvature = turn / (lengths[i] + (lengths[h] + lengths[j]) / 2)
        sagitta = ((steps + 1) * step) ** 2 * curvature / 8
        is_curved = turn < math.pi / 2 and sagitta <= 1 / step
        offsets[i] = sagitta if is_curved else 0.5 / step
    return offsets


@kernel
def _extent(points, normals, offsets, row, col):
    """Distance between the two calipers that close on the outline in a direction."""
    low, high = math.inf, -math.inf
    for i in range(len(points)):
        position = points[i, 0] * row + points[i, 1] * col
        low, high = min(low, position), max(high, position)
    facing, averted = 0, 0
    best, worst = -math.inf, math.inf
    for i in range(len(normals)):
        alignment = normals[i, 0] * row + normals[i, 1] * col
        if alignment > best:
            best, facing = alignment, i
        if alignment < worst:
            worst, averted = alignment, i
    return high - low + offsets[facing] + offsets[averted]


@kernel
def largest_distance(corners):
    """Distance of the two corners that are furthest apart: Feret's maximum diameter."""
    length = 0.0
    for i in range(len(corners)):
        for j in range(i):
            length = max(length, math.hypot(corners[i, 0] - corners[j, 0], corners[i, 1] - corners[j, 1]))
    return length


@kernel
def calipers(vertices, row_size=1.0, col_size=1.0):
    """Smallest distance of parallel calipers, and the box of smallest area.

    Parameters
    ----------
    vertices : int64 ndarray (n_vertices, 2)
        Hull of the pixel centres, see `hull_of_rows`; at least one vertex.
    row_size, col_size : float, default=1
        Height and width of a pixel. How far outside the hull each side of the shape is expected is told by the lattice
        of pixels; the calipers turn in this unit.

    Returns
    -------
    width, box_length, box_width : float
        Width is the smallest distance of calipers flush with a side (Feret's minimum diameter).

    References
    ----------
    G. T. Toussaint, "Solving geometric problems with the rotating calipers", IEEE MELECON 1983.
    """
    n = len(vertices)
    if n <= 2:
        sides = _side_lengths(_bar(vertices, row_size, col_size))
        return min(sides[0], sides[1]), max(sides[0], sides[1]), min(sides[0], sides[1])
    lengths = _side_lengths(vertices)
    offsets = _expected_offsets(vertices, lengths)
    points, normals = np.empty((n, 2)), np.empty((n, 2))
    for i in range(n):
        points[i] = vertices[i, 0] * row_size, vertices[i, 1] * col_size
    for i in range(n):
        j = (i + 1) % n
        row, col = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
        length = math.hypot(row, col)
        normals[i] = col / length, -row / length
        offsets[i] *= lengths[i] / length * row_size * col_size  # lines that are parallel stay so
    width = box_length = box_width = math.inf
    for i in range(n):
        across = _extent(points, normals, offsets, normals[i, 0], normals[i, 1])
        along = _extent(points, normals, offsets, -normals[i, 1], normals[i, 0])
        width = min(width, across)
        if across * along < box_length * box_width:
            box_length, box_width = max(across, along), min(across, along)
    return width, box_length, box_width


@kernel
def hull_perimeter(corners):
    """Length of the outline through the corners."""
    return _side_lengths(corners).sum()
