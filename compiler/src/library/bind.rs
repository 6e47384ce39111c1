//! Finds the tables and fields of a project that an entry speaks of.

use super::{Entry, Kind, Need};
use crate::names::{closest, fold};
use crate::program::{Program, Table, Type};
use crate::syntax::tree::TableKind;
use std::sync::Arc;

/// What an entry's names stand for in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// In the order of the entry's needs.
    pub bound: Vec<Bound>,
    /// The currency of amounts.
    pub currency: String,
}

/// What one name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// As the entry has it: `purchases.paid`.
    pub name: &'static str,
    /// As the project has it: `orders.total`.
    pub stands_for: String,
    /// Whether it is the time of events that have only a day.
    pub only_day: bool,
}

/// Why an entry does not fit a project, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Finds what an entry speaks of: as told in `given` (name, then what it stands for), by its name, by a usual other name, or because there
/// is nothing else of its kind.
///
/// # Errors
/// Something is told that is not so, or cannot be found.
pub fn bind(entry: &Entry, program: &Program, given: &[(String, String)]) -> Result<Binding, Vec<Refusal>> {
    let mut refused = Vec::new();
    for (name, _) in given {
        if !entry.needs.iter().any(|need| fold(need.name) == fold(name)) {
            refused.push(not_needed(entry, name));
        }
    }
    let mut bound: Vec<Bound> = Vec::new();
    let mut currency = program.settings.currency.code().to_owned();
    for need in entry.needs {
        let told = given.iter().find(|(name, _)| fold(need.name) == fold(name)).map(|(_, told)| told.as_str());
        let owner = need.name.rsplit_once('.').map(|(table, _)| table);
        let table = match owner {
            None => None,
            Some(owner) => match bound.iter().find(|bound| bound.name == owner) {
                Some(table) => Some(table.stands_for.clone()),
                // Its table was not found, which is said already.
                None => continue,
            },
        };
        let found = match need.kind {
            Kind::Events => events(entry, need, program, told),
            _ => field(need, program, table.as_deref(), told),
        };
        match found {
            Ok((stands_for, ty)) => {
                if let Some(Type::Money(money)) = ty {
                    currency = money.code().to_owned();
                }
                let only_day = need.kind == Kind::Time && ty == Some(Type::Date);
                bound.push(Bound { name: need.name, stands_for, only_day });
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    if refused.is_empty() { Ok(Binding { bound, currency }) } else { Err(refused) }
}

fn not_needed(entry: &Entry, name: &str) -> Refusal {
    let names: Vec<Arc<str>> = entry.needs.iter().map(|need| need.name.into()).collect();
    let close = closest(name, names.iter().cloned());
    let told = match (close.first(), names.as_slice()) {
        (Some(close), _) => format!("did you mean {close}?"),
        (None, []) => "it needs nothing".to_owned(),
        (None, names) => format!("it speaks of {}", names.join(", ")),
    };
    Refusal(format!("{} does not speak of {name}; {told}", entry.name))
}

type Found = Result<(String, Option<Type>), Refusal>;

/// The table among several names: the one itself, or one of the others.
fn named<T>(need: &Need, wanted: &str, all: &[(&str, T)]) -> Option<usize> {
    let mut names = std::iter::once(wanted).chain(need.others.iter().copied());
    names.find_map(|name| all.iter().position(|(known, _)| fold(known) == fold(name)))
}

fn events(entry: &Entry, need: &Need, program: &Program, told: Option<&str>) -> Found {
    let all: Vec<(&str, &Table)> = program
        .tables
        .iter()
        .filter(|table| table.kind == TableKind::Events && table.parent.is_none())
        .map(|table| (&*table.name, table))
        .collect();
    let names = || all.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    if let Some(told) = told {
        let found = all.iter().find(|(name, _)| fold(name) == fold(told));
        return match found {
            Some((name, _)) => Ok(((*name).to_owned(), None)),
            None => Err(Refusal(format!("there are no events called {told}; {}", there_are("events", &names())))),
        };
    }
    let alone = entry.needs.iter().filter(|need| need.kind == Kind::Events).count() == 1;
    let at = named(need, need.name, &all).or_else(|| (alone && all.len() == 1).then_some(0));
    match at.and_then(|at| all.get(at)) {
        Some((name, _)) => Ok(((*name).to_owned(), None)),
        None => Err(asked(need, "events", "", &names())),
    }
}

fn field(need: &Need, program: &Program, table: Option<&str>, told: Option<&str>) -> Found {
    let declared = match table {
        Some(table) => program.tables.iter().find(|declared| *declared.name == *table),
        None => program.tables.first(),
    };
    let Some(declared) = declared else { return Err(asked(need, "fields", "", &[])) };
    let of = table.map(|table| format!("{table}.")).unwrap_or_default();
    let full = |name: &str| format!("{of}{name}");
    if need.kind == Kind::Time {
        let at = declared.at.and_then(|at| declared.fields.get(at.0 as usize));
        return at.map(|at| (full(&at.name), Some(at.ty.clone()))).ok_or_else(|| asked(need, "fields", &of, &[]));
    }
    let fits: Vec<(&str, &Type)> = declared
        .fields
        .iter()
        .filter(|field| match (need.kind, &field.ty) {
            (Kind::Money, Type::Money(_)) | (Kind::Whole, Type::Integer) => true,
            (Kind::Date, Type::Date) => {
                declared.at.and_then(|at| declared.fields.get(at.0 as usize)).is_none_or(|at| !std::ptr::eq(at, *field))
            }
            _ => false,
        })
        .map(|field| (&*field.name, &field.ty))
        .collect();
    let names = || fits.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    if let Some(told) = told {
        let bare = told.strip_prefix(&of).unwrap_or(told);
        if let Some((name, ty)) = fits.iter().find(|(name, _)| fold(name) == fold(bare)) {
            return Ok((full(name), Some((*ty).clone())));
        }
        let exists = declared.fields.iter().any(|field| fold(&field.name) == fold(bare));
        let told = full(bare);
        let why = if exists { format!("{told} is not {}", need.kind.text()) } else { format!("there is no {told}") };
        return Err(Refusal(format!("{why}; {}", there_are(&format!("{}s", need.kind.text()), &names()))));
    }
    let own = need.name.rsplit('.').next().unwrap_or(need.name);
    let at = named(need, own, &fits).or_else(|| (fits.len() == 1 && need.kind == Kind::Money).then_some(0));
    match at.and_then(|at| fits.get(at)) {
        Some((name, ty)) => Ok((full(name), Some((*ty).clone()))),
        None => Err(asked(need, need.kind.text(), &of, &names())),
    }
}

fn there_are(what: &str, names: &[&str]) -> String {
    match names {
        [] => {
            format!("there are no {}", what.trim_start_matches("a ").replace("field ", "fields ").trim_end_matches('s'))
        }
        names => format!("there are {}", names.join(", ")),
    }
}

/// What to say where nothing is found by itself.
fn asked(need: &Need, what: &str, of: &str, names: &[&str]) -> Refusal {
    let told = match names {
        [] => format!("this project has none: it needs {what}"),
        names => {
            let choices: Vec<String> = names.iter().map(|name| format!("--use {}={of}{name}", need.name)).collect();
            format!("say which: {}", choices.join(" or "))
        }
    };
    Refusal(format!("{} ({}) was not found; {told}", need.name, need.meaning))
}
