#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::explain::Sample;
use super::*;
use crate::source::{FileId, SourceFile, SourceMap};
use proptest::prelude::*;

const RULES: &str =
    "customers {\n  key customer_id : id\n  country : text\n}\n\nsegment french {\n  contry is \"France\"\n}\n";

fn sources(text: &str) -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add(SourceFile::new("rules.segue", text));
    sources
}

fn span(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(FileId(0), start, start + part.len())
}

fn unknown_field(culprit: Span) -> Diagnostic {
    Diagnostic {
        code: Code("S0101"),
        severity: Severity::Error,
        message: "there is no field called `contry`".into(),
        span: culprit,
        label: "did you mean `country`?".into(),
        labels: vec![Label { span: Span { end: 44, start: 37, ..culprit }, text: "declared here".into() }],
        notes: vec!["country is known for 98% of customers:\nFrance, Germany, Spain ...".into()],
        fixes: vec![
            Fix {
                title: "did you mean `country`?".into(),
                edits: vec![Edit { span: culprit, text: "country".into() }],
                certain: true,
            },
            Fix {
                title: "or was it `county`?".into(),
                edits: vec![Edit { span: culprit, text: "county".into() }],
                certain: false,
            },
        ],
    }
}

#[test]
fn a_message_is_drawn_with_its_labels_notes_and_untold_fixes() {
    let sources = sources(RULES);
    let drawn = terminal::draw(&sources, &[unknown_field(span(RULES, "contry"))], false);
    insta::assert_snapshot!(drawn);
}

#[test]
fn colour_is_written_only_where_it_was_asked_for() {
    let sources = sources(RULES);
    let messages = [unknown_field(span(RULES, "contry"))];
    assert!(terminal::draw(&sources, &messages, true).contains("\u{1b}["));
    assert!(!terminal::draw(&sources, &messages, false).contains('\u{1b}'));
}

#[test]
fn a_message_fits_on_one_line() {
    let lines = concise::lines(&sources(RULES), &[unknown_field(span(RULES, "contry"))]);
    insta::assert_snapshot!(lines, @"rules.segue:7:3: error[S0101]: there is no field called `contry` (did you mean `country`?)");
}

#[test]
fn json_has_a_version_places_and_fixes() {
    let sources = sources(RULES);
    let one = unknown_field(span(RULES, "contry"));
    let json = serde_json::to_value(json::messages(&sources, &[one.clone(), one])).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json["messages"][0]).unwrap());
    assert_eq!(json["version"], 1);
    assert_eq!(json["errors"], 2);
    assert_ne!(json["messages"][0]["fingerprint"], json["messages"][1]["fingerprint"]);
}

#[test]
fn a_fingerprint_outlives_lines_added_above() {
    let fingerprint = |text: &str| {
        let messages = json::messages(&sources(text), &[unknown_field(span(text, "contry"))]);
        serde_json::to_value(messages).unwrap()["messages"][0]["fingerprint"].clone()
    };
    assert_eq!(fingerprint(RULES), fingerprint(&format!("# a comment\n\n{RULES}")));
}

#[test]
fn a_long_line_is_cut_around_its_label() {
    let text = format!("\n\nlist long = {}, contry, {}\n", "\"abcdef\", ".repeat(60), "\"ghijkl\", ".repeat(60_000));
    let mut message = unknown_field(span(&text, "contry"));
    message.labels.clear();
    let drawn = terminal::draw(&sources(&text), &[message], false);
    assert!(drawn.lines().all(|line| line.chars().count() < 200), "{drawn}");
    assert!(drawn.contains("rules.segue:3:"), "{drawn}");
    assert!(drawn.contains("contry"), "{drawn}");
}

#[test]
fn what_is_as_long_as_its_file_is_cut_wherever_it_stands() {
    let text =
        format!("segment s {{ country is \"{} }}\nsegment {} {{", "abc def ".repeat(400_000), "x".repeat(400_000));
    let mut message = unknown_field(span(&text, &text[text.find('"').unwrap()..text.find('\n').unwrap()]));
    let name = &text[text.find('x').unwrap()..text.len() - 2];
    message.message = format!("there is no field called `{name}`");
    message.label = format!("did you mean `{name}`?");
    message.notes = vec!["abc def ".repeat(10_000)];
    for drawn in [
        terminal::draw(&sources(&text), &[message.clone()], false),
        concise::lines(&sources(&text), &[message.clone()]),
    ] {
        assert!(drawn.lines().all(|line| line.chars().count() <= 1_000), "{drawn}");
        assert!(drawn.chars().count() < 4_000, "{drawn}");
        assert!(drawn.contains("there is no field called `xxx") && drawn.contains("x`"), "{drawn}");
    }
    let drawn =
        terminal::draw(&sources(&text), &[Diagnostic { label: String::new(), notes: Vec::new(), ..message }], false);
    let source_line = drawn.lines().find(|line| line.contains("abc def")).unwrap();
    assert!(source_line.chars().count() <= 220, "{source_line}");
}

#[test]
fn nothing_in_a_file_can_steer_the_terminal() {
    let text = "segment a { b is \"\u{1b}[31m\u{202e}x\u{9b}\" }\rx\n";
    let mut message = unknown_field(span(text, "b is"));
    message.labels.clear();
    message.message = "there is no field called `\u{1b}]0;title\u{7}`".into();
    let drawn = terminal::draw(&sources(text), &[message.clone()], false);
    let line = concise::lines(&sources(text), &[message]);
    for out in [drawn, line] {
        assert!(!out.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\r', '\u{7}']), "{out:?}");
    }
}

/// Codes of what no page can hold.
const TOO_LARGE: [&str; 6] = ["S0008", "S0009", "S0010", "S0011", "S0012", "S0125"];
/// Codes of what only a command line gives, which no file can show.
const OF_COMMANDS: [&str; 1] = ["S0204"];

#[test]
fn the_catalogue_is_in_order_and_each_page_shows_a_failing_and_a_mended_file() {
    let codes: Vec<&str> = entries().iter().map(|entry| entry.code.0).collect();
    assert!(codes.is_sorted_by(|left, right| left < right), "{codes:?}");
    for entry in entries() {
        assert!(entry.code.0.len() == 5 && entry.code.0.starts_with('S'), "{}", entry.code.0);
        let mut kinds: Vec<Sample> = explain::samples(entry.page).iter().map(|file| file.sample).collect();
        kinds.retain(|kind| *kind != Sample::Beside);
        if OF_COMMANDS.contains(&entry.code.0) {
            assert!(kinds.is_empty() && entry.page.contains("gives this message"), "the page of {}", entry.code.0);
            continue;
        }
        // What breaks a limit of size would fill pages, and what is no text cannot be printed.
        let first = match TOO_LARGE.contains(&entry.code.0) {
            true => Sample::Looks,
            false => Sample::Failing,
        };
        assert!(kinds.len() >= 2 && kinds[0] == first, "the page of {} shows {kinds:?}", entry.code.0);
        assert!(kinds[1..].iter().all(|kind| *kind == Sample::Mended), "the page of {} shows {kinds:?}", entry.code.0);
    }
}

#[test]
fn a_page_is_drawn_with_its_samples_indented() {
    let page = explain::page(find("s0101").unwrap(), false);
    assert!(page.starts_with("error [S0101]: no such field\n\nThe name stands"), "{page}");
    assert!(page.contains("\nGives this message:\n\n    customers {\n"), "{page}");
    assert!(page.contains("\nMended:\n\n    customers {\n"), "{page}");
    assert!(!page.contains("```"), "{page}");
}

proptest! {
    #[test]
    fn any_text_and_any_places_can_be_drawn(
        text in "(?s)([a-z \n\r\té€𝄞\u{2028}\u{85}\u{c}]|\n\n){0,60}",
        places in prop::collection::vec((0usize..300, 0usize..300), 1..4),
    ) {
        let sources = sources(&text);
        let mut spans = places.iter().map(|(start, length)| Span::new(FileId(0), *start, start + length % 40));
        let message = Diagnostic {
            span: spans.next().unwrap(),
            labels: spans.map(|span| Label { span, text: "here".into() }).collect(),
            ..unknown_field(span(RULES, "contry"))
        };
        let message = std::slice::from_ref(&message);
        prop_assert!(terminal::draw(&sources, message, true).contains("no field"));
        prop_assert!(concise::lines(&sources, message).contains("no field"));
        prop_assert!(serde_json::to_string(&json::messages(&sources, message)).is_ok());
    }

    #[test]
    fn long_lines_can_be_drawn_too(
        text in "[aé\n]{0,10}[a-z é€]{500,900}[aé\n]{0,10}",
        places in prop::collection::vec((0usize..1200, 0usize..1200), 1..4),
    ) {
        let sources = sources(&text);
        let mut spans = places.iter().map(|(start, length)| Span::new(FileId(0), *start, start + length));
        let message = Diagnostic {
            span: spans.next().unwrap(),
            labels: spans.map(|span| Label { span, text: "here".into() }).collect(),
            ..unknown_field(span(RULES, "contry"))
        };
        prop_assert!(terminal::draw(&sources, &[message], false).contains("no field"));
    }
}
