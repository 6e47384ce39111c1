//! `segue.toml`: what the project is called, how its times and money are meant, and where its data are.

use super::constants::Environment;
use crate::diagnostics::{Diagnostic, Severity, entries};
use crate::names::{messages as names, suggest};
use crate::program::Settings;
use crate::source::{FileId, SourceFile, Span};
use crate::values::Currency;
use crate::values::calendar::MONTHS;
use chrono::{NaiveDate, NaiveDateTime, TimeZone, Weekday};
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the project file says.
#[derive(Debug, Clone)]
pub struct Config {
    /// What changes a meaning.
    pub settings: Settings,
    /// Where the data are, in the order written.
    pub data: Vec<DataSource>,
    /// What becomes of rows whose customer is not in the customers' data.
    pub unknown_customers: UnknownCustomers,
    /// Where that is said.
    pub unknown_customers_span: Option<Span>,
    /// The customers' field that names their language, and where that is said.
    pub locale_field: Option<(Arc<str>, Span)>,
    /// Values of constants by environment, in the order written.
    pub environments: Vec<Environment>,
    /// A check fails where a message is at least this grave.
    pub fail_on: Severity,
    /// Levels of messages by code.
    pub levels: BTreeMap<String, Level>,
}

/// Data of one declared table.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSource {
    /// The declared name, as written in the project file.
    pub table: Arc<str>,
    /// Files, folders or patterns, relative to the project file.
    pub paths: Vec<String>,
    /// Where it is said.
    pub span: Span,
}

/// What becomes of rows whose customer is not in the customers' data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownCustomers {
    /// They are counted and left out.
    Report,
    /// Their customers are added; all other fields are missing.
    Add,
}

/// How a message is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not shown.
    Off,
    /// Shown, as something good to know.
    Note,
    /// Shown as a warning.
    Warning,
    /// Stops a run.
    Error,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            settings: Settings {
                name: "segue".to_owned(),
                zone: chrono_tz::UTC,
                currency: Currency(*b"USD"),
                week_start: Weekday::Mon,
                fiscal_year_start: None,
                locale: Arc::from("en"),
                as_of: None,
            },
            data: Vec::new(),
            unknown_customers: UnknownCustomers::Report,
            unknown_customers_span: None,
            locale_field: None,
            environments: Vec::new(),
            fail_on: Severity::Error,
            levels: BTreeMap::new(),
        }
    }
}

const SECTIONS: &[&str] = &["project", "data", "checks", "environments"];
const PROJECT: &[&str] =
    &["name", "time_zone", "currency", "week_start", "fiscal_year_start", "locale", "locale_field", "as_of"];
const CHECKS: &[&str] = &["fail_on"];

/// Reads the project file; what is wrong with it goes to `diagnostics`, and the rest holds.
pub(super) fn read(file: FileId, source: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Config {
    let mut reader = Reader { file, diagnostics, config: Config::default() };
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    if let Some(error) = errors.first() {
        let span = error.span().map_or(Span::new(file, 0, 0), |range| within(file, &source.text, range));
        reader.diagnostics.push(cannot_be_read(span));
        return reader.config;
    }
    reader.sections(table.get_ref());
    reader.as_of(table.get_ref());
    reader.config
}

/// The span of a range, kept inside the text.
fn within(file: FileId, text: &str, range: std::ops::Range<usize>) -> Span {
    let end = range.end.min(text.len());
    Span::new(file, range.start.min(end), end)
}

struct Reader<'out> {
    file: FileId,
    diagnostics: &'out mut Vec<Diagnostic>,
    config: Config,
}

impl Reader<'_> {
    fn span<T>(&self, spanned: &Spanned<T>) -> Span {
        let range = spanned.span();
        Span::new(self.file, range.start, range.end)
    }

    fn sections(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let DeValue::Table(section) = value.get_ref() else {
                self.unknown(key, SECTIONS, "there is no section");
                continue;
            };
            match key.get_ref().as_ref() {
                "project" => self.project(section),
                "data" => self.data(section),
                "checks" => self.checks(section),
                "environments" => self.environments(section),
                _ => self.unknown(key, SECTIONS, "there is no section"),
            }
        }
        // Order of writing, not of the alphabet.
        self.config.data.sort_by_key(|source| source.span.start);
    }

    fn unknown(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&str], said: &str) {
        let name = key.get_ref();
        let close = suggest::closest(name, known.iter().map(|known| Arc::from(*known)));
        let span = self.span(key);
        let message = Diagnostic::error("S0120", span, format!("{said} called `{name}` in the project file"))
            .note(format!("there are {}", known.join(", ")));
        self.diagnostics.push(names::suggest(message, span, &close, str::to_owned));
    }

    fn bad(&mut self, value: &Spanned<DeValue<'_>>, message: impl Into<String>, help: impl Into<String>) {
        let span = self.span(value);
        self.diagnostics.push(Diagnostic::error("S0121", span, message).beside(help));
    }

    /// A text, or a message.
    fn text<'a>(&mut self, key: &str, value: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.bad(value, format!("`{key}` is a text"), "put it in quotes");
        }
        text
    }

    fn project(&mut self, section: &DeTable<'_>) {
        for (key, value) in section {
            match key.get_ref().as_ref() {
                "name" => {
                    if let Some(name) = self.text("name", value) {
                        self.config.settings.name = name.to_owned();
                    }
                }
                "time_zone" => {
                    let Some(name) = self.text("time_zone", value) else { continue };
                    match name.parse() {
                        Ok(zone) => self.config.settings.zone = zone,
                        Err(_) => {
                            let span = self.span(value);
                            self.diagnostics.push(names::unknown_zone(name, span));
                        }
                    }
                }
                "currency" => {
                    let Some(code) = self.text("currency", value) else { continue };
                    match Currency::new(code) {
                        Some(currency) => self.config.settings.currency = currency,
                        None => self.bad(
                            value,
                            format!("\"{code}\" is no currency"),
                            "write three capital letters, as \"USD\"",
                        ),
                    }
                }
                "week_start" => {
                    let Some(day) = self.text("week_start", value) else { continue };
                    match day.parse::<Weekday>() {
                        Ok(day) => self.config.settings.week_start = day,
                        Err(_) => self.bad(
                            value,
                            format!("\"{day}\" is no day of the week"),
                            "write \"monday\" or \"sunday\"",
                        ),
                    }
                }
                "fiscal_year_start" => {
                    let Some(month) = self.text("fiscal_year_start", value) else { continue };
                    let lower = month.to_lowercase();
                    match MONTHS.iter().position(|name| *name == lower) {
                        Some(at) => self.config.settings.fiscal_year_start = u32::try_from(at + 1).ok(),
                        None => self.bad(
                            value,
                            format!("\"{month}\" is no month"),
                            "write the month with which the fiscal year starts, as \"april\"",
                        ),
                    }
                }
                "locale" => {
                    let Some(tag) = self.text("locale", value) else { continue };
                    match is_locale(tag) {
                        true => self.config.settings.locale = Arc::from(tag),
                        false => self.bad(
                            value,
                            format!("\"{tag}\" is no language"),
                            "write a language, and a country where it matters, as \"en\", \"en-GB\" or \"pt-BR\"",
                        ),
                    }
                }
                "locale_field" => {
                    let Some(name) = self.text("locale_field", value) else { continue };
                    self.config.locale_field = Some((Arc::from(name), self.span(value)));
                }
                // Read once the zone is known.
                "as_of" => {}
                _ => self.unknown(key, PROJECT, "there is no setting"),
            }
        }
    }

    /// `as_of`, in the project's zone.
    fn as_of(&mut self, table: &DeTable<'_>) {
        let Some(DeValue::Table(section)) = table.get("project").map(Spanned::get_ref) else { return };
        let Some(value) = section.get("as_of") else { return };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            _ => return self.bad(value, "`as_of` is a date or a time", "write it as \"2026-03-01\""),
        };
        match instant(&text, self.config.settings.zone) {
            Some(instant) => self.config.settings.as_of = Some(instant),
            None => self.bad(
                value,
                format!("\"{text}\" is no date or time"),
                "write it as \"2026-03-01\" or \"2026-03-01 10:00\"",
            ),
        }
    }

    fn data(&mut self, section: &DeTable<'_>) {
        for (key, value) in section {
            let name = key.get_ref().as_ref();
            if name == "unknown_customers" {
                self.config.unknown_customers_span = Some(self.span(value));
                match value.get_ref().as_str() {
                    Some("add") => self.config.unknown_customers = UnknownCustomers::Add,
                    Some("report") => self.config.unknown_customers = UnknownCustomers::Report,
                    _ => self.bad(
                        value,
                        "customers that are not in the customers' data are added or reported",
                        "write \"add\" or \"report\"",
                    ),
                }
                continue;
            }
            let paths: Option<Vec<String>> = match value.get_ref() {
                DeValue::String(path) => Some(vec![path.to_string()]),
                DeValue::Array(paths) => paths.iter().map(|path| path.get_ref().as_str().map(str::to_owned)).collect(),
                _ => None,
            };
            let span = self.span(key);
            match paths {
                Some(paths) if !paths.is_empty() => {
                    self.config.data.push(DataSource { table: name.into(), paths, span });
                }
                _ => self.bad(
                    value,
                    format!("the data of `{name}` are a file, a folder, a pattern, or a list of these"),
                    "write it as \"data/file.csv\"",
                ),
            }
        }
    }

    /// `[environments.test]`, with constants and their values as text.
    fn environments(&mut self, section: &DeTable<'_>) {
        for (key, value) in section {
            let DeValue::Table(table) = value.get_ref() else {
                self.bad(value, "an environment is a section", "write `[environments.test]`, and its constants below");
                continue;
            };
            let mut constants: Vec<(Arc<str>, Arc<str>)> = Vec::new();
            for (name, value) in table {
                let text: Option<String> = match value.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
                    DeValue::Float(number) => Some(number.as_str().to_owned()),
                    DeValue::Boolean(truth) => Some(truth.to_string()),
                    DeValue::Datetime(time) => Some(time.to_string()),
                    _ => None,
                };
                match text {
                    Some(text) => constants.push((name.get_ref().as_ref().into(), text.into())),
                    None => self.bad(
                        value,
                        format!("the value of `{}` is what a rule file would write", name.get_ref()),
                        "write it as a text, such as \"500 USD\" or \"90 days\"",
                    ),
                }
            }
            self.config.environments.push(Environment { name: key.get_ref().as_ref().into(), constants });
        }
    }

    fn checks(&mut self, section: &DeTable<'_>) {
        for (key, value) in section {
            let name = key.get_ref().as_ref();
            let is_code = name.len() == 5
                && name.starts_with(['S', 's'])
                && name.chars().skip(1).all(|digit| digit.is_ascii_digit());
            match (name, value.get_ref().as_str()) {
                ("fail_on", Some("error")) => self.config.fail_on = Severity::Error,
                ("fail_on", Some("warning")) => self.config.fail_on = Severity::Warning,
                ("fail_on", _) => {
                    self.bad(value, "a check fails on errors, or on warnings too", "write \"error\" or \"warning\"")
                }
                (code, level) if is_code => {
                    let listed = entries().iter().find(|entry| entry.code.0.eq_ignore_ascii_case(code));
                    let Some(listed) = listed else {
                        let known: Vec<&str> = entries()
                            .iter()
                            .filter(|entry| entry.severity != Severity::Error)
                            .map(|entry| entry.code.0)
                            .collect();
                        self.unknown(key, &known, "there is no message");
                        continue;
                    };
                    if listed.severity == Severity::Error && level.is_some_and(|level| level != "error") {
                        self.bad(
                            value,
                            format!("{code} is an error, and no rules are run with one"),
                            "only the level of a warning or a note can be set",
                        );
                        continue;
                    }
                    let level = match level {
                        Some("off") => Level::Off,
                        Some("note") => Level::Note,
                        Some("warning") => Level::Warning,
                        Some("error") => Level::Error,
                        _ => {
                            self.bad(
                                value,
                                format!("the level of {code} cannot be read"),
                                "write \"off\", \"note\", \"warning\" or \"error\"",
                            );
                            continue;
                        }
                    };
                    self.config.levels.insert(code.to_uppercase(), level);
                }
                _ => self.unknown(key, CHECKS, "there is no check"),
            }
        }
    }
}

/// A date or time as microseconds UTC; without an offset it is in the zone.
pub fn instant(text: &str, zone: chrono_tz::Tz) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.timestamp_micros());
    }
    // The same without seconds.
    let offset = text.strip_suffix(['Z', 'z']).map_or_else(|| text.to_owned(), |local| format!("{local}+00:00"));
    if let Ok(time) = chrono::DateTime::parse_from_str(&offset.replacen(['t', ' '], "T", 1), "%Y-%m-%dT%H:%M%:z") {
        return Some(time.timestamp_micros());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let time = match time {
        Some(time) => time,
        None => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?,
    };
    // Rule 1: a gap moves forward, of an overlap the earlier is taken.
    let earliest = zone.from_local_datetime(&time).earliest();
    let earliest = earliest.or_else(|| {
        let before = zone.from_local_datetime(&(time - chrono::Duration::days(1))).earliest()?;
        Some(before + chrono::Duration::days(1))
    })?;
    Some(earliest.timestamp_micros())
}

/// S0121
pub(super) fn added_customers_lack(setting: Span, fields: &[(Arc<str>, Span)]) -> Diagnostic {
    const SHOWN: usize = 3;
    let names: Vec<Arc<str>> = fields.iter().map(|(name, _)| Arc::clone(name)).collect();
    let message = Diagnostic::error(
        "S0121",
        setting,
        format!("customers that are only in the events would have no {}", names::enumerate(&names, 12)),
    )
    .beside("they are to be added");
    let places = fields.iter().take(SHOWN);
    places
        .fold(message, |message, (_, span)| message.place(*span, "this must be known"))
        .note("declare them with `?`, or set unknown_customers = \"report\"")
}

/// S0121
pub(super) fn no_locale_field(setting: Span, name: &str, is_field: bool, fields: &[Arc<str>]) -> Diagnostic {
    let message = match is_field {
        true => Diagnostic::error("S0121", setting, format!("`{name}` is no text, so it names no language"))
            .beside("name a field of the customers that holds \"en\", \"pt-BR\" and the like"),
        false => Diagnostic::error("S0121", setting, format!("the customers have no field called `{name}`")),
    };
    let close = suggest::closest(name, fields.iter().cloned());
    names::suggest(message, setting, if is_field { &[] } else { &close }, str::to_owned)
}

/// Whether a text is a BCP 47 tag of a language, a script and a region: `en`, `zh-Hant-TW`.
fn is_locale(tag: &str) -> bool {
    let letters = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphabetic())
    };
    let mut parts = tag.split('-').peekable();
    let language = parts.next().is_some_and(|part| letters(part, &[2, 3]));
    parts.next_if(|part| letters(part, &[4]));
    parts.next_if(|part| letters(part, &[2]) || part.len() == 3 && part.bytes().all(|digit| digit.is_ascii_digit()));
    language && parts.next().is_none()
}

/// S0122
pub(super) fn data_of_nothing(source: &DataSource, tables: &[Arc<str>]) -> Diagnostic {
    let close = suggest::closest(&source.table, tables.iter().cloned());
    let message = Diagnostic::error(
        "S0122",
        source.span,
        format!("nothing called `{}` is declared, so its data would not be read", source.table),
    )
    .note(match tables {
        [] => "declare it with `customers`, `events`, `records` or `table`".to_owned(),
        tables => format!("declared are {}", names::enumerate(tables, 12)),
    });
    names::suggest(message, source.span, &close, str::to_owned)
}

/// S0122
pub(super) fn data_twice(source: &DataSource, first: Span) -> Diagnostic {
    Diagnostic::error("S0122", source.span, format!("the data of `{}` are given twice", source.table))
        .beside("write one list of files instead")
        .place(first, "the first time is here")
}

/// S0123
fn cannot_be_read(span: Span) -> Diagnostic {
    Diagnostic::error("S0123", span, "the project file cannot be read")
        .beside("the mistake is here, or right before")
        .note("a section is written `[project]`, a setting `name = \"grocery\"`, one to a line")
}
