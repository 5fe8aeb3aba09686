"""The pictures of the overviews, as PNG; the only user of matplotlib.

Loading this room takes a second, so only a process that draws does it; what several readers are shown it draws once.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from PIL import Image

from crmflow.drafts import Content
from crmflow.model import Inline
from crmflow.overviews import Migration, MonthRate, worth_drawing
from crmflow.texts import phrase

FONTS = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei")
"""One of them must be there to write Chinese; without, a picture is left out."""
WIDTH, SCALE = 560, 2
"""CSS pixels across, and how many pixels of the picture each of them is."""
INCH = 100
"""CSS pixels."""
TEXT, SMALL = 16 * 72 / INCH, 14 * 72 / INCH
PAPER, INK, FAINT = "#f5f7f6", "#1f2a2e", "#5d6b70"
TEAL, BLUE, RED, OCHRE, GREY, LINE = "#0f7b7b", "#1d5fa8", "#b3261e", "#c98a1b", "#b9c6c5", "#d5dcda"
COLOURS = 64
MOST_MOVES = 10
"""Customers named in the words for a picture; the mail lists the others."""
THINNEST = 0.012
"""Of the height: a single customer among hundreds must still be seen to move."""


def pictures(content: Content, language: str) -> tuple[Inline, ...]:
    """The pictures that a mail of this content shows, each with what it says in words."""
    return tuple(picture for picture in _drawn(content, language) if picture is not None)


def _drawn(content: Content, language: str) -> Iterator[Inline | None]:
    migration, trend = worth_drawing(content)
    if migration:
        yield _migration(migration, language)
    if trend:
        yield _trend(trend, language)


@cache
def _migration(migration: Migration, language: str) -> Inline | None:
    """Customers by grade when the month began and now, and how they went from one to the other."""
    moves = phrase("chart.semicolon", language).join(
        phrase("chart.move", language, customer=one.customer, before=one.before, after=one.after)
        for one in migration.changes[:MOST_MOVES]
    )
    alt = phrase("chart.migration.alt", language, rose=migration.rose, fell=migration.fell, moves=moves)
    words = (phrase("chart.began", language), phrase("chart.today", language), *migration.labels)
    family = _family(words)
    if family is None:
        return None
    with rc_context({"font.family": family, "font.size": TEXT}):
        figure, axes = _canvas(max(170, 60 * len(migration.labels) + 50))
        _flows(axes, migration)
        for side, word in ((0.0, words[0]), (1.0, words[1])):
            align = "right" if side == 0 else "left"
            axes.text(side, 1.06, word, ha=align, va="bottom", color=FAINT, fontsize=SMALL)
        axes.set_xlim(-0.62, 1.62)
        axes.set_ylim(-0.04, 1.16)
        axes.axis("off")
        return Inline("migration", _png(figure), alt)


def _flows(axes: Axes, migration: Migration) -> None:
    """Bands between a left and a right column, each as thick as the customers in it are many; the best grade on top."""
    count = len(migration.labels)
    total = sum(map(sum, migration.counts))
    gap = 0.3 / max(count - 1, 1)
    thick = [[max(0.7 * n / total, THINNEST) if n else 0.0 for n in row] for row in migration.counts]
    left = [sum(row) for row in thick]
    right = [sum(row[column] for row in thick) for column in range(count)]
    stretch = 1.0 / max(sum(side) + gap * (count - 1) for side in (left, right))
    tops = [_tops(side, gap, stretch) for side in (left, right)]
    free = [list(side) for side in tops]
    for before, row in enumerate(thick):
        for after, band in enumerate(row):
            if band:
                colour = _colour(before, after, migration.graded)
                _band(axes, free[0][before], free[1][after], band * stretch, colour)
                free[0][before] -= band * stretch
                free[1][after] -= band * stretch
    for x, side, heights, align in ((0.0, 0, left, "right"), (1.0, 1, right, "left")):
        for place, label in enumerate(migration.labels):
            customers = sum(migration.counts[place]) if side == 0 else sum(row[place] for row in migration.counts)
            height = heights[place] * stretch
            outward = -0.03 if side == 0 else 0.0
            axes.add_patch(Rectangle((x + outward, tops[side][place] - height), 0.03, height, color=TEAL, lw=0))
            middle = tops[side][place] - height / 2
            axes.text(x + (outward * 2 or 0.06), middle, f"{label}  {customers}", ha=align, va="center", color=INK)


def _colour(before: int, after: int, graded: int) -> str:
    """Up, down, neither, or no grade on one of both sides."""
    if before == after:
        return GREY
    if max(before, after) >= graded:
        return OCHRE
    return BLUE if after < before else RED


def _tops(heights: list[float], gap: float, stretch: float) -> list[float]:
    """Where each block of a column begins, from 1 downwards."""
    tops, top = [], 1.0
    for height in heights:
        tops.append(top)
        top -= (height + gap) * stretch
    return tops


def _band(axes: Axes, left: float, right: float, thickness: float, colour: str) -> None:
    """A band whose upper edge runs from ``left`` to ``right``."""
    points = [
        (0.0, left), (0.5, left), (0.5, right), (1.0, right), (1.0, right - thickness), (0.5, right - thickness),
        (0.5, left - thickness), (0.0, left - thickness), (0.0, left),
    ]
    codes = [Path.MOVETO, *(3 * [Path.CURVE4]), Path.LINETO, *(3 * [Path.CURVE4]), Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, alpha=0.5 if colour == GREY else 0.75, lw=0))


@cache
def _trend(trend: tuple[MonthRate, ...], language: str) -> Inline | None:
    """The on-time rate month by month."""
    labels = [phrase("chart.month", language, year=one.month[:4], month=int(one.month[5:])) for one in trend]
    shown = [f"{one.rate:.0%}" for one in trend]
    alt = phrase("chart.trend.alt", language, rates=phrase("cli.joiner", language).join(
        f"{one.month} {rate}" for one, rate in zip(trend, shown, strict=True)
    ))
    family = _family(labels)
    if family is None:
        return None
    with rc_context({"font.family": family, "font.size": TEXT}):
        figure, axes = _canvas(190)
        places = range(len(trend))
        rates = [one.rate for one in trend]
        axes.hlines((0, 0.5, 1), -0.4, len(trend) - 0.6, color=LINE, lw=1)
        axes.plot(places, rates, color=TEAL, lw=2.5, marker="o", markersize=7, markeredgecolor=PAPER, clip_on=False)
        for place, rate, text in zip(places, rates, shown, strict=True):
            axes.text(place, rate + 0.09, text, ha="center", va="bottom", color=INK, fontweight="bold",
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})
        axes.set_xticks(places, labels)
        axes.set_yticks((0, 0.5, 1), ("0", "50%", "100%"))
        axes.tick_params(colors=FAINT, length=0, labelsize=SMALL)
        axes.set_xlim(-0.4, len(trend) - 0.6)
        axes.set_ylim(-0.05, 1.3)
        axes.spines[:].set_visible(False)
        return Inline("trend", _png(figure), alt)


def _canvas(height: int) -> tuple[Figure, Axes]:
    margins = ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.12)
    figure = Figure((WIDTH / INCH, height / INCH), dpi=INCH * SCALE, facecolor=PAPER, layout=margins)
    axes = figure.subplots()
    axes.set_facecolor(PAPER)
    return figure, axes


def _png(figure: Figure) -> bytes:
    """The picture in few colours, which is a quarter of the bytes and looks the same."""
    drawn, small = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(small, "png", optimize=True)
    return small.getvalue()


def _family(words: Iterable[str]) -> list[str] | None:
    """The fonts to write the words in; None where a Chinese one is needed and none is there."""
    known = set(font_manager.get_font_names())
    chinese = [font for font in FONTS if font in known]
    if not chinese and not all(word.isascii() for word in words):
        return None
    return [*chinese[:1], "DejaVu Sans"]
