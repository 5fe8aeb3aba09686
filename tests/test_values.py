"""Every habit of Excel users that concerns one cell, as tables of what is typed and what is read."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from crmflow.catalogue import catalogue
from crmflow.codes import CATALOGUE
from crmflow.declare import Choice, Field, Kind
from crmflow.model import Text
from crmflow.parse.plain import clean, shown
from crmflow.parse.values import reader

CREDIT = (
    Choice("excellent", Text("优", "Excellent"), aliases=("优秀",)),
    Choice("not_bad", Text("一般", "Not bad")),
)
DAY = date(2026, 7, 1)
MORNING = datetime(2026, 7, 1, 9, 30)


def field(kind: Kind) -> Field:
    return Field("it", Text("某项", "It"), kind, Text("", ""), "", choices=CREDIT if kind is Kind.CHOICE else ())


def read(kind: Kind, raw):
    """What a cell is read as: the value, or the code of what is wrong."""
    value, code = reader(field(kind))(clean(raw) if isinstance(raw, str) else raw)
    assert code is None or value is None
    return code or value


def test_cells_that_are_equal_but_not_the_same_are_read_each_as_what_it_is():
    assert [read(Kind.YES_NO, raw) for raw in (1.0, True, 1, "1", 0.0, False)] == [True, True, True, True, False, False]
    listed = Field("it", Text("某项", "It"), Kind.CHOICE, Text("", ""), "", choices=CREDIT)
    assert [reader(listed)(raw)[0] for raw in (1.0, True, 1, "优", True)] == ["1", "TRUE", "1", "excellent", "TRUE"]
    assert [read(Kind.DATE, raw) for raw in (DAY, MORNING, DAY)] == [DAY, DAY, DAY]


def test_two_fields_that_say_the_same_have_their_own_choices():
    fields = [Field("it", Text("某项", "It"), Kind.CHOICE, Text("", ""), "", choices=(Choice(name, Text("优", "A")),)) for name in "ab"]
    assert [reader(one)("优")[0] for one in fields] == ["a", "b"]


@pytest.mark.parametrize(("typed", "value"), [
    (1200, 1200.0),
    (-0.5, -0.5),
    ("1200", 1200.0),                 # a number as text
    (" 1200\u00a0", 1200.0),          # spaces and no-break spaces around it
    ("\u200b1200\ufeff", 1200.0),     # zero-width ones
    ("\u202d1200\u202c", 1200.0),     # direction marks, as copied from Windows
    ("1,200.50", 1200.5),
    ("1，200", 1200.0),
    ("1 200 000", 1_200_000.0),
    ("１２００．５", 1200.5),          # full-width digits and point
    ("3。5", 3.5),                    # the point of a Chinese keyboard
    ("－３", -3.0),
    ("−3", -3.0),                     # Word's minus
    ("+5", 5.0),
    (".5", 0.5),
    ("1.2E+03", 1200.0),
    ("¥1,200", 1200.0),
    ("￥ 1200", 1200.0),
])
def test_a_number_is_read_as_it_is_meant(typed, value):
    assert read(Kind.NUMBER, typed) == value


@pytest.mark.parametrize("typed", [
    "约1200", "1200台", "1200左右", "30-40", "30 40", "1,2", "1,2000", "12,34,567", "五", "--", "-", "。", "1e999", "0x10",
    "无", True, float("nan"), float("inf"), DAY, MORNING, time(9), timedelta(hours=30),
])
def test_what_is_no_number_or_two_is_refused(typed):
    assert read(Kind.NUMBER, typed) == "NOT_A_NUMBER"


@pytest.mark.parametrize(("typed", "value"), [
    (3.0, 3), ("3", 3), ("３", 3), ("1,200", 1200), ("3.0", 3),
    (3.5, "NOT_AN_INTEGER"), ("三", "NOT_AN_INTEGER"), (1e18, "NOT_AN_INTEGER"), (True, "NOT_AN_INTEGER"),
])
def test_a_whole_number_has_no_fraction(typed, value):
    assert read(Kind.INTEGER, typed) == value


@pytest.mark.parametrize(("typed", "yuan", "wan"), [
    (500_000, 500_000.0, 500_000.0),          # a bare number is in the unit of its column
    ("500,000", 500_000.0, 500_000.0),
    ("50万元", 500_000.0, 50.0),               # a unit typed in the cell is honoured
    ("50万", 500_000.0, 50.0),
    ("50 万元", 500_000.0, 50.0),
    ("５０万元", 500_000.0, 50.0),
    ("500000元", 500_000.0, 50.0),
    ("¥500,000元", 500_000.0, 50.0),
    ("人民币50万元整", 500_000.0, 50.0),
    ("50万元人民币", 500_000.0, 50.0),
    ("RMB 500,000元", 500_000.0, 50.0),
    ("1.2亿", 120_000_000.0, 12_000.0),
    ("1.2亿元", 120_000_000.0, 12_000.0),
    ("12.3456万", 123_456.0, 12.3456),
])
def test_yuan_and_ten_thousand_yuan_are_never_confused(typed, yuan, wan):
    assert read(Kind.YUAN, typed) == yuan
    assert read(Kind.WAN, typed) == wan


@pytest.mark.parametrize("typed", ["50万美元", "五十万", "50-60万", "万元", "待定", "50k", True, DAY])
def test_an_amount_that_is_not_clear_is_refused(typed):
    assert read(Kind.YUAN, typed) == "NOT_A_NUMBER"
    assert read(Kind.WAN, typed) == "NOT_A_NUMBER"


@pytest.mark.parametrize(("typed", "value"), [
    (0.3, 0.3), (30, 0.3), ("30%", 0.3), ("30 %", 0.3), ("30％", 0.3), ("３０％", 0.3), ("0.3", 0.3), ("30", 0.3),
    ("12.5%", 0.125), ("150%", 1.5), (0, 0.0), (1, 1.0), ("1%", 0.01), (100, 1.0), (-15, -0.15), (2, 0.02),
])
def test_a_percentage_is_read_as_a_fraction(typed, value):
    assert read(Kind.PERCENT, typed) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["三成", "30-40%", ">30%", "%", "30‰", DAY, False, float("nan")])
def test_what_is_no_percentage_is_refused(typed):
    assert read(Kind.PERCENT, typed) == "NOT_A_PERCENT"


@pytest.mark.parametrize("typed", [1.5, "1.5", -1.2])
def test_between_1_and_2_nobody_knows_whether_the_sign_was_left_out(typed):
    assert read(Kind.PERCENT, typed) == "NOT_A_PERCENT"


@pytest.mark.parametrize("typed", [
    DAY, MORNING, "2026-07-01", "2026-7-1", "2026/7/1", "2026.7.1", "2026。7。1", "2026年7月1日", "2026年07月01日",
    "2026 年 7 月 1 日", "2026年7月1号", "2026年7月1", "２０２６年７月１日", "２０２６－７－１", "2026–7–1", " 2026-07-01 ",
    "2026\u00a0-\u00a007-01", "\u200b2026-07-01", "20260701", 20260701, 20260701.0,
    46204, 46204.0, 46204.395833333336, "46204", "46204.5", "2026-07-01 09:30", "2026-07-01T09:30:00",
])
def test_a_day_is_read_however_it_is_written(typed):
    assert read(Kind.DATE, typed) == DAY


@pytest.mark.parametrize("typed", [
    "2026-02-30", "2026-13-01", "2026-00-10", "26.7.1", "7月1日", "7/1/2026", "01.07.2026", "2026.7", 2026.7, 2026, "2026-07-011",
    "2026-07-01 25:00", "2026-07-01Z", "昨天", "待定", "0000-00-00", "0206-07-01", "9999-01-01", 5, -46204, 1e300,
    time(9, 30), timedelta(days=1), True, float("nan"), float("-inf"),
    datetime(1900, 1, 5),             # 5 in a cell formatted as a date
    datetime(1899, 12, 31),
])
def test_what_is_no_day_is_refused(typed):
    assert read(Kind.DATE, typed) == "NOT_A_DATE"


@pytest.mark.parametrize("typed", [
    MORNING, "2026-07-01 09:30", "2026-7-1 9:30", "2026/7/1 9：30", "2026年7月1日 9时30分", "2026年7月1日9点30分",
    "2026.7.1 9:30:00", "2026-07-01T09:30", "２０２６－０７－０１　０９：３０", "20260701 09:30",
    46204.395833333336, "46204.3958333333",
])
def test_a_moment_is_read_to_the_minute(typed):
    assert read(Kind.MOMENT, typed) == MORNING


@pytest.mark.parametrize(("typed", "value"), [
    ("2026-07-01", datetime(2026, 7, 1)),
    ("2026年7月1日9点", datetime(2026, 7, 1, 9)),
    ("2026-07-01 09:30:45", datetime(2026, 7, 1, 9, 30, 45)),
    (46204.999999, datetime(2026, 7, 2)),
])
def test_what_a_moment_leaves_out_is_nought(typed, value):
    assert read(Kind.MOMENT, typed) == value


@pytest.mark.parametrize("typed", ["9:30", time(9, 30), timedelta(hours=30), "2026-07-01 24:00", "2026-07-01 上午", "刚才"])
def test_a_time_without_its_day_is_refused(typed):
    assert read(Kind.MOMENT, typed) == "NOT_A_MOMENT"


@pytest.mark.parametrize("typed", [
    DAY, datetime(2026, 7, 15), "2026-07", "2026-7", "2026/7", "2026.7", "2026年7月", "２０２６年７月", "2026-07-15", "202607", 202607, 46204,
])
def test_a_month_is_its_first_day(typed):
    assert read(Kind.MONTH, typed) == DAY


@pytest.mark.parametrize("typed", [
    "7月", 7, "2026", "2026-13", "2026-00", "26-07", "三季度", time(9), True, "0202-07",
    2026.1,                            # January, or October without its nought
])
def test_what_is_no_month_is_refused(typed):
    assert read(Kind.MONTH, typed) == "NOT_A_MONTH"


@pytest.mark.parametrize(("typed", "value"), [
    (2026, 2026), (2026.0, 2026), ("2026", 2026), ("2026年", 2026), ("2026年度", 2026), ("２０２６", 2026), (DAY, 2026),
    (26, "NOT_A_YEAR"), (2026.5, "NOT_A_YEAR"), ("今年", "NOT_A_YEAR"), (46204, "NOT_A_YEAR"), (True, "NOT_A_YEAR"),
    (datetime(1900, 7, 18), "NOT_A_YEAR"), (time(9), "NOT_A_YEAR"), (float("inf"), "NOT_A_YEAR"),
])
def test_a_year_has_four_digits(typed, value):
    assert read(Kind.YEAR, typed) == value


@pytest.mark.parametrize(("typed", "value"), [
    ("7月1日", "07-01"), ("7-1", "07-01"), ("07/01", "07-01"), ("7.1", "07-01"), ("2月29日", "02-29"), ("７月１日", "07-01"),
    ("1980-07-01", "1980-07-01"), ("1980年7月1日", "1980-07-01"), ("19800701", "1980-07-01"), (date(1980, 7, 1), "1980-07-01"),
    (datetime(1938, 7, 1), "1938-07-01"),
    ("2月30日", "NOT_A_BIRTHDAY"), ("13-1", "NOT_A_BIRTHDAY"), ("七月", "NOT_A_BIRTHDAY"), ("1981-02-29", "NOT_A_BIRTHDAY"),
    ("农历８月１５日", "农历八月十五"), ("1975年农历八月十五", "农历1975年八月十五"), ("腊月初八", "农历腊月初八"),
    ("1975.8.15（阴历）", "农历1975年八月十五"), ("Lunar 08–15", "农历八月十五"),
    ("八月十五", "NOT_A_BIRTHDAY"),    # by either calendar
    ("农历13月1日", "NOT_A_BIRTHDAY"), ("农历2026年2月30日", "NOT_A_BIRTHDAY"),
    (7.1, "NOT_A_BIRTHDAY"),           # the first or the tenth of July
    (time(9), "NOT_A_BIRTHDAY"),
])
def test_day_and_month_are_enough_of_a_birthday(typed, value):
    assert read(Kind.BIRTHDAY, typed) == value


@pytest.mark.parametrize(("typed", "value"), [
    *((word, True) for word in ("是", "有", "√", "✔️", "☑", "Y", "yes", "Ｙ", "TRUE", True, 1, 1.0, "1", " 是　")),
    *((word, False) for word in ("否", "无", "没有", "×", "✗", "x", "N", "No", "ＮＯ", "FALSE", False, 0, "0")),
    *((word, "NOT_YES_NO") for word in ("待定", "是（已批）", "2", 2, "?", DAY)),
])
def test_yes_and_no_have_many_spellings(typed, value):
    got = read(Kind.YES_NO, typed)
    assert got is value or got == value == "NOT_YES_NO"


@pytest.mark.parametrize(("typed", "value"), [
    ("优", "excellent"), ("Excellent", "excellent"), ("excellent", "excellent"), ("EXCELLENT", "excellent"), ("优秀", "excellent"),
    (" 优\u00a0", "excellent"), ("优\u200b", "excellent"), ("优 秀", "excellent"), ("Not Bad", "not_bad"), ("ｎｏｔ　ｂａｄ", "not_bad"),
    ("特优", "特优"), (5, "5"),         # on no list: the closed-list check reports it as typed
])
def test_a_choice_is_read_from_every_spelling(typed, value):
    assert read(Kind.CHOICE, typed) == value


def test_a_choice_that_begins_with_a_number_may_be_typed_as_that_number():
    level = catalogue().field("F5.information", "channel_level")
    assert reader(level)(2.0) == ("2", None)
    assert reader(level)("二级") == ("2", None)


@pytest.mark.parametrize(("typed", "value"), [
    ("0012", "0012"), (12.0, "12"), ("ＨＴ－２０２６－００１", "HT-2026-001"), ("HT—001", "HT-001"), (123456789012345.0, "123456789012345"),
    (1234567890123450000.0, "DIGITS_LOST"), (1e15, "DIGITS_LOST"), (float("nan"), "DIGITS_LOST"), ("1234567890123456789", "1234567890123456789"),
])
def test_a_code_is_text_and_keeps_its_noughts(typed, value):
    assert read(Kind.CODE, typed) == value


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.NOTE, Kind.STAFF])
@pytest.mark.parametrize(("typed", "value"), [
    (" 江南精密\u00a0", "江南精密"), ("江南 精密\n二厂", "江南 精密\n二厂"), ("江南\u200b精密", "江南精密"), ("（南京）", "（南京）"),
    (12.0, "12"), (0.1 + 0.2, "0.3"), (True, "TRUE"), (DAY, "2026-07-01"), (MORNING, "2026-07-01 09:30"),
])
def test_text_stays_as_typed_but_for_what_cannot_be_seen(kind, typed, value):
    assert read(kind, typed) == value


@pytest.mark.parametrize("typed", [
    "13805920001", 13805920001, 13805920001.0, "138 0592 0001", "138-0592-0001", "+86 138 0592 0001", "+8613805920001",
    "8613805920001", "0086-13805920001", "(+86) 13805920001", "（＋８６）１３８０５９２０００１", "\u202a13805920001\u202c", "138–0592–0001",
])
def test_a_mobile_number_is_read_as_its_eleven_digits(typed):
    assert read(Kind.MOBILE, typed) == "13805920001"


@pytest.mark.parametrize("typed", [
    "1380592000", "138059200012", "12805920001", "0592-5551234", "13805920001/13905920001", "13805920001（微信同号）", "无", 1.38e10 + 0.5, DAY,
])
def test_what_is_no_mobile_number_is_refused(typed):
    assert read(Kind.MOBILE, typed) == "NOT_A_MOBILE"


@pytest.mark.parametrize(("typed", "value"), [
    ("0592-5551234", "0592-5551234"), ("(0592)5551234", "(0592)5551234"), ("（０５９２）５５５１２３４", "(0592)5551234"),
    ("0592 5551234", "0592 5551234"), ("+86 592 5551234", "+86 592 5551234"), ("0592—5551234", "0592-5551234"),
    ("0592-5551234 转 801", "0592-5551234 转 801"), ("0592-5551234转801", "0592-5551234转801"),
    ("0592-5551234 ext. 801", "0592-5551234 ext. 801"), ("0592-5551234x801", "0592-5551234x801"),
    ("0592-5551234 分机：801", "0592-5551234 分机:801"), ("0592-5551234-801", "0592-5551234-801"),
    ("400-123-4567", "400-123-4567"), ("95588", "95588"), (5925551234.0, "5925551234"), ("13805920001", "13805920001"),
])
def test_a_phone_number_keeps_its_area_code_and_extension(typed, value):
    assert read(Kind.PHONE, typed) == value


@pytest.mark.parametrize("typed", [
    "12345", "0592-5551234/5556789", "0592-5551234、0592-5556789", "0592-555123456789", "总机", "转801", "x" * 30_000, DAY, True,
])
def test_what_is_no_phone_number_is_refused(typed):
    assert read(Kind.PHONE, typed) == "NOT_A_PHONE"


@pytest.mark.parametrize(("typed", "value"), [
    ("zhaojg@jiangnan.example", "zhaojg@jiangnan.example"), (" zhaojg@jiangnan.example ", "zhaojg@jiangnan.example"),
    ("mailto:zhaojg@jiangnan.example", "zhaojg@jiangnan.example"), ("zhaojg＠jiangnan．example", "zhaojg@jiangnan.example"),
    ("zhaojg@jiangnan。example", "zhaojg@jiangnan.example"), ("z.j+crm@mail.jiangnan.com.cn", "z.j+crm@mail.jiangnan.com.cn"),
    *((wrong, "NOT_AN_EMAIL") for wrong in (
        "zhaojg", "zhaojg@", "@jiangnan.example", "zhaojg@jiangnan", "a b@jiangnan.example", "a@b.example;c@d.example",
        "赵 <a@b.example>", "赵建国@jiangnan.example", "a@-b.example", "a@b..example", "a" * 250 + "@b.example", "无", 5, DAY,
    )),
])
def test_an_e_mail_address_is_one_that_mail_reaches(typed, value):
    assert read(Kind.EMAIL, typed) == value


@pytest.mark.parametrize(("typed", "value"), [
    ("91350100M000100Y43", "91350100M000100Y43"), ("91350100m000100y43", "91350100M000100Y43"),
    ("9135 0100 M000 100Y 43", "91350100M000100Y43"), ("９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
    ("91350100-M000100Y4-3", "91350100M000100Y43"),
    *((wrong, "NOT_A_CREDIT_CODE") for wrong in (
        "91350100M000100Y44", "91350100M000100Y4", "91350100M0001OOY43", 913501000001000043.0, "无", "²" * 18, "九" * 18,
    )),
])
def test_a_credit_code_is_eighteen_characters_with_their_check_digit(typed, value):
    assert read(Kind.CREDIT_CODE, typed) == value


RAWS = st.one_of(
    st.text(), st.text("0123456789.,-/年月日:： %万亿元整¥+eEx转@()（）²½Ⅷ", max_size=30), st.integers(-2**63, 2**63), st.just(10**400),
    st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
)


@given(raw=RAWS, kind=st.sampled_from(Kind))
@example(raw=float("nan"), kind=Kind.DATE)
@example(raw="E0", kind=Kind.INTEGER)
@example(raw="9" * 32_767, kind=Kind.INTEGER)
@example(raw=" ".join("1" * 16_000), kind=Kind.YUAN)
def test_no_cell_whatever_makes_the_reader_raise(raw, kind):
    value, code = reader(field(kind))(clean(raw) if isinstance(raw, str) else raw)
    assert (value is None) == (code is not None)
    assert code is None or code in CATALOGUE
    assert isinstance(shown(raw), str)


def full_width(text: str) -> str:
    """As a Chinese keyboard types it."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


DAYS = st.dates(date(1951, 1, 1), date(2099, 12, 31))
MINUTES = st.datetimes(datetime(1951, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(second=0, microsecond=0))
AMOUNTS = st.integers(-10**12, 10**12).map(lambda cents: cents / 100)


@st.composite
def credit_codes(draw) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    stem = draw(st.text("0123456789", min_size=8, max_size=8)) + draw(st.text(alphabet, min_size=9, max_size=9))
    return stem + uscc.calc_check_digit(stem)


def serial(moment: datetime) -> float:
    """The number that Excel keeps for a moment."""
    return (moment - datetime(1899, 12, 30)) / timedelta(days=1)


def written(kind: Kind, value) -> list:
    """The accepted forms of a value, without those of spaces and width, which hold for all."""
    if kind in (Kind.NUMBER, Kind.YUAN, Kind.WAN):
        forms = [value, str(value), f"{value:,.2f}"]
        return [*forms, f"{value}元"] if kind is Kind.YUAN else [*forms, f"{value}万元"] if kind is Kind.WAN else forms
    if kind is Kind.INTEGER:
        return [value, float(value), str(value), f"{value:,}"]
    if kind is Kind.PERCENT:
        return [value, f"{value * 100:.10g}%", f"{value * 100:.10g} %", *([value * 100] if abs(value) >= 0.02 else [])]
    if kind is Kind.DATE:
        day = datetime.combine(value, time())
        return [value, day, serial(day), str(int(serial(day))), f"{value:%Y%m%d}", f"{value.year}.{value.month}.{value.day}",
                f"{value.year}年{value.month}月{value.day}日", f"{value:%Y/%m/%d}", value.isoformat()]
    if kind is Kind.MOMENT:
        return [value, serial(value), f"{value:%Y-%m-%d %H:%M}", f"{value:%Y/%m/%d %H:%M:%S}", f"{value:%Y年%m月%d日%H时%M分}", value.isoformat()]
    if kind is Kind.MONTH:
        return [value, f"{value:%Y-%m}", f"{value.year}年{value.month}月", f"{value:%Y.%m}", f"{value:%Y%m}", value.replace(day=15)]
    if kind is Kind.YEAR:
        return [value, float(value), str(value), f"{value}年"]
    if kind is Kind.BIRTHDAY:
        return [value, value.replace("-", "/"), value.replace("-", ".")]
    if kind is Kind.YES_NO:
        return [value, "是", "Yes", "√", 1] if value else [value, "否", "No", "×", 0]
    if kind is Kind.CHOICE:
        choice = next(one for one in CREDIT if one.id == value)
        return [value, choice.label.zh, choice.label.en.upper(), *choice.aliases]
    if kind is Kind.MOBILE:
        return [value, float(value), f"+86 {value}", f"{value[:3]}-{value[3:7]}-{value[7:]}"]
    if kind is Kind.CREDIT_CODE:
        return [value, value.lower(), f"{value[:8]} {value[8:]}"]
    return [value]


VALUES = {
    Kind.TEXT: st.sampled_from(["江南精密", "Zhao Jianguo"]),
    Kind.NOTE: st.sampled_from(["三年内扩产。", "Two lines\nof it"]),
    Kind.STAFF: st.sampled_from(["王芳", "王芳 (A001)"]),
    Kind.CODE: st.from_regex(r"[A-Z]{2}-[0-9]{1,14}", fullmatch=True),
    Kind.INTEGER: st.integers(-10**14, 10**14),
    Kind.NUMBER: AMOUNTS,
    Kind.YUAN: AMOUNTS,
    Kind.WAN: AMOUNTS,
    Kind.PERCENT: st.integers(-100, 100).map(lambda percent: percent / 100),
    Kind.DATE: DAYS,
    Kind.MOMENT: MINUTES,
    Kind.MONTH: DAYS.map(lambda day: day.replace(day=1)),
    Kind.YEAR: st.integers(1901, 2199),
    Kind.BIRTHDAY: st.one_of(DAYS.map(date.isoformat), DAYS.map(lambda day: f"{day:%m-%d}")),
    Kind.YES_NO: st.booleans(),
    Kind.CHOICE: st.sampled_from([choice.id for choice in CREDIT]),
    Kind.MOBILE: st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    Kind.PHONE: st.sampled_from(["0592-5551234", "0592-5551234 转 801", "400-123-4567"]),
    Kind.EMAIL: st.from_regex(r"[a-z][a-z0-9.]{0,8}[a-z]@[a-z]{2,8}\.(example|com\.cn)", fullmatch=True),
    Kind.CREDIT_CODE: credit_codes(),
}
KEEPING_WIDTH = {Kind.TEXT, Kind.NOTE, Kind.STAFF}


def test_every_kind_has_values_to_be_read_back():
    assert VALUES.keys() == set(Kind)


@given(data=st.data(), kind=st.sampled_from(Kind))
def test_a_value_reads_back_the_same_in_every_accepted_form(data, kind):
    value = data.draw(VALUES[kind])
    raw = data.draw(st.sampled_from(written(kind, value)))
    if isinstance(raw, str):
        around = data.draw(st.sampled_from(["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\t", "\n"]))
        wide = data.draw(st.booleans()) and kind not in KEEPING_WIDTH
        raw = around + (full_width(raw) if wide else raw) + around
    assert read(kind, raw) == (pytest.approx(value) if isinstance(value, float) else value)


@given(raw=st.floats(0, 100_000), kind=st.sampled_from([Kind.DATE, Kind.MOMENT]))
def test_a_serial_number_means_the_same_as_number_and_as_text(raw, kind):
    assert read(kind, raw) == read(kind, f"{raw:.15g}")


def test_readers_say_what_was_read_not_what_is_stored():
    assert shown(46204.0) == "46204"
    assert shown(0.1 + 0.2) == "0.3"
    assert shown(True) == "TRUE"
    assert shown(DAY) == "2026-07-01"
    assert shown(datetime(2026, 7, 1)) == "2026-07-01"
    assert shown(MORNING) == "2026-07-01 09:30"
    assert shown(None) == ""
