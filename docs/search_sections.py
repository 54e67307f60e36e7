"""What the search of the site looks in: every section of every page, with the weight of each of its words.

Sphinx's own search asks for every word of a query on one page and leads to its top. Here a section counts by the words
it has (Okapi BM25, headings above text), so that whole sentences find something, and the link leads to the section.
"""

import json
import math
import re
from collections import Counter, defaultdict
from pathlib import Path

from docutils import nodes
from sphinx.search import IndexBuilder

# Words of newcomers that mean nearly the same.
SYNONYMS = """
    scratch scratches defect defects flaw fault faulty bad damage crack dent stain inspection
    novelty anomaly outlier outliers unlike odd
    messy cluttered clutter background
    fabric textile cloth material weave
    remove removing removal delete subtract away
    background backdrop behind wall walls
    separate separated split touch touching overlap overlapping
    student students pupils lecture lesson course
    crop cropping cut cutout
    blink blinks blinking wink closed closing
    leaf leaves foliage
    length lengths long
    width widths wide broad
    size sizes big large area
    millimetre millimetres mm millimeters cm centimetres inch
    coin ruler scale reference calibration
    measure measuring measurement dimensions
    count counting number
    photo photos picture pictures image images photograph photographs
    colour color colours colors hue
    gray grey grayscale greyscale
    center centre centred centered
    face faces person people portrait
    seed seeds grain grains coins colony colonies bacteria pollen insects
    digit digits handwriting handwritten
    light lighting illumination brightness exposure shadow
    dark darker dim
    blurred blurry blur unsharp
    rotate rotated rotation turned tilted
    video videos frame frames
    csv table spreadsheet excel
    train training learn teach
    classify classification classifier recognise recognize distinguish tell
    explain explanation why reason interpret interpretable
    deep network neural cnn
    hog gradients
    fast faster speed slow time duration
    broken corrupt corrupted unreadable damaged
    commercial license licence allowed permitted permission
    cite citing citation reference
    install installation pip
    save saved saving store
    duplicate duplicates copies twice
"""

# Words of questions. Others that Sphinx drops (few, same, who) say something here.
STOP = """
    a about above after again against all also am an and any anything are as at be because been before being below
    best better between both but by can cannot could did didn do does doesn doing don done down during each else
    for from further get gets give gives had has have having he help her here him his how i if in into is isn it
    its just know let like ll make makes me mean more most much must my of off on once one only or other our out
    over own please possible problem re s se she should show so some somebody someone something such t take takes than
    that the their them then there these they thing things this those through to too try under until up us use using ve
    put rid took two very want was way we were what when where whether which while whom whose why will with without
    work would you your
"""

# Tasks and guides first, tables of names and of tests last.
WORTH = (
    (r"examples/tasks/plot_.*", 1.5),
    (r"choosing|examples/.*plot_.*|notebooks/.*|benchmark|faces.*|other-detectors|measuring|questions|start", 1.3),
    (r"index|digits|texture|with|cluster|formats|security|speed", 1.0),
    (r"generated/.*", 0.6),
    (r".*", 0.4),
)
HEADING, PAGE = 6.0, 3.0  # how often a word in the heading of a section, or in those above it, counts
SATURATION, LENGTH = 1.5, 0.6  # constants of BM25
USUAL_HEADING = 4  # words


def words(text):
    """Words of a text, lowercase; names such as `find_scale` and `BackgroundRemover` as a whole and in parts."""
    for name in re.findall(r"[^\W_]+(?:_[^\W_]+)*", text):
        parts = [part for piece in name.split("_") for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\WA-Z_]+", piece)]
        yield from (part.lower() for part in (parts if len(parts) < 2 else [*parts, name.replace("_", "")]))


def sections_of(doctree):
    """Anchor, headings and text of every section of a page; the first is the top of the page, without an anchor."""
    for number, section in enumerate(doctree.findall(nodes.section)):
        headings, node = [], section
        while isinstance(node, nodes.section):
            headings.insert(0, node.next_node(nodes.title).astext())
            node = node.parent
        own = [child for child in section.children if not isinstance(child, nodes.section | nodes.title)]
        yield section["ids"][0] if number else "", headings, "\n".join(child.astext() for child in own)


def telling(text, stop):
    """Words of a text that are no numbers and not in all questions."""
    return [word for word in words(text) if word not in stop and not word.isdigit()]


def pairs_in(heading, stop, stem):
    """Stems that stand side by side in a heading, but for what all questions have between them."""
    stems = [stem(word) for word in telling(heading, stop)]
    return {f"{one} {other}" for one, other in zip(stems, stems[1:])}


def weights(found, total, average):
    """Weight of a word in each of the sections in which it is: BM25 of its counts in headings and text."""
    rarity = math.log(1 + (total - len(found) + 0.5) / (len(found) + 0.5))
    for number, (in_text, in_headings, length, worth) in found:
        times = in_text / (1 - LENGTH + LENGTH * length / average) + in_headings
        yield number, round(100 * worth * rarity * times / (SATURATION + times))


def share(heading, word):
    """How much a word says of a heading: less of a long one."""
    return heading[word] / (1 - LENGTH + LENGTH * sum(heading.values()) / USUAL_HEADING)


def write_sections(app, error):
    """Write `search_sections.js` beside the pages, which `search.js` reads."""
    if error or app.builder.name != "html":
        return
    stop = set(STOP.split())
    stem = IndexBuilder(app.env, "en", {}, "").lang.stem
    pages, places, found, lengths = [], [], defaultdict(list), []
    for docname in sorted(app.env.found_docs):
        worth = next(value for pattern, value in WORTH if re.fullmatch(pattern, docname))
        for anchor, headings, text in sections_of(app.env.get_doctree(docname)):
            counts, own, page = (
                Counter(stem(word) for word in telling(part, stop))
                for part in (text, headings[-1], " ".join(headings[:-1]))
            )
            lengths.append(sum(counts.values()))
            if not anchor:
                pages.append([docname, headings[0]])
            for word in {*counts, *own, *page}:
                in_headings = HEADING * share(own, word) + PAGE * share(page, word)
                found[word].append((len(places), (counts[word], in_headings, lengths[-1], worth)))
            for pair in pairs_in(headings[-1], stop, stem):
                found[pair].append((len(places), (0, HEADING, lengths[-1], worth)))
            places.append([len(pages) - 1, anchor, headings[-1] if anchor else ""])
    average = sum(lengths) / len(lengths)
    terms = {word: [*weights(seen, len(places), average)] for word, seen in sorted(found.items())}
    groups = [sorted({stem(word) for word in line.split()}) for line in SYNONYMS.strip().splitlines()]
    data = {"pages": pages, "sections": places, "terms": terms, "synonyms": groups, "stop": sorted(stop)}
    script = f"const SECTIONS = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"
    Path(app.outdir, "search_sections.js").write_text(script, encoding="utf-8")


def setup(app):
    """Sphinx calls it by this name."""
    app.connect("build-finished", write_sections)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
