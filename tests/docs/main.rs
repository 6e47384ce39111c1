//! The examples of the documentation: every block of rules is checked, and run where data and answers stand with it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use segue_compiler::format::format;
use segue_compiler::source::SourceFile;
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
