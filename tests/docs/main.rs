//! The examples of the documentation: every block of rules is checked, and run where data and answers stand with it.

use segue_tests::example::{Strictness, differences};
use segue_tests::page::{cases, pages_below};
use std::path::Path;

#[test]
fn every_example_gives_what_its_page_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let (mut count, mut failures) = (0, Vec::new());
    for page in pages_below(&folder) {
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
