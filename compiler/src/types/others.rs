//! Segments of other tables' rows: each table's are checked by a checker of its own, over names as they see them.

use super::scope::{Found, Scope};
use super::{Checker, Node, Outcome, State, messages};
use crate::names::{AnsweredField, Belongs, Global, KnownOfCustomers};
use crate::program::{
    Answered, CUSTOMERS, Expr, ExprKind, FieldId, Item, Other, PartitionId, SegmentId, TableId, TraitId, Type,
};
use crate::project::Override;
use crate::source::Span;
use crate::syntax::tree::{self, Claim, ClaimForm, Path, TestCase, TestLine, Word};
use std::sync::Arc;

impl<'tree> Checker<'tree> {
    /// Checks the segments of all tables that have some, once all that is said of customers is known.
    pub(crate) fn check_others(
        &mut self,
        overrides: &'tree [Override],
        read_list: &dyn Fn(&str) -> Result<String, String>,
    ) {
        if self.index.others.is_empty() {
            return;
        }
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
            let (segments, besides): (Vec<Node>, Vec<Node>) =
                inner.roots().into_iter().partition(|root| matches!(root, Node::Segment(_)));
            besides.into_iter().for_each(|root| inner.work(root));
            // All of that was told where it was checked first.
            inner.diagnostics.clear();
            segments.into_iter().for_each(|root| inner.work(root));
            inner.index.tests = self.take_tests_about(table);
            inner.check_tests();
            let Outcome { program, diagnostics, known: of_table } = inner.finish();
            self.diagnostics.extend(diagnostics);
            self.known_of_others.push((table, of_table));
            if let Some(program) = program {
                self.others.push(Other { table, program, rows });
            }
        }
        self.known_of_customers = known;
    }

    /// The tests that expect something of a segment of a table's rows: they are about one of these.
    fn take_tests_about(&mut self, table: TableId) -> Vec<(Span, &'tree TestCase)> {
        let tests = std::mem::take(&mut self.index.tests);
        let about = |(_, test): &(Span, &TestCase)| {
            test.lines.iter().any(|line| match line {
                TestLine::Expect(claim) if claim.form == ClaimForm::Membership => {
                    segment_of(claim).is_some_and(|word| match self.index.global(&word.text) {
                        Some(Global::Other(at)) => {
                            self.index.others.get(at).is_some_and(|named| named.body.table == Some(table))
                        }
                        _ => false,
                    })
                }
                _ => false,
            })
        };
        let (taken, left) = tests.into_iter().partition(about);
        self.index.tests = left;
        taken
    }

    /// What is said of each customer, as fields of the customers' rows: traits, segments, parts of partitions.
    fn known_of_customers(&self) -> Vec<KnownOfCustomers> {
        let mut known = Vec::new();
        let mut add = |(name, span): (&Word, Span), item: Item, said: Option<(Type, bool, bool)>| {
            let by = Answered { of: None, item };
            let field = said.map(|(ty, optional, often_missing)| AnsweredField { ty, optional, often_missing, by });
            known.push(KnownOfCustomers { name: Arc::clone(&name.text), name_span: name.span, span, field });
        };
        for ((named, state), id) in self.index.traits.iter().zip(&self.traits).zip(0..) {
            let said = state
                .done()
                .map(|checked| (checked.value.ty.clone(), checked.value.may_be_missing, checked.often_missing));
            add((named.name, named.span), Item::Trait(TraitId(id)), said);
        }
        for ((named, state), id) in self.index.segments.iter().zip(&self.segments).zip(0..) {
            add(
                (named.name, named.span),
                Item::Segment(SegmentId(id)),
                state.done().map(|_| (Type::Boolean, false, false)),
            );
        }
        for ((named, state), id) in self.index.partitions.iter().zip(&self.partitions).zip(0..) {
            let said = state.done().map(|parts| {
                let names: Vec<Arc<str>> = named.body.parts.iter().map(|part| Arc::clone(&part.name.text)).collect();
                (Type::OneOf(names.into()), true, !parts.iter().any(Option::is_none))
            });
            add((named.name, named.span), Item::Partition(PartitionId(id)), said);
        }
        known
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
                Some(_) if rest.is_empty() => self.refuse(messages::customer_alone(first.span)),
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
        let customers = self.index.about.as_ref().map_or(CUSTOMERS, |about| about.customers);
        let field = self.index.field(customers, &word.text).and_then(|field| self.field_state(customers, field));
        let said = match field.and_then(State::done).map(|field| &field.field.ty) {
            _ if self.index.occasions.iter().any(|named| named.name.text.eq_ignore_ascii_case(&word.text)) => {
                messages::SaidOfCustomers::Day
            }
            Some(Type::Boolean) => messages::SaidOfCustomers::YesOrNo,
            Some(Type::Integer | Type::Number | Type::Money(_)) => messages::SaidOfCustomers::Amount,
            _ => messages::SaidOfCustomers::Value,
        };
        self.refuse(messages::only_of_customers(word, &subject, scope.row.is_some(), said))
    }

    /// How a row is asked for a field of a row of another table: `company`, `customer.company`.
    pub(crate) fn ways_to(&self, from: TableId, to: TableId) -> Vec<Arc<str>> {
        let fields = |table: TableId| {
            let pointers = self.index.pointers(table, to).into_iter();
            pointers.filter_map(move |field| Some(Arc::clone(&self.index.field_entry(table, field)?.name)))
        };
        let own: Vec<Arc<str>> = fields(from).collect();
        let customers = self.index.about.as_ref().map_or(CUSTOMERS, |about| about.customers);
        if !own.is_empty() || from == customers || self.index.table(from).is_none_or(|table| table.by.is_none()) {
            return own;
        }
        fields(customers).map(|field| format!("customer.{field}").into()).collect()
    }

    /// Says that a name of the rows that segments are about is used bare among rows that belong to them.
    pub(crate) fn name_of_subject<T>(&mut self, word: &Word, row: TableId) -> Option<T> {
        let (subject, rows) = (self.index.table_name(CUSTOMERS), self.index.table_name(row));
        let ways = self.ways_to(row, CUSTOMERS);
        self.refuse(messages::name_of_subject(word, &subject, &rows, &ways))
    }

    /// Says that a name is a segment of another table's rows, and how it is asked for.
    pub(crate) fn of_other_rows<T>(&mut self, at: usize, word: &Word, scope: Scope) -> Option<T> {
        let table = self.index.others.get(at)?.body.table?;
        let there = self.index.numbered_here(table);
        let names = self.ways_to(scope.row.unwrap_or(CUSTOMERS), there);
        let table = self.index.table_name(there);
        self.refuse(messages::of_other_rows(word, &table, &names))
    }

    /// `company is in no_chief`: whether the row that an id points at is in a segment of its table.
    pub(crate) fn in_other_segment(&mut self, left: &Expr, word: &Word) -> Option<Option<Expr>> {
        let there = match self.index.global(&word.text)? {
            // Its like are segments to a segment of the table, and fields of its rows as well.
            Global::Segment(_) if self.index.about.is_some() => CUSTOMERS,
            Global::Other(at) => match self.index.others.get(at)?.body.table {
                Some(table) => self.index.numbered_here(table),
                None => return Some(None),
            },
            _ => return None,
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

/// The segment that `in lapsed` or `not in lapsed` names.
fn segment_of(claim: &Claim) -> Option<&Word> {
    let named = match &claim.condition.kind {
        tree::ExprKind::Not(inner) => &**inner,
        _ => &claim.condition,
    };
    super::values::bare_word(named)
}
