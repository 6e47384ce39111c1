#![expect(clippy::unwrap_used, reason = "a failed test is to stop")]

use super::Constants;
use super::{Checked, Config, Input, Level, UnknownCustomers, check, check_text};
use crate::diagnostics::Severity;
use crate::source::SourceFile;
use std::fmt::Write;

const RULES: &str = "customers { key customer_id : id   city : text? }
events purchases by customer_id at purchased_at { price : money }
segment elsewhere { city is not \"Paris\" }
";

fn with_settings(settings: &str) -> Checked {
    check(Input {
        settings: Some(SourceFile::new("segue.toml", settings)),
        files: vec![SourceFile::new("rules.segue", RULES)],
        constants: Constants::default(),
        read_list: &|_| Err("there is no such file".to_owned()),
    })
}

fn codes(checked: &Checked) -> Vec<String> {
    let told = checked.diagnostics.iter();
    told.map(|one| format!("{} {}", one.code.0, checked.sources.slice(one.span))).collect()
}

#[test]
fn a_project_without_a_project_file_has_defaults() {
    let checked = check_text(RULES);
    let settings = &checked.program.as_ref().unwrap().settings;
    assert_eq!((settings.zone, settings.currency.code()), (chrono_tz::UTC, "USD"));
    assert_eq!(settings.week_start, chrono::Weekday::Mon);
    assert_eq!((settings.as_of, checked.config.fail_on), (None, Severity::Error));
}

#[test]
fn settings_are_read() {
    let checked = with_settings(
        r#"
[project]
name = "grocery"
as_of = "2018-01-01"
time_zone = "America/New_York"
currency = "EUR"
week_start = "sunday"

[data]
Purchases = ["a.csv", "more/*.csv"]
customers = "data/households.parquet"
unknown_customers = "add"

[checks]
fail_on = "warning"
S0160 = "off"
"#,
    );
    assert_eq!(codes(&checked), Vec::<String>::new());
    let Config { settings, data, unknown_customers, fail_on, levels, .. } = &checked.config;
    assert_eq!((settings.name.as_str(), settings.currency.code()), ("grocery", "EUR"));
    assert_eq!(settings.week_start, chrono::Weekday::Sun);
    // Midnight in New York in winter is 05:00 UTC.
    assert_eq!(settings.as_of, Some(1_514_782_800_000_000));
    assert_eq!(data.len(), 2);
    assert_eq!((data[0].table.as_ref(), data[0].paths.len()), ("Purchases", 2));
    assert_eq!((*unknown_customers, *fail_on), (UnknownCustomers::Add, Severity::Warning));
    assert_eq!(levels.get("S0160"), Some(&Level::Off));
    assert!(!checked.failed());
}

#[test]
fn times_of_the_project_file_are_read_in_its_zone() {
    let cases = [
        ("2025-06-01", 1_748_728_800),
        ("2025-06-01 12:00", 1_748_772_000),
        ("2025-06-01T12:00:30", 1_748_772_030),
        ("2025-06-01T12:00:00Z", 1_748_779_200),
        ("2025-06-01T12:00Z", 1_748_779_200),
        ("2025-06-01 12:00+05:00", 1_748_761_200),
        ("2025-06-01T12:00:00+05:00", 1_748_761_200),
        // The clock jumps from 02:00 to 03:00: forward by the gap.
        ("2025-03-30 02:30", 1_743_298_200),
        // The hour from 02:00 comes twice: the earlier one.
        ("2025-10-26 02:30", 1_761_438_600),
    ];
    for (text, seconds) in cases {
        let settings = format!("[project]\ntime_zone = \"Europe/Paris\"\nas_of = \"{text}\"\n");
        let checked = with_settings(&settings);
        assert_eq!(checked.config.settings.as_of, Some(seconds * 1_000_000), "{text}");
    }
    let unquoted = with_settings("[project]\nas_of = 2025-06-01\n");
    assert_eq!(unquoted.config.settings.as_of, Some(1_748_736_000_000_000));
}

#[test]
fn wrong_settings_are_told_with_their_place() {
    let cases: &[(&str, &[&str])] = &[
        ("[project]\ntimezone = \"UTC\"\n", &["S0120 timezone"]),
        ("[projct]\nname = \"x\"\n", &["S0120 projct"]),
        ("name = \"x\"\n", &["S0120 name"]),
        ("[checks]\nfail = \"error\"\n", &["S0120 fail"]),
        ("[project]\nname = 3\n", &["S0121 3"]),
        ("[project]\ntime_zone = \"Mars/Olympus\"\n", &["S0128 \"Mars/Olympus\""]),
        ("[project]\ncurrency = \"dollar\"\n", &["S0121 \"dollar\""]),
        ("[project]\nweek_start = \"payday\"\n", &["S0121 \"payday\""]),
        ("[project]\nas_of = \"soon\"\n", &["S0121 \"soon\""]),
        ("[project]\nas_of = 3\n", &["S0121 3"]),
        ("[data]\nunknown_customers = \"drop\"\n", &["S0121 \"drop\""]),
        ("[data]\npurchases = 3\n", &["S0121 3"]),
        ("[data]\npurchases = []\n", &["S0121 []"]),
        ("[data]\npurchase = \"x.csv\"\n", &["S0122 purchase"]),
        ("[data]\npurchases = \"x.csv\"\nPurchases = \"y.csv\"\n", &["S0122 Purchases"]),
        ("[checks]\nfail_on = \"never\"\n", &["S0121 \"never\""]),
        ("[checks]\nS0160 = \"loud\"\n", &["S0121 \"loud\""]),
        ("[project\n", &["S0123 "]),
        ("[project]\nname = 3\nas_of = \"soon\"\n[date]\nx = 1\n", &["S0120 date", "S0121 \"soon\"", "S0121 3"]),
    ];
    let mut faults = String::new();
    for (settings, expected) in cases {
        let mut found = codes(&with_settings(settings));
        found.retain(|code| !code.starts_with("S0160"));
        found.sort();
        let same = found.len() == expected.len()
            && found.iter().zip(*expected).all(|(found, wanted)| found.starts_with(wanted.trim_end()));
        if !same {
            _ = writeln!(faults, "{settings}\n  expected {expected:?}\n  found {found:?}");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn levels_are_applied_and_errors_stay_errors() {
    let checked = with_settings("[checks]\nS0160 = \"error\"\n");
    assert!(checked.failed() && checked.diagnostics[0].severity == Severity::Error);
    // What the writer made an error fails the check; the program itself is fine.
    assert!(checked.program.is_some());
    let checked = check(Input {
        settings: Some(SourceFile::new("segue.toml", "[checks]\nS0101 = \"off\"\n")),
        files: vec![SourceFile::new("rules.segue", format!("{RULES}segment s {{ contry is known }}\n"))],
        constants: Constants::default(),
        read_list: &|_| Err(String::new()),
    });
    assert!(codes(&checked).contains(&"S0101 contry".to_owned()));
    assert!(checked.program.is_none());
}

#[test]
fn messages_stand_in_the_order_of_files_and_places() {
    let files = ["segment a { one }\nsegment b { two }\n", "segment c { three }\nsegment a { four }\n"];
    let files = files.iter().enumerate().map(|(at, text)| SourceFile::new(format!("{at}.segue"), *text));
    let mut files: Vec<SourceFile> = files.collect();
    files.push(SourceFile::new("customers.segue", RULES));
    let checked =
        check(Input { settings: None, files, constants: Constants::default(), read_list: &|_| Err(String::new()) });
    assert_eq!(
        codes(&checked),
        ["S0101 one", "S0101 two", "S0101 three", "S0100 a", "S0101 four", "S0160 city is not \"Paris\""]
    );
}

#[test]
fn the_customers_are_asked_for_once() {
    let checked = check_text("segment a { country is known }\nsegment b { any purchases }\ntrait c = age + 1\n");
    assert_eq!(codes(&checked).iter().filter(|code| code.starts_with("S0111")).count(), 1);
    assert_eq!(codes(&checked), ["S0111 country", "S0104 purchases"]);
}

#[test]
fn a_broken_declaration_keeps_its_uses_silent() {
    let checked =
        check_text(&format!("{RULES}trait age = * 3\nsegment old {{ age > 60 }}\nsegment s {{ any refunds }}\n"));
    let found = codes(&checked);
    assert!(!found.iter().any(|code| code.contains("age >") || code == "S0101 age"), "{found:?}");
}

#[test]
fn a_long_chain_of_declarations_is_no_trouble() {
    let mut rules = String::from("customers { key id : id   points : integer }\n");
    for at in (0..1000).rev() {
        _ = writeln!(rules, "trait t{at} = t{} + 1", at + 1);
    }
    rules.push_str("trait t1000 = points\n");
    let checked = check_text(&rules);
    assert_eq!(codes(&checked), Vec::<String>::new());
    assert_eq!(checked.program.unwrap().order.len(), 1001);
}

#[test]
fn a_long_circle_is_told_once() {
    let mut rules = String::from("customers { key id : id }\n");
    for at in 0..500 {
        _ = writeln!(rules, "segment s{at} {{ s{} }}", (at + 1) % 500);
    }
    let checked = check_text(&rules);
    assert_eq!(codes(&checked), ["S0103 s0"]);
}

#[test]
fn what_builds_on_itself_too_often_is_refused_and_not_followed() {
    let customers = "customers { key id : id   day : date   next : id -> customers";
    let shifts = format!("{customers} }}\ntrait t = day{}\n", " + 1 day".repeat(2_000));
    assert_eq!(codes(&check_text(&shifts)), ["S0008 1 day"]);
    let path = format!("{customers} }}\ntrait t = next{}.day\n", ".next".repeat(500));
    assert!(codes(&check_text(&path))[0].starts_with("S0008 "));
    let mut fields = format!("{customers}\n  f0 = day\n");
    for at in 1..1000 {
        _ = writeln!(fields, "  f{at} = f{} + 1 day", at - 1);
    }
    let found = codes(&check_text(&format!("{fields}}}\n")));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("S0008 f100 "), "{found:?}");
}

#[test]
fn thousands_of_mistakes_are_told_in_good_time() {
    let mut rules = String::from("customers { key id : id }\n");
    for at in 0..500 {
        _ = writeln!(rules, "segment segment_{at} {{ sgement_{at} }}");
    }
    let checked = check_text(&rules);
    assert_eq!(checked.diagnostics.len(), 500);
    assert_eq!(checked.diagnostics[499].fixes.len(), 0);
    assert_eq!(checked.diagnostics[0].fixes.len(), 3);
}

#[test]
fn the_deepest_nesting_allowed_is_checked() {
    let deep = |inner: &str| {
        let line = format!("{}{inner}{}", "(".repeat(195), ")".repeat(195));
        format!("customers {{ key id : id   a : boolean   b : integer }}\nsegment s {{ {line} }}\n")
    };
    assert!(check_text(&deep("a")).program.is_some());
    assert!(check_text(&deep("b + 1 > 2 and a")).program.is_some());
    let nots = format!("customers {{ key id : id   a : boolean }}\nsegment s {{ {}a }}\n", "not ".repeat(190));
    assert!(check_text(&nots).program.is_some());
    let blocks = format!(
        "customers {{ key id : id   a : boolean }}\nsegment s {{ {}a\n {} }}\n",
        "any of {\n".repeat(190),
        "}\n".repeat(190)
    );
    assert!(check_text(&blocks).program.is_some());
}
