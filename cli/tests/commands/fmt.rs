//! `segue fmt`.

use crate::shop::{Ended, Shop};
use std::io::Write;
use std::process::Stdio;

const UNTIDY: &str = "# who\nsegment   untidy{country IS \"France\"   }\n";

#[test]
fn files_are_laid_out_once_and_then_stay() {
    let shop = Shop::new();
    shop.segue(&["fmt"]);
    let rules = shop.read("rules.segue");
    shop.write("more.segue", UNTIDY);
    let ended = shop.segue(&["fmt"]);
    assert_eq!((ended.status, ended.out.as_str()), (0, "laid out ./more.segue\n"));
    let tidy = shop.read("more.segue");
    assert!(tidy.starts_with("# who\nsegment untidy"), "{tidy}");
    assert!(tidy.contains("country is \"France\""), "{tidy}");
    let again = shop.segue(&["fmt"]);
    assert_eq!((again.status, again.out.as_str(), again.err.as_str()), (0, "", "2 files are laid out already\n"));
    assert_eq!(shop.read("more.segue"), tidy);
    assert_eq!(shop.read("rules.segue"), rules);
}

#[test]
fn check_changes_nothing() {
    let shop = Shop::new();
    shop.segue(&["fmt"]);
    assert_eq!(shop.segue(&["fmt", "--check"]).status, 0);
    shop.write("more.segue", UNTIDY);
    let ended = shop.segue(&["fmt", "--check", "more.segue"]);
    assert_eq!((ended.status, ended.out.as_str()), (1, "more.segue is not laid out\n"));
    assert_eq!(shop.read("more.segue"), UNTIDY);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let shop = Shop::new();
    let mut command = shop.command(&["fmt", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(UNTIDY.as_bytes()).unwrap();
    let ended: Ended = child.wait_with_output().unwrap().into();
    assert_eq!(ended.status, 0);
    assert!(ended.out.starts_with("# who\nsegment untidy"), "{}", ended.out);
    assert_eq!(shop.segue(&["fmt", "-", "rules.segue"]).status, 2);
}

#[test]
fn what_is_wrong_stays_as_it_is() {
    let shop = Shop::new();
    let wrong = "segment   wrong   { country is ( }\n";
    shop.write("more.segue", &format!("{wrong}{UNTIDY}"));
    let ended = shop.segue(&["fmt", "more.segue"]);
    assert_eq!(ended.status, 0);
    assert!(ended.err.contains("more.segue has 1 mistake"), "{}", ended.err);
    let text = shop.read("more.segue");
    assert!(text.contains("segment   wrong   { country is ( }") && text.contains("segment untidy"), "{text}");
}

#[test]
fn a_file_that_is_no_text_is_left_alone() {
    let shop = Shop::new();
    std::fs::write(shop.file("more.segue"), b"# Andr\xe9\n").unwrap();
    let ended = shop.segue(&["fmt"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("is not saved as UTF-8"), "{}", ended.err);
    assert_eq!(std::fs::read(shop.file("more.segue")).unwrap(), b"# Andr\xe9\n");
}
