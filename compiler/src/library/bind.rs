//! Finds the tables and fields of a project that an entry speaks of.

use super::{Entry, Kind, Need};
use crate::names::{closest, fold};
use crate::program::{Field, FieldSource, Program, Table, Type};
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
    /// Whether it is worked out, so that no test can give it.
    pub computed: bool,
}

/// Why an entry does not fit a project, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Finds what an entry speaks of: as told in `given` (name, then what it stands for), by its name, or by one other usual name. What
/// is not clear is asked, and never guessed.
///
/// # Errors
/// Something is told that is not so, or cannot be found.
pub fn bind(entry: &Entry, program: &Program, given: &[(String, String)]) -> Result<Binding, Vec<Refusal>> {
    let mut refused = Vec::new();
    for (at, (name, _)) in given.iter().enumerate() {
        if !entry.needs.iter().any(|need| fold(need.name) == fold(name)) {
            refused.push(not_needed(entry, name));
        } else if given.iter().take(at).any(|(other, _)| fold(other) == fold(name)) {
            refused.push(Refusal(format!("{name} is said twice")));
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
            Kind::Events => events(need, program, &bound, told),
            Kind::Time => time(need, program, table.as_deref(), told),
            _ => field(need, program, table.as_deref(), told),
        };
        match found {
            Ok((stands_for, field)) => {
                let ty = field.map(|field| &field.ty);
                if let Some(Type::Money(money)) = ty {
                    currency = money.code().to_owned();
                }
                let only_day = need.kind == Kind::Time && ty == Some(&Type::Date);
                let computed = field.is_some_and(|field| matches!(field.source, FieldSource::Computed(_)));
                bound.push(Bound { name: need.name, stands_for, only_day, computed });
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

type Found<'p> = Result<(String, Option<&'p Field>), Refusal>;

/// The one of these that bears the name itself, or else the only one that bears another usual name.
fn named<'n>(need: &Need, wanted: &str, all: &[&'n str]) -> Option<&'n str> {
    let exact = all.iter().find(|known| fold(known) == fold(wanted));
    let is_usual = |known: &&&str| need.others.iter().any(|other| fold(other) == fold(known));
    let mut usual = all.iter().filter(is_usual);
    let only = usual.next().filter(|_| usual.next().is_none());
    exact.or(only).copied()
}

fn events<'p>(need: &Need, program: &'p Program, bound: &[Bound], told: Option<&str>) -> Found<'p> {
    let is_events = |table: &&Table| table.kind == TableKind::Events && table.parent.is_none();
    let all: Vec<&str> = program.tables.iter().filter(is_events).map(|table| &*table.name).collect();
    let taken = |name: &str| bound.iter().find(|other| other.stands_for == name);
    if let Some(told) = told {
        let Some(found) = all.iter().find(|name| fold(name) == fold(told)) else {
            return Err(Refusal(format!("there are no events called {told}; {}", there_are(Kind::Events, &all))));
        };
        return match taken(found) {
            Some(other) => Err(Refusal(format!("{found} cannot be both {} and {}", other.name, need.name))),
            None => Ok(((*found).to_owned(), None)),
        };
    }
    let free: Vec<&str> = all.into_iter().filter(|name| taken(name).is_none()).collect();
    // A table of that name which holds something else is no reason to take another one.
    let is_other = program.tables.iter().any(|table| fold(&table.name) == fold(need.name) && !is_events(&table));
    match named(need, need.name, &free).filter(|_| !is_other) {
        Some(name) => Ok((name.to_owned(), None)),
        None => Err(asked(need, "", &free)),
    }
}

fn declared<'p>(program: &'p Program, table: Option<&str>) -> Option<&'p Table> {
    match table {
        Some(table) => program.tables.iter().find(|declared| *declared.name == *table),
        None => program.tables.first(),
    }
}

/// The time of events is their own, whatever else they hold.
fn time<'p>(need: &Need, program: &'p Program, table: Option<&str>, told: Option<&str>) -> Found<'p> {
    let owner = declared(program, table);
    let at = owner.and_then(|owner| Some((owner, owner.fields.get(owner.at?.0 as usize)?)));
    let Some((owner, at)) = at else { return Err(asked(need, "", &[])) };
    let full = format!("{}.{}", owner.name, at.name);
    match told {
        Some(told) if fold(told) != fold(&at.name) && fold(told) != fold(&full) => {
            Err(Refusal(format!("{} happen at {}, and at nothing else", owner.name, at.name)))
        }
        _ => Ok((full, Some(at))),
    }
}

fn field<'p>(need: &Need, program: &'p Program, table: Option<&str>, told: Option<&str>) -> Found<'p> {
    let of = table.map(|table| format!("{table}.")).unwrap_or_default();
    let Some(owner) = declared(program, table) else { return Err(asked(need, &of, &[])) };
    let full = |name: &str| format!("{of}{name}");
    let at = owner.at.and_then(|at| owner.fields.get(at.0 as usize));
    let is_fit = |field: &&Field| match (need.kind, &field.ty) {
        (Kind::Money, Type::Money(_)) | (Kind::Whole, Type::Integer) => true,
        (Kind::Date, Type::Date) => at.is_none_or(|at| !std::ptr::eq(at, *field)),
        _ => false,
    };
    let fits: Vec<&str> = owner.fields.iter().filter(is_fit).map(|field| &*field.name).collect();
    let find = |name: &str| owner.fields.iter().find(|field| fold(&field.name) == fold(name));
    if let Some(told) = told {
        let bare = match told.rsplit_once('.') {
            Some((of_table, bare)) if table.is_some_and(|table| fold(table) == fold(of_table)) => bare,
            Some(_) => return Err(Refusal(format!("{told} is no field of {}", owner.name))),
            None => told,
        };
        return match find(bare) {
            Some(field) if is_fit(&field) => Ok((full(&field.name), Some(field))),
            Some(_) => {
                Err(Refusal(format!("{} is not {}; {}", full(bare), need.kind.text(), there_are(need.kind, &fits))))
            }
            None => Err(Refusal(format!("there is no {}; {}", full(bare), there_are(need.kind, &fits)))),
        };
    }
    let own = need.name.rsplit('.').next().unwrap_or(need.name);
    // A field of that name which holds something else is no reason to take another one, and a price beside a quantity is
    // that of one piece.
    let is_other = find(own).is_some_and(|field| !is_fit(&field));
    let pieces = ["quantity", "qty", "units", "pieces", "amount"];
    let has_pieces = owner.fields.iter().any(|field| {
        pieces.iter().any(|name| fold(&field.name) == *name) && matches!(field.ty, Type::Integer | Type::Number)
    });
    let likely: Vec<&str> = fits.iter().copied().filter(|name| !(has_pieces && fold(name) == "price")).collect();
    let found = named(need, own, &likely).filter(|_| !is_other);
    match found.and_then(find) {
        Some(field) => Ok((full(&field.name), Some(field))),
        None => Err(asked(need, &of, &fits)),
    }
}

fn there_are(kind: Kind, names: &[&str]) -> String {
    match names {
        [] => format!("there are no {}", kind.several()),
        names => format!("the {} are {}", kind.several(), names.join(", ")),
    }
}

/// What to say where nothing is found by itself.
fn asked(need: &Need, of: &str, names: &[&str]) -> Refusal {
    let told = match names {
        [] => format!("this project has none that could be: it needs {}", need.kind.text()),
        names => {
            let choices: Vec<String> = names.iter().map(|name| format!("--use {}={of}{name}", need.name)).collect();
            format!("say which: {}", choices.join(" or "))
        }
    };
    Refusal(format!("{} ({}) was not found; {told}", need.name, need.meaning))
}
