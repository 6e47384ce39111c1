#![expect(clippy::unwrap_used, reason = "a failed test is to stop")]

use super::{DECLARATIONS, closest, find};
use crate::program::verify;
use crate::project::check_text;
use crate::syntax::tree::CallShape;

const DECLARED: &str = "customers {
  key customer_id : id
  birth_date : date
  seen_at    : datetime
  email      : text
  balance    : money USD
  home       : location
}
";

#[test]
fn every_example_checks() {
    for declaration in DECLARATIONS {
        let checked = check_text(&format!("{DECLARED}segment example {{ {} }}\n", declaration.example));
        assert_eq!(checked.diagnostics, [], "{}", declaration.example);
        verify(&checked.program.unwrap()).unwrap();
        assert!(declaration.example.contains(declaration.name), "{}", declaration.example);
    }
}

#[test]
fn every_function_is_found_by_its_name_and_form_alone() {
    for declaration in DECLARATIONS {
        assert_eq!(find(declaration.name, declaration.shape).unwrap().function, declaration.function);
        assert_eq!(find(&declaration.name.to_uppercase(), declaration.shape).unwrap().function, declaration.function);
        assert_eq!(declaration.function.declaration().name, declaration.name);
    }
    assert_eq!(find("day", CallShape::Since).unwrap().name, "days");
    assert!(find("days", CallShape::Of).is_none());
    assert!(find("month", CallShape::Of).is_some());
    assert_eq!(closest("weekdy", CallShape::Of).first().unwrap().as_ref(), "weekday");
}

#[test]
fn every_function_is_told_in_a_sentence() {
    for declaration in DECLARATIONS {
        assert!(declaration.meaning.ends_with('.') && declaration.missing.ends_with('.'), "{}", declaration.name);
    }
}
