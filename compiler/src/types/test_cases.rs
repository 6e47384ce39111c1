//! Tests: rows that fit their tables, and what is expected of the customer they make up.

use super::fit::{Side, alike};
use super::scope::Scope;
use super::values::{bare_word, inside, made};
use super::{Checker, State, messages};
use crate::diagnostics::Severity;
use crate::names::{Belongs, Global, fold};
use crate::program::{
    Bound, CUSTOMERS, Expectation, Expr, ExprKind, Fact, FieldId, FieldSource, Given, GivenRow, GivenRows, Item, Row,
    Stands, TableId, TestCase, Tie, Type,
};
use crate::source::Span;
use crate::syntax::tree::{
    self, Claim, ClaimForm, ExprKind as Tree, GivenField, GivenValue, IsTest, TableKind, TestLine, Word,
};
use crate::values::Value;
use crate::values::calendar::{Clock, shift_date, shift_instant, start_of_day};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where a row is given, and when.
#[derive(Clone, Copy)]
struct Place {
    table: TableId,
    as_of: Option<i64>,
}

impl<'tree> Checker<'tree> {
    /// Checks all tests; declarations are checked before.
    pub(crate) fn check_tests(&mut self) {
        let written = std::mem::take(&mut self.index.tests);
        let mut titles: FxHashMap<&str, Span> = FxHashMap::default();
        for (span, test) in &written {
            if let Some(first) = titles.insert(&test.title.text, test.title.span) {
                self.report(messages::test_twice(test.title.span, first));
            }
            if let Some(test) = self.test_case(*span, test) {
                self.tests.push(test);
            }
        }
        self.index.tests = written;
    }

    fn test_case(&mut self, span: Span, test: &'tree tree::TestCase) -> Option<TestCase> {
        if test.title.text.trim().is_empty() {
            self.report(messages::test_without_words(test.title.span));
        }
        let as_of = match &test.as_of {
            Some(written) => self.moment_of(written),
            None => self.refuse(messages::test_without_day(test.title.span)),
        };
        let (mut rows, mut facts, mut expectations) = (Vec::new(), Vec::new(), Vec::new());
        let mut customer: Option<Span> = None;
        let mut keys: FxHashMap<(TableId, String), Span> = FxHashMap::default();
        for line in &test.lines {
            match line {
                TestLine::Rows(given) => {
                    let Some(table) = self.given_table(&given.table) else { continue };
                    if table == CUSTOMERS && given.rows.len() != 1 {
                        let subject = self.about();
                        self.report(messages::one_customer(given.span, None, subject.as_deref()));
                        continue;
                    }
                    if table == CUSTOMERS
                        && let Some(first) = customer.replace(given.span)
                    {
                        let subject = self.about();
                        self.report(messages::one_customer(given.span, Some(first), subject.as_deref()));
                        continue;
                    }
                    let place = Place { table, as_of };
                    let checked: Vec<GivenRow> =
                        given.rows.iter().filter_map(|row| self.given_row(row, place)).collect();
                    checked.iter().for_each(|row| self.key_once(table, row, &mut keys));
                    // Customers who belong to a row can be looked up as well.
                    if let Some(about) = self.index.about.as_ref().filter(|about| about.customers == table) {
                        rows.push(GivenRows { table: about.looked_up, rows: checked.clone() });
                    }
                    rows.push(GivenRows { table, rows: checked });
                }
                TestLine::Fact(claim) => facts.extend(self.fact(claim)),
                TestLine::Expect(claim) => expectations.extend(self.expectation(claim)),
            }
        }
        let mut seen: FxHashMap<Item, Span> = FxHashMap::default();
        for fact in &facts {
            if let Some(first) = seen.insert(fact.item, fact.span) {
                self.report(messages::fact_twice(fact.span, first));
            }
        }
        let expects = test.lines.iter().any(|line| matches!(line, TestLine::Expect(_)));
        if !expects {
            self.report(messages::test_expects_nothing(test.title.span));
        }
        Some(TestCase {
            title: Arc::clone(&test.title.text),
            title_span: test.title.span,
            as_of: as_of?,
            rows,
            facts,
            expectations,
            span,
        })
    }

    /// `as of 2026-12-01`
    fn moment_of(&mut self, written: &'tree tree::Expr) -> Option<i64> {
        let value = self.value(written, Scope::constant())?;
        let found = match self.moved_bound(&value) {
            Some(Bound::Day(day)) => start_of_day(day, self.settings.zone),
            Some(Bound::Instant(at)) => Some(at),
            _ => return self.refuse(messages::test_of_no_day(written.span)),
        };
        found.or_else(|| self.refuse(messages::test_of_no_day(written.span)))
    }

    /// The table whose rows are given.
    fn given_table(&mut self, word: &Word) -> Option<TableId> {
        if let Some(subject) = self.about() {
            if fold(&word.text) == "customer" {
                return self.refuse(messages::customer_in_a_test_of_rows(word.span, &subject));
            }
            if let Some(Global::Table(CUSTOMERS)) = self.index.global(&word.text) {
                return Some(CUSTOMERS);
            }
        }
        if fold(&word.text) == "customer" {
            return self.customers_declared().then_some(CUSTOMERS);
        }
        match self.index.global(&word.text) {
            Some(Global::Table(CUSTOMERS)) => self.refuse(messages::customers_for_customer(word.span)),
            Some(Global::Table(id)) => Some(id),
            Some(Global::Broken) => None,
            found => {
                let names = self.index.table_names(|table| table.kind != TableKind::Customers);
                let close = self.closest(&word.text, names.iter().cloned());
                self.refuse(messages::no_such_given_table(word, found.is_some(), &names, &close))
            }
        }
    }

    /// Of rows that are looked up, one key names one.
    fn key_once(&mut self, table: TableId, row: &GivenRow, keys: &mut FxHashMap<(TableId, String), Span>) {
        let Some(entry) = self.index.table(table) else { return };
        let Some(key) = entry.key else { return };
        let name = entry.fields.get(key.0 as usize).map(|field| Arc::clone(&field.name)).unwrap_or_default();
        let is_table = entry.kind == TableKind::Table;
        let given = row.values.iter().find(|(field, _)| *field == key);
        match given {
            Some((_, Given::Value(value))) => {
                if let Some(first) = keys.insert((table, format!("{value:?}")), row.span) {
                    self.report(messages::key_given_twice(row.span, first, &name));
                }
            }
            _ if is_table => {
                let table = self.index.table_name(table);
                self.report(messages::row_without_key(row.span, &table, &name));
            }
            _ => {}
        }
    }

    fn given_row(&mut self, written: &'tree tree::GivenRow, place: Place) -> Option<GivenRow> {
        let mut values = Vec::with_capacity(written.fields.len());
        let mut seen: FxHashMap<FieldId, Span> = FxHashMap::default();
        let mut failed = false;
        for given in &written.fields {
            let Some(field) = self.index.field(place.table, &given.name.text) else {
                failed = true;
                match self.table_pointed_at(place.table, &given.name) {
                    Some((pointing, table)) => {
                        self.report(messages::field_of_another_row(given.span, &given.name.text, &pointing, &table));
                    }
                    None => _ = self.unknown_field::<()>(&given.name, place.table),
                }
                continue;
            };
            if let Some(first) = seen.insert(field, given.name.span) {
                self.report(messages::given_twice(&given.name, first));
            }
            match self.given_field(given, field, place) {
                Some(value) => values.push((field, value)),
                None => failed = true,
            }
        }
        let at = self.index.table(place.table).and_then(|table| table.at);
        if let Some(at) = at
            && !seen.contains_key(&at)
            && !failed
        {
            let name = self.index.field_entry(place.table, at).map(|entry| Arc::clone(&entry.name)).unwrap_or_default();
            self.report(messages::event_without_time(written.span, &self.index.table_name(place.table), &name));
        }
        (!failed).then_some(GivenRow { values, span: written.span })
    }

    fn given_field(&mut self, written: &'tree GivenField, field: FieldId, place: Place) -> Option<Given> {
        let name = &written.name;
        // What says whose a row is goes without saying; rows of customers of another table's row still say which of these.
        let owner = match &self.index.about {
            None => self.index.table(place.table).and_then(|table| table.by),
            Some(about) => match about.belongs.get(place.table.0 as usize) {
                Some(Belongs::By(Tie::Field(field))) => Some(*field),
                _ => None,
            },
        };
        if owner == Some(field) {
            // With the comma behind it, where one stands there.
            let behind =
                self.sources.get(written.span.file).and_then(|file| file.text.get(written.span.end as usize..));
            let comma = behind.filter(|behind| behind.trim_start_matches([' ', '\t']).starts_with(','));
            let comma = comma.and_then(|behind| behind.find(',')).map_or(0, |at| at as u32 + 1);
            let whole = Span { end: written.span.end + comma, ..written.span };
            let subject = self.about();
            return self.refuse(messages::customer_of_a_row(written.span, whole, &name.text, subject.as_deref()));
        }
        let declared = self.field_state(place.table, field).and_then(State::done)?.field.clone();
        if matches!(declared.source, FieldSource::Computed(_)) {
            return self.refuse(messages::computed_given(written.span, &name.text, declared.span));
        }
        match (&declared.ty, &written.value) {
            (_, GivenValue::Missing(span)) => match declared.optional {
                true => Some(Given::Missing),
                false => self.refuse(messages::given_never_missing(*span, written.span, &name.text, declared.span)),
            },
            (Type::Records(elements), GivenValue::List(items, _)) => {
                let mut rows = Vec::with_capacity(items.len());
                let place = Place { table: *elements, ..place };
                for item in items {
                    match item {
                        GivenValue::Row(row) => rows.push(self.given_row(row, place)?),
                        other => return self.refuse(messages::record_expected(other.span(), &name.text)),
                    }
                }
                Some(Given::Rows(rows))
            }
            (Type::Records(_), other) => self.refuse(messages::record_expected(other.span(), &name.text)),
            (Type::List(element), GivenValue::List(items, _)) => {
                let left = made(ExprKind::Now, Type::clone(element), true, name.span);
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.given_value(item, &written.place, &left, place)?);
                }
                Some(Given::Value(Value::List(values.into())))
            }
            (Type::List(_), other) => self.refuse(messages::list_expected(other.span(), &name.text)),
            (Type::Id(Some(table)), GivenValue::Row(row)) => {
                let table = self.index.table_name(*table);
                self.refuse(messages::row_for_a_key(row.span, &name.text, &table))
            }
            (_, GivenValue::List(_, span)) => self.refuse(messages::one_value_expected(*span, &name.text)),
            (ty, value) => {
                let row = if place.table == CUSTOMERS { Row::Customer } else { Row::Current };
                let kind = ExprKind::Field { row, table: place.table, field };
                let left = made(kind, ty.clone(), true, name.span);
                Some(Given::Value(self.given_value(value, &written.place, &left, place)?))
            }
        }
    }

    /// The field of a table, and the table that it points at, which has a field of this name.
    fn table_pointed_at(&self, table: TableId, word: &Word) -> Option<(String, String)> {
        let fields = self.fields.get(table.0 as usize)?.iter().filter_map(State::done);
        fields.into_iter().find_map(|checked| match checked.field.ty {
            Type::Id(Some(pointed)) if self.index.field(pointed, &word.text).is_some() => {
                Some((checked.field.name.to_string(), self.index.table_name(pointed).to_string()))
            }
            _ => None,
        })
    }

    /// One written value as one of the type of `left`, which stands for the field.
    fn given_value(
        &mut self,
        written: &'tree GivenValue,
        field: &'tree tree::Expr,
        left: &Expr,
        place: Place,
    ) -> Option<Value> {
        let ty = &left.ty;
        let written = match written {
            GivenValue::Value(value) => value,
            GivenValue::Ago(amount, span) => {
                let clock = self.clock(place)?;
                let moved = match ty {
                    Type::Date if amount.unit.is_of_the_clock() => None,
                    Type::Date => shift_date(clock.today(), -amount.count, amount.unit).map(Value::Date),
                    Type::Datetime => {
                        shift_instant(clock.as_of, -amount.count, amount.unit, clock.zone).map(Value::Instant)
                    }
                    _ => None,
                };
                return moved.or_else(|| self.refuse(messages::given_of_another_kind(*span, &messages::kind(ty))));
            }
            GivenValue::Missing(span) => return self.refuse(messages::missing_in_a_list(*span)),
            GivenValue::List(_, span) | GivenValue::Row(tree::GivenRow { span, .. }) => {
                return self.refuse(messages::given_of_another_kind(*span, &messages::kind(ty)));
            }
        };
        if let Some(word) = bare_word(written)
            && matches!(fold(&word.text).as_str(), "null" | "nil" | "none" | "unknown" | "nothing" | "undefined" | "na")
            && !matches!(ty, Type::OneOf(listed) if listed.iter().any(|value| fold(value) == fold(&word.text)))
            && self.index.global(&word.text).is_none()
        {
            return self.refuse(messages::null_for_missing(word));
        }
        let value = self.operand(written, Some(ty), Scope::constant())?;
        // Days and times may be relative to the test's own day.
        if let (Type::Date | Type::Datetime, Some(bound)) = (ty, self.moved_bound(&value)) {
            return self.given_moment(bound, ty, written.span, place);
        }
        self.fitted(Side { written, value }, Side { written: field, value: left.clone() })
    }

    /// What a constant comes to, as a value of the type of what it is given for.
    fn fitted(&mut self, given: Side<'tree>, place: Side<'tree>) -> Option<Value> {
        let (ty, span) = (place.value.ty.clone(), given.written.span);
        let (_, fitted) = self.fit(place, given)?;
        match super::constants::work_out(&fitted) {
            Some(known) if alike(&fitted.ty, &ty) => Some(known),
            _ => self.refuse(messages::given_of_another_kind(span, &messages::kind(&ty))),
        }
    }

    /// The clock of a test's own day.
    fn clock(&self, place: Place) -> Option<Clock> {
        Some(Clock { as_of: place.as_of?, zone: self.settings.zone, week_start: self.settings.week_start })
    }

    fn given_moment(&mut self, bound: Bound, ty: &Type, span: Span, place: Place) -> Option<Value> {
        let clock = self.clock(place)?;
        let value = match (ty, bound) {
            (Type::Date, Bound::Day(day)) => Some(Value::Date(day)),
            (Type::Date, Bound::RelativeDay(days)) => clock.today().checked_add(days).map(Value::Date),
            (Type::Datetime, Bound::Day(day)) => start_of_day(day, clock.zone).map(Value::Instant),
            (Type::Datetime, Bound::RelativeDay(days)) => {
                let day = clock.today().checked_add(days);
                day.and_then(|day| start_of_day(day, clock.zone)).map(Value::Instant)
            }
            (Type::Datetime, Bound::Instant(at)) => Some(Value::Instant(at)),
            (Type::Datetime, Bound::Now) => Some(Value::Instant(clock.as_of)),
            _ => None,
        };
        value.or_else(|| self.refuse(messages::given_of_another_kind(span, &messages::kind(ty))))
    }

    fn expectation(&mut self, claim: &'tree Claim) -> Option<Expectation> {
        let told = self.diagnostics.len();
        if claim.form == ClaimForm::Membership {
            self.segment_named(claim)?;
        }
        // `expect lapsed`, where that is a part of a partition.
        if let Some(word) = bare_word(&claim.condition)
            && !self.names_something(word, Scope::customer())
            && let Some(partition) = self.partition_of_part(word)
        {
            return self.refuse(messages::part_alone(claim.span, word, &partition));
        }
        // `expect hero = "New boots"`: what a content shows.
        if let Tree::Is { left, negated, test: IsTest::Value(text), ignoring_case: false } =
            &inside(&claim.condition).kind
            && let Some(word) = bare_word(left)
            && let Some(Global::Content(at)) = self.index.global(&word.text)
        {
            return self.expected_text(at, text, *negated, claim.span);
        }
        // `expect tier = missing`: in none of its parts.
        if let Tree::Is { left, negated, test: IsTest::Missing, .. } = &inside(&claim.condition).kind
            && let Some(Global::Partition(id)) = bare_word(left).and_then(|word| self.index.global(&word.text))
        {
            let parts = (0..u32::try_from(self.part_names(id).len()).unwrap_or(0)).collect();
            let inside = made(ExprKind::InParts { partition: id, parts }, Type::Boolean, false, claim.span);
            let condition = if *negated { inside } else { super::conditions::not(inside, claim.span) };
            return Some(Expectation { condition, text: None, span: claim.span });
        }
        let condition = self.line(&claim.condition, Scope::customer());
        // What is expected of one customer leaves nobody out.
        let mut at = 0;
        self.diagnostics.retain(|message| {
            at += 1;
            at <= told || message.severity == Severity::Error
        });
        Some(Expectation { condition: condition?, text: None, span: claim.span })
    }

    /// The segment of `in lapsed`.
    fn segment_named(&mut self, claim: &Claim) -> Option<(crate::program::SegmentId, bool)> {
        let (named, is_in) = match &claim.condition.kind {
            Tree::Not(named) => (&**named, false),
            _ => (&claim.condition, true),
        };
        let word = bare_word(named)?;
        match self.index.global(&word.text) {
            Some(Global::Segment(id)) => Some((id, is_in)),
            Some(Global::Broken) => None,
            None if let Some(partition) = self.partition_of_part(word) => {
                let word = word.clone();
                self.refuse(messages::part_alone(claim.span, &word, &partition))
            }
            found => {
                let names: Vec<Arc<str>> =
                    self.index.segments.iter().map(|segment| Arc::clone(&segment.name.text)).collect();
                let close = self.closest(&word.text, names);
                let is_partition = matches!(found, Some(Global::Partition(_)));
                let word = word.clone();
                self.refuse(messages::not_a_segment(&word, found.is_some(), is_partition, &close))
            }
        }
    }

    fn fact(&mut self, claim: &'tree Claim) -> Option<Fact> {
        let span = claim.span;
        if claim.form == ClaimForm::Membership {
            let (id, is_in) = self.segment_named(claim)?;
            return Some(Fact { item: Item::Segment(id), stands: Stands::In(is_in), span });
        }
        let (left, right) = match &inside(&claim.condition).kind {
            Tree::Is { left, negated: false, test: IsTest::Value(right), ignoring_case: false } => (left, right),
            Tree::Is { left, negated: false, test: IsTest::Missing, .. } => return self.missing_fact(left, span),
            _ => return self.no_fact(claim),
        };
        let named = bare_word(left).and_then(|word| self.index.global(&word.text));
        match named {
            Some(Global::Broken) => None,
            Some(Global::Trait(id)) => {
                let ty = self.traits.get(id.0 as usize).and_then(State::done)?.value.ty.clone();
                let value = self.operand(right, Some(&ty), Scope::constant())?;
                let place = made(ExprKind::Trait(id), ty, true, left.span);
                let known = self.fitted(Side { written: right, value }, Side { written: left, value: place })?;
                Some(Fact { item: Item::Trait(id), stands: Stands::Value(Some(known)), span })
            }
            Some(Global::Partition(id)) => {
                let Some(word) = bare_word(right) else { return self.refuse(messages::no_fact(span)) };
                match self.part_of(id, word) {
                    Some(part) => Some(Fact { item: Item::Partition(id), stands: Stands::Part(Some(part)), span }),
                    None => {
                        let names = self.part_names(id);
                        let close = self.closest(&word.text, names.iter().cloned());
                        let partition = self.written(left.span).to_owned();
                        self.refuse(messages::unknown_part(word, &partition, &names, &close))
                    }
                }
            }
            Some(Global::Segment(_)) => {
                let is_in = !matches!(inside(right).kind, Tree::Literal(tree::Literal::Boolean(false)));
                let mend = format!("{}in {}", if is_in { "" } else { "not " }, self.written(left.span));
                self.refuse(messages::fact_wording(span, &mend))
            }
            _ => self.no_fact(claim),
        }
    }

    /// `given rank = missing`, `given tier = missing`
    fn missing_fact(&mut self, left: &tree::Expr, span: Span) -> Option<Fact> {
        match bare_word(left).and_then(|word| self.index.global(&word.text)) {
            Some(Global::Broken) => None,
            Some(Global::Partition(id)) => Some(Fact { item: Item::Partition(id), stands: Stands::Part(None), span }),
            Some(Global::Trait(id)) => {
                let value = &self.traits.get(id.0 as usize).and_then(State::done)?.value;
                if !value.may_be_missing {
                    let name = self.written(left.span).to_owned();
                    return self.refuse(messages::trait_never_missing(span, &name));
                }
                Some(Fact { item: Item::Trait(id), stands: Stands::Value(None), span })
            }
            _ => self.refuse(messages::no_fact(span)),
        }
    }

    /// Says how to give what is not given like that.
    fn no_fact(&mut self, claim: &Claim) -> Option<Fact> {
        let span = claim.span;
        let written = inside(&claim.condition);
        let (subject, negated) = match &written.kind {
            Tree::Is { left, negated, .. } => (&**left, *negated),
            Tree::Not(inner) => (&**inner, true),
            Tree::Compare { left, .. } => (&**left, false),
            _ => (written, false),
        };
        let Some(word) = bare_word(subject).cloned() else { return self.refuse(messages::no_fact(span)) };
        let is_alone = subject.span == written.span;
        match self.index.global(&word.text) {
            Some(Global::Segment(_)) => {
                let mend = format!("{}in {}", if negated { "not " } else { "" }, word.text);
                self.refuse(messages::fact_wording(span, &mend))
            }
            Some(Global::Trait(_)) if is_alone => {
                self.refuse(messages::fact_wording(span, &format!("{} = true", word.text)))
            }
            Some(Global::Partition(id)) => {
                let names = self.part_names(id);
                self.refuse(messages::part_not_given(span, &word.text, &names))
            }
            Some(_) => self.refuse(messages::no_fact(span)),
            None if self.index.field(CUSTOMERS, &word.text).is_some() => {
                self.refuse(messages::field_as_fact(span, &word.text))
            }
            None => {
                let mut names: Vec<Arc<str>> = self.index.value_names();
                names.extend(self.index.field_names(CUSTOMERS));
                let close = self.closest(&word.text, names);
                match close.is_empty() {
                    true => self.refuse(messages::no_fact(span)),
                    false => self.refuse(messages::no_such_fact(&word, &close)),
                }
            }
        }
    }

    /// The partition that has a part of this name.
    fn partition_of_part(&self, word: &Word) -> Option<String> {
        let partitions = self.index.partitions.iter();
        let mut having =
            partitions.filter(|named| named.body.parts.iter().any(|part| fold(&part.name.text) == fold(&word.text)));
        having.next().map(|named| named.name.text.to_string())
    }
}
