//! The cases of the pages beside this file: what each rule of the language means, held against every engine.

mod limits;

use segue_tests::example::{Strictness, differences};
use segue_tests::page::{cases, pages_below};
use std::path::Path;

#[test]
fn every_case_gives_what_its_rule_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("semantics");
    let (mut count, mut failures) = (0, Vec::new());
    for page in pages_below(&folder) {
        if page.file_name().is_some_and(|name| name == "README.md") {
            continue;
        }
        for case in cases(&page) {
            count += 1;
            assert!(case.rules.is_empty() || !case.expectations.is_empty(), "{}: nothing is expected", case.name);
            for difference in differences(&case, Strictness::All) {
                failures.push(format!("{}\n    {}", case.name, difference.replace('\n', "\n    ")));
            }
        }
    }
    println!("{count} cases");
    assert!(count >= 150, "only {count} cases were found");
    assert!(failures.is_empty(), "{} differences:\n\n{}", failures.len(), failures.join("\n\n"));
}
