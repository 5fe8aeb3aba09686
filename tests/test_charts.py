"""The pictures of the overviews: what they show, their size, what they say in words, and when there is none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from crmflow import charts
from crmflow.drafts import Digest
from crmflow.model import Inline
from crmflow.overviews import Executive, GradeChange, Migration, MonthRate, PersonLine, Portfolio, Summary

MOVED = Migration(
    ("VIP客户", "重点客户", "一般客户", "未定级"), 3, ((11, 1, 0, 0), (2, 30, 0, 0), (0, 4, 80, 0), (0, 0, 1, 2)), 3, 6, 1,
    (GradeChange("临港化工集团", "VIP客户", "重点客户", False), GradeChange("江城热电", "未定级", "一般客户", None)),
)
TREND = tuple(MonthRate(f"2026-{month:02}", rate) for month, rate in ((4, 0.5), (5, 0.625), (6, 1.0)))
MONTH = Executive(
    "2026-06", date(2026, 6, 1), 12, Portfolio("", 0, 0, 0, 0), (), (), MOVED, (), 0, (), None, (), 0, (), TREND,
)
WEEK = Summary("2026-W27", (), (), 12, TREND, (), (), (), PersonLine("", 0, 0, 0, 0, 0, 0))


@pytest.fixture(autouse=True)
def drawn_anew() -> Iterator[None]:
    """No test is given a picture that another one had drawn."""
    yield
    for kept in (charts._migration, charts._trend):
        kept.cache_clear()


def image(picture: Inline) -> Image.Image:
    return Image.open(BytesIO(picture.png))


def colours(picture: Inline) -> set[str]:
    """The colours that fill at least a thousandth of the picture."""
    drawn = image(picture).convert("RGB")
    least = drawn.width * drawn.height / 1000
    return {f"#{r:02x}{g:02x}{b:02x}" for count, (r, g, b) in drawn.getcolors(1 << 24) if count > least}


def near(wanted: str, found: set[str]) -> bool:
    """Whether one of the colours is the one wanted, but for what thinning out the palette did to it."""
    numbers = [int(wanted[at:at + 2], 16) for at in (1, 3, 5)]
    return any(all(abs(int(one[at:at + 2], 16) - numbers[at // 2]) < 6 for at in (1, 3, 5)) for one in found)


def test_an_executive_s_month_shows_the_migration_and_the_trend() -> None:
    assert [one.content_id for one in charts.pictures(MONTH, "zh")] == ["migration", "trend"]


def test_a_head_s_week_shows_the_trend_and_a_digest_nothing() -> None:
    assert [one.content_id for one in charts.pictures(WEEK, "en")] == ["trend"]
    assert charts.pictures(Digest((), (), ()), "zh") == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pictures_are_sharp_narrow_enough_and_small(language: str) -> None:
    for one in charts.pictures(MONTH, language):
        drawn = image(one)
        assert (drawn.format, drawn.width) == ("PNG", 2 * charts.WIDTH)
        assert charts.WIDTH <= 632 and 300 < drawn.height < 1200
        assert 2_000 < len(one.png) < 40_000


def test_a_picture_says_in_words_what_it_shows() -> None:
    migration, trend = charts.pictures(MONTH, "zh")
    assert migration.alt == "级别变化图：上升 6 家，下降 1 家。临港化工集团：VIP客户 → 重点客户；江城热电：未定级 → 一般客户"
    assert trend.alt == "各月交表按时率：2026-04 50%，2026-05 62%，2026-06 100%"
    assert charts.pictures(MONTH, "en")[1].alt == "Filed on time, month by month: 2026-04 50%, 2026-05 62%, 2026-06 100%"


def test_up_is_blue_down_is_red_and_a_first_grade_neither() -> None:
    def shown(counts: tuple[tuple[int, ...], ...]) -> set[str]:
        migration = replace(MOVED, counts=counts)
        return colours(charts.pictures(replace(MONTH, migration=migration, trend=()), "zh")[0])

    def over(colour: str) -> str:
        """A band's colour on the paper."""
        return "#" + "".join(f"{round(0.75 * int(colour[at:at + 2], 16) + 0.25 * int(charts.PAPER[at:at + 2], 16)):02x}" for at in (1, 3, 5))

    up, down, neither = (over(one) for one in (charts.BLUE, charts.RED, charts.OCHRE))
    still = ((5, 0, 0, 0), (0, 5, 0, 0), (0, 0, 5, 0), (0, 0, 0, 5))
    assert not any(near(one, shown(still)) for one in (up, down, neither))
    for place, expected in (((1, 0), up), ((0, 1), down), ((3, 2), neither)):
        counts = tuple(tuple(3 if (row, column) == place else n for column, n in enumerate(line)) for row, line in enumerate(still))
        found = shown(counts)
        assert [near(one, found) for one in (up, down, neither)] == [one == expected for one in (up, down, neither)]


def test_nothing_moved_and_a_short_trend_need_no_picture() -> None:
    still = replace(MONTH, migration=replace(MOVED, changes=()), trend=TREND[:2])
    assert charts.pictures(still, "zh") == ()
    assert charts.pictures(replace(still, migration=None), "zh") == ()


def test_what_several_readers_are_shown_is_drawn_once() -> None:
    first, second = charts.pictures(WEEK, "zh"), charts.pictures(replace(MONTH, migration=None), "zh")
    assert first[0] is second[0]


def test_without_a_chinese_font_a_picture_with_chinese_words_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts.font_manager, "get_font_names", lambda: ["DejaVu Sans"])
    assert charts.pictures(MONTH, "zh") == ()
    assert [one.content_id for one in charts.pictures(MONTH, "en")] == ["trend"]


def test_an_archive_of_hundreds_still_shows_the_one_that_moved() -> None:
    counts = ((400, 0, 0, 0), (0, 300, 0, 0), (0, 1, 800, 0), (0, 0, 0, 2))
    lone = charts.pictures(replace(MONTH, migration=replace(MOVED, counts=counts), trend=()), "zh")
    bands = image(lone[0]).convert("RGB")
    middle = [bands.getpixel((bands.width // 2, y)) for y in range(bands.height)]
    assert sum(blue > red + 60 for red, _, blue in middle) >= 4  # type: ignore[misc]
