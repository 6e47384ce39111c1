//! A case as a page: project file, rules, rows. What failed is written in this form, so that it says what it is about and
//! stays the same case however the generator changes; and it is in this form that rules and rows are taken away from it until
//! nothing more can go.

use crate::cases::{Settings, compare, manners};
use segue_compiler::program::Program;
use segue_runtime::data::DatasetBuilder;
use segue_runtime::engine::{self, Manner};
use segue_tests::page;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// Rows by table.
pub(crate) type Rows = BTreeMap<String, Vec<Map<String, Value>>>;

/// Rules and rows.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// The project file's text.
    pub(crate) settings: String,
    /// The rules, one item for each declaration.
    pub(crate) rules: Vec<String>,
    /// The data.
    pub(crate) rows: Rows,
    /// Threads of the engine.
    pub(crate) threads: usize,
}

/// The project file of a case's settings.
pub(crate) fn project_file(settings: &Settings) -> String {
    format!(
        "[project]\nname = \"case\"\ntime_zone = \"{}\"\ncurrency = \"USD\"\nweek_start = \"{}\"\nfiscal_year_start = \"{}\"\nas_of = \"{}\"\n",
        settings.zone, settings.week_start, settings.fiscal_year_start, settings.as_of
    )
}

/// Text as declarations: a line that does not begin with a blank or a brace begins one.
pub(crate) fn declarations(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match found.last_mut() {
            Some(last) if line.starts_with([' ', '}']) => *last += &format!("{line}\n"),
            _ => found.push(format!("{line}\n")),
        }
    }
    found
}

impl Kept {
    /// The cases of a page.
    pub(crate) fn read(path: &Path) -> Vec<Kept> {
        let read = |case: page::Case| {
            let rows = case.data.as_deref().map(|text| serde_json::from_str(text).expect("the data are rows by table"));
            Kept {
                settings: case.settings.clone(),
                rules: declarations(&case.whole_rules()),
                rows: rows.unwrap_or_default(),
                threads: 2,
            }
        };
        page::cases(path).into_iter().map(read).collect()
    }

    /// The case as a page.
    pub(crate) fn page(&self, title: &str) -> String {
        let mut tables = Vec::new();
        // Customers stand there also where there is none: without data for them, whoever has events is one.
        for (table, rows) in self.rows.iter().filter(|(table, rows)| *table == "customers" || !rows.is_empty()) {
            let rows: Vec<String> = rows.iter().map(|row| format!("  {}", Value::Object(row.clone()))).collect();
            tables.push(format!("\"{table}\": [\n{}\n]", rows.join(",\n")));
        }
        format!(
            "# {title}\n\n```toml\n{}```\n\n```segue\n{}```\n\n```json\n{{{}}}\n```\n",
            self.settings,
            self.rules.concat(),
            tables.join(",\n ")
        )
    }

    /// The checked rules with their `as of`.
    fn program(&self) -> Result<(Program, i64), String> {
        crate::build::checked(&self.settings, &self.rules.concat())
    }

    /// What differs between the engines; `None` where they agree, or where rules or rows are refused.
    pub(crate) fn difference(&self) -> Result<Option<String>, String> {
        let (program, as_of) = self.program()?;
        let mut builder = DatasetBuilder::new(&program);
        for table in &program.tables {
            let Some(rows) = self.rows.get(&*table.name) else { continue };
            builder = builder.json(&table.name, &Value::Array(rows.iter().cloned().map(Value::Object).collect()));
        }
        let data = builder.build().map_err(|errors| errors.to_string())?.dataset;
        let request = crate::build::request(&program, as_of, self.threads);
        let run = std::panic::AssertUnwindSafe(|| {
            let expected = segue_runtime::interpret::run(&program, &data, &request);
            let all: Vec<Manner> = (0..6).flat_map(manners).collect();
            let by_engine = all.into_iter().find_map(|manner| {
                let got = engine::run_in(&program, &data, &request, manner.clone());
                match (&expected, got) {
                    (Ok(expected), Ok(got)) => compare(&program, &request, expected, &got),
                    (expected, got) => {
                        Some(format!("interpreter: {:?}, engine, {manner:?}: {:?}", expected.as_ref().err(), got.err()))
                    }
                }
            });
            by_engine.or_else(|| {
                let expected = expected.as_ref().ok()?;
                crate::cases::single(&program, &self.rows, &data, &request, expected)
            })
        });
        Ok(std::panic::catch_unwind(run).unwrap_or_else(|_| Some("an engine panicked".to_owned())))
    }

    fn differs(&self) -> bool {
        matches!(self.difference(), Ok(Some(_)))
    }

    /// Takes away what the difference does not need: declarations, lines, rows, cells; for at most so long.
    pub(crate) fn shrink(mut self, most: Duration) -> Kept {
        let end = Instant::now() + most;
        if !self.differs() {
            return self;
        }
        loop {
            let before = self.size();
            self.without_declarations(end);
            self.without_lines(end);
            self.without_rows(end);
            self.without_cells(end);
            if self.size() == before || Instant::now() > end {
                return self;
            }
        }
    }

    fn size(&self) -> usize {
        self.page("").len()
    }

    /// Takes `other` where it still differs.
    fn accept(&mut self, other: Kept) -> bool {
        let differs = other.differs();
        if differs {
            *self = other;
        }
        differs
    }

    fn without_declarations(&mut self, end: Instant) {
        let mut at = self.rules.len();
        while at > 0 && Instant::now() < end {
            at -= 1;
            let mut other = self.clone();
            let gone = other.rules.remove(at);
            if let Some(name) = gone.split_whitespace().nth(1) {
                other.rows.remove(name);
            }
            self.accept(other);
        }
    }

    fn without_lines(&mut self, end: Instant) {
        for at in (0..self.rules.len()).rev() {
            let mut line = self.rules[at].lines().count();
            while line > 0 && Instant::now() < end {
                line -= 1;
                let mut other = self.clone();
                let mut lines: Vec<&str> = self.rules[at].lines().collect();
                let gone = lines.remove(line).split_whitespace().next().unwrap_or_default().to_owned();
                other.rules[at] = lines.iter().map(|line| format!("{line}\n")).collect();
                let table =
                    self.rules[at].split_whitespace().nth(usize::from(!self.rules[at].starts_with("customers")));
                let table = if self.rules[at].starts_with("customers") { Some("customers") } else { table };
                if let Some(rows) = table.and_then(|table| other.rows.get_mut(table)) {
                    rows.iter_mut().for_each(|row| drop(row.remove(&gone)));
                }
                self.accept(other);
            }
        }
    }

    fn without_rows(&mut self, end: Instant) {
        for table in self.rows.keys().cloned().collect::<Vec<_>>() {
            // Halves first, then ever smaller pieces.
            let mut piece = self.rows[&table].len();
            while piece > 0 {
                let mut at = 0;
                while at < self.rows[&table].len() && Instant::now() < end {
                    let mut other = self.clone();
                    let rows = other.rows.get_mut(&table).expect("the table is there");
                    rows.drain(at..(at + piece).min(rows.len()));
                    if !self.accept(other) {
                        at += piece;
                    }
                }
                piece /= 2;
            }
        }
    }

    fn without_cells(&mut self, end: Instant) {
        for table in self.rows.keys().cloned().collect::<Vec<_>>() {
            let columns: BTreeSet<String> = self.rows[&table].iter().flat_map(|row| row.keys().cloned()).collect();
            for column in columns {
                for at in 0..self.rows[&table].len() {
                    if Instant::now() > end || !self.rows[&table][at].contains_key(&column) {
                        continue;
                    }
                    let mut other = self.clone();
                    let rows = other.rows.get_mut(&table).expect("the table is there");
                    rows[at].remove(&column);
                    self.accept(other);
                }
            }
        }
    }
}
