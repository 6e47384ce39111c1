"""Writes compiler/src/values/expectations/*.csv: what calendar, money, rounding and folding must give.

Worked out with Python's own libraries (zoneinfo, datetime, decimal, calendar, str.casefold), standard library only, so
that what both engines share is held against something neither of them is made of. Run it from the project's folder:

    python3 tests/expectations/make.py

The files are kept in the project; the same interpreter with the same time zone data writes the same bytes.
"""

import calendar
import csv
import random
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, getcontext
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).resolve().parents[2] / "compiler/src/values/expectations"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
EPOCH_DAY = date(1970, 1, 1)
MICRO = timedelta(microseconds=1)
DAY_MICROS = 86_400_000_000
I64_MIN, I64_MAX = -(2**63), 2**63 - 1
getcontext().prec = 400

# Zones that jump at odd hours, by odd steps, over a whole day, at midnight, and not at all.
ZONES = [
    "UTC", "America/New_York", "Europe/London", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia",
    "America/Sao_Paulo", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "America/Havana",
]
CLOCK_UNITS = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
UNITS = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
WEEK_STARTS = {"monday": 0, "sunday": 6, "saturday": 5}


def write(name, header, rows):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def number_of(day):
    return (day - EPOCH_DAY).days


def day_of(number):
    return EPOCH_DAY + timedelta(days=number)


def micros_of(moment):
    return (moment - EPOCH) // MICRO


def local_of(micros, zone):
    """(day number, microseconds of the clock) at an instant."""
    local = (EPOCH + micros * MICRO).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return number_of(local.date()), clock // MICRO


def instant_of(day, clock, zone):
    """(instant, kind) of a clock time: in a gap PEP 495's fold 0 moves forward, in an overlap it is the earlier."""
    naive = datetime.combine(day_of(day), datetime.min.time()) + clock * MICRO
    one = naive.replace(tzinfo=ZoneInfo(zone), fold=0)
    other = naive.replace(tzinfo=ZoneInfo(zone), fold=1)
    instant = micros_of(one.astimezone(timezone.utc))
    back = one.astimezone(timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    if back != naive:
        return instant, "gap"
    return instant, "once" if one.utcoffset() == other.utcoffset() else "overlap"


def add_months(day, months):
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def shift_date(number, count, unit):
    day = day_of(number)
    if unit in CLOCK_UNITS:
        return number + (count * CLOCK_UNITS[unit]) // DAY_MICROS
    if unit in MONTHS_OF:
        return number_of(add_months(day, count * MONTHS_OF[unit]))
    return number + count * (7 if unit == "week" else 1)


def shift_instant(micros, count, unit, zone):
    if unit in CLOCK_UNITS:
        return micros + count * CLOCK_UNITS[unit]
    if count == 0:
        return micros
    day, clock = local_of(micros, zone)
    return instant_of(shift_date(day, count, unit), clock, zone)[0]


def transitions(zone, years):
    """Instants, to the minute, at which the zone's offset changes."""
    found = []
    info = ZoneInfo(zone)
    for year in years:
        moment = datetime(year, 1, 1, tzinfo=timezone.utc)
        while moment.year == year:
            later = moment + timedelta(days=1)
            if moment.astimezone(info).utcoffset() != later.astimezone(info).utcoffset():
                low, high = moment, later
                while high - low > timedelta(minutes=1):
                    middle = low + (high - low) / 2
                    middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
                    if middle <= low:
                        break
                    if middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset():
                        low = middle
                    else:
                        high = middle
                found.append(micros_of(high))
            moment = later
    return found


CHANGES = {zone: transitions(zone, [1999, 2007, 2011, 2016, 2018, 2024, 2025]) for zone in ZONES}


def moments(chance, zone, count):
    """Instants that bite: around changes of the clock, month ends, leap days, midnights, and anywhere."""
    for _ in range(count):
        kind = chance.randrange(5)
        if kind == 0 and CHANGES[zone]:
            yield chance.choice(CHANGES[zone]) + chance.choice([-1, 0, 1, -3_600_000_000, 3_599_999_999, 1_800_000_000])
        elif kind == 1:
            year, month = chance.randrange(1972, 2036), chance.randrange(1, 13)
            last = calendar.monthrange(year, month)[1]
            day = number_of(date(year, month, chance.choice([1, last, last, 28])))
            yield instant_of(day, chance.choice([0, 1, DAY_MICROS - 1, 43_200_000_000]), zone)[0]
        elif kind == 2:
            day = number_of(date(chance.choice([1996, 2000, 2016, 2024]), 2, 29))
            yield instant_of(day, chance.randrange(DAY_MICROS), zone)[0]
        else:
            yield chance.randrange(0, 2_080_000_000_000_000)


def days(chance, count):
    for _ in range(count):
        kind = chance.randrange(4)
        if kind == 0:
            yield number_of(date(chance.choice([1600, 1900, 1996, 2000, 2024, 2100]), chance.choice([2, 3]), chance.randrange(1, 29)))
        elif kind == 1:
            year, month = chance.randrange(1900, 2100), chance.randrange(1, 13)
            yield number_of(date(year, month, calendar.monthrange(year, month)[1]))
        elif kind == 2:
            yield number_of(date(chance.choice([1904, 1996, 2000, 2024]), 2, 29))
        else:
            yield chance.randrange(number_of(date(1800, 1, 1)), number_of(date(2200, 1, 1)))


def make_days():
    chance = random.Random(1)
    numbers = {number_of(date(1, 1, 1)), number_of(date(9999, 12, 31)), 0, -1}
    numbers |= set(days(chance, 600)) | {chance.randrange(-719_162, 2_932_896) for _ in range(400)}
    rows = []
    for number in sorted(numbers):
        day = day_of(number)
        rows.append([number, day.year, (day.month + 2) // 3, day.month, day.day, day.isoweekday(), day.isoformat()])
    write("days.csv", ["day", "year", "quarter", "month", "day_of_month", "weekday", "text"], rows)


def make_zones():
    chance = random.Random(2)
    local, instants = [], []
    for zone in ZONES:
        for micros in moments(chance, zone, 80):
            day, clock = local_of(micros, zone)
            local.append([zone, micros, day, clock])
        for change in CHANGES[zone]:
            day, clock = local_of(change, zone)
            for step in range(-180, 181, 30):
                moved = day * DAY_MICROS + clock + step * 60_000_000 + chance.choice([0, 0, 1, -1])
                instants.append([zone, moved // DAY_MICROS, moved % DAY_MICROS])
        for micros in moments(chance, zone, 40):
            instants.append([zone, *local_of(micros, zone)])
    instants = [[*row, *instant_of(row[1], row[2], row[0])] for row in instants]
    write("local_times.csv", ["zone", "instant", "day", "micros"], local)
    write("instants.csv", ["zone", "day", "micros", "instant", "kind"], instants)


def make_shifts():
    chance = random.Random(3)
    rows = []
    for number in days(chance, 500):
        unit = chance.choice(UNITS)
        count = chance.choice([1, -1, 2, -2, 3, 12, -12, chance.randrange(-60, 60)])
        rows.append([number, count, unit, shift_date(number, count, unit)])
    write("shifted_days.csv", ["day", "count", "unit", "moved"], rows)
    rows = []
    for zone in ZONES:
        for micros in moments(chance, zone, 60):
            unit = chance.choice(UNITS)
            count = chance.choice([0, 1, -1, 2, -3, 12, -12, chance.randrange(-60, 60)])
            rows.append([zone, micros, count, unit, shift_instant(micros, count, unit, zone)])
        for change in CHANGES[zone]:
            # From days before or after onto the change itself, at the times the clock jumps over or shows twice.
            for count, unit in [(1, "day"), (-1, "day"), (1, "month"), (-1, "week"), (24, "hour")]:
                base = shift_instant(change + chance.choice([-1_800_000_000, 0, 900_000_000]), -count, unit, zone)
                rows.append([zone, base, count, unit, shift_instant(base, count, unit, zone)])
    write("shifted_instants.csv", ["zone", "instant", "count", "unit", "moved"], rows)


def completed(earlier, later, unit, shift):
    """The largest n for which earlier moved by n units is not later: halving over a range that is wide enough."""
    low, high = 0, 1
    while shift(earlier, high, unit) <= later:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if shift(earlier, middle, unit) <= later:
            low = middle
        else:
            high = middle
    return low


def between(first, second, unit, shift):
    return completed(first, second, unit, shift) if first <= second else -completed(second, first, unit, shift)


def make_units():
    chance = random.Random(4)
    rows = []
    for first in days(chance, 700):
        unit = chance.choice(UNITS[3:])
        second = chance.choice([
            first + chance.randrange(-800, 800), shift_date(first, chance.randrange(-30, 30), chance.choice(UNITS[3:])) + chance.choice([-1, 0, 1])
        ])
        rows.append([first, second, unit, between(first, second, unit, shift_date)])
    write("units_between_days.csv", ["from", "to", "unit", "units"], rows)
    rows = []
    for zone in ZONES:
        def shift(micros, count, unit, zone=zone):
            return shift_instant(micros, count, unit, zone)
        for first in moments(chance, zone, 90):
            unit = chance.choice(UNITS[2:] + UNITS[3:])
            near = shift(first, chance.randrange(-30, 30), chance.choice(UNITS[3:])) + chance.choice([-1, 0, 1, 3_600_000_000])
            second = chance.choice([near, near, first + chance.randrange(-10**14, 10**14)])
            rows.append([zone, first, second, unit, between(first, second, unit, shift)])
    write("units_between_instants.csv", ["zone", "from", "to", "unit", "units"], rows)


# Windows, as sets: each answers whether a value is in, worked out from the rule's words and not from edges.

def unit_of(number, unit, week_start):
    """A name for the calendar unit a day belongs to: equal for days of one unit, growing with time."""
    day = day_of(number)
    if unit == "day":
        return number
    if unit == "week":
        return (number + 3 - WEEK_STARTS[week_start]) // 7
    if unit == "year":
        return day.year
    return (day.year * 12 + day.month - 1) // MONTHS_OF[unit]


def clock_unit_of(micros, unit, zone):
    """(day, number of the clock hour, minute or second in it)."""
    day, clock = local_of(micros, zone)
    return day, clock // CLOCK_UNITS[unit]


def start_of(number, zone):
    return instant_of(number, 0, zone)[0]


def instant_in(window, value, run):
    zone, week_start, as_of = run
    today = local_of(as_of, zone)[0]
    day, clock = local_of(value, zone)
    kind = window[0]
    if kind == "in_last":
        return shift_instant(as_of, -window[1], window[2], zone) <= value < as_of
    if kind == "in_last_whole":
        here, there = unit_of(today, window[2], week_start), unit_of(day, window[2], week_start)
        return here - window[1] <= there < here
    if kind == "in_next":
        return as_of <= value < shift_instant(as_of, window[1], window[2], zone)
    if kind == "more_than_ago":
        return value < shift_instant(as_of, -window[1], window[2], zone)
    if kind == "exactly_ago":
        if window[2] in CLOCK_UNITS:
            return clock_unit_of(as_of - window[1] * CLOCK_UNITS[window[2]], window[2], zone) == clock_unit_of(value, window[2], zone)
        return unit_of(shift_date(today, -window[1], window[2]), window[2], week_start) == unit_of(day, window[2], week_start)
    if kind == "from_to_ago":
        return shift_instant(as_of, -window[1], window[2], zone) <= value < shift_instant(as_of, -window[3], window[4], zone)
    if kind == "this":
        return unit_of(day, window[2], week_start) == unit_of(today, window[2], week_start)
    if kind == "last":
        return unit_of(day, window[2], week_start) == unit_of(today, window[2], week_start) - 1
    if kind == "since":
        return value >= start_of(window[1], zone)
    if kind == "before":
        return value < start_of(window[1], zone)
    if kind == "after":
        return value >= start_of(window[1] + 1, zone)
    if kind == "from_to":
        return start_of(window[1], zone) <= value < start_of(window[3] + 1, zone)
    if kind == "day":
        return day == window[1]
    if kind == "weekdays":
        return bool(window[1] >> day_of(day).weekday() & 1)
    if kind == "hours":
        seconds = clock // 1_000_000
        return window[1] <= seconds < window[3] if window[1] < window[3] else seconds >= window[1] or seconds < window[3]
    raise ValueError(kind)


def date_in(window, value, run):
    zone, week_start, as_of = run
    today = local_of(as_of, zone)[0]
    kind = window[0]
    if kind == "in_last":
        return shift_date(today, -window[1], window[2]) <= value < today
    if kind == "in_next":
        return today <= value < shift_date(today, window[1], window[2])
    if kind == "more_than_ago":
        return value < shift_date(today, -window[1], window[2])
    if kind == "from_to_ago":
        return shift_date(today, -window[1], window[2]) <= value < shift_date(today, -window[3], window[4])
    if kind == "since":
        return value >= window[1]
    if kind == "before":
        return value < window[1]
    if kind == "after":
        return value > window[1]
    if kind == "from_to":
        return window[1] <= value <= window[3]
    # The others ask about the day alone; noon is on it whatever the clock does.
    return instant_in(window, instant_of(value, 43_200_000_000, "UTC")[0], ("UTC", week_start, today * DAY_MICROS))


def make_windows():
    chance = random.Random(5)
    rows = []
    for turn in range(900):
        zone = chance.choice(ZONES)
        week_start = chance.choice(list(WEEK_STARTS))
        as_of = next(moments(chance, zone, 1))
        today = local_of(as_of, zone)[0]
        run = (zone, week_start, as_of)
        dates = turn % 3 == 0
        calendar_unit, any_unit = chance.choice(UNITS[3:]), chance.choice(UNITS[3:] if dates else UNITS[2:])
        count = chance.choice([1, 2, 3, 4, 7, 12, 30, 90])
        near = shift_date(today, -chance.choice([0, 1, 2, 5, 12]), chance.choice(UNITS[3:6])) + chance.choice([-1, 0, 1])
        less = chance.choice([0, 1, count // 2])
        kind = chance.choice(["in_last", "in_last", "in_last_whole", "in_next", "more_than_ago", "exactly_ago", "from_to_ago",
                              "this", "last", "since", "before", "after", "from_to", "day", "weekdays", "hours"])
        if dates and kind == "hours":
            kind = "in_last"
        window = {
            "in_last": [kind, count, any_unit], "in_last_whole": [kind, count, calendar_unit], "in_next": [kind, count, any_unit],
            "more_than_ago": [kind, count, any_unit], "exactly_ago": [kind, count, any_unit],
            "from_to_ago": [kind, count, any_unit, less, any_unit], "this": [kind, 0, calendar_unit], "last": [kind, 0, calendar_unit],
            "since": [kind, near], "before": [kind, near], "after": [kind, near], "day": [kind, near],
            "from_to": [kind, near - chance.randrange(40), "", near], "weekdays": [kind, chance.randrange(1, 128)],
            "hours": [kind, chance.choice([0, 25_200, 79_200, 7_200]), "", chance.choice([36_000, 86_400, 10_800, 0])],
        }[kind]
        window += [""] * (5 - len(window))
        holds = date_in if dates else instant_in
        unit = window[2] or "day"
        if dates:
            edges = [today, near, shift_date(today, -count, unit), shift_date(today, count, unit), shift_date(today, -(window[3] or 0), unit)]
            values = {edge + step for edge in edges for step in (-1, 0, 1)} | {today + chance.randrange(-400, 400) for _ in range(3)}
            values = [value for value in values if value < today + 40_000]
        else:
            days_near = {today, today + 1, near, near + 1, shift_date(today, -count, unit), shift_date(today, count, unit)}
            edges = [start_of(day, zone) for day in days_near]
            edges += [as_of, shift_instant(as_of, -count, unit, zone), shift_instant(as_of, count, unit, zone)]
            if kind == "hours":
                edges += [instant_of(today, second % 86_400 * 1_000_000, zone)[0] for second in (window[1], window[3])]
            if unit in CLOCK_UNITS:
                edges.append(as_of - count * CLOCK_UNITS[unit] - local_of(as_of, zone)[1] % CLOCK_UNITS[unit])
            values = {edge + step for edge in edges for step in (-1, 0)} | {as_of + chance.randrange(-10**13, 10**12) for _ in range(2)}
            if kind == "hours" or (kind == "exactly_ago" and unit in CLOCK_UNITS):
                # Where the clock shows an hour twice, "the clock hour" is elapsed time: kept out of the comparison.
                values = [value for value in values if all(abs(value - change) > 7_200_000_000 for change in CHANGES[zone])]
        for value in sorted(values):
            rows.append(["dates" if dates else "instants", zone, week_start, as_of, *window, value, int(holds(window, value, run))])
    chance.shuffle(rows)
    header = ["moments", "zone", "week_start", "as_of", "window", "count", "unit", "second", "second_unit", "value", "holds"]
    write("windows.csv", header, rows[:5000])


def half_even(fraction):
    return round(fraction)


def fits(value):
    return value if I64_MIN <= value <= I64_MAX else "overflow"


def make_money():
    chance = random.Random(6)
    rows = []

    def amount():
        return chance.choice([
            chance.randrange(-10**8, 10**8), chance.randrange(-10**5, 10**5) * 5_000, chance.randrange(-10**17, 10**17),
            chance.choice([0, 1, -1, I64_MAX, I64_MIN, I64_MAX - 1]), chance.randrange(1000) * 100,
        ])

    def number():
        return chance.choice([
            chance.uniform(-3, 3), chance.choice([0.5, 0.1, 1.5, 2.5, -0.5, 0.25, 1e10, 1e-10, 0.15, 3.0]), chance.uniform(-1e6, 1e6)
        ])

    for _ in range(400):
        units, by = amount(), chance.choice([chance.randrange(-12, 13), chance.randrange(-10**10, 10**10)])
        rows.append(["times_integer", units, by, fits(units * by)])
        units, by = amount(), chance.choice([chance.randrange(1, 13), chance.randrange(-12, 0), chance.randrange(1, 10**6), I64_MIN])
        rows.append(["over_integer", units, by, fits(half_even(Fraction(units, by)))])
        units, by = amount(), number()
        rows.append(["times_number", units, repr(by), fits(round(float(units) * by))])
        units, by = amount(), number()
        rows.append(["over_number", units, repr(by), fits(round(float(units) / by))])
        total, count = chance.choice([amount() * chance.randrange(1, 10**6), amount()]), chance.randrange(1, 50)
        rows.append(["average", total, count, fits(half_even(Fraction(total, count)))])
        units, decimals = amount(), chance.randrange(0, 6)
        for name, way in [("round_nearest", ROUND_HALF_EVEN), ("round_up", ROUND_CEILING), ("round_down", ROUND_FLOOR)]:
            exact = (Decimal(units) / 10_000).quantize(Decimal(1).scaleb(-min(decimals, 4)), rounding=way)
            rows.append([name, units, decimals, fits(int(exact * 10_000))])
        value = chance.choice([chance.uniform(-1e5, 1e5), chance.randrange(-10**7, 10**7) / 100, chance.randrange(-10**6, 10**6) / 100_000 + 0.00005, 1e15])
        rows.append(["from_number", repr(value), "", fits(int((Decimal(repr(value)) * 10_000).to_integral_value(ROUND_HALF_EVEN)))])
        text = f"{amount() / 1:.0f}" if chance.random() < 0.2 else str(Decimal(chance.randrange(-10**9, 10**9)).scaleb(-chance.randrange(0, 7)))
        if "E" not in text:
            exact = Decimal(text) * 10_000
            rows.append(["parse", text, "", fits(int(exact)) if exact == int(exact) else "decimals"])
    for text in ["", ".", "-", "1.2.3", "1e3", " 1", "0x10", "٣", "1_000", "--1", "+-1", "NaN"]:
        rows.append(["parse", text, "", "form"])
    for text, units in [(".5", 5_000), ("5.", 50_000), ("+1.25", 12_500), ("-0.0001", -1), ("1.50000", 15_000), ("007", 70_000)]:
        rows.append(["parse", text, "", units])
    for text in ["922337203685477.5808", "-922337203685477.5809", "99999999999999999999999999"]:
        rows.append(["parse", text, "", "overflow"])
    for text, units in [("922337203685477.5807", I64_MAX), ("-922337203685477.5808", I64_MIN)]:
        rows.append(["parse", text, "", units])
    write("money.csv", ["operation", "left", "right", "result"], rows)


def make_rounding():
    chance = random.Random(7)
    rows = []
    values = [0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1.005, 0.285, 0.29, 0.3, 0.1 + 0.2, 1e22, 1e300, 5e-324, 123456789.5, 4503599627370497.5,
              0.045, 0.055, 1e15 + 0.5, -2.675, 9.995, 1e-7, 99999.99995, 0.9999999999999999]
    values += [chance.randrange(-10**6, 10**6) / 1000 for _ in range(150)]
    values += [chance.randrange(-10**5, 10**5) / 100 + 0.005 for _ in range(100)]
    values += [chance.uniform(-1000, 1000) for _ in range(150)]
    values += [chance.uniform(-1, 1) * 10.0 ** chance.randrange(-20, 20) for _ in range(150)]
    for value in values:
        decimals = chance.randrange(0, 7)
        for name, way in [("nearest", ROUND_HALF_EVEN), ("up", ROUND_CEILING), ("down", ROUND_FLOOR)]:
            exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=way)
            rows.append([repr(value), name, decimals, repr(float(exact) + 0.0)])
    write("rounding.csv", ["value", "direction", "decimals", "result"], rows)


def make_folding():
    """Simple folding: the full folding where it is one character; where it is several, the lower-case letter if that is
    one character and differs, as the entries with status S say."""
    rows = []
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cn", "Cs", "Co"):
            continue
        folded = character.casefold()
        if len(folded) > 1:
            folded = character.lower() if len(character.lower()) == 1 else character
            if code in (0xFB05, 0x1FD3, 0x1FE3):
                continue  # given simple foldings only in Unicode 15.1
        if folded != character:
            rows.append([code, ord(folded)])
    for character in "aßéжλ中ﬃΐŉ0 \u0130\u0131":
        if [ord(character), ord(character)] not in rows and character.casefold() in (character, "ss", "ffi", "ΐ", "ʼn", "i̇"):
            rows.append([ord(character), ord(character)])
    write("folding.csv", ["character", "folded"], rows)


if __name__ == "__main__":
    make_days()
    make_zones()
    make_shifts()
    make_units()
    make_windows()
    make_money()
    make_rounding()
    make_folding()
