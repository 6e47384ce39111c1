"""Writes compiler/src/values/expectations/occasions.csv: on which days occasions fall.

Easter is dateutil's, days of weeks and months are those of Python's calendar and datetime. Run it from the project's folder,
with python-dateutil 2.9 at hand:

    python3 tests/expectations/occasions.py

The file is kept in the project. `first` and `last` are days since 1970-01-01, empty where the year has no such day.
"""

import calendar
import csv
from datetime import date, timedelta
from pathlib import Path

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

FILE = Path(__file__).resolve().parents[2] / "compiler/src/values/expectations/occasions.csv"
YEARS = list(range(1583, 4000, 23)) + list(range(1995, 2055))
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [month.lower() for month in calendar.month_name[1:]]
NUMBERS = ["last", "first", "second", "third", "fourth", "fifth"]
DAY = timedelta(days=1)


def fixed(year, month, day):
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def weekday(year, nth, day, month):
    found = [week[day] for week in calendar.monthcalendar(year, month) if week[day]]
    if nth == 0:
        return date(year, month, found[-1])
    return date(year, month, found[nth - 1]) if nth <= len(found) else None


def nearest(start, day, step):
    start += step
    while start.weekday() != day:
        start += step
    return start


def occasions(year):
    for month, day in [(1, 1), (2, 14), (2, 28), (2, 29), (10, 31), (12, 31)]:
        yield f"{day} {MONTHS[month - 1]}", fixed(year, month, day), None
    for nth in range(6):
        for day in range(7):
            month = (nth * 7 + day + year) % 12 + 1
            yield f"{NUMBERS[nth]} {DAYS[day]} of {MONTHS[month - 1]}", weekday(year, nth, day, month), None
    sunday, orthodox = easter(year, EASTER_WESTERN), easter(year, EASTER_ORTHODOX)
    yield "easter", sunday, None
    yield "orthodox easter", orthodox, None
    yield "2 days before easter", sunday - 2 * DAY, None
    yield "7 weeks after easter", sunday + 49 * DAY, None
    yield "1 day after fourth thursday of november", weekday(year, 4, 3, 11) + DAY, None
    yield "first friday after 18 june", nearest(date(year, 6, 18), 4, DAY), None
    yield "last monday before 25 may", nearest(date(year, 5, 25), 0, -DAY), None
    yield "from 7 days before easter to easter", sunday - 7 * DAY, sunday
    yield "from 28 december to 3 january", date(year, 12, 28), date(year + 1, 1, 3)
    yield "from 10 days before 3 january to 3 january", date(year, 1, 3) - 10 * DAY, date(year, 1, 3)
    yield "from 20 february to 29 february", date(year, 2, 20), fixed(year, 2, 29)
    yield "from fourth thursday of november to first monday after fourth thursday of november", \
        weekday(year, 4, 3, 11), nearest(weekday(year, 4, 3, 11), 0, DAY)


def number(day):
    return "" if day is None else (day - date(1970, 1, 1)).days


with FILE.open("w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["occasion", "year", "first", "last"])
    for year in YEARS:
        for text, first, last in occasions(year):
            out.writerow([text, year, number(first), number(last or first)])
