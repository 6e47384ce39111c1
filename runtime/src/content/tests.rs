#![expect(clippy::unwrap_used, reason = "a failed test is to stop")]

use super::language::Languages;
use super::sms::{self, Encoding};
use super::{Destination, safe};
use chrono::{NaiveDate, NaiveDateTime};
use segue_compiler::program::{Settings, Type};
use segue_compiler::values::{Currency, Value, money};
use serde_json::Value as Json;
use std::sync::Arc;

const EXPECTED: &str = include_str!("expectations.json");

fn languages(locale: &str) -> Languages {
    Languages::new(&Settings {
        name: "words".into(),
        zone: chrono_tz::UTC,
        currency: Currency::new("USD").unwrap(),
        week_start: chrono::Weekday::Mon,
        fiscal_year_start: None,
        locale: locale.into(),
        as_of: None,
    })
}

fn plain(text: &str) -> String {
    // Swedish has a minus sign of its own in the one, a hyphen in the other.
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2212}', "-")
}

/// A case of the file as a value of ours.
fn value(kind: &str, written: &str) -> (Value, Type) {
    match kind {
        "date" => (Value::Date(written.parse::<NaiveDate>().unwrap().to_epoch_days()), Type::Date),
        "datetime" => {
            let moment: NaiveDateTime = written.parse().unwrap();
            (Value::Instant(moment.and_utc().timestamp_micros()), Type::Datetime)
        }
        "number" => (Value::Number(written.parse().unwrap()), Type::Number),
        "percent" => (Value::Number(written.parse().unwrap()), Type::Percent),
        "list" => {
            let words: Vec<String> = serde_json::from_str(written).unwrap();
            let words: Vec<Value> = words.into_iter().map(|word| Value::Text(Arc::from(word))).collect();
            (Value::List(words.into()), Type::List(Box::new(Type::Text)))
        }
        money => {
            let currency = Currency::new(money.strip_prefix("money ").unwrap()).unwrap();
            (Value::Money(money::parse(written).unwrap()), Type::Money(currency))
        }
    }
}

/// Where Babel does otherwise than CLDR says, or its CLDR is older than ours.
fn differs(language: &str, kind: &str, written: &str) -> bool {
    // CLDR sets no thousands of four digits apart in these; Babel does.
    let four_digits = |number: f64| (1_000.0..10_000.0).contains(&number.abs());
    let together = matches!(language, "es-ES" | "it-IT" | "pl-PL");
    let number = written.parse::<f64>().map(|number| if kind == "percent" { number * 100.0 } else { number });
    // Signs of foreign currencies: US$ and JP¥ where it was USD and JPY.
    let foreign = kind.starts_with("money ") && kind != "money EUR" && !language.starts_with("en");
    together && number.is_ok_and(four_digits) || foreign
}

#[test]
fn words_are_those_of_another_library() {
    let expected: Json = serde_json::from_str(EXPECTED).unwrap();
    let (mut held, mut differences) = (0, Vec::new());
    for (language, cases) in expected["locales"].as_object().unwrap() {
        let mut languages = languages(language);
        for case in cases.as_array().unwrap() {
            let (kind, written, pattern) = (case[0].as_str().unwrap(), case[1].as_str().unwrap(), case[2].as_str());
            if differs(language, kind, written) {
                continue;
            }
            let (value, ty) = value(kind, written);
            let found = plain(&languages.of(None).words(&value, &ty, pattern));
            let wanted = case[3].as_str().unwrap();
            held += 1;
            if found != wanted {
                differences.push(format!("{language} {kind} {written} {pattern:?}: {found}, expected {wanted}"));
            }
        }
    }
    assert!(held > 1000);
    assert!(differences.is_empty(), "{} of {held} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn short_messages_are_counted_as_another_library_counts_them() {
    let expected: Json = serde_json::from_str(EXPECTED).unwrap();
    for case in expected["messages"].as_array().unwrap() {
        let size = sms::size(case["text"].as_str().unwrap());
        let encoding = if size.encoding == Encoding::Gsm7 { "GSM-7" } else { "UCS-2" };
        assert_eq!(serde_json::json!([encoding, size.units, size.messages]), case["size"], "{}", case["text"]);
    }
    assert_eq!((sms::first_beyond("a€ç"), sms::first_beyond("a€")), (Some('ç'), None));
}

#[test]
fn a_customers_language_wins_where_it_is_one() {
    let mut languages = languages("de");
    let mut shown = |tag: Option<&str>| languages.of(tag).words(&Value::Number(1234.5), &Type::Number, None);
    assert_eq!(shown(None), "1.234,5");
    assert_eq!(shown(Some("en-US")), "1,234.5");
    assert_eq!(shown(Some(" en_GB ")), "1,234.5");
    for none in ["", "und", "klingon of the north", "12", "jp", "xx", "cn"] {
        assert_eq!(shown(Some(none)), "1.234,5", "{none}");
    }
}

#[test]
fn what_is_the_customers_own_is_nothing_but_words() {
    let own = "<b>\"A&B\"</b>'s\r\nSubject: x\u{2028}\u{202f}y";
    assert_eq!(safe(own, Destination::Html), "&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;&#39;s  Subject: x \u{202f}y");
    assert_eq!(safe(own, Destination::Plain), "<b>\"A&B\"</b>'s  Subject: x \u{202f}y");
    assert_eq!(safe(own, Destination::Sms), "<b>\"A&B\"</b>'s  Subject: x  y");
    assert!(matches!(safe("Ann", Destination::Html), std::borrow::Cow::Borrowed("Ann")));
}

#[test]
fn what_is_rounded_is_rounded_as_it_is_written() {
    let mut languages = languages("en");
    let mut shown = |value: Value, ty: Type, pattern: Option<&str>| languages.of(None).words(&value, &ty, pattern);
    for (share, expected) in [(0.145, "15"), (0.285, "29"), (1.005, "101"), (0.45, "45")] {
        assert_eq!(shown(Value::Number(share), Type::Percent, Some("0")), expected);
    }
    assert_eq!(shown(Value::Number(0.00035), Type::Percent, None), "0.04%");
    let euro = |units: i64| (Value::Money(units), Type::Money(Currency::new("EUR").unwrap()));
    let yen = (Value::Money(-4_000), Type::Money(Currency::new("JPY").unwrap()));
    assert_eq!(shown(euro(-4_000).0, euro(0).1, Some("#,##0")), "0");
    assert_eq!(shown(euro(-40).0, euro(0).1, None), "€0.00");
    assert_eq!(shown(euro(-990_000).0, euro(0).1, None), "-€99.00");
    assert_eq!(shown(yen.0, yen.1, None), "¥0");
}
