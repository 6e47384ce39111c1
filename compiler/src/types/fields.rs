//! Fields: written types become types, computed fields are checked.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use super::scope::Scope;
use super::{CheckedField, Checker, MOST_STEPS, Node, State, messages, number};
use crate::names::{FieldBody, Global, StoredField, messages as names};
use crate::program::{CUSTOMERS, Expr, ExprKind, Field, FieldId, FieldSource, Reading, TableId, Type};
use crate::syntax::tree::{Label, TableKind, TypeRef, TypeRefKind, Word};
use crate::values::Currency;
use std::sync::Arc;

/// The kinds of field that can be written.
const KINDS: &[&str] = &[
    "boolean", "integer", "number", "money", "percent", "text", "one of", "date", "datetime", "duration", "id",
    "timezone", "location", "list of",
];

/// What other languages call them.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("string", "text"),
    ("varchar", "text"),
    ("char", "text"),
    ("str", "text"),
    ("int", "integer"),
    ("bigint", "integer"),
    ("long", "integer"),
    ("whole", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("real", "number"),
    ("decimal", "number"),
    ("numeric", "number"),
    ("bool", "boolean"),
    ("yes/no", "boolean"),
    ("flag", "boolean"),
    ("timestamp", "datetime"),
    ("time", "datetime"),
    ("instant", "datetime"),
    ("day", "date"),
    ("currency", "money"),
    ("percentage", "percent"),
    ("interval", "duration"),
    ("enum", "one of"),
    ("uuid", "id"),
    ("key", "id"),
    ("identifier", "id"),
    ("zone", "timezone"),
    ("array", "list of"),
];

impl<'tree> Checker<'tree> {
    /// Finds the types of all columns; computed fields follow in the order of need.
    pub(crate) fn stored_fields(&mut self) {
        for table in 0..self.index.tables.len() {
            for field in 0..self.index.tables[table].fields.len() {
                self.stored_field(TableId(number(table)), FieldId(number(field)));
            }
        }
    }

    fn stored_field(&mut self, table: TableId, id: FieldId) {
        let Some(entry) = self.index.field_entry(table, id) else { return };
        let (name, span, name_span) = (Arc::clone(&entry.name), entry.span, entry.name_span);
        let is_key = self.index.table(table).is_some_and(|table| table.key == Some(id));
        let state = match &entry.body {
            FieldBody::Computed(_) if is_key => {
                self.report(names::key_computed(&name, name_span));
                State::Broken
            }
            FieldBody::Computed(_) => return,
            FieldBody::Broken => State::Broken,
            FieldBody::Answered(answered) => {
                let (ty, source) = (answered.ty.clone(), FieldSource::Answered(answered.by));
                let field = Field { name, ty, optional: answered.optional, source, labels: Vec::new(), span };
                State::Done(CheckedField { field, often_missing: answered.often_missing, steps: 0 })
            }
            FieldBody::Head { ty, column, reading } => {
                let source = FieldSource::Column { column: Arc::clone(column), reading: reading.clone() };
                let field = Field { name, ty: ty.clone(), optional: false, source, labels: Vec::new(), span };
                State::Done(CheckedField { field, often_missing: false, steps: 0 })
            }
            FieldBody::Stored(stored) => {
                let stored = StoredField { ..*stored };
                match self.stored_type(&stored, &name) {
                    None => State::Broken,
                    Some((ty, reading)) => {
                        if is_key && !matches!(ty, Type::Id(_)) {
                            self.report(names::key_not_id(&name, &messages::kind(&ty), stored.ty.span));
                        }
                        if is_key && stored.optional {
                            self.report(names::key_optional(&name, name_span));
                        }
                        let mut labels: Vec<Label> = stored.labels.iter().map(|(label, _)| *label).collect();
                        labels.sort_unstable();
                        labels.dedup();
                        let column = stored.from.map_or_else(|| Arc::clone(&name), |from| Arc::clone(&from.text));
                        let source = FieldSource::Column { column, reading };
                        let often_missing = stored.optional && !matches!(ty, Type::List(_) | Type::Records(_));
                        let field = Field { name, ty, optional: stored.optional, source, labels, span };
                        State::Done(CheckedField { field, often_missing, steps: 0 })
                    }
                }
            }
        };
        self.set_field(table, id, state);
    }

    fn stored_type(&mut self, stored: &StoredField<'tree>, name: &str) -> Option<(Type, Reading)> {
        match &stored.ty.kind {
            TypeRefKind::Records(_) => Some((Type::Records(stored.elements?), Reading::Plain)),
            TypeRefKind::List { of, bits } => {
                let (ty, _) = self.written_type(of, name)?;
                if matches!(ty, Type::List(_)) {
                    return self.refuse(messages::list_of_lists(of.span));
                }
                if *bits && !matches!(ty, Type::OneOf(_)) {
                    return self.refuse(messages::bits_need_values(of.span));
                }
                Some((Type::List(Box::new(ty)), if *bits { Reading::Bits } else { Reading::Plain }))
            }
            _ => self.written_type(stored.ty, name),
        }
    }

    fn written_type(&mut self, written: &'tree TypeRef, name: &str) -> Option<(Type, Reading)> {
        let ty = match &written.kind {
            TypeRefKind::Error => return None,
            TypeRefKind::Named(word) => return self.named_type(word, name),
            TypeRefKind::DatetimeIn(zone) => {
                let Ok(known) = zone.text.parse() else {
                    return self.refuse(names::unknown_zone(&zone.text, zone.span));
                };
                return Some((Type::Datetime, Reading::Zone(known)));
            }
            TypeRefKind::Money(currency) => Type::Money(match currency {
                None => self.settings.currency,
                Some(word) => self.currency(word)?,
            }),
            TypeRefKind::Percent { hundred: Some(true) } => return Some((Type::Percent, Reading::Hundredths)),
            TypeRefKind::Percent { hundred: Some(false) } => Type::Percent,
            TypeRefKind::Percent { hundred: None } => return self.refuse(messages::percent_how(written.span)),
            TypeRefKind::OneOf(values) => {
                let mut listed: Vec<Arc<str>> = Vec::new();
                for value in values {
                    if listed.contains(&value.text) {
                        self.report(messages::value_listed_twice(value));
                    } else {
                        listed.push(Arc::clone(&value.text));
                    }
                }
                Type::OneOf(listed.into())
            }
            TypeRefKind::Id { table: None } => Type::Id(None),
            TypeRefKind::Id { table: Some(word) } => Type::Id(Some(self.looked_up_table(word)?)),
            TypeRefKind::List { of, .. } => Type::List(Box::new(self.written_type(of, name)?.0)),
            TypeRefKind::Records(_) => return self.refuse(messages::list_of_lists(written.span)),
        };
        Some((ty, Reading::Plain))
    }

    fn named_type(&mut self, word: &Word, name: &str) -> Option<(Type, Reading)> {
        let ty = match word.text.to_lowercase().as_str() {
            "boolean" => Type::Boolean,
            "integer" => Type::Integer,
            "number" => Type::Number,
            "text" => Type::Text,
            "date" => Type::Date,
            "datetime" => Type::Datetime,
            "duration" => Type::Duration,
            "timezone" => Type::Timezone,
            "location" => Type::Location,
            "id" => Type::Id(None),
            "money" => Type::Money(self.settings.currency),
            "percent" => return self.refuse(messages::percent_how(word.span)),
            other => {
                let known = OTHER_WORDS.iter().find(|(theirs, _)| *theirs == other).map(|(_, ours)| Arc::from(*ours));
                let close = match known {
                    Some(ours) => vec![ours],
                    None => self.closest(other, KINDS.iter().map(|kind| Arc::from(*kind))),
                };
                return self.refuse(messages::unknown_kind(word, name, &close));
            }
        };
        Some((ty, Reading::Plain))
    }

    /// A currency's three letters.
    pub(crate) fn currency(&mut self, word: &Word) -> Option<Currency> {
        match Currency::new(&word.text.to_uppercase()) {
            Some(currency) => Some(currency),
            None => self.refuse(messages::unknown_currency(word)),
        }
    }

    fn looked_up_table(&mut self, word: &Word) -> Option<TableId> {
        match self.index.global(&word.text) {
            Some(Global::Table(id)) => {
                let about = self.index.about.as_ref().filter(|about| about.customers == id);
                let id = about.map_or(id, |about| about.looked_up);
                let kind = self.index.table(id).map(|table| table.kind);
                if matches!(kind, Some(TableKind::Table | TableKind::Customers)) {
                    return Some(id);
                }
                self.refuse(messages::not_looked_up(word))
            }
            Some(Global::Broken) => None,
            _ => {
                if word.text.eq_ignore_ascii_case("customers") {
                    self.customers_needed(word.span);
                    return None;
                }
                let tables =
                    self.index.table_names(|table| matches!(table.kind, TableKind::Table | TableKind::Customers));
                let close = self.closest(&word.text, tables);
                self.refuse(messages::unknown_table(&word.text, word.span, &close))
            }
        }
    }

    /// Checks a computed field.
    pub(crate) fn check_computed(&mut self, table: TableId, id: FieldId) {
        let Some(entry) = self.index.field_entry(table, id) else { return };
        let FieldBody::Computed(value) = entry.body else { return };
        let (name, span) = (Arc::clone(&entry.name), entry.span);
        let Some(value) = self.value(value, Scope::computed(table)) else { return };
        let mut steps = 0;
        value.walk(&mut |part| {
            if let ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } = &part.kind {
                let used = self.field_state(*table, *field).and_then(State::done);
                steps = steps.max(used.map_or(0, |used| used.steps));
            }
        });
        let steps = steps + 1;
        if steps > MOST_STEPS {
            return self.report(messages::too_many_steps(span, MOST_STEPS));
        }
        let often_missing = self.often_missing(&value);
        let field = Field {
            name,
            ty: value.ty.clone(),
            optional: value.may_be_missing,
            source: FieldSource::Computed(Box::new(value)),
            labels: Vec::new(),
            span,
        };
        self.set_field(table, id, State::Done(CheckedField { field, often_missing, steps }));
    }

    /// A field of the current row or the customer, once its type is known.
    pub(crate) fn field_value(
        &mut self,
        row: crate::program::Row,
        table: TableId,
        field: FieldId,
        span: crate::source::Span,
    ) -> Option<Expr> {
        let (ty, optional) = self.field_type(table, field, span)?;
        Some(Expr { kind: ExprKind::Field { row, table, field }, ty, may_be_missing: optional, span })
    }

    /// Type of a field and whether it may be missing; a computed one may have to be checked first.
    pub(crate) fn field_type(
        &mut self,
        table: TableId,
        field: FieldId,
        place: crate::source::Span,
    ) -> Option<(Type, bool)> {
        match self.field_state(table, field)? {
            State::Done(CheckedField { field, .. }) => {
                // A value outside the list is missing, also in a field that the data must hold (rule 9).
                let may_be_missing = field.optional || matches!(field.ty, Type::OneOf(_));
                Some((field.ty.clone(), may_be_missing))
            }
            State::Broken => None,
            State::Waiting => {
                self.need(Node::Field(table, field), place);
                None
            }
        }
    }

    /// Notes that something needs the customers; where there are none, that is told once, at the first such place.
    pub(crate) fn customers_needed(&mut self, place: crate::source::Span) {
        if !self.customers_declared() {
            self.customers_wanted = Some(self.customers_wanted.map_or(place, |first| first.min(place)));
        }
    }

    /// Whether there is a declaration of the customers, be it a broken one.
    pub(crate) fn customers_declared(&self) -> bool {
        let broken = self.index.global("customers") == Some(Global::Broken);
        broken || self.index.table(CUSTOMERS).is_some_and(|table| table.declared)
    }
}
