//! The definitions of other tools, run on their small data at the moments they name.

use super::{agree, data};
use segue_compiler::diagnostics::concise;
use segue_compiler::project::{Constants, Input, check};
use segue_compiler::source::SourceFile;
use serde_json::Value as Json;
use std::path::Path;

#[test]
fn definitions_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/definitions");
    let mut ran = 0;
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "segue")) {
        let case: Json = serde_json::from_str(&std::fs::read_to_string(path.with_extension("json")).unwrap()).unwrap();
        let zone = case["time_zone"].as_str().unwrap_or("UTC");
        let checked = check(Input {
            settings: Some(SourceFile::new(
                "segue.toml",
                format!("[project]\ntime_zone = \"{zone}\"\ncurrency = \"USD\"\n"),
            )),
            files: vec![SourceFile::new("rules.segue", std::fs::read_to_string(path).unwrap())],
            constants: Constants::default(),
            read_list: &|name| Err(format!("there is no file {name}")),
        });
        // Some definitions must be refused; all others run.
        if case["refused"] == true {
            assert!(checked.program.is_none(), "{} is not refused", path.display());
            continue;
        }
        let messages = concise::lines(&checked.sources, &checked.diagnostics);
        let program = checked.program.unwrap_or_else(|| panic!("{} does not check:\n{messages}", path.display()));
        let data = data(&program, &case["data"]);
        for case in case["cases"].as_array().unwrap() {
            let as_of = chrono::DateTime::parse_from_rfc3339(case["as_of"].as_str().unwrap()).unwrap();
            println!("{} at {as_of}", path.display());
            agree(&program, &data, as_of.timestamp_micros());
            ran += 1;
        }
    }
    assert!(ran > 100, "only {ran} definitions were found");
}
