//! Files too large or too odd to lie here: they are made by the tests.

use crate::harness::check;
use segue_compiler::diagnostics::terminal;
use std::fs;
use std::time::{Duration, Instant};

/// The codes that the tests here see.
pub(crate) const CODES: [&str; 6] = ["S0008", "S0009", "S0010", "S0011", "S0012", "S0125"];

const CUSTOMERS: &str = "customers { key customer_id : id   age : integer }\n";

/// The codes that a file with these bytes gives.
fn codes(bytes: &[u8]) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.segue");
    fs::write(&path, bytes).unwrap();
    let started = Instant::now();
    let checked = check(&path);
    let drawn = terminal::draw(&checked.sources, &checked.diagnostics, true);
    assert!(drawn.len() < 200_000, "{} bytes are drawn", drawn.len());
    assert!(started.elapsed() < Duration::from_secs(60), "this took {:?}", started.elapsed());
    checked.diagnostics.iter().map(|message| message.code.0).collect()
}

fn nested(levels: usize) -> String {
    format!("{CUSTOMERS}segment deep {{ {}age > 1{} }}\n", "(".repeat(levels - 1), ")".repeat(levels - 1))
}

#[test]
fn two_hundred_levels_are_read_and_one_more_is_not() {
    assert_eq!(codes(nested(200).as_bytes()), [""; 0]);
    assert_eq!(codes(nested(201).as_bytes()), ["S0008"]);
    assert_eq!(codes(nested(100_000).as_bytes()), ["S0008"]);
}

#[test]
fn words_nest_too() {
    let file = |levels: usize| format!("{CUSTOMERS}segment deep {{ {} age > 1 }}\n", "not ".repeat(levels));
    assert_eq!(codes(file(150).as_bytes()), [""; 0]);
    assert_eq!(codes(file(100_000).as_bytes()), ["S0008"]);
}

#[test]
fn a_long_text_is_told() {
    let file = |length: usize| {
        let text = "x".repeat(length);
        format!("customers {{ key customer_id : id   name : text }}\nsegment one {{ name is \"{text}\" }}\n")
    };
    assert_eq!(codes(file(65_536).as_bytes()), [""; 0]);
    assert_eq!(codes(file(65_537).as_bytes()), ["S0009"]);
}

#[test]
fn ten_thousand_declarations_are_read_and_one_more_is_not() {
    let file = |count: usize| {
        let lines: String = (0..count).map(|number| format!("let value_{number} = {number}\n")).collect();
        format!("{CUSTOMERS}{lines}")
    };
    assert_eq!(codes(file(9_999).as_bytes()), [""; 0]);
    assert_eq!(codes(file(10_000).as_bytes()), ["S0010"]);
}

#[test]
fn so_are_they_in_several_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("segue.toml"), "").unwrap();
    fs::write(folder.path().join("a.segue"), CUSTOMERS).unwrap();
    for file in 0..2 {
        let lines: String = (0..5_000).map(|number| format!("let value_{file}_{number} = {number}\n")).collect();
        fs::write(folder.path().join(format!("b{file}.segue")), lines).unwrap();
    }
    let checked = check(folder.path());
    let codes: Vec<&str> = checked.diagnostics.iter().map(|message| message.code.0).collect();
    assert_eq!(codes, ["S0125"]);
}

#[test]
fn sixteen_mebibytes_are_read_and_one_byte_more_is_not() {
    let file = |length: usize| {
        let mut text = format!("{CUSTOMERS}segment adults {{ age >= 18 }}\n");
        text.push_str(&"# a comment that goes on and on, line after line, to fill the file\n".repeat(300_000));
        text.truncate(length);
        text
    };
    assert_eq!(codes(file(16 * 1024 * 1024).as_bytes()), [""; 0]);
    assert_eq!(codes(file(16 * 1024 * 1024 + 1).as_bytes()), ["S0011"]);
}

#[test]
fn a_large_file_on_one_line_does_not_hang() {
    let text = format!("{CUSTOMERS}segment many {{ age is one of {}2 }}\n", "1, ".repeat(50_000));
    assert!(codes(text.as_bytes()).len() <= 1);
}

#[test]
fn bytes_that_are_no_text_give_one_message() {
    let cases: [&[u8]; 5] = [
        b"customers { key customer_id : id   name : text }\nsegment andre { name is \"Andr\xe9\" }\n",
        b"customers { key customer_id : id }  # Andr\xe9\n",
        b"customers { key customer_id : id   \xe9 : text }\n",
        b"\xff\xfec\x00u\x00s\x00t\x00o\x00m\x00e\x00r\x00s\x00",
        b"\xf0\x9f",
    ];
    for bytes in cases {
        let codes = codes(bytes);
        assert!(codes.first() == Some(&"S0012") || codes.contains(&"S0012"), "{codes:?} for {bytes:?}");
        assert!(codes.iter().filter(|code| **code == "S0012").count() == 1, "{codes:?} for {bytes:?}");
    }
}

#[test]
fn an_empty_file_and_one_of_blanks_do_not_panic() {
    for bytes in ["", "\n", " \t\r\n", "# only a comment", "\u{feff}", "\0"] {
        codes(bytes.as_bytes());
    }
}
