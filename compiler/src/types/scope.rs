//! Which names can be used where, and what a path stands for.
//!
//! For a customer: their fields, traits, segments, partitions, constants, lists. For a row (inside `where`): the row's
//! own fields, constants and lists, and all that is the customer's behind `customer.`. In a computed field: the row's
//! own fields, constants and lists. In a constant: other constants.

use super::{Checker, MOST_STEPS, Node, State, messages};
use crate::names::{Global, fold};
use crate::program::{CUSTOMERS, Expr, ExprKind, FieldId, PartitionId, Row, TableId, Type};
use crate::source::Span;
use crate::syntax::tree::{Path, TableKind, Word};
use std::sync::Arc;

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The table whose row is asked about.
    pub(crate) row: Option<TableId>,
    /// Whether the customer can be named.
    pub(crate) customer: bool,
}

impl Scope {
    /// A trait, segment or partition.
    pub(crate) fn customer() -> Scope {
        Scope { row: None, customer: true }
    }

    /// The condition after `where`, or the value of an aggregate.
    pub(crate) fn row(self, table: TableId) -> Scope {
        Scope { row: Some(table), customer: self.customer }
    }

    /// A computed field.
    pub(crate) fn computed(table: TableId) -> Scope {
        Scope { row: Some(table), customer: false }
    }

    /// A `let` or a list.
    pub(crate) fn constant() -> Scope {
        Scope { row: None, customer: false }
    }
}

/// What a path stands for.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// A value.
    Value(Expr),
    /// A list of records of the customer or the current row.
    Records { row: Row, table: TableId, lists: Vec<FieldId>, elements: TableId },
    /// A partition.
    Partition(PartitionId),
    /// An occasion, by its place.
    Occasion(usize),
    /// A content.
    Content,
    /// A declared list.
    List,
    /// A table; inside a row, another one than the row's.
    Table(TableId),
}

impl<'tree> Checker<'tree> {
    /// Finds what a path stands for; says so where it stands for nothing.
    pub(crate) fn resolve(&mut self, path: &Path, scope: Scope) -> Option<Found> {
        if path.words.len() > MOST_STEPS {
            return self.refuse(messages::too_many_steps(path.span, MOST_STEPS));
        }
        let mut words = path.words.as_slice();
        let mut scope = scope;
        if let [first, rest @ ..] = words
            && fold(&first.text) == "customer"
        {
            if self.index.about.is_some() && (scope.customer || scope.row.is_none()) {
                return self.customer_of_row(path, rest, scope);
            }
            if rest.is_empty() {
                return self.refuse(messages::customer_alone(first.span));
            }
            if !scope.customer {
                return self.refuse(messages::customer_out_of_reach(first.span, scope.row.is_some()));
            }
            scope = Scope::customer();
            words = rest;
        }
        let (first, steps) = words.split_first()?;
        let found = match scope.row {
            Some(table) => self.row_name(first, path, table, scope)?,
            None if scope.customer => self.customer_name(first, path)?,
            None => self.constant_name(first)?,
        };
        self.steps(found, path, first, steps)
    }

    /// A name in the customer's scope.
    fn customer_name(&mut self, word: &Word, path: &Path) -> Option<Found> {
        self.customers_needed(word.span);
        // A name that two things claim was told once.
        if let Some(Global::Broken) = self.index.global(&word.text) {
            return None;
        }
        // A segment of another table's rows is a field of them to others, and itself to its like.
        if let (Some(_), Some(segment @ Global::Segment(_))) = (&self.index.about, self.index.global(&word.text)) {
            return self.global_value(segment, word.span);
        }
        if let Some(field) = self.index.field(CUSTOMERS, &word.text) {
            return self.own_field(Row::Customer, CUSTOMERS, field, word.span);
        }
        match self.index.global(&word.text) {
            Some(global) => self.global_value(global, word.span),
            None => self.unknown_in_customer(word, path),
        }
    }

    /// A name in the scope of a row.
    fn row_name(&mut self, word: &Word, path: &Path, table: TableId, scope: Scope) -> Option<Found> {
        if let Some(field) = self.index.field(table, &word.text) {
            return self.own_field(Row::Current, table, field, word.span);
        }
        let global = self.index.global(&word.text);
        match global {
            Some(Global::Broken) => return None,
            Some(global @ (Global::Let(_) | Global::List(_) | Global::Occasion(_))) => {
                return self.global_value(global, word.span);
            }
            Some(Global::Other(at)) => return self.of_other_rows(at, word, scope),
            Some(Global::OfCustomers) => return self.only_of_customers(word, scope),
            _ => {}
        }
        let row_name = self.index.table_name(table);
        let own = row_name.rsplit('.').next().unwrap_or_default();
        if fold(own) == fold(&word.text)
            && let [_, next, ..] = path.words.as_slice()
        {
            return self.refuse(messages::own_row_named(word, next));
        }
        let customers_field = self.index.field(CUSTOMERS, &word.text).is_some();
        if let (None, true, Some(field)) = (global, scope.customer, self.index.field(CUSTOMERS, &word.text))
            && matches!(self.field_type(CUSTOMERS, field, word.span)?.0, Type::Records(_))
        {
            return self.refuse(messages::customers_list_in_row(word.span));
        }
        match global {
            Some(Global::Segment(_)) | None if self.index.about.is_some() && (global.is_some() || customers_field) => {
                self.name_of_subject(word, table)
            }
            Some(Global::Table(other)) if !customers_field => Some(Found::Table(other)),
            Some(_) if table == CUSTOMERS => self.refuse(messages::trait_in_a_field(word)),
            Some(_) => self.refuse(messages::customers_name_in_row(word, &row_name, scope.customer)),
            None if customers_field => self.refuse(messages::customers_name_in_row(word, &row_name, scope.customer)),
            None => self.unknown_in_row(word, table, scope),
        }
    }

    fn constant_name(&mut self, word: &Word) -> Option<Found> {
        match self.index.global(&word.text) {
            Some(global @ Global::Let(_)) => self.global_value(global, word.span),
            Some(Global::Broken) => None,
            _ if self.names_something(word, Scope::customer()) => self.refuse(messages::not_constant(word.span)),
            _ => {
                let lets = self.index.lets.iter().map(|named| Arc::clone(&named.name.text));
                let close = self.closest(&word.text, lets);
                self.refuse(messages::unknown_name(word, &close))
            }
        }
    }

    fn own_field(&mut self, row: Row, table: TableId, field: FieldId, span: Span) -> Option<Found> {
        let value = self.field_value(row, table, field, span)?;
        Some(match value.ty {
            Type::Records(elements) => Found::Records { row, table, lists: vec![field], elements },
            _ => Found::Value(value),
        })
    }

    fn global_value(&mut self, global: Global, span: Span) -> Option<Found> {
        let made =
            |kind: ExprKind, ty: Type, may_be_missing: bool| Found::Value(Expr { kind, ty, may_be_missing, span });
        match global {
            Global::Broken => None,
            Global::Other(at) => {
                self.of_other_rows(at, &Word { text: self.written(span).into(), span }, Scope::customer())
            }
            Global::OfCustomers => {
                self.only_of_customers(&Word { text: self.written(span).into(), span }, Scope::customer())
            }
            Global::Table(id) => Some(Found::Table(id)),
            Global::List(_) => Some(Found::List),
            Global::Let(at) => match self.lets.get(at)? {
                State::Done(constant) => match &constant.value {
                    Some(value) => Some(Found::Value(Expr { span, ..value.clone() })),
                    None => self.refuse(messages::calendar_units_alone(span)),
                },
                State::Broken => None,
                State::Waiting => {
                    self.need(Node::Let(at), span);
                    None
                }
            },
            Global::Trait(id) => match self.traits.get(id.0 as usize)? {
                State::Done(done) => Some(made(ExprKind::Trait(id), done.value.ty.clone(), done.value.may_be_missing)),
                State::Broken => None,
                State::Waiting => {
                    self.need(Node::Trait(id), span);
                    None
                }
            },
            Global::Segment(id) => {
                if self.segments.get(id.0 as usize)?.is_waiting() {
                    self.need(Node::Segment(id), span);
                }
                Some(made(ExprKind::Segment(id), Type::Boolean, false))
            }
            Global::Partition(id) => {
                if self.partitions.get(id.0 as usize)?.is_waiting() {
                    self.need(Node::Partition(id), span);
                }
                Some(Found::Partition(id))
            }
            Global::Content(_) => Some(Found::Content),
            Global::Occasion(at) => match self.occasions.get(at)? {
                State::Broken => None,
                State::Waiting => {
                    self.need(Node::Occasion(at), span);
                    None
                }
                State::Done(_) => Some(Found::Occasion(at)),
            },
        }
    }

    /// Follows the words after the first one: fields of looked-up rows and lists in lists.
    pub(crate) fn steps(&mut self, found: Found, path: &Path, first: &Word, steps: &[Word]) -> Option<Found> {
        let mut found = found;
        let mut before = first;
        for word in steps {
            found = match found {
                Found::Value(value) => Found::Value(self.lookup(value, before, word)?),
                Found::Records { row, table, mut lists, elements } => {
                    let Some(field) = self.index.field(elements, &word.text) else {
                        return self.unknown_field(word, elements);
                    };
                    match self.field_type(elements, field, word.span)?.0 {
                        Type::Records(inner) => {
                            lists.push(field);
                            Found::Records { row, table, lists, elements: inner }
                        }
                        _ => return self.refuse(messages::field_of_many(before, word)),
                    }
                }
                Found::Partition(id) => {
                    let part = self.part_of(id, word).is_some();
                    return self.refuse(messages::part_by_dot(before, word, part));
                }
                Found::List => return self.refuse(messages::no_fields(before, "a list", word)),
                Found::Content => return self.refuse(messages::no_fields(before, "a content", word)),
                Found::Occasion(_) => return self.refuse(messages::no_fields(before, "an occasion", word)),
                Found::Table(id) => return self.table_as_value(id, path),
            };
            before = word;
        }
        Some(found)
    }

    /// A field of the row that an id points at.
    pub(crate) fn lookup(&mut self, key: Expr, before: &Word, word: &Word) -> Option<Expr> {
        let table = match &key.ty {
            Type::Id(Some(table)) => *table,
            Type::Id(None) => return self.refuse(messages::id_of_nothing(before, word)),
            Type::List(element) if let Type::Id(Some(table)) = **element => {
                let table = self.index.table_name(table);
                return self.refuse(messages::list_of_ids_leads_on(before, word, &table));
            }
            other => return self.refuse(messages::no_fields(before, &messages::kind(other), word)),
        };
        let Some(field) = self.index.field(table, &word.text) else { return self.unknown_field(word, table) };
        let (ty, _) = self.field_type(table, field, word.span)?;
        if matches!(ty, Type::Records(_)) {
            return self.refuse(messages::list_out_of_reach(word));
        }
        let span = key.span.to(word.span);
        Some(Expr { kind: ExprKind::Lookup { key: Box::new(key), table, field }, ty, may_be_missing: true, span })
    }

    /// Says that a table has no such field.
    pub(crate) fn unknown_field<T>(&mut self, word: &Word, table: TableId) -> Option<T> {
        let close = self.closest(&word.text, self.index.field_names(table));
        let fields = self.index.field_names(table);
        let table = self.index.table_name(table);
        self.refuse(messages::unknown_field(word, &table, &close, &fields))
    }

    fn unknown_in_customer<T>(&mut self, word: &Word, path: &Path) -> Option<T> {
        if self.index.global("customers") == Some(Global::Broken) || !self.customers_declared() {
            return None;
        }
        let mut names = self.index.field_names(CUSTOMERS);
        names.extend(self.index.value_names());
        if fold(&word.text) == "age"
            && let Some(date) = self.birthday()
        {
            return self.refuse(messages::age_of_a_date(word, &date));
        }
        if let (Some(about), [before, next, ..]) = (&self.index.about, path.words.as_slice())
            && let Some(field) = self.index.field(about.customers, &before.text)
            && self.index.pointers(about.customers, CUSTOMERS).contains(&field)
        {
            let subject = self.index.table_name(CUSTOMERS);
            return self.refuse(messages::subject_by_its_name(before, next, &subject));
        }
        let close = self.closest(&word.text, names);
        // `price > 3 USD` outside of `where`: a field of rows, not of the customer.
        let folded = fold(&word.text);
        let rows = self.index.tables.iter().find(|table| {
            let askable = matches!(table.kind, TableKind::Events | TableKind::Records) && table.parent.is_none();
            askable && table.by_name.contains_key(&folded)
        });
        if let Some(rows) = rows {
            let table = Arc::clone(&rows.name);
            return match self.about() {
                Some(subject) => self.refuse(messages::subject_lacks_field(word, &subject, &table, &close)),
                None => self.refuse(messages::field_of_rows(word, &table, &close)),
            };
        }
        if close.is_empty() {
            let rows = self.index.table_names(|table| matches!(table.kind, TableKind::Events | TableKind::Records));
            let tables = self.closest(&word.text, rows);
            return self.refuse(messages::unknown_name(word, &tables));
        }
        self.refuse(messages::unknown_name(word, &close))
    }

    /// The customers' date of birth, where a field is called so.
    fn birthday(&self) -> Option<Arc<str>> {
        let dates = self.index.field_names(CUSTOMERS).into_iter().filter(|name| {
            let field = self.index.field(CUSTOMERS, name);
            let state = field.and_then(|field| self.field_state(CUSTOMERS, field)).and_then(super::State::done);
            state.is_some_and(|state| matches!(state.field.ty, Type::Date))
        });
        self.closest("birthday", dates).into_iter().next()
    }

    fn unknown_in_row<T>(&mut self, word: &Word, table: TableId, scope: Scope) -> Option<T> {
        let own = self.index.field_names(table);
        let mut names = own.clone();
        if scope.customer {
            let of = self.index.about.as_ref().map_or(CUSTOMERS, |about| about.looked_up);
            let customers = self
                .index
                .field_names(of)
                .into_iter()
                .chain(self.index.traits.iter().map(|named| Arc::clone(&named.name.text)));
            names.extend(self.closest(&word.text, customers).iter().map(|name| Arc::from(format!("customer.{name}"))));
        }
        names.extend(self.index.lets.iter().map(|named| Arc::clone(&named.name.text)));
        let close = self.closest(&word.text, names);
        let table = self.index.table_name(table);
        self.refuse(messages::unknown_field(word, &table, &close, &own))
    }

    /// Whether a word stands for something in a scope; nothing is said.
    pub(crate) fn names_something(&self, word: &Word, scope: Scope) -> bool {
        match scope.row {
            Some(table) => {
                self.index.field(table, &word.text).is_some()
                    || matches!(self.index.global(&word.text), Some(Global::Let(_) | Global::List(_) | Global::Broken))
            }
            None => {
                fold(&word.text) == "customer"
                    || self.index.field(CUSTOMERS, &word.text).is_some()
                    || self.index.global(&word.text).is_some()
            }
        }
    }

    /// Says that a table is not a value, and what can be asked about its rows.
    pub(crate) fn table_as_value<T>(&mut self, id: TableId, path: &Path) -> Option<T> {
        let kind = self.index.table(id).map(|table| table.kind);
        let askable = matches!(kind, Some(TableKind::Events | TableKind::Records));
        let skipped = usize::from(path.words.first().is_some_and(|word| fold(&word.text) == "customer"));
        let words = path.words.get(skipped..).unwrap_or_default();
        match words {
            [rows] if askable => self.refuse(messages::rows_as_value(rows, path.span)),
            [rows, field, ..] if askable => {
                let Some(found) = self.index.field(id, &field.text) else { return self.unknown_field(field, id) };
                let ty = self.field_type(id, found, field.span).map(|(ty, _)| ty);
                let summed = words.len() == 2
                    && matches!(ty, Some(Type::Integer | Type::Number | Type::Money(_) | Type::Duration));
                let rest = field.span.to(path.span.end_point());
                let rest = self.written(rest).to_owned();
                let timed = self.index.table(id).is_some_and(|table| table.at.is_some());
                self.refuse(messages::rows_field_as_value(path.span, rows, &rest, (timed, summed)))
            }
            [first, field, ..] if self.index.about.is_some() && id == CUSTOMERS => {
                let subject = self.index.table_name(CUSTOMERS);
                self.refuse(messages::subject_by_its_name(first, field, &subject))
            }
            [first, rest @ ..] => {
                let message = messages::table_is_no_value(
                    first,
                    rest.first().map(|field| field.text.as_ref()),
                    &self.pointing_at(id),
                );
                self.refuse(message)
            }
            [] => None,
        }
    }

    /// The fields that point at a table, the customers' first, each with its rows.
    fn pointing_at(&self, table: TableId) -> Vec<(Option<Arc<str>>, Arc<str>)> {
        let is_pointing = |id: TableId, at: usize| {
            let field = u32::try_from(at).ok().map(FieldId);
            let state = field.and_then(|field| self.field_state(id, field)).and_then(super::State::done);
            state.is_some_and(|state| state.field.ty == Type::Id(Some(table)))
        };
        let mut found = Vec::new();
        for (at, entry) in self.index.tables.iter().enumerate() {
            let Ok(id) = u32::try_from(at).map(TableId) else { continue };
            let rows = match entry.kind {
                TableKind::Customers => None,
                TableKind::Events | TableKind::Records if entry.parent.is_none() => Some(Arc::clone(&entry.name)),
                _ => continue,
            };
            let fields = entry.fields.iter().enumerate().filter(|(at, _)| is_pointing(id, *at));
            found.extend(fields.map(|(_, field)| (rows.clone(), Arc::clone(&field.name))));
        }
        found
    }
}
