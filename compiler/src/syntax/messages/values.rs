//! Messages about written values.

use super::{in_quotes, replace};
use crate::diagnostics::Diagnostic;
use crate::source::Span;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `'France'`
pub(crate) fn single_quotes(span: Span, content: &str) -> Diagnostic {
    Diagnostic::error("S0017", span, "a text stands in double quotes")
        .beside(format!("write {}", in_quotes(content)))
        .fix("use double quotes", replace(span, in_quotes(content)))
}

/// `1,000`, `1e6`, `.5`
pub(crate) fn number_form(span: Span, written: &str, plain: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0018", span, format!("write `{written}` as {plain}"));
    if written.contains(',') {
        let spaced = written.replace(',', ", ");
        let several = written.split(',').skip(1).all(|group| !group.starts_with('0'));
        let diagnostic = diagnostic
            .beside("numbers are written without separators")
            .offer(format!("write {plain}"), replace(span, plain));
        if several {
            diagnostic.note(format!("for several numbers, put a blank after each comma: {spaced}"))
        } else {
            diagnostic
        }
    } else {
        diagnostic.beside("numbers are written in plain digits").fix(format!("write {plain}"), replace(span, plain))
    }
}

/// `2,5`, `1.000.000`
pub(crate) fn number_of_another_country(span: Span, written: &str, plain: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0018", span, format!("write `{written}` as {plain}"))
        .beside("a point stands before decimals, and nothing between thousands")
        .offer(format!("write {plain}"), replace(span, plain));
    match written.contains(',') && !written.contains('.') {
        true => {
            diagnostic.note(format!("for several numbers, put a blank after the comma: {}", written.replace(',', ", ")))
        }
        false => diagnostic,
    }
}

/// A number that does not fit into 64 bits.
pub(crate) fn number_too_large(span: Span) -> Diagnostic {
    Diagnostic::error("S0019", span, "this number is too large")
        .beside("the largest whole number is 9223372036854775807")
}

/// A written whole number that does not fit into 64 bits, as ids may be.
pub(crate) fn whole_number_too_large(span: Span) -> Diagnostic {
    number_too_large(span).note("an id that has more digits is written between quotes")
}

/// A count of units that is no whole number.
pub(crate) fn not_whole(span: Span) -> Diagnostic {
    Diagnostic::error("S0021", span, "a number of days, weeks or months is a whole number")
        .beside("write a whole number, if need be of a smaller unit")
}

/// `10k`
pub(crate) fn number_with_tail(span: Span, written: &str) -> Diagnostic {
    let digits: String =
        written.chars().take_while(|character| character.is_ascii_digit() || *character == '.').collect();
    let (tail, currency) = match written.get(digits.len()..).unwrap_or("").split_once(' ') {
        Some((tail, currency)) => (tail, format!(" {}", currency.trim())),
        None => (written.get(digits.len()..).unwrap_or(""), String::new()),
    };
    let times = match tail {
        "k" | "K" => Some(1_000),
        "m" | "M" => Some(1_000_000),
        _ => None,
    };
    let diagnostic = Diagnostic::error("S0020", span, format!("`{tail}` is no unit I know")).beside(match times {
        Some(_) => "numbers are written in full",
        None => "units are days, weeks, months, USD, % ...",
    });
    match times.and_then(|times: i64| digits.parse::<i64>().ok()?.checked_mul(times)) {
        Some(value) => {
            diagnostic.offer(format!("write {value}{currency}"), replace(span, format!("{value}{currency}")))
        }
        None => diagnostic,
    }
}

/// A number followed by a word that is no unit.
pub(crate) fn unknown_number_unit(span: Span, written: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0020", span, format!("`{written}` is no unit I know"));
    let currency = match written.to_lowercase().as_str() {
        "dollar" | "dollars" | "bucks" => Some("USD"),
        "euro" | "euros" => Some("EUR"),
        "pound" | "pounds" | "quid" => Some("GBP"),
        "franc" | "francs" => Some("CHF"),
        "yen" => Some("JPY"),
        "percent" => Some("%"),
        _ => None,
    };
    let distance = crate::values::places::unit(written).is_some();
    match currency.or_else(|| nearest_unit(written).filter(|_| !distance)) {
        Some(unit) => diagnostic
            .beside(format!("did you mean `{unit}`?"))
            .offer(format!("did you mean `{unit}`?"), replace(span, unit)),
        None if distance => diagnostic.beside("a distance stands in `home within 10 km of point(40.75, -73.98)`"),
        None => diagnostic.beside("units are seconds to years, currencies such as USD, and %"),
    }
}

/// `$500`
pub(crate) fn currency_sign(span: Span, sign: &str, plain: &str, name: &str, sure: bool) -> Diagnostic {
    let mended = format!("{plain} {name}");
    let diagnostic =
        Diagnostic::error("S0025", span, format!("an amount is written with its currency's name, not with `{sign}`"))
            .beside(format!("write {mended}"));
    if sure {
        diagnostic.fix(format!("write {mended}"), replace(span, mended))
    } else {
        diagnostic.offer(format!("write {mended}"), replace(span, mended))
    }
}

/// Money beyond four decimals or 64 bits.
pub(crate) fn money_form(span: Span, written: &str) -> Diagnostic {
    let decimals = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if decimals > 4 {
        Diagnostic::error("S0019", span, "money has at most four decimals").beside("shorten this amount")
    } else {
        Diagnostic::error("S0019", span, "this amount is too large").beside("the largest is about 900 trillion")
    }
}

/// A day that does not exist.
pub(crate) fn no_such_date(span: Span, written: &str, year: u32, month: u32, day: u32) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0150", span, format!("there is no {written}"));
    let index = usize::try_from(month).ok().and_then(|month| month.checked_sub(1));
    let Some(name) = index.and_then(|index| MONTHS.get(index)) else {
        return diagnostic.beside("a date is written year-month-day, and the month is 01 to 12");
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day > last {
        let mended = format!("{year:04}-{month:02}-{last:02}");
        diagnostic
            .beside(format!("{name} {year} has {last} days"))
            .offer(format!("write {mended}, its last day"), replace(span, mended))
    } else {
        diagnostic.beside("years go from 0001 to 9999, days from 01")
    }
}

/// A clock time that does not exist.
pub(crate) fn no_such_time(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0150", span, format!("there is no time {written}")).beside("clock times go from 00:00 to 24:00")
}

/// A date in another form, with the days it can mean.
pub(crate) fn odd_date(span: Span, written: &str, readings: &[(u32, u32, u32)]) -> Diagnostic {
    let iso = |(year, month, day): (u32, u32, u32)| format!("{year:04}-{month:02}-{day:02}");
    let spoken = |(year, month, day): (u32, u32, u32)| {
        let index = usize::try_from(month).unwrap_or(1).saturating_sub(1);
        format!("{day} {} {year}", MONTHS.get(index).unwrap_or(&""))
    };
    match readings {
        [] => Diagnostic::error("S0150", span, format!("there is no {written}"))
            .beside("a date is written year-month-day, as 2026-04-03"),
        [only] => {
            let mended = iso(*only);
            Diagnostic::error("S0152", span, format!("a date is written year-month-day, as {mended}"))
                .beside(format!("write {mended}"))
                .fix(format!("write {mended}"), replace(span, mended))
        }
        [first, second, ..] => {
            let day_and_month =
                |reading| spoken(reading).rsplit_once(' ').map_or(String::new(), |(text, _)| text.to_owned());
            Diagnostic::error(
                "S0151",
                span,
                format!("{written} could be {} or {}", day_and_month(*first), day_and_month(*second)),
            )
            .beside(format!("write {} or {}", iso(*first), iso(*second)))
            .offer(format!("{}: write {}", spoken(*first), iso(*first)), replace(span, iso(*first)))
            .offer(format!("{}: write {}", spoken(*second), iso(*second)), replace(span, iso(*second)))
        }
    }
}

/// The unit whose word is nearest to one that is none.
pub(super) fn nearest_unit(written: &str) -> Option<&'static str> {
    const UNITS: &[&str] = &["seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years"];
    let lower = written.to_lowercase();
    let short = match lower.as_str() {
        "d" | "dy" => Some("days"),
        "w" | "wk" | "wks" => Some("weeks"),
        "mo" | "mos" | "mth" | "mths" => Some("months"),
        "y" | "yr" | "yrs" => Some("years"),
        "h" | "hr" | "hrs" => Some("hours"),
        "min" | "mins" => Some("minutes"),
        "sec" | "secs" => Some("seconds"),
        _ => None,
    };
    short.or_else(|| {
        let near = UNITS.iter().map(|unit| (strsim::damerau_levenshtein(unit, &lower), *unit)).min();
        near.filter(|(distance, _)| *distance <= 2).map(|(_, unit)| unit)
    })
}

/// `home is within 10 km of X`, `home near X`
pub(crate) fn misworded_place(span: Span, whole: Span, words: &str, known: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0049", span, "how near a place is, is asked in other words");
    match known {
        true => diagnostic.beside(format!("write `{words}`")).fix(format!("write `{words}`"), replace(whole, words)),
        false => diagnostic.beside(format!("how near? Write for example `{words}`, in m, km or miles")),
    }
}
