//! The limits of rule 21, and that nothing is slow, hangs or overflows on its way there.

use super::{messages, read};
use crate::syntax::tree::DeclarationKind;
use std::time::{Duration, Instant};

fn codes(text: &str) -> Vec<&'static str> {
    read(text).1.diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect()
}

fn repeated(before: &str, inner: &str, after: &str, times: usize) -> String {
    format!("{}{inner}{}", before.repeat(times), after.repeat(times))
}

#[test]
fn nesting_of_every_kind_is_read_to_200_levels_and_refused_at_201() {
    // The declaration's own brace is a level too where there is one.
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        ("trait x = ", "(", "a", ")", ""),
        ("trait x = ", "any of {", "a", "}", ""),
        ("trait x = ", "(1 + ", "a", ")", ""),
        ("trait x = ", "(a is one of ", "b", ")", ""),
        ("trait x = ", "(any p since ", "b", ")", ""),
        ("trait x = ", "(any p where ", "b", ")", ""),
        ("trait x = ", "not ", "a", "", ""),
        ("trait x = ", "- ", "a", "", ""),
        ("trait x = ", "month of ", "a", "", ""),
        ("trait x = ", "any p where ", "a", "", ""),
    ];
    for (head, before, inner, after, tail) in cases {
        let factor = if before.contains('(') && before.contains("where") { 2 } else { 1 };
        let depth = 200 / factor;
        let text = format!("{head}{}{tail}", repeated(before, inner, after, depth));
        let started = Instant::now();
        let (source, parsed) = read(&text);
        assert_eq!(messages(&source, &parsed), "", "{before}");
        assert!(started.elapsed() < Duration::from_secs(20), "{before}: {:?}", started.elapsed());
        let text = format!("{head}{}{tail}", repeated(before, inner, after, depth + 1));
        assert_eq!(codes(&text), ["S0008"], "{before}");
    }
    let blocks = repeated("any of {\n", "a", "\n}", 199);
    assert!(codes(&format!("segment x {{ {blocks} }}")).is_empty());
    let lists = repeated("list of { a : ", "text", " }", 199);
    assert!(codes(&format!("customers {{ a : {lists} }}")).is_empty());
}

#[test]
fn deep_brackets_that_are_wrong_inside_are_refused_quickly() {
    let cases = [
        ("(", "a b", ")"),
        ("(a is one of (", "a b", "), b)"),
        ("(a is in (", "a b", "))"),
        ("(any p since (", "a b", "))"),
        ("(any p from (", "a b", ") to b)"),
        ("(x from (", "a b", ") to b)"),
        ("(x between (", "a b", ") and b)"),
        ("(x on (", "a b", "))"),
        ("(any p on (", "a b", "))"),
        ("(number of p > (", "a b", "))"),
        ("(x is not (", "a b", "))"),
        ("any of { a b\n (", "a b", ") }"),
        ("any of { ", "a b", " } c"),
        ("(x is at least (", "a b", "))"),
    ];
    for (before, inner, after) in cases {
        let depth = 198 / before.matches(['(', '{']).count();
        let text = format!("trait x = {}", repeated(before, inner, after, depth));
        let started = Instant::now();
        let (_, parsed) = read(&text);
        assert!(!parsed.diagnostics.is_empty(), "{before}");
        // What doubles with each level would take longer than the sun.
        assert!(started.elapsed() < Duration::from_secs(20), "{before}: {:?}", started.elapsed());
    }
}

#[test]
fn far_too_deep_brackets_do_not_overflow() {
    for bracket in
        ["(", "{", "[", "any of {", "not ", "- ", "month of ", "any p where ", ")", "}", "\"", "a b (", "list of {"]
    {
        let (_, parsed) = read(&format!("trait x = {}", bracket.repeat(20_000)));
        assert!(!parsed.diagnostics.is_empty(), "{bracket}");
        let (_, parsed) = read(&format!("customers {{ x : {}", bracket.repeat(20_000)));
        assert!(!parsed.diagnostics.is_empty(), "{bracket}");
    }
}

#[test]
fn a_long_line_is_no_deep_tree() {
    let sum = vec!["a"; 20_000].join(" + ");
    let and = vec!["a"; 20_000].join(" and ");
    for text in [sum, and] {
        assert_eq!(codes(&format!("trait x = {text}")), [] as [&str; 0]);
    }
}

#[test]
fn a_text_of_64_kib_is_read_and_a_longer_one_refused() {
    let text = |length: usize| format!("let x = \"{}\"", "a".repeat(length));
    assert!(codes(&text(64 * 1024)).is_empty());
    assert_eq!(codes(&text(64 * 1024 + 1)), ["S0009"]);
}

#[test]
fn ten_thousand_declarations_are_read_and_one_more_is_refused() {
    let text = |count: usize| (0..count).map(|at| format!("let x{at} = {at}\n")).collect::<String>();
    assert!(codes(&text(10_000)).is_empty());
    let (_, parsed) = read(&text(10_001));
    assert_eq!(parsed.file.declarations.len(), 10_000);
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(parsed.diagnostics[0].code.0, "S0010");
}

#[test]
fn a_file_of_16_mib_is_read_and_a_larger_one_refused() {
    let line = "  country is one of \"France\", \"Spain\"   # a comment\n";
    let mut text = String::from("segment large {\n");
    while text.len() + line.len() + 2 <= 2 * 1024 * 1024 {
        text.push_str(line);
    }
    text.push_str("}\n");
    let started = Instant::now();
    let (_, parsed) = read(&text);
    let elapsed = started.elapsed();
    assert!(parsed.diagnostics.is_empty());
    let DeclarationKind::Segment { lines, .. } = &parsed.file.declarations[0].kind else { panic!("a segment") };
    assert!(lines.len() > 30_000);
    // An eighth of the largest file, without optimisation, on a busy machine.
    assert!(elapsed < Duration::from_secs(60), "{elapsed:?}");
    let comment = format!("# {}\n", "a".repeat(16 * 1024 * 1024 - 3));
    assert!(codes(&comment).is_empty());
    assert_eq!(codes(&format!("{comment}#")), ["S0011"]);
}
