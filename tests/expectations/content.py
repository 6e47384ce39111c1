"""Writes runtime/src/content/expectations.json: dates, numbers, shares, money and lists in the words of languages, by Babel.

Babel and ICU4X both have their words from CLDR, each from a version of its own; where they differ for that reason is said beside the test.
Blanks that break no line are written as plain ones. Lengths of short messages are
worked out with the package `gsm0338`. Run it from the project's folder, with both at hand:

    python3 tests/expectations/content.py

The file is kept in the project.
"""

import decimal
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import gsm0338
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

# Halves go away from zero, as people expect of what they read.
decimal.getcontext().rounding = decimal.ROUND_HALF_UP

FILE = Path(__file__).resolve().parents[2] / "runtime/src/content/expectations.json"
LOCALES = ["en", "en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL", "sv_SE", "ja_JP", "zh_CN", "ko_KR", "tr_TR", "el_GR", "cs_CZ"]
DAYS = [date(2026, 4, 3), date(2024, 2, 29), date(1999, 12, 31), date(2026, 9, 1)]
PATTERNS = ["d MMMM", "d MMMM y", "EEEE", "EEEE, d MMMM y", "dd.MM.yyyy", "MMM d", "MM/dd/yy"]
CLOCKS = ["HH:mm", "d MMMM y HH:mm"]
NUMBERS = ["0", "7", "-3", "1234", "1234567", "0.5", "1234.5", "-1234567.891", "0.125"]
FORMS = ["0", "0.00", "#,##0", "#,##0.00", "0.##"]
SHARES = ["0", "0.1", "0.45", "1", "0.125", "12.5"]
AMOUNTS = ["0", "12.5", "1234.56", "-99.99", "1000000", "0.125", "0.135"]
CURRENCIES = ["USD", "EUR", "GBP", "JPY"]
LISTS = [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]
MESSAGES = [
    "", "Hello", "x" * 160, "x" * 161, "x" * 306, "x" * 307, "€" * 80, "€" * 81, "x" * 152 + "€" + "x" * 20, "Grüße {A} [B] ~ ^ | \\",
    "日本" * 35, "日本" * 36, "日" * 134, "日" * 135, "🙂" * 35, "🙂" * 36, "x" * 66 + "🙂" + "x" * 10 + "é日", "ç", "Ç", "`",
]


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def size(text):
    """Septets or 16-bit units, and messages: a letter of two units is not cut in two."""
    try:
        lengths, alone, each, name = [len(letter.encode("gsm03.38")) for letter in text], 160, 153, "GSM-7"
    except UnicodeEncodeError:
        lengths, alone, each, name = [len(letter.encode("utf-16-be")) // 2 for letter in text], 70, 67, "UCS-2"
    if sum(lengths) <= alone:
        return [name, sum(lengths), 1 if lengths else 0]
    messages, left = 1, each
    for length in lengths:
        if length > left:
            messages, left = messages + 1, each
        left -= length
    return [name, sum(lengths), messages]


def main():
    found = {"locales": {}, "messages": [{"text": text, "size": size(text)} for text in MESSAGES]}
    for locale in LOCALES:
        cases = []
        for day in DAYS:
            cases.append(["date", day.isoformat(), None, format_date(day, "long", locale)])
            for pattern in PATTERNS:
                cases.append(["date", day.isoformat(), pattern, format_date(day, pattern, locale)])
        for pattern in CLOCKS:
            moment = datetime(2026, 4, 3, 7, 5)
            cases.append(["datetime", moment.isoformat(), pattern, format_datetime(moment, pattern, locale=locale)])
        for number in NUMBERS:
            cases.append(["number", number, None, format_decimal(Decimal(number), locale=locale)])
            for form in FORMS:
                cases.append(["number", number, form, format_decimal(Decimal(number), form, locale, group_separator="," in form)])
        for share in SHARES:
            cases.append(["percent", share, None, format_percent(Decimal(share), locale=locale, decimal_quantization=False)])
        for amount in AMOUNTS:
            for currency in CURRENCIES:
                cases.append(["money " + currency, amount, None, format_currency(Decimal(amount), currency, locale=locale)])
        for several in LISTS:
            cases.append(["list", json.dumps(several), None, format_list(several, locale=locale)])
        found["locales"][locale.replace("_", "-")] = [[*case[:3], plain(case[3])] for case in cases]
    line = lambda value: json.dumps(value, ensure_ascii=False)
    locales = [f"{line(tag)}: [\n" + ",\n".join(map(line, cases)) + "\n]" for tag, cases in found["locales"].items()]
    messages = ",\n".join(map(line, found["messages"]))
    FILE.write_text('{"locales": {\n' + ",\n".join(locales) + '\n}, "messages": [\n' + messages + "\n]}\n")


main()
