"""Festivals as data (V8), and the settings of the calendar."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.config import Config, load
from crmflow.festivals import Festival, NthWeekday, festivals_in
from crmflow.settings import ConfigError

SHIPPED = (Path(__file__).parents[1] / "config.yaml").read_text(encoding="utf-8")


def configured(folder: Path, old: str, new: str) -> Config:
    """The shipped configuration with one change."""
    assert SHIPPED.count(old) == 1, old
    (folder / "config.yaml").write_text(SHIPPED.replace(old, new), encoding="utf-8")
    return load(folder / "config.yaml")


CONFIG = load(Path(__file__).parents[1] / "config.yaml")


def festival(**rule: object) -> Festival:
    return Festival(id="one", zh="节", en="Festival", **rule)  # type: ignore[arg-type]


def test_the_shipped_festivals_fall_on_the_days_of_2026() -> None:
    assert [(one.zh, str(day)) for day, one in festivals_in(CONFIG.festivals, 2026)] == [
        ("元旦", "2026-01-01"), ("春节", "2026-02-17"), ("元宵节", "2026-03-03"), ("清明节", "2026-04-05"),
        ("劳动节", "2026-05-01"), ("端午节", "2026-06-19"), ("中秋节", "2026-09-25"), ("国庆节", "2026-10-01"),
    ]


def test_key_customers_are_greeted_at_spring_dragon_boat_and_mid_autumn_festival() -> None:
    assert [one.id for one in CONFIG.festivals if one.greeted] == ["spring_festival", "dragon_boat", "mid_autumn"]



def test_a_lunar_date_near_the_turn_of_the_year_may_come_twice_or_not_at_all() -> None:
    laba = festival(lunar="12-08")
    assert laba.days_in(2012) == (date(2012, 1, 1),)
    assert laba.days_in(2013) == (date(2013, 1, 19),)
    counts = {year: len(laba.days_in(year)) for year in range(1901, 2100)}
    assert sum(counts.values()) == pytest.approx(199, abs=1)
    assert {0, 1, 2} == set(counts.values())


def test_the_new_years_eve_is_the_last_day_of_the_lunar_year_whatever_its_length() -> None:
    eve = festival(lunar="12-30")
    assert eve.days_in(2026) == (date(2026, 2, 16),)
    assert eve.days_in(2027) == (date(2027, 2, 5),)


def test_mothers_day_is_the_second_sunday_of_may_and_thanksgiving_the_fourth_thursday_of_november() -> None:
    assert festival(nth_weekday={"month": 5, "nth": 2, "weekday": 7}).days_in(2026) == (date(2026, 5, 10),)
    assert festival(nth_weekday={"month": 11, "nth": 4, "weekday": 4}).days_in(2026) == (date(2026, 11, 26),)


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(1, 4), st.integers(1, 7))
def test_the_nth_weekday_is_such_a_weekday_with_n_less_one_before_it(year: int, month: int, nth: int, weekday: int) -> None:
    day = NthWeekday(month=month, nth=nth, weekday=weekday).day_in(year)
    assert (day.month, day.isoweekday()) == (month, weekday)
    assert (day.day - 1) // 7 == nth - 1


def test_29_february_is_kept_on_the_28th_in_common_years() -> None:
    leap = festival(solar="02-29")
    assert (leap.days_in(2027), leap.days_in(2028)) == ((date(2027, 2, 28),), (date(2028, 2, 29),))


def test_beyond_the_tables_a_lunar_festival_has_no_day() -> None:
    assert festival(lunar="01-01").days_in(2150) == festival(term="清明").days_in(2150) == ()


NATIONAL_DAY = "{id: national_day, zh: 国庆节, en: National Day, solar: 10-01}"
LINE = SHIPPED[: SHIPPED.index(NATIONAL_DAY)].count("\n") + 1


@pytest.mark.parametrize(
    ("wrong", "key", "allowed"),
    [
        ("solar: 10-32", "solar", "月-日"), ("solar: 13-01", "solar", "月-日"), ("solar: 国庆", "solar", "月-日"),
        ("lunar: 08-31", "lunar", "最多 30 天"), ("term: 清名", "term", "清明"), ("solar: 10-01, lunar: 08-15", "", "恰好一项"),
        ("greeted: true", "", "恰好一项"), ("nth_weekday: {month: 5, nth: 5, weekday: 7}", "nth_weekday.nth", "不大于 4"),
        ("day: 10-01", "day", "没有这个设置项"), ("solar: 10-01, greeted: 也许", "greeted", "true 或 false"),
    ],
)
def test_a_festival_that_cannot_be_is_told_with_its_line_and_key(tmp_path: Path, wrong: str, key: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as error:
        configured(tmp_path, NATIONAL_DAY, NATIONAL_DAY.replace("solar: 10-01", wrong))
    told = next(line for line in str(error.value).splitlines() if f"festivals.7{'.' if key else ''}{key}" in line)
    assert str(LINE) in told
    assert allowed in told


def test_two_festivals_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"festivals.*各不相同"):
        configured(tmp_path, "id: national_day", "id: new_year")


def test_a_company_without_festivals_needs_none(tmp_path: Path) -> None:
    start, end = SHIPPED.index("\nfestivals:"), SHIPPED.index("\nfiling:")
    assert configured(tmp_path, SHIPPED[start:end], "").festivals == ()



def test_office_hours_are_read_with_and_without_quotes(tmp_path: Path) -> None:
    """YAML takes 17:45 for a number."""
    office = configured(tmp_path, 'closes: "17:30"', "closes: 17:45").office_hours
    assert (office.opens, office.closes) == (timedelta(hours=8, minutes=30), timedelta(hours=17, minutes=45))


@pytest.mark.parametrize(("closes", "allowed"), [("25:00", "几点几分"), ("08:30", "早于"), ("晚上", "几点几分")])
def test_an_office_that_never_closes_is_refused(tmp_path: Path, closes: str, allowed: str) -> None:
    with pytest.raises(ConfigError, match=f"office_hours.*{allowed}"):
        configured(tmp_path, 'closes: "17:30"', f'closes: "{closes}"')


def test_hours_run_in_real_time_unless_the_company_says_otherwise(tmp_path: Path) -> None:
    assert CONFIG.complaints.C2_clock == "real"
    assert configured(tmp_path, "C2_clock: real", "C2_clock: office").complaints.C2_clock == "office"
    with pytest.raises(ConfigError, match="C2_clock"):
        configured(tmp_path, "C2_clock: real", "C2_clock: 上班")
