//! Values as people read them: `1,234.50 USD`, `45%`, `2026-04-03 10:00`, `"France"`.

use chrono_tz::Tz;
use segue_compiler::program::Type;
use segue_compiler::values::calendar::{MICROS_PER_DAY, MICROS_PER_SECOND, date_text, instant_text};
use segue_compiler::values::{Value, money, places};

/// What stands for a value that is not known.
pub const MISSING: &str = "missing";

/// A value of a type; clock times are those of the zone.
pub fn value_text(value: Option<&Value>, ty: &Type, zone: Tz) -> String {
    let Some(value) = value else { return MISSING.to_owned() };
    match (value, ty) {
        (Value::Integer(place), Type::Location) => places::text(*place),
        (Value::Boolean(true), _) => "yes".to_owned(),
        (Value::Boolean(false), _) => "no".to_owned(),
        // Years are integers too, and nobody writes them with a comma.
        (Value::Integer(integer), _) if integer.unsigned_abs() < 10_000 => integer.to_string(),
        (Value::Integer(integer), _) => grouped(&integer.to_string()),
        (Value::Number(number), Type::Percent) => format!("{}%", number_text(number * 100.0, 4)),
        (Value::Number(number), _) => number_text(*number, 6),
        (Value::Money(units), Type::Money(currency)) => format!("{} {}", money_text(*units), currency.code()),
        (Value::Money(units), _) => money_text(*units),
        (Value::Text(text), Type::Id(_) | Type::Timezone) => text.to_string(),
        (Value::Text(text), Type::OneOf(_)) if is_word(text) => text.to_string(),
        (Value::Text(text), _) => format!("\"{text}\""),
        (Value::Date(date), _) => date_text(*date),
        (Value::Instant(instant), _) => instant_text(*instant, zone),
        (Value::Duration(micros), _) => duration_text(*micros),
        (Value::List(values), _) if values.is_empty() => "empty".to_owned(),
        (Value::List(values), ty) => {
            let element = if let Type::List(element) = ty { element } else { ty };
            let shown: Vec<String> = values.iter().take(10).map(|one| value_text(Some(one), element, zone)).collect();
            let more = values.len() - shown.len();
            if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
        }
    }
}

/// Money with two decimals, or all it has where they are more, or none where it is whole: `1,234.50`.
fn money_text(units: i64) -> String {
    let exact = grouped(&money::text(units));
    match exact.split_once('.') {
        Some((_, decimals)) if decimals.len() == 1 => exact + "0",
        _ => exact,
    }
}

/// A number with at most so many decimals; what is too small or large for that is shown by its powers of ten.
fn number_text(number: f64, decimals: usize) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{number:e}");
    }
    let text = format!("{number:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    grouped(text)
}

/// Days, hours, minutes and seconds, those that are not zero: `3 days 4 hours`.
fn duration_text(micros: i64) -> String {
    let size = micros.unsigned_abs();
    let (second, day) = (MICROS_PER_SECOND.unsigned_abs(), MICROS_PER_DAY.unsigned_abs());
    let units = [(size / day, "day"), (size % day / (3_600 * second), "hour"), (size / (60 * second) % 60, "minute")];
    let mut parts: Vec<String> = units
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{} {unit}{}", grouped(&count.to_string()), if *count == 1 { "" } else { "s" }))
        .collect();
    let rest = size % (60 * second);
    if rest > 0 || parts.is_empty() {
        let seconds = number_text(rest as f64 / second as f64, 6);
        parts.push(format!("{seconds} second{}", if seconds == "1" { "" } else { "s" }));
    }
    format!("{}{}", if micros < 0 { "-" } else { "" }, parts.join(" "))
}

/// Commas between the thousands of the whole part.
pub(crate) fn grouped(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').map_or((digits, ""), |(whole, decimals)| (whole, decimals));
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !decimals.is_empty() {
        text.push('.');
        text.push_str(decimals);
    }
    text
}

fn is_word(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_compiler::values::Currency;
    use std::sync::Arc;

    #[test]
    fn values_read_as_people_write_them() {
        let usd = Type::Money(Currency(*b"USD"));
        let list = Type::List(Box::new(Type::Text));
        let words: Vec<Value> = ["a", "b"].iter().map(|word| Value::Text(Arc::from(*word))).collect();
        for (value, ty, expected) in [
            (Value::Boolean(true), Type::Boolean, "yes"),
            (Value::Integer(2026), Type::Integer, "2026"),
            (Value::Integer(-1_234_567), Type::Integer, "-1,234,567"),
            (Value::Number(0.1 + 0.2), Type::Number, "0.3"),
            (Value::Number(12345.5), Type::Number, "12,345.5"),
            (Value::Number(-0.25), Type::Number, "-0.25"),
            (Value::Number(1e300), Type::Number, "1e300"),
            (Value::Number(0.0), Type::Number, "0"),
            (Value::Number(0.455), Type::Percent, "45.5%"),
            (Value::Money(2_300_000), usd.clone(), "230 USD"),
            (Value::Money(12_345_000), usd.clone(), "1,234.50 USD"),
            (Value::Money(-1), usd, "-0.0001 USD"),
            (Value::Text(Arc::from("France")), Type::Text, "\"France\""),
            (Value::Text(Arc::from("1228")), Type::Id(None), "1228"),
            (Value::Text(Arc::from("plus")), Type::OneOf(Arc::default()), "plus"),
            (Value::Text(Arc::from("free trial")), Type::OneOf(Arc::default()), "\"free trial\""),
            (Value::Date(20_546), Type::Date, "2026-04-03"),
            (Value::Instant(1_775_210_400_000_000), Type::Datetime, "2026-04-03 10:00"),
            (Value::Duration(90 * MICROS_PER_DAY), Type::Duration, "90 days"),
            (Value::Duration(MICROS_PER_DAY + 3_661_500_000), Type::Duration, "1 day 1 hour 1 minute 1.5 seconds"),
            (Value::Duration(0), Type::Duration, "0 seconds"),
            (Value::Duration(-3_600_000_000), Type::Duration, "-1 hour"),
            (Value::List(words.into()), list.clone(), "\"a\", \"b\""),
            (Value::List(Arc::default()), list, "empty"),
        ] {
            assert_eq!(value_text(Some(&value), &ty, Tz::UTC), expected, "{value:?}");
        }
        assert_eq!(value_text(None, &Type::Text, Tz::UTC), "missing");
    }
}
