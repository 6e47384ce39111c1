//! The examples of the documentation: every block of rules is checked, and run where data and answers stand with it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use segue_compiler::builtins::{Argument, DECLARATIONS, Declaration, Gives};
use segue_compiler::format::format;
use segue_compiler::ide::words::Theme;
use segue_compiler::source::SourceFile;
use segue_compiler::syntax::tree::CallShape;
use segue_tests::example::{Strictness, differences};
use segue_tests::page::{cases, map_blocks, pages_below};
use std::path::{Path, PathBuf};

fn pages() -> Vec<PathBuf> {
    pages_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs"))
}

#[test]
fn every_example_gives_what_its_page_says() {
    let (mut count, mut failures) = (0, Vec::new());
    for page in pages() {
        for case in cases(&page) {
            count += 1;
            for difference in differences(&case, Strictness::Given) {
                failures.push(format!("{}\n    {}", case.name, difference.replace('\n', "\n    ")));
            }
        }
    }
    println!("{count} examples");
    assert!(count >= 30, "only {count} examples were found");
    assert!(failures.is_empty(), "{} differences:\n\n{}", failures.len(), failures.join("\n\n"));
}

/// The text as the formatter writes it.
fn formatted(text: &str) -> String {
    format(&SourceFile::new("page.segue", text)).text
}

/// But for blocks marked `loose`, which show what else is read. With `SEGUE_ACCEPT` set, blocks that are written otherwise are written anew.
#[test]
fn every_block_of_rules_is_as_the_formatter_writes_it() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let written = map_blocks(&text, &mut |block| {
            if block.language != "segue" || block.marks.iter().any(|mark| mark == "loose") {
                return block.text.clone();
            }
            let once = formatted(&block.text);
            assert_eq!(once, formatted(&once), "{}:{}: formatting twice changes it again", page.display(), block.line);
            if once != block.text {
                wrong.push(format!("{}:{}\n{once}", page.display(), block.line));
            }
            once
        });
        if std::env::var_os("SEGUE_ACCEPT").is_some() && written != text {
            std::fs::write(&page, written).unwrap();
        }
    }
    let accepted = std::env::var_os("SEGUE_ACCEPT").is_some();
    assert!(
        accepted || wrong.is_empty(),
        "{} blocks are to be written otherwise:\n\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// How a function is written, what it is asked about, what it gives.
fn row_of(declaration: &Declaration) -> String {
    let joining = match declaration.shape {
        CallShape::Of => "of",
        CallShape::Since => "since",
        CallShape::Until => "until",
    };
    let about = match declaration.argument {
        Argument::Moment => "a date or time",
        Argument::Instant => "a time",
        Argument::Text => "a text, id, listed value or time zone",
        Argument::Quantity => "an integer, number, money or length of time",
        Argument::Place => "a place",
    };
    let gives = match declaration.gives {
        Gives::Integer => "an integer",
        Gives::Date => "a date",
        Gives::Duration => "a length of time",
        Gives::Number => "a number",
        Gives::Same => "the same kind",
    };
    let Declaration { name, meaning, missing, example, .. } = declaration;
    format!("| `{name} {joining}` | {about} | {gives} | {meaning} {missing} | `{example}` |\n")
}

/// With `SEGUE_ACCEPT` set the page is written anew.
#[test]
fn the_table_of_functions_is_what_is_declared() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language/functions.md");
    let head = "| written | asked about | gives | meaning | example |\n|---|---|---|---|---|\n";
    let text = std::fs::read_to_string(&page).unwrap();
    let before = text.split(head).next().unwrap();
    let table: String = DECLARATIONS.iter().map(|declaration| row_of(declaration)).collect();
    let right = format!("{before}{head}{table}");
    if std::env::var_os("SEGUE_ACCEPT").is_some() {
        std::fs::write(&page, right).unwrap();
    } else {
        assert_eq!(text, right, "run this test with SEGUE_ACCEPT=1");
    }
}

/// With `SEGUE_ACCEPT` set the page is written anew.
#[test]
fn the_words_of_the_language_are_those_declared() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language/words.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let mut right = text.split("\n## ").next().unwrap().trim_end().to_owned() + "\n";
    for theme in Theme::ALL {
        right += &format!("\n## {}\n\n", theme.title());
        right += &format!("More on the page about [{}]({}).\n\n", theme.page().trim_end_matches(".md"), theme.page());
        right += "| written | meaning | example |\n|---|---|---|\n";
        for construct in theme.constructs() {
            right += &format!("| `{}` | {} | `{}` |\n", construct.written, construct.short, construct.example);
        }
    }
    assert!(!right.lines().any(|line| line.starts_with("| ") && line.matches('|').count() != 4), "a cell has a `|`");
    if std::env::var_os("SEGUE_ACCEPT").is_some() {
        std::fs::write(&page, right).unwrap();
    } else {
        assert_eq!(text, right, "run this test with SEGUE_ACCEPT=1");
    }
}
