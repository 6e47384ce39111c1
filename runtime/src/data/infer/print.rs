//! The text of a drafted project.
#![expect(
    clippy::indexing_slicing,
    reason = "roles and names are one for each file, and the places in a role are of that file's columns"
)]

use super::Draft;
use super::field::{Around, CURRENCY, FieldGuess, from_column, guess, quoted, unused};
use super::look::FileProfile;
use super::profile::{DATE, MOMENT};
use super::roles::{Role, Roles, pointer};
use super::words;
use crate::data::moments::{MICROS_PER_DAY, date_text};
use crate::data::same_name;
use crate::report::phrase::count;
use segue_compiler::format::format;
use segue_compiler::source::SourceFile;
use std::path::{Component, Path, PathBuf};

/// Share of unknown customers' rows, in percent, from which on they are added.
const ADD_FROM: u64 = 10;

struct Printer<'a> {
    files: &'a [FileProfile],
    roles: &'a Roles,
    /// Declared names by file; empty for those left out.
    names: Vec<String>,
    /// Customers are added from the events.
    add: bool,
    findings: Vec<String>,
    /// Names that no segment can have: those of tables and of the customers' fields.
    taken: Vec<String>,
}

pub(super) fn print(files: &[FileProfile], roles: &Roles, folder: &Path, passed_over: Vec<String>) -> Draft {
    let many_unknown = roles.unknown.is_some_and(|(rows, all)| rows * 100 >= all.max(1) * ADD_FROM);
    let add = roles.customers().is_none() || many_unknown;
    let names = table_names(files, roles);
    let mut printer = Printer { files, roles, taken: names.clone(), names, add, findings: Vec::new() };
    let declarations = laid_out(printer.declarations());
    let segments = laid_out(printer.segments());
    let settings = printer.settings(folder);
    printer.findings.extend(passed_over);
    Draft { settings, declarations, segments, findings: printer.findings }
}

/// As `segue fmt` writes it.
fn laid_out(text: String) -> String {
    format(&SourceFile::new("draft.segue", text.as_str())).text
}

fn table_names(files: &[FileProfile], roles: &Roles) -> Vec<String> {
    let mut taken = vec!["customers".to_owned(), "customer".to_owned()];
    let name = |(file, role): (&FileProfile, &Role)| match role {
        Role::Customers { .. } => "customers".to_owned(),
        Role::Nothing => String::new(),
        _ => {
            let name = words::rule_name(&file.stem, "data");
            unused(if same_name(&name, "customers") { "customers_data".to_owned() } else { name }, &mut taken)
        }
    };
    files.iter().zip(&roles.roles).map(name).collect()
}

impl Printer<'_> {
    fn declarations(&mut self) -> String {
        let mut text = String::from(
            "# Drafted from the data. Look at the lines marked \"guess\", give fields the names you use, and drop what you do\n\
             # not need. The labels personal, protected and consent follow from the names.\n",
        );
        if self.roles.customers().is_none() {
            let key = words::rule_name(&self.roles.customer, "value");
            let from = spaced(from_column(&key, &self.roles.customer, &[]));
            self.taken.push(key.clone());
            text.push_str(&format!(
                "\n# No file has one row for each customer, so the customers are those in the events and records.\n\
                 customers {{\n  key {key} : id{from}\n}}\n"
            ));
            self.findings
                .push(format!("customers: no file of their own; taken from the column {}", self.roles.customer));
        }
        for at in self.in_order() {
            text.push_str(&self.table(at));
        }
        text
    }

    /// The files: customers, events, records, tables, those left out.
    fn in_order(&self) -> Vec<usize> {
        let mut files: Vec<usize> = (0..self.files.len()).collect();
        files.sort_by_key(|at| match &self.roles.roles[*at] {
            Role::Customers { .. } => 0,
            Role::Events { .. } => 1,
            Role::Records { .. } => 2,
            Role::Table { .. } => 3,
            Role::Nothing => 4,
        });
        files
    }

    fn table(&mut self, at: usize) -> String {
        let (files, roles) = (self.files, self.roles);
        let (file, name) = (&files[at], self.names[at].clone());
        let rows = if file.rows == 1 { "1 row".to_owned() } else { format!("{} rows", count(file.rows)) };
        let shown = file_name(&file.paths[0]);
        let rows = if file.complete { rows } else { format!("the first {rows}") };
        let about = match file.paths.len() {
            1 => format!("{shown}, {rows}"),
            2 => format!("{shown} and another file, {rows}"),
            more => format!("{shown} and {} more files, {rows}", more - 1),
        };
        let column = |place: usize| &file.columns[place];
        let is_customers = matches!(roles.roles[at], Role::Customers { .. });
        // The customers' fields and all that is declared share one set of names.
        let mut taken = if is_customers { self.taken.clone() } else { Vec::new() };
        let mut notes = Vec::new();
        let (head, key, skipped) = match &roles.roles[at] {
            Role::Nothing => {
                self.findings
                    .push(format!("{shown}: left out, as it names no customer and no column tells its rows apart"));
                return format!(
                    "\n# Left out: {shown} names no customer, and no column of it tells its rows apart, so rules cannot use it.\n"
                );
            }
            Role::Customers { key } => {
                self.findings.push(format!("customers: {about}, key {}", column(*key).name));
                if self.add {
                    notes.push(
                        "More than these are in the events and are added: of those nothing else is known.".to_owned(),
                    );
                }
                ("customers".to_owned(), Some(*key), vec![*key])
            }
            Role::Events { by, at: time, key } => {
                self.findings.push(format!(
                    "{name}: events of {} at {}, {about}",
                    column(*by).name,
                    column(*time).name
                ));
                let head =
                    format!("events {name} by {} at {}", self.by(at, *by, &mut taken), self.at(at, *time, &mut taken));
                if column(*time).missing > 0 {
                    notes.push(format!("{} rows have no time and are bad rows.", count(column(*time).missing)));
                }
                if column(*time).is(MOMENT) && !column(*time).is(DATE) && column(*time).zoneless {
                    notes.push("guess: times without a zone are those of the zone in segue.toml.".to_owned());
                }
                (head, *key, [vec![*by, *time], key.iter().copied().collect()].concat())
            }
            Role::Records { by, key } => {
                self.findings.push(format!("{name}: records of {}, {about}", column(*by).name));
                let head = format!("records {name} by {}", self.by(at, *by, &mut taken));
                (head, *key, [vec![*by], key.iter().copied().collect()].concat())
            }
            Role::Table { key } => {
                self.findings.push(format!("{name}: a table with the key {}, {about}", column(*key).name));
                (format!("table {name}"), Some(*key), vec![*key])
            }
        };
        let mut lines = Vec::new();
        if let Some(key) = key {
            let name = unused(words::rule_name(&column(key).name, "value"), &mut taken);
            let from = spaced(from_column(&name, &column(key).name, &file.columns));
            lines.push((format!("  key {name} : id{from}"), String::new()));
        }
        let mut fields: Vec<FieldGuess> = Vec::new();
        if !file.complete {
            notes.push(
                "guess: not all rows were looked at, so fields without ? may be missing in others, and lists of values \
                 may lack some."
                    .to_owned(),
            );
        }
        for name in &file.repeated_names {
            notes.push(format!("The column {} is left out: the file has several of that name.", quoted(name)));
        }
        for place in (0..file.columns.len()).filter(|place| !skipped.contains(place)) {
            match self.field(at, place, &mut taken, is_customers) {
                Some(field) => fields.push(field),
                None => {
                    let why = match column(place).foreign {
                        true => "its text is not in the encoding UTF-8; save the file as UTF-8 to use it",
                        false => "it has no single values",
                    };
                    notes.push(format!("The column {} is left out: {why}.", quoted(&column(place).name)));
                }
            }
        }
        let places = places(&fields, &mut taken);
        if is_customers {
            self.taken = taken;
        }
        let names = fields.iter().map(|field| &field.name).chain(places.iter().map(|(name, _)| name));
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
        for field in fields {
            let comment = match field.comments.is_empty() {
                true => String::new(),
                false => format!("# {}", field.comments.join("; ")),
            };
            lines.push((format!("  {:width$} : {}", field.name, field.after_colon()), comment));
        }
        for (name, place) in places {
            lines.push((format!("  {name:width$} = {place}"), "# guess: a place, from its degrees".to_owned()));
        }
        let mut text = format!("\n# {about}.\n");
        notes.iter().for_each(|note| text.push_str(&format!("# {note}\n")));
        text.push_str(&head);
        if lines.is_empty() {
            return text + " { }\n";
        }
        text.push_str(" {\n");
        text.push_str(&aligned(&lines));
        text.push_str("}\n");
        text
    }

    fn by(&self, at: usize, by: usize, taken: &mut Vec<String>) -> String {
        let columns = &self.files[at].columns;
        let column = &columns[by].name;
        let name = unused(words::rule_name(column, "value"), taken);
        format!("{name}{}", spaced(from_column(&name, column, columns)))
    }

    fn at(&self, at: usize, time: usize, taken: &mut Vec<String>) -> String {
        let columns = &self.files[at].columns;
        let column = &columns[time];
        let name = unused(words::rule_name(&column.name, "value"), taken);
        let kind = if column.is(DATE) { " : date" } else { "" };
        format!("{name}{kind}{}", spaced(from_column(&name, &column.name, columns)))
    }

    fn field(&self, at: usize, place: usize, taken: &mut Vec<String>, of_customers: bool) -> Option<FieldGuess> {
        let file = &self.files[at];
        let column = &file.columns[place];
        let people = matches!(self.roles.roles[at], Role::Customers { .. } | Role::Records { .. });
        let mut field = guess(column, Around { columns: &file.columns, complete: file.complete, people }, taken)?;
        if let Some(pointer) = pointer(self.files, self.roles, at, column) {
            field.ty = "id".to_owned();
            field.rest.insert(0, format!("-> {}", self.names[pointer.file]));
            field.comments.retain(|comment| !comment.starts_with("guess"));
            match pointer.absent {
                0 => {}
                1 => field.comments.push("1 id has no row there".to_owned()),
                absent => field.comments.push(format!("{} ids have no row there", count(absent))),
            }
        }
        if of_customers && self.add && !field.ty.starts_with("list") {
            field.optional = true;
        }
        Some(field)
    }

    fn settings(&self, folder: &Path) -> String {
        let absolute = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let name =
            absolute.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
        let mut text = format!(
            "[project]\nname = {}\ntime_zone = \"UTC\"   # guess: the zone of your clocks, such as \"Europe/Berlin\"\n\
             currency = \"{CURRENCY}\"     # guess\n",
            quoted(&name)
        );
        if let Some((day, sure)) = self.day_after_newest() {
            let newest = if sure { "the newest event" } else { "the newest event of those looked at" };
            let guess = if sure { "" } else { "guess: " };
            text.push_str(&format!(
                "as_of = \"{day}\"   # {guess}the day after {newest}; without this line a run is as of now\n"
            ));
        }
        text.push_str("\n[data]\n");
        for at in self.in_order().into_iter().filter(|at| !self.names[*at].is_empty()) {
            let (file, name) = (&self.files[at], &self.names[at]);
            let paths: Vec<String> = file.paths.iter().map(|path| quoted(&relative(path, &absolute))).collect();
            match &paths[..] {
                [path] => text.push_str(&format!("{} = {path}\n", toml_key(name))),
                paths => text.push_str(&format!("{} = [{}]\n", toml_key(name), paths.join(", "))),
            }
        }
        if self.add {
            text.push_str("unknown_customers = \"add\"\n");
        }
        text
    }

    /// The day after the newest event, and whether there is surely none that is newer.
    fn day_after_newest(&self) -> Option<(String, bool)> {
        let times = || {
            self.files.iter().zip(&self.roles.roles).filter_map(|(file, role)| match role {
                Role::Events { at, .. } => file.columns.get(*at).map(|column| (file, column)),
                _ => None,
            })
        };
        let newest = times().filter_map(|(_, column)| column.newest).max()?;
        let sure = times().all(|(file, column)| file.complete || column.newest_is_sure);
        let day = i32::try_from(newest.div_euclid(MICROS_PER_DAY)).ok()?;
        Some((date_text(day + 1), sure))
    }

    fn segments(&self) -> String {
        let of_role = |wanted: &dyn Fn(&Role) -> bool| {
            let fitting = (0..self.files.len()).filter(|at| wanted(&self.roles.roles[*at]));
            fitting.max_by_key(|at| (self.files[*at].rows, std::cmp::Reverse(*at)))
        };
        let events = of_role(&|role| matches!(role, Role::Events { .. }));
        let records = of_role(&|role| matches!(role, Role::Records { .. }));
        let (comment, name, title, line) = match (events, records) {
            (Some(at), _) => {
                let table = &self.names[at];
                let comment = "Customers with at least two of them in the last 90 days before the run.";
                (comment, "active", "Active customers", format!("at least 2 {table} in the last 90 days"))
            }
            (None, Some(at)) => {
                ("Customers with at least one of them.", "example", "An example", format!("any {}", self.names[at]))
            }
            (None, None) => {
                let key = self.roles.customers().map_or(String::new(), |at| match self.roles.roles[at] {
                    Role::Customers { key } => words::rule_name(&self.files[at].columns[key].name, "value"),
                    _ => String::new(),
                });
                ("All customers: put your own conditions here.", "everyone", "Everyone", format!("{key} is not \"\""))
            }
        };
        let name = unused(name.to_owned(), &mut self.taken.clone());
        format!("# {comment}\nsegment {name} {} {{\n  {line}\n}}\n", quoted(title))
    }
}

/// Calculated fields for latitudes that stand beside their longitudes: `home_lat` and `home_lon` make `home`.
fn places(fields: &[FieldGuess], taken: &mut Vec<String>) -> Vec<(String, String)> {
    let beginning = |words: &[String]| words.split_last().map(|(_, before)| before.join("_")).unwrap_or_default();
    let numbers = || fields.iter().filter(|field| matches!(field.ty.as_str(), "number" | "integer"));
    let with = |fits: fn(&[String]) -> bool| {
        let named = move |field: &FieldGuess| (field.name.clone(), words::words(&field.name));
        numbers().map(named).filter(move |(_, words)| fits(words)).collect::<Vec<_>>()
    };
    let longitudes = with(words::is_longitude);
    let mut found = Vec::new();
    for (latitude, words) in with(words::is_latitude) {
        let start = beginning(&words);
        if let Some((longitude, _)) = longitudes.iter().find(|(_, other)| beginning(other) == start) {
            let name = if start.is_empty() { "place".to_owned() } else { words::rule_name(&start, "place") };
            found.push((unused(name, taken), format!("point({latitude}, {longitude})")));
        }
    }
    found
}

fn spaced(part: Option<String>) -> String {
    part.map_or_else(String::new, |part| format!(" {part}"))
}

/// Lines with their comments in one column, unless that would be far out.
fn aligned(lines: &[(String, String)]) -> String {
    const FARTHEST: usize = 60;
    let length = |line: &String| line.chars().count();
    let commented = lines.iter().filter(|(_, comment)| !comment.is_empty()).map(|(line, _)| length(line));
    let width = commented.filter(|length| *length <= FARTHEST).max().unwrap_or(0);
    let mut text = String::new();
    for (line, comment) in lines {
        match comment.is_empty() {
            true => text.push_str(line),
            false => text.push_str(&format!("{line:width$}   {comment}")),
        }
        text.push('\n');
    }
    text
}

fn toml_key(name: &str) -> String {
    let bare = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
    if bare { name.to_owned() } else { quoted(name) }
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A path as seen from a folder, with forward slashes; whole where there is no way.
fn relative(path: &Path, folder: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (to, from): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (path.components().collect(), folder.components().collect());
    let shared = to.iter().zip(&from).take_while(|(one, other)| one == other).count();
    let steps = match shared {
        0 => path,
        _ => std::iter::repeat_n(Component::ParentDir, from.len() - shared)
            .chain(to.into_iter().skip(shared))
            .collect::<PathBuf>(),
    };
    let parts: Vec<String> = steps.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").replace("//", "/")
}
