//! The lines of an `expect` block: what must come out of a case, read and held against what came out.

use segue_compiler::program::{Program, Type};
use segue_compiler::values::calendar::{CivilDate, date_text, instant_of_local, instant_text};
use segue_compiler::values::{Value, money};
use std::collections::BTreeMap;

/// One `expect` block.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The moment to run at instead of the project file's.
    pub as_of: Option<String>,
    /// Members of segments by `name`, of parts by `partition.part`, of nobody's part by `partition without part`.
    pub members: BTreeMap<String, Vec<String>>,
    /// Values of traits by name: key and value as written.
    pub values: BTreeMap<String, Vec<(String, String)>>,
    /// Problems while evaluating: kind and text of the place, with the counts of places that read so.
    pub problems: BTreeMap<(String, String), Vec<u64>>,
    /// Codes of errors the project must be refused with.
    pub errors: Vec<String>,
    /// Codes of warnings that must be given.
    pub warnings: Vec<String>,
    /// Bad rows: the table and the row.
    pub bad_rows: Vec<(String, String)>,
    /// Values outside listed ones by `table.field`.
    pub outside: BTreeMap<String, u64>,
    /// Lookups without a row by `table for table.field`.
    pub lookups: BTreeMap<String, u64>,
    /// Clock times that a change of the clocks skipped or made happen twice, and events of unknown customers, by table.
    pub counted: BTreeMap<(String, String), u64>,
    /// Tests of the rules by title: the expectations that fail, or what is not given and could change an answer; none where
    /// the test passes.
    pub tests: BTreeMap<String, Vec<String>>,
}

impl Answers {
    /// Reads a block.
    ///
    /// # Panics
    /// A line is none of the known ones.
    pub fn read(text: &str) -> Answers {
        let mut answers = Answers::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            answers.read_line(line);
        }
        answers
    }

    /// Whether nothing is said but what the rules' own tests come to.
    pub fn only_tests(&self) -> bool {
        let nothing = self.members.is_empty() && self.values.is_empty() && self.problems.is_empty();
        !self.tests.is_empty() && nothing && self.as_of.is_none()
    }

    fn read_line(&mut self, line: &str) {
        if let Some(moment) = line.strip_prefix("as of ") {
            self.as_of = Some(moment.to_owned());
            return;
        }
        if let Some(code) = line.strip_prefix("error ") {
            self.errors.push(code.to_owned());
            return;
        }
        if let Some(code) = line.strip_prefix("warning ") {
            self.warnings.push(code.to_owned());
            return;
        }
        for kind in ["passes", "fails", "cannot say"] {
            if let Some(rest) = line.strip_prefix(kind).and_then(|rest| rest.strip_prefix(" \"")) {
                let (title, told) = rest.split_once('"').unwrap_or_else(|| panic!("no title: {line}"));
                let told = told.trim_start_matches(':').split(';').map(|one| one.trim().to_owned());
                self.tests.insert(title.to_owned(), told.filter(|one| !one.is_empty()).collect());
                return;
            }
        }
        for kind in ["division by zero", "overflow"] {
            if let Some(rest) = line.strip_prefix(kind).and_then(|rest| rest.strip_prefix(" in \"")) {
                let (place, counts) = rest.rsplit_once("\": ").unwrap_or_else(|| panic!("no count: {line}"));
                let counts = counts.split(", ").map(|count| number(count, line)).collect();
                self.problems.insert((kind.to_owned(), place.to_owned()), counts);
                return;
            }
        }
        let (name, rest) = line.split_once(':').unwrap_or_else(|| panic!("not understood: {line}"));
        let rest = rest.trim();
        if let Some(table) = name.strip_prefix("bad row in ") {
            self.bad_rows.push((table.to_owned(), rest.to_owned()));
        } else if let Some(field) = name.strip_prefix("outside the listed values of ") {
            self.outside.insert(field.to_owned(), number(rest, line));
        } else if let Some(lookup) = name.strip_prefix("no row in ") {
            self.lookups.insert(lookup.to_owned(), number(rest, line));
        } else if let Some((kind, table)) =
            ["skipped clock times in ", "doubled clock times in ", "unknown customers in "]
                .iter()
                .find_map(|kind| Some((kind.trim_end_matches(" in "), name.strip_prefix(kind)?)))
        {
            self.counted.insert((kind.to_owned(), table.to_owned()), number(rest, line));
        } else if rest.contains(" = ") {
            let values = split(rest).into_iter().map(|value| {
                let (key, value) = value.split_once(" = ").unwrap_or_else(|| panic!("no value: {line}"));
                (key.to_owned(), value.to_owned())
            });
            self.values.insert(name.to_owned(), values.collect());
        } else {
            let keys = if rest == "none" { Vec::new() } else { split(rest) };
            self.members.insert(name.to_owned(), keys);
        }
    }
}

fn number(text: &str, line: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("not a count: {line}"))
}

/// Cut at commas that stand outside quotes and square brackets.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut quoted, mut depth) = (Vec::new(), String::new(), false, 0);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part.trim().to_owned());
    parts
}

/// The value as an `expect` block writes it.
pub fn shown(value: Option<&Value>, ty: &Type) -> String {
    match (value, ty) {
        (None, _) => "missing".to_owned(),
        (Some(Value::Boolean(value)), _) => value.to_string(),
        (Some(Value::Integer(value)), _) => value.to_string(),
        (Some(Value::Number(value)), _) => value.to_string(),
        (Some(Value::Money(units)), Type::Money(currency)) => format!("{} {}", money::text(*units), currency.code()),
        (Some(Value::Money(units)), _) => money::text(*units),
        (Some(Value::Text(text)), _) => format!("\"{text}\""),
        (Some(Value::Date(day)), _) => date_text(*day),
        (Some(Value::Instant(instant)), _) => format!("{}Z", instant_text(*instant, "UTC".parse().unwrap())),
        (Some(Value::Duration(micros)), _) => format!("{} seconds", *micros as f64 / 1e6),
        (Some(Value::List(elements)), Type::List(of)) => {
            let elements: Vec<String> = elements.iter().map(|element| shown(Some(element), of)).collect();
            format!("[{}]", elements.join(", "))
        }
        (Some(Value::List(_)), _) => "[?]".to_owned(),
    }
}

/// Whether the value is what was written: floats to the bit, lengths of time in any units.
pub fn agrees(written: &str, value: Option<&Value>, ty: &Type, program: &Program) -> bool {
    let Some(value) = value else { return written == "missing" };
    match value {
        Value::Number(number) => written.parse::<f64>().is_ok_and(|written| written.to_bits() == number.to_bits()),
        Value::Money(units) => {
            let (amount, currency) = written.split_once(' ').unwrap_or((written, ""));
            money::parse(amount) == Ok(*units)
                && *ty == Type::Money(segue_compiler::values::Currency::new(currency).unwrap())
        }
        Value::Duration(micros) => duration(written) == Some(*micros),
        Value::Instant(instant) => moment(written, program) == Some(*instant),
        Value::Text(text) => *written == **text || shown(Some(value), ty) == written,
        _ => shown(Some(value), ty) == written,
    }
}

/// `2 hours`, `90 seconds`, in microseconds.
fn duration(written: &str) -> Option<i64> {
    let (count, unit) = written.split_once(' ')?;
    let micros = match unit.trim_end_matches('s') {
        "second" => 1_000_000,
        "minute" => 60_000_000,
        "hour" => 3_600_000_000,
        "day" => 86_400_000_000,
        _ => return None,
    };
    count.parse::<i64>().ok().map(|count| count * micros)
}

/// `2025-03-31`, `2025-03-31 12:00:30.5`, with `Z` for UTC; without it in the project's zone. Microseconds.
pub fn moment(written: &str, program: &Program) -> Option<i64> {
    let (text, zone) = match written.strip_suffix('Z') {
        Some(text) => (text, "UTC".parse().unwrap()),
        None => (written, program.settings.zone),
    };
    let (date, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u32>().unwrap());
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = CivilDate { year: i64::from(year), month, day }.number() as i32;
    let mut seconds = 0.0;
    for (part, length) in clock.split(':').zip([3600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok()? * length;
    }
    instant_of_local(day, (seconds * 1e6).round() as i64, zone).map(|(instant, _)| instant)
}
