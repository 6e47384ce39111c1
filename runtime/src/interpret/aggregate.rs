//! Questions about many rows (rules 8, 12 and 13).
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::RowId;
use super::evaluate::{Evaluator, Scope};
use super::order::{Distinct, compare_values};
use super::totals::{average, sum};
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::program::{Aggregate, CUSTOMERS, Expr, ExprKind, FieldId, Row, Rows, TableId, Type};
use segue_compiler::syntax::tree::{AggregateOperator, TableKind};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{MICROS_PER_DAY, Moments, TimeFilter};
use std::cmp::Ordering;
use std::ops::Range;

/// The rows that counted for an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// How many rows exist, in the windows or not.
    pub existing: usize,
    /// Those in the windows for which the filter is true, in the order of the data.
    pub rows: Vec<CountedRow>,
    /// The last one that exists, whether it counts or not.
    pub last: Option<CountedRow>,
}

/// A row that counted.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedRow {
    /// Its table: of events, records, or list elements.
    pub table: TableId,
    /// Its row there.
    pub row: usize,
    /// The event or other row at whose time it counts.
    pub event: RowId,
    /// The value asked for, where one is asked for and known.
    pub value: Option<Value>,
}

impl Evaluator<'_> {
    /// The answer of an aggregate, which stands at `expr`.
    pub(super) fn aggregate(&self, aggregate: &Aggregate, expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
        use AggregateOperator::{Any, Every, First, Latest, Number};
        if let Rows::Elements(list) = &aggregate.rows {
            let elements = match self.value(list, scope) {
                Some(Value::List(elements)) => elements.to_vec(),
                None => Vec::new(),
                Some(_) => return self.unsuited(expr.span),
            };
            let element = if let Type::List(element) = &list.ty { element } else { &list.ty };
            return match aggregate.operator {
                Number => Some(Value::Integer(elements.len() as i64)),
                _ => self.fold(aggregate.operator, elements, element, expr, scope),
            };
        }
        if aggregate.operator == Every {
            let truths = self.truths_in_windows(aggregate, scope);
            return Some(Value::Boolean(!truths.is_empty() && truths.iter().all(|truth| *truth == Some(true))));
        }
        let rows = self.counted(aggregate, scope).rows;
        let (rows, ty) = match &aggregate.value {
            Some(Expr { ty: Type::List(element), .. }) => (rows.into_iter().flat_map(entries).collect(), &**element),
            Some(value) => (rows, &value.ty),
            None => (rows, &Type::Boolean),
        };
        match (aggregate.operator, &aggregate.value) {
            (Any, _) => return Some(Value::Boolean(!rows.is_empty())),
            (Number, _) => return Some(Value::Integer(rows.len() as i64)),
            (_, None) => return self.unsuited(expr.span),
            _ => {}
        }
        if let Some(Expr { kind: ExprKind::Gap, .. }) = aggregate.value {
            return self.fold(aggregate.operator, self.gaps(&rows), ty, expr, scope);
        }
        let known = rows.into_iter().filter(|row| row.value.is_some());
        match aggregate.operator {
            First => known.min_by(|left, right| self.by_moment_and_value(left, right, ty))?.value,
            Latest => known.max_by(|left, right| self.by_moment_and_value(left, right, ty))?.value,
            AggregateOperator::MostFrequent => self.most_frequent(known.collect(), ty),
            operator => self.fold(operator, known.filter_map(|row| row.value).collect(), ty, expr, scope),
        }
    }

    /// The lengths of time between the moments of events, each moment once.
    fn gaps(&self, rows: &[CountedRow]) -> Vec<Value> {
        let mut moments: Vec<i128> = rows
            .iter()
            .filter_map(|row| match self.time(row.event)? {
                Value::Instant(at) => Some(i128::from(at)),
                Value::Date(day) => Some(i128::from(day) * i128::from(MICROS_PER_DAY)),
                _ => None,
            })
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let gaps = moments.iter().zip(moments.iter().skip(1)).map(|(before, after)| after - before);
        gaps.filter_map(|gap| i64::try_from(gap).ok().map(Value::Duration)).collect()
    }

    /// The rows in the windows for which the filter is true. The filter and the value are evaluated for all that exist.
    pub(super) fn counted(&self, aggregate: &Aggregate, scope: &Scope<'_>) -> Counted {
        let mut counted = Counted { existing: 0, rows: Vec::new(), last: None };
        self.for_each_row(aggregate, scope, |inside, in_windows| {
            let holds = aggregate.filter.as_ref().is_none_or(|filter| self.truth(filter, inside) == Some(true));
            let value = aggregate.value.as_ref().and_then(|value| self.value(value, inside));
            counted.existing += 1;
            let (table, row) = inside.current;
            if holds && in_windows {
                counted.rows.push(CountedRow { table, row, event: inside.event, value });
                counted.last = None;
            } else {
                counted.last = Some(CountedRow { table, row, event: inside.event, value });
            }
        });
        counted.last = counted.last.or_else(|| counted.rows.last().cloned());
        counted
    }

    /// The filter's truth for each row in the windows; evaluated for all that exist.
    fn truths_in_windows(&self, aggregate: &Aggregate, scope: &Scope<'_>) -> Vec<Option<bool>> {
        let mut truths = Vec::new();
        self.for_each_row(aggregate, scope, |inside, in_windows| {
            let truth = aggregate.filter.as_ref().map_or(Some(true), |filter| self.truth(filter, inside));
            if in_windows {
                truths.push(truth);
            }
        });
        truths
    }

    /// Calls `visit` with the scope of each row that exists, in the order of the data, and whether it lies in the windows.
    fn for_each_row<'s>(&self, aggregate: &Aggregate, scope: &Scope<'s>, mut visit: impl FnMut(&Scope<'s>, bool)) {
        let (table, rows, lists): (TableId, Range<usize>, &[FieldId]) = match &aggregate.rows {
            Rows::Of(table) => (*table, self.group(*table, scope.customer.row), &[]),
            Rows::Flattened { table, lists } => (*table, self.group(*table, scope.customer.row), lists),
            Rows::ListOf { row: Row::Customer, lists, .. } => {
                (CUSTOMERS, scope.customer.row..scope.customer.row + 1, lists)
            }
            Rows::ListOf { row: Row::Current, lists, .. } => {
                (scope.current.0, scope.current.1..scope.current.1 + 1, lists)
            }
            Rows::Elements(_) => return,
        };
        let own_list = matches!(&aggregate.rows, Rows::ListOf { .. });
        // Elements of lists have no steps, so what is known of steps is not forgotten while rows are walked.
        if let (Some(filter), false) = (&aggregate.filter, own_list) {
            self.following.borrow_mut().clear();
            self.foresee_steps(filter, scope);
        }
        let events = if own_list { scope.event.0 } else { table };
        let filter = (!aggregate.windows.is_empty()).then(|| self.filter(&aggregate.windows, self.moments(events)));
        for row in rows {
            let event = if own_list { scope.event } else { (table, row) };
            if own_list || self.exists(event) {
                let is_free = filter.is_none() && aggregate.occasions.is_empty();
                let in_windows = is_free
                    || self.time(event).is_some_and(|at| {
                        filter.as_ref().is_none_or(|filter| in_filter(filter, &at))
                            && self.in_occasions(&aggregate.occasions, &at, scope)
                    });
                self.for_each_element((table, row), lists, &mut |(table, row)| {
                    visit(&scope.of_row(table, row, event), in_windows);
                });
            }
        }
    }

    /// Walks lists of records from a row down, flattening; without lists that is the row itself.
    fn for_each_element(&self, (table, row): RowId, lists: &[FieldId], visit: &mut dyn FnMut(RowId)) {
        let Some((list, below)) = lists.split_first() else { return visit((table, row)) };
        if let Type::Records(elements) = self.program.tables[table.0 as usize].fields[list.0 as usize].ty {
            for element in self.group(elements, row) {
                self.for_each_element((elements, element), below, visit);
            }
        }
    }

    /// The rows of a table that belong to a row of its owner's.
    pub(super) fn group(&self, table: TableId, owner: usize) -> Range<usize> {
        let groups = self.data.table(table).and_then(|table| table.groups.as_deref());
        match groups.and_then(|groups| groups.get(owner).zip(groups.get(owner + 1))) {
            Some((from, to)) => *from as usize..*to as usize,
            None => 0..0,
        }
    }

    /// The time of an event: microseconds, or days where it has only a date.
    pub(super) fn time(&self, (table, row): RowId) -> Option<Value> {
        let at = self.program.tables[table.0 as usize].at?;
        self.data.column(table, at)?.value(row)
    }

    /// Whether a row exists for this run (rule 1): events before `as of`, and everything that has no time.
    pub(super) fn exists(&self, event: RowId) -> bool {
        if self.program.tables[event.0.0 as usize].kind != TableKind::Events {
            return true;
        }
        match self.time(event) {
            Some(Value::Instant(at)) => at < self.clock.as_of,
            Some(Value::Date(date)) => self.clock.date_is_over(date),
            _ => false,
        }
    }

    /// Whether a table's times are instants or days.
    pub(super) fn moments(&self, table: TableId) -> Moments {
        let table = &self.program.tables[table.0 as usize];
        match table.at.map(|at| &table.fields[at.0 as usize].ty) {
            Some(Type::Date) => Moments::Dates,
            _ => Moments::Instants,
        }
    }

    /// Rule 13: by time, then the event's key if declared, then the value.
    fn by_moment_and_value(&self, left: &CountedRow, right: &CountedRow, ty: &Type) -> Ordering {
        self.by_moment(left.event, right.event).then_with(|| match (&left.value, &right.value) {
            (Some(left), Some(right)) => compare_values(left, right, ty),
            _ => Ordering::Equal,
        })
    }

    fn by_moment(&self, left: RowId, right: RowId) -> Ordering {
        let compared = |field: Option<FieldId>| {
            let field = field?;
            let ty = &self.program.tables[left.0.0 as usize].fields[field.0 as usize].ty;
            let column = self.data.column(left.0, field)?;
            Some(compare_values(&column.value(left.1)?, &column.value(right.1)?, ty))
        };
        if left == right {
            return Ordering::Equal;
        }
        let table = &self.program.tables[left.0.0 as usize];
        let time = compared(table.at).unwrap_or(Ordering::Equal);
        time.then_with(|| compared(table.key).unwrap_or(Ordering::Equal))
    }

    /// Rule 13: highest count, then seen last, then greater value.
    fn most_frequent(&self, rows: Vec<CountedRow>, ty: &Type) -> Option<Value> {
        let mut seen: FxHashMap<Distinct, (u64, RowId)> = FxHashMap::default();
        for row in rows {
            let (count, last) = seen.entry(Distinct(row.value?)).or_insert((0, row.event));
            *count += 1;
            if self.by_moment(*last, row.event).is_lt() {
                *last = row.event;
            }
        }
        let by_rank = |left: &(Distinct, (u64, RowId)), right: &(Distinct, (u64, RowId))| {
            let counts = left.1.0.cmp(&right.1.0);
            let moments = || self.by_moment(left.1.1, right.1.1);
            counts.then_with(moments).then_with(|| compare_values(&left.0.0, &right.0.0, ty))
        };
        seen.into_iter().max_by(by_rank).map(|(value, _)| value.0)
    }

    /// Aggregates that need only the known values, in the order of the data.
    fn fold(
        &self,
        operator: AggregateOperator,
        values: Vec<Value>,
        ty: &Type,
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Option<Value> {
        let count = values.len() as i64;
        match operator {
            AggregateOperator::Different => {
                let different: FxHashSet<Distinct> = values.into_iter().map(Distinct).collect();
                Some(Value::Integer(different.len() as i64))
            }
            AggregateOperator::Smallest => values.into_iter().min_by(|left, right| compare_values(left, right, ty)),
            AggregateOperator::Largest => values.into_iter().max_by(|left, right| compare_values(left, right, ty)),
            AggregateOperator::Sum => self.judged(sum(values.iter(), ty), expr.span, scope),
            AggregateOperator::Average if count == 0 => None,
            AggregateOperator::Average => self.judged(average(values.iter(), ty), expr.span, scope),
            _ => self.unsuited(expr.span),
        }
    }
}

/// The entries of a row's list, each as if it were a row of that moment (rule 11); a missing list has none.
fn entries(row: CountedRow) -> Vec<CountedRow> {
    let Some(Value::List(entries)) = &row.value else { return Vec::new() };
    entries.iter().map(|entry| CountedRow { value: Some(entry.clone()), ..row.clone() }).collect()
}

/// Whether a time lies in a filter of its kind.
pub(super) fn in_filter(filter: &TimeFilter, time: &Value) -> bool {
    match time {
        Value::Instant(at) => filter.contains(*at),
        Value::Date(date) => filter.contains((*date).into()),
        _ => false,
    }
}
