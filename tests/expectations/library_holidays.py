"""Writes the tests of the library's holidays: on which days they fall, by the `holidays` package for Python.

Run it from the project's folder, with holidays 0.109 at hand:

    python3 tests/expectations/library_holidays.py

The files are kept in the project: compiler/src/library/entries/holidays_*.tests.segue. Days that the package does not have for a whole country
(Mother's Day, Halloween) are not in them, and neither are substitutes for holidays on a weekend.
"""

from pathlib import Path

import holidays

FOLDER = Path(__file__).resolve().parents[2] / "compiler/src/library/entries"
YEARS = range(2026, 2030)
# By country: our name and the package's.
NAMES = {
    "us": {
        "new_year": "New Year's Day",
        "martin_luther_king_day": "Martin Luther King Jr. Day",
        "presidents_day": "Washington's Birthday",
        "memorial_day": "Memorial Day",
        "juneteenth": "Juneteenth National Independence Day",
        "independence_day": "Independence Day",
        "labor_day": "Labor Day",
        "columbus_day": "Columbus Day",
        "veterans_day": "Veterans Day",
        "thanksgiving": "Thanksgiving Day",
        "christmas": "Christmas Day",
    },
    "ca": {
        "new_year": "New Year's Day",
        "good_friday": "Good Friday",
        "canada_day": "Canada Day",
        "labour_day": "Labor Day",
        "christmas": "Christmas Day",
    },
    "gb": {
        "new_year": "New Year's Day",
        "good_friday": "Good Friday",
        "easter_monday": "Easter Monday",
        "may_day": "May Day",
        "spring_bank_holiday": "Spring Bank Holiday",
        "summer_bank_holiday": "Late Summer Bank Holiday",
        "christmas": "Christmas Day",
        "boxing_day": "Boxing Day",
    },
    "de": {
        "new_year": "New Year's Day",
        "good_friday": "Good Friday",
        "easter_monday": "Easter Monday",
        "labour_day": "Labor Day",
        "ascension": "Ascension Day",
        "whit_monday": "Pentecost Monday",
        "unity_day": "German Unity Day",
        "christmas": "Christmas Day",
        "second_christmas_day": "Second Day of Christmas",
    },
    "at": {
        "new_year": "New Year's Day",
        "epiphany": "Epiphany",
        "easter_monday": "Easter Monday",
        "labour_day": "Labor Day",
        "ascension": "Ascension Day",
        "whit_monday": "Pentecost Monday",
        "corpus_christi": "Corpus Christi",
        "assumption": "Assumption Day",
        "national_day": "National Day",
        "all_saints": "All Saints' Day",
        "immaculate_conception": "Immaculate Conception",
        "christmas": "Christmas Day",
        "st_stephen": "Saint Stephen's Day",
    },
    "fr": {
        "new_year": "New Year's Day",
        "easter_monday": "Easter Monday",
        "labour_day": "Labor Day",
        "victory_day": "Victory Day",
        "ascension": "Ascension Day",
        "whit_monday": "Pentecost Monday",
        "bastille_day": "National Day",
        "assumption": "Assumption Day",
        "all_saints": "All Saints' Day",
        "armistice": "Armistice Day",
        "christmas": "Christmas Day",
    },
    "es": {
        "new_year": "New Year's Day",
        "epiphany": "Epiphany",
        "good_friday": "Good Friday",
        "labour_day": "Labor Day",
        "assumption": "Assumption Day",
        "national_day": "National Day",
        "all_saints": "All Saints' Day",
        "constitution_day": "Constitution Day",
        "immaculate_conception": "Immaculate Conception",
        "christmas": "Christmas Day",
    },
    "it": {
        "new_year": "New Year's Day",
        "epiphany": "Epiphany",
        "easter": "Easter Sunday",
        "easter_monday": "Easter Monday",
        "liberation_day": "Liberation Day",
        "labour_day": "Labor Day",
        "republic_day": "Republic Day",
        "assumption": "Assumption Of Mary Day",
        "st_francis": "Saint Francis of Assisi, Patron Saint of Italy",
        "all_saints": "All Saints' Day",
        "immaculate_conception": "Immaculate Conception",
        "christmas": "Christmas Day",
        "st_stephen": "Saint Stephen's Day",
    },
    "pl": {
        "new_year": "New Year's Day",
        "epiphany": "Epiphany",
        "easter": "Easter Sunday",
        "easter_monday": "Easter Monday",
        "labour_day": "National Day",
        "constitution_day": "National Day of the Third of May",
        "pentecost": "Pentecost",
        "corpus_christi": "Corpus Christi",
        "assumption": "Assumption Day",
        "all_saints": "All Saints' Day",
        "independence_day": "National Independence Day",
        "christmas_eve": "Christmas Eve",
        "christmas": "Christmas Day",
        "second_christmas_day": "Second Day of Christmas",
    },
    "se": {
        "new_year": "New Year's Day",
        "epiphany": "Epiphany",
        "good_friday": "Good Friday",
        "easter": "Easter Sunday",
        "easter_monday": "Easter Monday",
        "may_day": "May Day",
        "ascension": "Ascension Day",
        "pentecost": "Pentecost",
        "national_day": "National Day",
        "midsummer_day": "Midsummer Day",
        "all_saints": "All Saints' Day",
        "christmas": "Christmas Day",
        "second_christmas_day": "Second Day of Christmas",
    },
    "gr": {
        "new_year": "New Year's Day",
        "epiphany": "Epiphany",
        "clean_monday": "Green Monday",
        "independence_day": "Independence Day",
        "good_friday": "Good Friday",
        "easter_monday": "Easter Monday",
        "labour_day": "Labor Day",
        "whit_monday": "Pentecost Monday",
        "dormition": "Dormition of the Mother of God",
        "ohi_day": "Ohi Day",
        "christmas": "Christmas Day",
        "second_christmas_day": "Glorifying Mother of God",
    },
}


def days_of(country, name):
    """The days of a holiday, by year; some fall on the day of another one, and bear both names."""
    parts = {"subdiv": "ENG"} if country == "gb" else {}
    found = {}
    for year in YEARS:
        calendar = holidays.country_holidays(country.upper(), years=year, language="en_US", **parts)
        days = [day for day, names in calendar.items() if name in names.split("; ")]
        if len(days) > 1:
            raise SystemExit(f"{country}: {name} has {len(days)} days in {year}")
        # Where a Sunday's holiday is left to the regions, the country has none in that year.
        found[year] = days[0] if days else None
    if list(found.values()).count(None) > 3:
        raise SystemExit(f"{country}: {name} is hardly ever found")
    return found


def main():
    for country, names in NAMES.items():
        known = {ours: days_of(country, theirs) for ours, theirs in names.items()}
        tests = []
        for year in YEARS:
            lines = "".join(f"  expect {country}_{ours} is on {days[year]}\n" for ours, days in known.items() if days[year])
            tests.append(f'test "holidays {country}: {year}" as of {year}-01-01 {{\n{lines}}}\n')
        (FOLDER / f"holidays_{country}.tests.segue").write_text("\n".join(tests))


main()
