//! JSON is read and refused as a line of NDJSON is.

use super::*;
use crate::data::{BadRows, LoadOptions, Loaded, Quiet, Sources, UnknownCustomers, load, needed_fields};
use crate::interpret;

const RULES: &str = "customers {
  key id : id
  a : integer
  n : number?
  m : money USD ?
  d : date?
  t : datetime?
  l : duration?
  b : boolean?
  o : one of \"x\", \"y\"
  w : text?
  z : timezone?
  p : percent as 45 ?
  f : list of one of \"u\", \"v\" from \"flags\" as bits
  g : list of integer
  k : list of { q : integer }
}
segment s_a { a > 5 }
segment s_id { id is \"12345678901234567890123\" }
segment s_n { n < 0.5 }
segment s_m { m is 0.3 USD }
segment s_d { d is from 2020-01-01 to 2020-12-31 }
segment s_t { t is in the last 3 days }
segment s_l { l > 2 hours }
segment s_b { b }
segment s_o { o is x }
segment s_none { o is missing }
segment s_w { w contains \"1\" }
segment s_z { z is \"Europe/Berlin\" }
segment s_p { p is 50% }
segment s_f { f includes \"v\" }
segment s_g { g includes 3 }
segment s_k { any k where q is 2 }
segment s_empty { k is empty or g is empty }
";

/// The file that holds a line, loaded as any.
fn by_file(program: &Program, line: &str) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    // A second record has every column, so that none is told to be lacking altogether.
    let all = r#"{"id": "other", "a": 1, "n": 1, "m": 1, "d": "2020-01-01", "t": "2020-01-01T00:00:00Z", "l": "P1D", "b": true, "o": "x", "w": "w", "z": "UTC", "p": 1, "flags": 1, "g": [1], "k": [{"q": 1}]}"#;
    std::fs::write(folder.path().join("c.ndjson"), format!("{line}\n{all}\n")).unwrap();
    let mut sources = Sources::new();
    sources.set("customers", folder.path(), &["c.ndjson".to_owned()]);
    let needed = needed_fields(program, &Selection::everything(program));
    let options = LoadOptions {
        needed,
        bad_rows: BadRows::Stop,
        unknown_customers: UnknownCustomers::Report,
        progress: &Quiet,
        prepared: None,
    };
    load(program, &sources, &options).map_err(|errors| errors.to_string())
}

#[test]
fn json_means_what_a_line_of_a_file_means() {
    let program = program(RULES);
    let compiled = Compiled::new(&program, &Selection::everything(&program), &Dataset::default()).unwrap();
    let mut record = compiled.record();
    let with =
        |cells: &str| format!(r#"{{"id": 1, "a": 7, "o": "x"{}{cells}}}"#, if cells.is_empty() { "" } else { ", " });
    let mut lines: Vec<String> = [
        "",
        r#""n": 0.25"#,
        r#""n": "0.25""#,
        r#""n": 1e999"#,
        r#""n": "NaN""#,
        r#""n": "x""#,
        r#""n": null"#,
        r#""m": 0.3"#,
        r#""m": "0.30""#,
        r#""m": 0.30000001"#,
        r#""m": "0.30001""#,
        r#""m": 99999999999999999999"#,
        r#""d": "2020-05-05""#,
        r#""d": "2020-05-05T00:00:00""#,
        r#""d": "2020-05-05T01:00:00""#,
        r#""d": 5"#,
        r#""t": "2025-12-30 10:00""#,
        r#""t": "2025-12-30T10:00:00+02:00""#,
        r#""t": "2025-12-30""#,
        r#""t": true"#,
        r#""l": "03:00:00""#,
        r#""l": "PT3H""#,
        r#""l": 3"#,
        r#""b": "yes""#,
        r#""b": 1"#,
        r#""b": 2"#,
        r#""w": "a1""#,
        r#""w": 1.50"#,
        r#""w": 12"#,
        r#""w": true"#,
        r#""w": [1]"#,
        r#""w": "\u0031\n""#,
        r#""z": "Europe/Berlin""#,
        r#""z": "+02:00""#,
        r#""p": 50"#,
        r#""p": "50%""#,
        r#""p": 0.5"#,
        r#""flags": 2"#,
        r#""flags": 6"#,
        r#""flags": -1"#,
        r#""flags": "3""#,
        r#""flags": null"#,
        r#""g": [1, 3]"#,
        r#""g": "1;3""#,
        r#""g": "[1,3]""#,
        r#""g": [1, null, "3"]"#,
        r#""g": [1, "x"]"#,
        r#""g": 3"#,
        r#""g": []"#,
        r#""k": [{"q": 2}]"#,
        r#""k": [{"q": 1}, {"Q": 2}]"#,
        r#""k": [{}]"#,
        r#""k": {"q": 2}"#,
        r#""k": [{"q": 2, "q": 3}]"#,
        r#""k": null"#,
        r#""k": [2]"#,
        r#""k": []"#,
        r#""other": {"a": 1}"#,
        r#""other": {"a": 1, "a": 2}"#,
        r#""other": 1, "other": 2"#,
        r#""other": 1e999"#,
        r#""a": 8"#,
        r#""N": 0.25"#,
        r#""N": 0.25, "n": 0.75"#,
        r#""\u006e": 0.25"#,
        r#""n": 0.25,"#,
    ]
    .into_iter()
    .map(with)
    .collect();
    lines.extend(
        [
            r#"{"id": 1, "o": "x"}"#,
            r#"{"id": 1, "a": null, "o": "x"}"#,
            r#"{"a": 1, "o": "x"}"#,
            r#"{"id": 1, "a": 1, "o": "none"}"#,
            r#"{"id": 1, "a": 1}"#,
            r#"{"id": 1, "a": 1, "o": null}"#,
            r#"{"id": 12345678901234567890123, "a": 1, "o": "x"}"#,
            r#"{"id": 1.5, "a": 1, "o": "x"}"#,
            r#"{"id": 1, "a": 7.0, "o": "x"}"#,
            r#"{"id": 1, "a": 7.5, "o": "x"}"#,
            r#"{"id": 1, "a": "007", "o": "x"}"#,
            r#"{"id": 1, "a": 9223372036854775808, "o": "x"}"#,
            r#"{"id": 1, "a": 99999999999999999999, "o": "x"}"#,
            "[1]",
            "7",
            "{",
            r#"{"id": 1, "a": 7, "o": "x"} x"#,
            r#"{"id": true, "a": 7, "o": "x"}"#,
        ]
        .map(str::to_owned),
    );
    for line in &lines {
        let found = held(&compiled, &mut record, line);
        let right = by_file(&program, line);
        match (found, right) {
            (Ok(found), Ok(right)) => {
                let request = asked(&program);
                let outcome = interpret::run(&program, &right.dataset, &request).unwrap();
                let named = program.segments.iter().zip(&outcome.segments).filter(|(_, members)| members.contains(0));
                let named: Vec<String> = named.map(|(segment, _)| segment.name.to_string()).collect();
                assert_eq!(found, named, "{line}");
            }
            (Err(found), Err(right)) => {
                let expected = match &found {
                    SingleError::Refused { expected, .. } => expected,
                    SingleError::Unreadable { reason } => reason,
                    other => panic!("{line}: {other}"),
                };
                assert!(right.contains(expected.as_str()), "{line}\n{found}\n{right}");
            }
            (found, right) => panic!("{line}\nrecord: {found:?}\nfile: {:?}", right.err()),
        }
    }
}

#[test]
fn events_are_checked_as_the_loader_does() {
    let rules = "customers { key id : id }\nevents buys by who at at_time {\n  key line : id\n  price : money USD\n}\nsegment s { (sum of buys.price) > 10 USD }\n";
    let program = program(rules);
    let compiled = Compiled::new(&program, &Selection::everything(&program), &Dataset::default()).unwrap();
    let mut record = compiled.record();
    let mut refused =
        |buys: &str| held(&compiled, &mut record, &format!(r#"{{"id": 1, "buys": {buys}}}"#)).unwrap_err();
    let row =
        |line: u32, more: &str| format!(r#"{{"line": {line}, "at_time": "2025-01-01T00:00:00Z", "price": 6{more}}}"#);
    let twice = refused(&format!("[{}, {}]", row(1, ""), row(1, "")));
    assert_eq!(twice.to_string(), "`buys` has the key 1 twice");
    let stranger = refused(&format!("[{}]", row(1, r#", "who": 2"#)));
    assert_eq!(stranger.to_string(), "a row of `buys` is of the customer 2, not of this one");
    let bad = refused(&format!("[{}]", row(1, "").replace("6", "\"six\"")));
    assert!(bad.to_string().starts_with("`buys.price` is six: I expected an amount"), "{bad}");
    assert!(matches!(refused("7"), SingleError::Refused { field, .. } if field == "buys"));
    assert!(matches!(refused("[7]"), SingleError::Refused { field, .. } if field == "buys"));
    let untimed = refused(r#"[{"line": 1, "price": 2}]"#);
    assert!(untimed.to_string().starts_with("`buys.at_time` is "), "{untimed}");
    let own = format!(r#"{{"buys": [{}, {}], "id": 1}}"#, row(1, r#", "who": 1"#), row(2, ""));
    assert_eq!(held(&compiled, &mut record, &own).unwrap(), ["s"]);
    let data = serde_json::json!({"customers": [{"id": 1}], "buys": [
        {"who": 1, "line": 1, "at_time": "2025-01-01T00:00:00Z", "price": 6},
        {"who": 1, "line": 1, "at_time": "2025-01-01T00:00:00Z", "price": 6}]});
    assert!(loaded(&program, &data).unwrap_err().contains("has the key 1 twice"));
}
