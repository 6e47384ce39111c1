//! Segments of other tables' rows: each table's are checked by a checker of its own, over names as they see them.

use super::scope::{Found, Scope};
use super::{Checker, Node, Outcome, State, messages, number};
use crate::names::{AnsweredField, Belongs, Global, KnownOfCustomers};
use crate::program::{Answered, CUSTOMERS, Expr, ExprKind, FieldId, Item, Other, PartitionId, TableId, Type};
use crate::project::Override;
use crate::source::Span;
use crate::syntax::tree::{Path, Word};
use std::sync::Arc;

impl<'tree> Checker<'tree> {
    /// Checks the segments of all tables that have some, once all that is said of customers is known.
    pub(crate) fn check_others(
        &mut self,
        overrides: &'tree [Override],
        read_list: &dyn Fn(&str) -> Result<String, String>,
    ) {
        let known = self.known_of_customers();
        for table in self.index.tables_with_segments() {
            let of_customers = |at: usize| {
                let occasion = self.occasions.get(at).and_then(State::done);
                occasion.is_some_and(|occasion| occasion.base.is_some())
            };
            let (index, rows) = self.index.about(table, &known, of_customers);
            let mut inner = Checker::new(index, self.sources, self.settings.clone(), Vec::new());
            inner.replace_constants(overrides);
            inner.lists(read_list);
            inner.stored_fields();
            inner.run_all_but_segments();
            // All of that was told where it was checked first.
            inner.diagnostics.clear();
            inner.run_segments();
            let Outcome { program, diagnostics } = inner.finish();
            self.diagnostics.extend(diagnostics);
            if let Some(program) = program {
                self.others.push(Other { table, program, rows });
            }
        }
    }

    /// What is said of each customer, as fields of the customers' rows: traits, segments, parts of partitions.
    fn known_of_customers(&self) -> Vec<KnownOfCustomers> {
        let mut known = Vec::new();
        let mut add = |name: &Word, ty: Type, (optional, often_missing): (bool, bool), item: Item| {
            let by = Answered { of: None, item };
            let field = AnsweredField { ty, optional, often_missing, by };
            known.push(KnownOfCustomers { name: Arc::clone(&name.text), span: name.span, field });
        };
        for ((named, state), id) in self.index.traits.iter().zip(&self.traits).zip(0..) {
            if let Some(checked) = state.done() {
                let missing = (checked.value.may_be_missing, checked.often_missing);
                add(named.name, checked.value.ty.clone(), missing, Item::Trait(crate::program::TraitId(id)));
            }
        }
        for ((named, state), id) in self.index.segments.iter().zip(&self.segments).zip(0..) {
            if state.done().is_some() {
                add(named.name, Type::Boolean, (false, false), Item::Segment(crate::program::SegmentId(id)));
            }
        }
        for ((named, state), id) in self.index.partitions.iter().zip(&self.partitions).zip(0..) {
            if let Some(parts) = state.done() {
                let names: Vec<Arc<str>> = named.body.parts.iter().map(|part| Arc::clone(&part.name.text)).collect();
                let whole = parts.iter().any(Option::is_none);
                add(named.name, Type::OneOf(names.into()), (true, !whole), Item::Partition(PartitionId(id)));
            }
        }
        known
    }

    fn run_all_but_segments(&mut self) {
        self.roots_but_segments().into_iter().for_each(|root| self.work(root));
    }

    fn run_segments(&mut self) {
        (0..number(self.segments.len())).for_each(|at| self.work(Node::Segment(crate::program::SegmentId(at))));
    }

    /// Tells a circle of segments of several tables, customers' declarations among them.
    pub(crate) fn tell_circle_elsewhere(&mut self, program: &crate::program::Program) -> bool {
        let Some(circle) = program.circle_elsewhere() else { return false };
        let mut members = Vec::new();
        for (answered, used) in circle {
            let found = match (answered.of, answered.item) {
                (Some(table), Item::Segment(id)) => {
                    let mut of_table = self.index.others.iter().filter(|named| named.body.table == Some(table));
                    of_table.nth(id.0 as usize).map(|named| (named.name.text.to_string(), named.name.span))
                }
                (_, Item::Trait(id)) => Some(self.node_name(Node::Trait(id))),
                (_, Item::Segment(id)) => Some(self.node_name(Node::Segment(id))),
                (_, Item::Partition(id)) => Some(self.node_name(Node::Partition(id))),
            };
            members.extend(found.map(|(name, declared)| (name, declared, used)));
        }
        self.report(crate::names::messages::circle(&members));
        true
    }

    /// The name of the table whose rows the segments are about, where these are not customers.
    pub(crate) fn about(&self) -> Option<Arc<str>> {
        self.index.about.as_ref().map(|_| self.index.table_name(CUSTOMERS))
    }

    /// Whether the rows of a table can be asked about in a segment of another table's rows; says so where they cannot.
    pub(crate) fn rows_belong(&mut self, table: TableId, word: &Word) -> Option<()> {
        let Some(about) = &self.index.about else { return Some(()) };
        let subject = self.index.table_name(CUSTOMERS);
        match about.belongs.get(table.0 as usize) {
            Some(Belongs::InSeveralWays(fields)) => {
                let message = messages::belong_in_several_ways(word, &subject, fields);
                self.refuse(message)
            }
            Some(Belongs::By(_)) => Some(()),
            _ => self.refuse(messages::belong_to_none(word, &subject)),
        }
    }

    /// A path that starts with `customer` in a segment of another table's rows: the customer whom the row belongs to.
    pub(crate) fn customer_of_row(&mut self, path: &Path, rest: &[Word], scope: Scope) -> Option<Found> {
        let first = path.words.first()?;
        let subject = self.index.table_name(CUSTOMERS);
        let about = self.index.about.clone()?;
        match scope.row {
            Some(table) if table == about.customers => {
                let next = rest.first().unwrap_or(first);
                self.refuse(messages::own_row_named(first, next))
            }
            Some(table) => match self.index.table(table).and_then(|entry| entry.by) {
                Some(by) if rest.is_empty() => {
                    _ = by;
                    self.refuse(messages::customer_alone(first.span))
                }
                Some(by) => {
                    let id = self.field_value(crate::program::Row::Current, table, by, first.span)?;
                    self.steps(Found::Value(id), path, first, rest)
                }
                None => self.refuse(messages::customer_of_no_row(first, &subject)),
            },
            None => self.refuse(messages::customer_of_no_row(first, &subject)),
        }
    }

    /// Says that a name is not to be had in a segment of another table's rows.
    pub(crate) fn only_of_customers<T>(&mut self, word: &Word, scope: Scope) -> Option<T> {
        let subject = self.index.table_name(CUSTOMERS);
        let occasion = self.index.occasions.iter().any(|named| named.name.text.eq_ignore_ascii_case(&word.text));
        self.refuse(messages::only_of_customers(word, &subject, scope.row.is_some(), occasion))
    }

    /// Says that a name is a segment of another table's rows, and how it is asked for.
    pub(crate) fn of_other_rows<T>(&mut self, at: usize, word: &Word, scope: Scope) -> Option<T> {
        let table = self.index.others.get(at)?.body.table?;
        let here = match (&self.index.about, scope.row) {
            (_, Some(row)) => row,
            (Some(_), None) | (None, None) => CUSTOMERS,
        };
        // By its number in this index: only the customers and the table that this one is about have another.
        let there = match &self.index.about {
            Some(about) if about.table == table => CUSTOMERS,
            _ => table,
        };
        let pointers = self.index.pointers(here, there);
        let names: Vec<Arc<str>> =
            pointers.iter().filter_map(|field| Some(Arc::clone(&self.index.field_entry(here, *field)?.name))).collect();
        let table = self.index.table_name(there);
        self.refuse(messages::of_other_rows(word, &table, &names))
    }

    /// `company is in no_chief`: whether the row that an id points at is in a segment of its table.
    pub(crate) fn in_other_segment(&mut self, left: &Expr, word: &Word) -> Option<Option<Expr>> {
        let Some(Global::Other(at)) = self.index.global(&word.text) else { return None };
        let table = self.index.others.get(at)?.body.table;
        let Some(table) = table else { return Some(None) };
        let there = match &self.index.about {
            Some(about) if about.table == table => CUSTOMERS,
            _ => table,
        };
        if left.ty != Type::Id(Some(there)) {
            let name = self.index.table_name(there);
            return Some(self.refuse(messages::in_segment_of_others(word, &name)));
        }
        let field: FieldId = self.index.field(there, &word.text)?;
        let span: Span = left.span.to(word.span);
        let kind = ExprKind::Lookup { key: Box::new(left.clone()), table: there, field };
        Some(Some(Expr { kind, ty: Type::Boolean, may_be_missing: true, span }))
    }
}
