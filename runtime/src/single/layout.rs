//! Where the values of a record stand: a few words a row, with a bit for each field that says whether it is known.

use super::SingleError;
use super::slots::Slot;
use super::texts::Named;
use crate::data::NeededFields;
use crate::data::{closest_names, same_name};
use rustc_hash::FxHashMap;
use segue_compiler::plan::Plan;
use segue_compiler::program::{CUSTOMERS, FieldId, FieldSource, Program, Reading, TableId, Type};
use segue_compiler::syntax::tree::TableKind;
use std::sync::Arc;

/// How a field's cells are judged and held.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Boolean,
    Integer,
    Number,
    /// With whether data say 45 for 45%.
    Percent(bool),
    Money,
    Date,
    /// The number of its clock among [`Layout::zones`].
    Instant(usize),
    Duration,
    Location,
    Text,
    Zone,
    Id,
    Listed(Arc<[Arc<str>]>),
    /// Of elements of a kind.
    List(Box<Kind>),
    /// Listed values as bits of a whole number.
    Bits(Arc<[Arc<str>]>),
    /// Rows of a table of their own.
    Records(TableId),
}

/// A field of a row.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its name in rules.
    pub(super) name: Arc<str>,
    /// Its name in data.
    pub(super) column: Arc<str>,
    pub(super) kind: Kind,
    pub(super) ty: Type,
    /// The first of its words in a row: a text has two, its stretch and its number in the dictionary.
    pub(super) at: usize,
    /// The word and bit that say whether it is known.
    pub(super) known: (usize, u64),
    pub(super) required: bool,
    /// It must be known whatever is declared: a key or a time.
    pub(super) structural: bool,
    /// A list that is empty where none is given.
    pub(super) filled: bool,
    /// The dictionary of texts that rules speak of, among those of the program.
    pub(super) dictionary: Option<usize>,
    /// The first of its texts are the listed ones.
    pub(super) listed: u32,
}

/// The rows of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct TableLayout {
    pub(super) name: Arc<str>,
    /// Whether anything of it is needed.
    pub(super) needed: bool,
    pub(super) is_events: bool,
    pub(super) places: Vec<Place>,
    /// By field: its place.
    pub(super) by_field: Vec<Option<usize>>,
    /// Words of a row.
    pub(super) stride: usize,
    pub(super) key: Option<usize>,
    pub(super) by: Option<usize>,
    pub(super) at: Option<usize>,
    pub(super) parent: Option<TableId>,
    /// Tables of the lists that its rows hold.
    pub(super) lists: Vec<TableId>,
    /// Names in JSON: those of the columns of places, then among customers those of the tables that stand there.
    pub(super) columns: Named,
    /// Whether two places have one column.
    pub(super) shares: bool,
    /// The tables of those names.
    pub(super) named_tables: Vec<TableId>,
    /// By place, what is asked of it each time it is set.
    pub(super) slots: Arc<[Slot]>,
    /// Bits of required places, by word.
    pub(super) required: Vec<u64>,
}

/// All tables of a record, by their number in the program.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) tables: Vec<TableLayout>,
    pub(super) zones: Vec<chrono_tz::Tz>,
    /// Events and records that stand under the table's name in JSON.
    pub(super) by_name: FxHashMap<Arc<str>, TableId>,
}

/// A field of the customers, or of their events and records. It is for records of the program that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub(super) spot: Spot,
    /// What is asked of it each time a value is set, at hand.
    pub(super) slot: Slot,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) table: TableId,
    pub(super) place: usize,
}

/// A table of events or records, or of a list of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows(pub(super) TableId);

impl Layout {
    pub(super) fn new(program: &Program, needed: &NeededFields) -> Result<Layout, SingleError> {
        let mut layout = Layout::default();
        for (at, declared) in (0..).zip(&program.tables) {
            let id = TableId(at);
            let mut table = TableLayout {
                name: declared.name.clone(),
                is_events: declared.kind == TableKind::Events && declared.parent.is_none(),
                needed: needed.table(id) && !Plan::is_looked_up(program, id),
                by_field: vec![None; declared.fields.len()],
                parent: declared.parent.map(|(parent, _)| parent),
                ..TableLayout::default()
            };
            let stored = declared.fields.iter().zip(0..).filter(|(_, field)| needed.field(id, FieldId(*field)));
            let stored: Vec<_> = stored
                .filter_map(|(field, number)| match &field.source {
                    FieldSource::Column { column, reading } => Some((field, FieldId(number), column, reading)),
                    FieldSource::Computed(_) | FieldSource::Answered(_) => None,
                })
                .collect();
            let words = stored.len().div_ceil(64);
            let mut next = words;
            table.required = vec![0; words];
            for (field, number, column, reading) in stored.into_iter().filter(|_| table.needed) {
                let structural = [declared.key, declared.at].contains(&Some(number));
                let place = table.places.len();
                let kind = kind(program, &field.ty, reading, &mut layout.zones);
                let is_list = matches!(kind, Kind::List(_) | Kind::Bits(_) | Kind::Records(_));
                // An empty list is known, and whose row it is goes without saying.
                let required = (structural || !field.optional) && !is_list && declared.by != Some(number);
                let known = (place / 64, 1 << (place % 64));
                if let (true, Some(word)) = (required, table.required.get_mut(known.0)) {
                    *word |= known.1;
                }
                if let Kind::Records(rows) = kind {
                    table.lists.push(rows);
                }
                if let Some(slot) = table.by_field.get_mut(number.0 as usize) {
                    *slot = Some(place);
                }
                table.shares |= table.columns.find(column).is_some();
                table.columns.name(column);
                table.places.push(Place {
                    name: field.name.clone(),
                    column: column.clone(),
                    kind,
                    ty: field.ty.clone(),
                    at: next,
                    known,
                    required,
                    structural,
                    filled: is_list && !field.optional,
                    dictionary: None,
                    listed: 0,
                });
                next += 2;
            }
            table.stride = next;
            let place = |field: Option<FieldId>| table.by_field.get(field?.0 as usize).copied().flatten();
            (table.key, table.by, table.at) = (place(declared.key), place(declared.by), place(declared.at));
            if table.needed && id != CUSTOMERS && declared.parent.is_none() {
                layout.by_name.insert(declared.name.clone(), id);
            }
            layout.tables.push(table);
        }
        let customers = layout.table(CUSTOMERS);
        let both = customers.and_then(|customers| {
            let mut names = layout.by_name.keys();
            names.find(|name| customers.places.iter().any(|place| same_name(&place.column, name))).cloned()
        });
        match both {
            Some(name) => Err(SingleError::SameName { name: name.to_string() }),
            None => {
                let mut tables: Vec<_> = layout.by_name.iter().map(|(name, table)| (*table, name.clone())).collect();
                tables.sort_unstable();
                if let Some(customers) = layout.tables.get_mut(CUSTOMERS.0 as usize) {
                    for (table, name) in tables {
                        customers.columns.name(&name);
                        customers.named_tables.push(table);
                    }
                }
                Ok(layout)
            }
        }
    }

    /// Notes what is asked of places, once it is known which texts rules name.
    pub(super) fn finish(&mut self) {
        for table in &mut self.tables {
            let slots = table.places.iter().enumerate().map(|(at, place)| Slot::new(table, at, place));
            table.slots = slots.collect();
            table.columns.settle();
        }
    }

    pub(super) fn table(&self, table: TableId) -> Option<&TableLayout> {
        self.tables.get(table.0 as usize)
    }

    pub(super) fn place(&self, field: Spot) -> Option<&Place> {
        self.table(field.table)?.places.get(field.place)
    }

    /// The place of a stored field.
    pub(super) fn find(&self, table: TableId, field: FieldId) -> Option<Spot> {
        let place = self.table(table)?.by_field.get(field.0 as usize).copied().flatten()?;
        Some(Spot { table, place })
    }

    /// The table at the end of a path such as `carts.items`.
    pub(super) fn rows(&self, path: &str) -> Result<TableId, SingleError> {
        let unknown = |closest: Vec<String>| SingleError::UnknownName { name: path.to_owned(), closest };
        let mut steps = path.split('.');
        let first = steps.next().unwrap_or_default();
        let found = self.by_name.iter().find(|(name, _)| same_name(name, first)).map(|(_, id)| *id);
        let (mut at, first) = match found {
            Some(table) => (table, None),
            None => (CUSTOMERS, Some(first)),
        };
        for step in first.into_iter().chain(steps) {
            let table = self.table(at).ok_or_else(|| unknown(Vec::new()))?;
            let place = table.places.iter().find(|place| same_name(&place.name, step));
            match place.map(|place| &place.kind) {
                Some(Kind::Records(rows)) => at = *rows,
                _ => {
                    return Err(unknown(closest_names(first.unwrap_or(step), self.by_name.keys().map(|name| &**name))));
                }
            }
        }
        Ok(at)
    }

    /// The field at the end of a path such as `country`, `purchases.price` or `carts.items.quantity`.
    pub(super) fn field(&self, path: &str) -> Result<Field, SingleError> {
        let (table, name) = match path.rsplit_once('.') {
            Some((rows, name)) => (self.rows(rows)?, name),
            None => (CUSTOMERS, path),
        };
        let declared = self.table(table);
        let places = declared.map(|table| table.places.as_slice()).unwrap_or_default();
        let place = places.iter().position(|place| same_name(&place.name, name));
        match place.and_then(|place| Some((place, *declared?.slots.get(place)?))) {
            Some((place, slot)) => Ok(Field { spot: Spot { table, place }, slot }),
            None => {
                let closest = closest_names(name, places.iter().map(|place| &*place.name));
                Err(SingleError::UnknownName { name: path.to_owned(), closest })
            }
        }
    }
}

fn kind(program: &Program, ty: &Type, reading: &Reading, zones: &mut Vec<chrono_tz::Tz>) -> Kind {
    match ty {
        Type::Boolean => Kind::Boolean,
        Type::Integer => Kind::Integer,
        Type::Number => Kind::Number,
        Type::Percent => Kind::Percent(*reading == Reading::Hundredths),
        Type::Money(_) => Kind::Money,
        Type::Text => Kind::Text,
        Type::OneOf(values) => Kind::Listed(values.clone()),
        Type::Date => Kind::Date,
        Type::Datetime => {
            zones.push(if let Reading::Zone(zone) = reading { *zone } else { program.settings.zone });
            Kind::Instant(zones.len() - 1)
        }
        Type::Duration => Kind::Duration,
        Type::Location => Kind::Location,
        Type::Id(_) => Kind::Id,
        Type::Timezone => Kind::Zone,
        Type::List(of) => match (&**of, reading) {
            (Type::OneOf(values), Reading::Bits) => Kind::Bits(values.clone()),
            _ => Kind::List(Box::new(kind(program, of, reading, zones))),
        },
        Type::Records(table) => Kind::Records(*table),
    }
}
