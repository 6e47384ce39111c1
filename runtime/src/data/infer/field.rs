//! The declared type of a column, guessed from its values and its name.

use super::profile::{
    BOOLEAN, ColumnProfile, DATE, DURATION, INTEGER, LIST, LOCATION, MOMENT, NUMBER, OTHER_DATE, PERCENT, RECORD, TEXT,
    ZONE,
};
use super::words;

/// A field to be declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FieldGuess {
    /// Its name in rules.
    pub(crate) name: String,
    /// The written type, without `?`.
    pub(crate) ty: String,
    pub(crate) optional: bool,
    /// What stands after the type: an arrow, the column's name, labels.
    pub(crate) rest: Vec<String>,
    /// What a person should look at.
    pub(crate) comments: Vec<String>,
}

/// The currency of amounts whose name states none.
pub(crate) const CURRENCY: &str = "USD";

/// Where a column stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// All columns of the file or record.
    pub(crate) columns: &'a [ColumnProfile],
    /// Whether all rows were looked at.
    pub(crate) complete: bool,
    /// Whether the rows are about customers themselves, so that labels make sense.
    pub(crate) people: bool,
}

/// What follows a field's name so that it is read from the column: nothing where the name says it.
pub(crate) fn from_column(name: &str, column: &str, columns: &[ColumnProfile]) -> Option<String> {
    // Of columns that differ only in capitals the exact one is meant.
    let alone = columns.iter().filter(|other| crate::data::same_name(&other.name, column)).count() <= 1;
    let says_it = name == column || alone && crate::data::same_name(name, column);
    (!says_it).then(|| format!("from {}", quoted(column)))
}

/// The field for a column; `None` where nothing could be done with it. `taken` are the names given already.
pub(crate) fn guess(column: &ColumnProfile, around: Around<'_>, taken: &mut Vec<String>) -> Option<FieldGuess> {
    let name_words = words::words(&column.name);
    let (ty, mut comments) = type_of(column, &name_words, around.complete)?;
    let name = unused(words::rule_name(&column.name, "value"), taken);
    let mut rest: Vec<String> = from_column(&name, &column.name, around.columns).into_iter().collect();
    let label = match around.people {
        true if words::is_consent(&name_words) && ty == "boolean" => Some("consent"),
        true if words::is_protected(&name_words) => Some("protected"),
        true if ty == "location" || words::is_coordinate(&name_words) => Some("personal"),
        true if words::is_personal(&name_words) || words::is_private(&name_words) => Some("personal"),
        _ => None,
    };
    rest.extend(label.map(str::to_owned));
    let is_list = column.is(LIST);
    let optional = column.missing > 0 && !is_list || column.rows == column.missing;
    if optional && column.missing < column.rows {
        comments.push(share_missing(column.missing, column.rows));
    }
    Some(FieldGuess { name, ty, optional, rest, comments })
}

/// A name that is not taken; it is taken then.
pub(crate) fn unused(name: String, taken: &mut Vec<String>) -> String {
    let mut free = name.clone();
    let mut number = 2;
    while taken.iter().any(|other| crate::data::same_name(other, &free)) {
        free = format!("{name}_{number}");
        number += 1;
    }
    taken.push(free.clone());
    free
}

fn share_missing(missing: u64, rows: u64) -> String {
    let share = missing as f64 * 100.0 / rows.max(1) as f64;
    if share < 1.0 { format!("missing in {missing} of {rows}") } else { format!("missing in {share:.0}%") }
}

/// A text in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn type_of(column: &ColumnProfile, name: &[String], complete: bool) -> Option<(String, Vec<String>)> {
    let plain = |ty: &str| Some((ty.to_owned(), Vec::new()));
    let guessed = |ty: String, why: &str| Some((ty, vec![format!("guess: {why}")]));
    if column.missing == column.rows {
        return Some(("text".to_owned(), vec!["no value in the data".to_owned()]));
    }
    if column.is(LIST) {
        return list_of(column.elements.as_deref(), complete);
    }
    if column.is(LOCATION) {
        return plain("location");
    }
    if column.is(RECORD) {
        return None;
    }
    if column.is(BOOLEAN) {
        return plain("boolean");
    }
    if words::is_id(name) && column.is(INTEGER | TEXT) {
        return plain("id");
    }
    if column.is(DATE) {
        return plain("date");
    }
    if column.is(MOMENT) {
        return plain("datetime");
    }
    if column.is(DURATION) {
        return plain("duration");
    }
    if column.is(PERCENT) {
        return plain("percent as 45");
    }
    if column.is(NUMBER) && !words::is_code(name) {
        return number(column, name);
    }
    if column.is(ZONE) {
        return plain("timezone");
    }
    if !column.is(TEXT) {
        return None;
    }
    if column.is(OTHER_DATE) {
        return guessed("text".to_owned(), "dates; to use them as such, write them as 2026-04-03 in the data");
    }
    match one_of(column, name, complete) {
        Some(listed) if complete => Some((listed, Vec::new())),
        Some(listed) => guessed(listed, "not all rows were looked at, so there may be more values"),
        None => plain("text"),
    }
}

fn number(column: &ColumnProfile, name: &[String]) -> Option<(String, Vec<String>)> {
    let guessed = |ty: String, why: &str| Some((ty, vec![format!("guess: {why}")]));
    let whole = column.is(INTEGER);
    let zero_or_one = whole && column.least >= 0.0 && column.greatest <= 1.0;
    if zero_or_one && words::is_flag(name) {
        return guessed("boolean".to_owned(), "1 is yes");
    }
    if words::is_share(name) && column.least >= 0.0 && column.greatest <= 1.0 && !whole {
        return guessed("percent as 0.45".to_owned(), "0.45 is 45%");
    }
    if words::is_share(name) && column.least >= 0.0 && column.greatest <= 100.0 && column.greatest > 1.0 {
        return guessed("percent as 45".to_owned(), "45 is 45%");
    }
    let code = words::currency(name);
    if (words::is_money(name) || code.is_some()) && column.decimals <= 4 && column.greatest < 1e14 {
        let why = if code.is_some() { "an amount of money" } else { "an amount of money, and its currency" };
        return guessed(format!("money {}", code.unwrap_or(CURRENCY)), why);
    }
    Some((if whole { "integer" } else { "number" }.to_owned(), Vec::new()))
}

fn list_of(elements: Option<&ColumnProfile>, complete: bool) -> Option<(String, Vec<String>)> {
    let Some(elements) = elements.filter(|elements| elements.missing < elements.rows) else {
        return Some(("list of text".to_owned(), vec!["no value in the data".to_owned()]));
    };
    if !elements.is(RECORD) {
        let (ty, comments) = type_of(elements, &[], complete)?;
        return (!elements.is(LIST)).then(|| (format!("list of {ty}"), comments));
    }
    let mut taken = Vec::new();
    let fields: Vec<String> = elements
        .fields
        .iter()
        .filter(|field| !field.is(LIST) && !field.is(RECORD))
        .filter_map(|field| guess(field, Around { columns: &elements.fields, complete, people: false }, &mut taken))
        .map(|field| field.written())
        .collect();
    (!fields.is_empty()).then(|| (format!("list of {{ {} }}", fields.join("   ")), Vec::new()))
}

/// The listed values of a text with few different ones.
fn one_of(column: &ColumnProfile, name: &[String], complete: bool) -> Option<String> {
    let few = column.few.as_ref()?;
    let known = column.rows - column.missing;
    let count = few.len() as u64;
    let fits = (2..=24).contains(&count) && known >= count * 4 && column.longest <= 40;
    // A file that was not read to its end may hold more values; with very many rows that is unlikely.
    if !fits || words::is_personal(name) || !complete && count > 12 {
        return None;
    }
    let bare = |value: &String| {
        let mut letters = value.chars();
        letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
            && !segue_compiler::syntax::is_reserved(value)
            && !["personal", "protected", "consent", "key"].contains(&value.as_str())
    };
    let all_bare = few.keys().all(bare);
    let values: Vec<String> = few.keys().map(|value| if all_bare { value.clone() } else { quoted(value) }).collect();
    Some(format!("one of {}", values.join(", ")))
}

impl FieldGuess {
    /// On one line, without comments.
    pub(crate) fn written(&self) -> String {
        format!("{} : {}", self.name, self.after_colon())
    }

    /// All after the colon but the comments.
    pub(crate) fn after_colon(&self) -> String {
        let mark = match self.optional {
            // After listed values the mark stands apart, as it is not one of them.
            true if self.ty.starts_with("one of") => " ?",
            true => "?",
            false => "",
        };
        let mut text = format!("{}{mark}", self.ty);
        for part in &self.rest {
            text.push(' ');
            text.push_str(part);
        }
        text
    }
}
