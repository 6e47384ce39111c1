//! Does a program keep what its types cannot promise? Tests ask this of every program they make.

use super::{
    Aggregate, Answered, Asked, BaseQuestion, Bound, CUSTOMERS, Conversion, Expr, ExprKind, FieldId, FieldSource,
    Followed, Item, OccasionWindow, Other, Points, Program, Row, Rows, RowsOf, Score, TableId, Type, Window,
};
use crate::builtins::{Argument, Function, Gives};
use crate::syntax::tree::{AggregateOperator, Compared, TableKind};
use crate::values::Value;
use crate::values::calendar;

/// Checks the invariants of [`Program`].
///
/// # Errors
/// All that do not hold, each in a sentence.
pub fn verify(program: &Program) -> Result<(), Vec<String>> {
    let mut verifier = Verifier { program, done: Vec::new(), faults: Vec::new() };
    verifier.tables();
    for item in &program.order {
        verifier.item(*item);
        verifier.done.push(*item);
    }
    for expectation in program.tests.iter().flat_map(|test| &test.expectations) {
        verifier.boolean(&expectation.condition);
        verifier.expr(&expectation.condition, Place { row: None, customer: true });
    }
    let items = program.traits.len() + program.segments.len() + program.partitions.len();
    if verifier.done.len() != items {
        verifier.faults.push(format!("the order names {} of {items} declarations", verifier.done.len()));
    }
    for other in program.others.iter() {
        verifier.other(other);
    }
    if verifier.faults.is_empty() { Ok(()) } else { Err(verifier.faults) }
}

/// Which row an expression may read.
#[derive(Clone, Copy)]
struct Place {
    row: Option<TableId>,
    customer: bool,
}

struct Verifier<'a> {
    program: &'a Program,
    done: Vec<Item>,
    faults: Vec<String>,
}

/// Whether two types are one to an engine: ids are, whatever they point at.
fn same(left: &Type, right: &Type) -> bool {
    matches!((left, right), (Type::Id(_), Type::Id(_))) || left == right
}

impl Verifier<'_> {
    fn require(&mut self, holds: bool, expr: &Expr, what: &str) {
        if !holds {
            self.faults.push(format!("{what}, at bytes {}..{}", expr.span.start, expr.span.end));
        }
    }

    fn tables(&mut self) {
        if self.program.tables.first().is_none_or(|table| table.kind != TableKind::Customers) {
            self.faults.push("the first table is not the customers' one".to_owned());
        }
        for (at, table) in self.program.tables.iter().enumerate() {
            let id = TableId(u32::try_from(at).unwrap_or(u32::MAX));
            if table.kind == TableKind::Events && (table.by.is_none() || table.at.is_none()) {
                self.faults.push(format!("the events {} lack by or at", table.name));
            }
            for field in &table.fields {
                if let FieldSource::Computed(value) = &field.source {
                    if !same(&value.ty, &field.ty) || value.may_be_missing != field.optional {
                        self.faults.push(format!("the field {} differs from its value", field.name));
                    }
                    self.expr(value, Place { row: Some(id), customer: false });
                }
                if let FieldSource::Answered(by) = field.source {
                    self.answered(&field.name, &field.ty, by);
                }
                if let Type::Records(elements) = field.ty
                    && self.program.tables.get(elements.0 as usize).is_none_or(|table| table.parent.is_none())
                {
                    self.faults.push(format!("the list {} has no table of its own", field.name));
                }
            }
        }
    }

    /// The program of another table's segments, and its tables beside those that their rows come from.
    fn other(&mut self, other: &Other) {
        if let Err(faults) = verify(&other.program) {
            self.faults.extend(faults);
        }
        if other.rows.len() != other.program.tables.len() || other.program.about != Some(other.table) {
            self.faults.push("the program of another table's segments is not about its rows".to_owned());
        }
        for (rows, table) in other.rows.iter().zip(&other.program.tables) {
            let (RowsOf::Whole(from) | RowsOf::Tied(from, _) | RowsOf::Elements(from)) = rows else { continue };
            let outer = self.program.tables.get(from.0 as usize);
            let alike = outer.is_some_and(|outer| {
                let pairs = outer.fields.iter().zip(&table.fields);
                pairs.into_iter().all(|(one, other)| one.name == other.name) && outer.fields.len() <= table.fields.len()
            });
            if !alike {
                self.faults.push(format!("the rows of {} come from a table with other fields", table.name));
            }
        }
    }

    /// A field that a declaration answers: it is there, and says what the field holds.
    fn answered(&mut self, name: &str, ty: &Type, answered: Answered) {
        // Those of the other programs are held against them by the outer one.
        if self.program.about.is_some() {
            return;
        }
        let program = self.program.program_of(answered);
        let fits = match answered.item {
            Item::Segment(id) => {
                *ty == Type::Boolean && program.is_some_and(|program| program.segments.len() > id.0 as usize)
            }
            Item::Trait(_) | Item::Partition(_) => false,
        };
        if !fits {
            self.faults.push(format!("the field {name} is answered by nothing that fits"));
        }
    }

    fn item(&mut self, item: Item) {
        let place = Place { row: None, customer: true };
        for expr in self.program.expressions(item) {
            if !matches!(item, Item::Trait(_)) {
                self.require(expr.ty == Type::Boolean, expr, "a line is no condition");
            }
            self.expr(expr, place);
        }
        for used in self.program.uses(item) {
            if !self.done.contains(&used) {
                self.faults.push(format!("{item:?} stands before {used:?}, which it uses"));
            }
        }
    }

    fn field(&mut self, expr: &Expr, table: TableId, field: FieldId) {
        let found = self.program.tables.get(table.0 as usize).and_then(|table| table.fields.get(field.0 as usize));
        match found {
            None => self.require(false, expr, "there is no such field"),
            Some(field) => {
                let (fits, optional) = (same(&field.ty, &expr.ty), field.optional);
                self.require(fits, expr, "the field has another type");
                self.require(!optional || expr.may_be_missing, expr, "the field may be missing");
            }
        }
    }

    fn boolean(&mut self, expr: &Expr) {
        self.require(expr.ty == Type::Boolean, expr, "a condition is expected");
    }

    fn expr(&mut self, expr: &Expr, place: Place) {
        if let ExprKind::Aggregate(aggregate) = &expr.kind {
            return self.aggregate(expr, aggregate, place);
        }
        if let ExprKind::Followed(step) = &expr.kind {
            return self.followed(expr, step, place);
        }
        expr.for_each_part(&mut |part| self.expr(part, place));
        match &expr.kind {
            ExprKind::Constant(value) => {
                self.require(!expr.may_be_missing, expr, "a constant may be missing");
                self.require(constant_fits(value, &expr.ty), expr, "a constant of another type");
            }
            ExprKind::Now => self.require(expr.ty == Type::Datetime, expr, "now is an instant"),
            ExprKind::Day(_) => self.require(expr.ty == Type::Date, expr, "a day is a date"),
            ExprKind::Field { row, table, field } => {
                let fits = match row {
                    Row::Customer => place.customer && *table == CUSTOMERS,
                    Row::Current => place.row == Some(*table),
                };
                self.require(fits, expr, "the row is out of reach");
                self.field(expr, *table, *field);
            }
            ExprKind::Lookup { key, table, field } => {
                self.require(key.ty == Type::Id(Some(*table)), expr, "the key points elsewhere");
                self.require(expr.may_be_missing, expr, "a lookup may be missing");
                self.field(expr, *table, *field);
            }
            ExprKind::Trait(id) => match self.program.traits.get(id.0 as usize) {
                Some(found) => {
                    let fits = same(&found.value.ty, &expr.ty) && found.value.may_be_missing == expr.may_be_missing;
                    self.require(place.customer && fits, expr, "the trait differs");
                }
                None => self.require(false, expr, "there is no such trait"),
            },
            ExprKind::Segment(id) => {
                let exists = (id.0 as usize) < self.program.segments.len();
                self.require(place.customer && exists && !expr.may_be_missing, expr, "the segment differs");
                self.boolean(expr);
            }
            ExprKind::InParts { partition, parts } => {
                let count = self.program.partitions.get(partition.0 as usize).map_or(0, |found| found.parts.len());
                let ascending = parts.windows(2).all(|pair| pair.first() < pair.last());
                let exist = parts.iter().all(|part| (*part as usize) < count);
                self.require(ascending && exist && !parts.is_empty(), expr, "the parts are not as they should be");
                self.boolean(expr);
            }
            ExprKind::Convert(conversion, inner) => {
                let fits = match conversion {
                    Conversion::IntegerToNumber => inner.ty == Type::Integer && expr.ty == Type::Number,
                    Conversion::PercentNumber => {
                        matches!((&inner.ty, &expr.ty), (Type::Percent, Type::Number) | (Type::Number, Type::Percent))
                    }
                    Conversion::ToText => {
                        matches!(inner.ty, Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone)
                            && expr.ty == Type::Text
                    }
                    Conversion::BooleanToInteger => {
                        inner.ty == Type::Boolean && !inner.may_be_missing && expr.ty == Type::Integer
                    }
                };
                self.require(fits, expr, "a conversion that is none");
                self.require(inner.may_be_missing == expr.may_be_missing, expr, "a conversion changes missing-ness");
            }
            ExprKind::Negate(inner) => self.require(calculable(&inner.ty) && inner.ty == expr.ty, expr, "an opposite"),
            ExprKind::Sum(terms) => {
                let fits = terms.len() >= 2 && terms.iter().all(|(_, term)| term.ty == expr.ty) && calculable(&expr.ty);
                self.require(fits, expr, "the terms of a sum differ");
            }
            ExprKind::Product(factors) => {
                let mut sofar: Option<Type> = None;
                for (factor, value) in factors {
                    sofar = match sofar {
                        None => Some(value.ty.clone()),
                        Some(left) => crate::types::product_step(&left, *factor, &value.ty),
                    };
                    if sofar.is_none() {
                        break;
                    }
                }
                self.require(sofar.as_ref() == Some(&expr.ty) && factors.len() >= 2, expr, "the factors of a product");
            }
            ExprKind::Shift { moment, .. } => {
                let fits = matches!(moment.ty, Type::Date | Type::Datetime) && moment.ty == expr.ty;
                self.require(fits, expr, "only dates are moved");
            }
            ExprKind::Difference(later, earlier) => {
                let fits = matches!(later.ty, Type::Date | Type::Datetime) && later.ty == earlier.ty;
                self.require(fits && expr.ty == Type::Duration, expr, "a difference of no dates");
            }
            ExprKind::Point(latitude, longitude) => {
                let fits = latitude.ty == Type::Number && longitude.ty == Type::Number;
                self.require(fits && expr.ty == Type::Location, expr, "a place of no degrees");
            }
            ExprKind::Distance(from, to) => {
                let fits = from.ty == Type::Location && to.ty == Type::Location;
                self.require(fits && expr.ty == Type::Number, expr, "a distance of no places");
            }
            ExprKind::Call(function, argument) => {
                self.require(call_fits(*function, &argument.ty, &expr.ty), expr, "a function of the wrong type");
            }
            ExprKind::Round { value, decimals, .. } => {
                let fits = matches!(value.ty, Type::Integer | Type::Number | Type::Money(_)) && value.ty == expr.ty;
                self.require(fits && *decimals <= 15, expr, "rounding of what cannot be rounded");
            }
            ExprKind::Otherwise(choices) => {
                let fits = choices.len() >= 2 && choices.iter().all(|choice| same(&choice.ty, &expr.ty));
                self.require(fits, expr, "the choices of otherwise differ");
            }
            ExprKind::Compare(_, left, right) => {
                let ordered = !matches!(
                    left.ty,
                    Type::Boolean | Type::OneOf(_) | Type::Timezone | Type::List(_) | Type::Records(_)
                );
                self.require(ordered && same(&left.ty, &right.ty), expr, "the sides of a comparison differ");
                self.boolean(expr);
            }
            ExprKind::Equal { left, right, ignoring_case } => {
                let fits = same(&left.ty, &right.ty) && !matches!(left.ty, Type::List(_) | Type::Records(_));
                self.require(fits, expr, "the sides of an equality differ");
                self.require(!ignoring_case || left.ty == Type::Text, expr, "capitals of no text");
                self.boolean(expr);
            }
            ExprKind::IsOneOf { value, values, ignoring_case } => {
                self.require(values.iter().all(|one| constant_fits(one, &value.ty)), expr, "a listed value differs");
                self.require(!ignoring_case || value.ty == Type::Text, expr, "capitals of no text");
                self.boolean(expr);
            }
            ExprKind::Text { subject, pattern, .. } => {
                self.require(subject.ty == Type::Text && pattern.ty == Type::Text, expr, "a text test of no text");
                self.boolean(expr);
            }
            ExprKind::Includes { list, values, .. } => {
                let fits = match &list.ty {
                    Type::List(element) => {
                        values.iter().all(|value| same(&value.ty, element) || text_for(&value.ty, element))
                    }
                    _ => false,
                };
                self.require(fits, expr, "a list of another type");
                self.boolean(expr);
            }
            ExprKind::IsEmpty(list) => {
                self.require(matches!(list.ty, Type::List(_)), expr, "only a list is empty");
                self.boolean(expr);
            }
            ExprKind::IsKnown(_) => self.boolean(expr),
            ExprKind::InBox(place, _) => {
                let fits = place.ty == Type::Location && expr.ty == Type::Boolean;
                self.require(fits, expr, "a box around no place");
            }
            ExprKind::InWindows(moment, windows) => {
                let only_date = moment.ty == Type::Date;
                self.require(only_date || moment.ty == Type::Datetime, expr, "a window of no time");
                self.require(!windows.is_empty(), expr, "no window");
                self.windows(expr, windows, only_date);
                self.boolean(expr);
            }
            ExprKind::Near(day, window) => {
                self.require(day.ty == Type::Date, expr, "an occasion asked of no day");
                self.occasion(expr, &window.occasion, window.base.as_ref(), place);
                self.boolean(expr);
            }
            ExprKind::Occurs { occasion, base, windows } => {
                self.occasion(expr, occasion, base.as_deref(), place);
                self.require(!windows.is_empty(), expr, "no window");
                self.windows(expr, windows, true);
                self.boolean(expr);
            }
            ExprKind::Not(inner) => {
                self.boolean(inner);
                self.boolean(expr);
            }
            ExprKind::And(lines) | ExprKind::Or(lines) => {
                self.require(lines.len() >= 2, expr, "one line needs no joining");
                lines.iter().for_each(|line| self.boolean(line));
            }
            ExprKind::AtLeastOf(_, lines) => lines.iter().for_each(|line| self.boolean(line)),
            ExprKind::Score(score) => self.score(expr, score),
            ExprKind::OverBase(question) => self.over_base(expr, question, place),
            ExprKind::InShare { from, to, key, .. } => {
                self.require(place.customer && place.row.is_none(), expr, "a share is asked about from a row");
                self.require(from < to && !expr.may_be_missing, expr, "a share of nobody");
                self.require(matches!(key.ty, Type::Id(_)), expr, "customers are dealt by no key");
                self.boolean(expr);
            }
            ExprKind::Gap => self.require(expr.ty == Type::Duration, expr, "a gap that is no length of time"),
            ExprKind::Aggregate(_) | ExprKind::Followed(_) => {}
        }
    }

    fn over_base(&mut self, expr: &Expr, question: &BaseQuestion, place: Place) {
        self.require(place.customer && place.row.is_none(), expr, "the base is asked about from a row");
        let value = &question.value.ty;
        let fits = match question.asked {
            Asked::Group(groups) => groups > 1 && expr.ty == Type::Integer,
            Asked::Foremost(..) => expr.ty == Type::Boolean && !expr.may_be_missing,
            Asked::Statistic(_) => {
                let figure = if *value == Type::Integer { &Type::Number } else { value };
                (calculable(value) || *value == Type::Percent) && expr.may_be_missing && expr.ty == *figure
            }
        };
        self.require(fits, expr, "a question about the base of the wrong type");
        let ranked = calculable(value) || matches!(value, Type::Percent | Type::Date | Type::Datetime);
        self.require(ranked, expr, "what is ranked has no order");
        let exists = question.among.is_none_or(|id| (id.0 as usize) < self.program.segments.len());
        self.require(exists, expr, "there is no such segment");
    }

    fn score(&mut self, expr: &Expr, score: &Score) {
        let counts = matches!(expr.ty, Type::Integer | Type::Number);
        self.require(counts && !score.lines.is_empty(), expr, "a score of nothing");
        let fits = |value: &Value| constant_fits(value, &expr.ty);
        self.require(score.range.iter().all(|(low, high)| fits(low) && fits(high)), expr, "a score's range differs");
        for line in &score.lines {
            let (asked, cap) = match &line.how {
                Points::Once => (Type::Boolean, None),
                Points::Each { cap } => (Type::Integer, cap.as_ref()),
            };
            let points = fits(&line.points) && cap.is_none_or(fits);
            self.require(points && line.asked.ty == asked, &line.asked, "a score's line differs");
        }
    }

    fn occasion(&mut self, expr: &Expr, occasion: &calendar::Occasion, base: Option<&Expr>, place: Place) {
        let anniversary = matches!(occasion, calendar::Occasion::Anniversary { .. });
        self.require(anniversary == base.is_some(), expr, "an anniversary of nothing");
        self.require(base.is_none_or(|base| base.ty == Type::Date && place.customer), expr, "an anniversary of no day");
    }

    fn occasions(&mut self, expr: &Expr, windows: &[OccasionWindow], place: Place) {
        for window in windows {
            self.occasion(expr, &window.occasion, window.base.as_ref(), place);
            if let Some(base) = &window.base {
                self.expr(base, Place { row: None, customer: place.customer });
            }
        }
    }

    fn windows(&mut self, expr: &Expr, windows: &[Window], only_date: bool) {
        for window in windows {
            let bounds: &[Bound] = match window {
                Window::Since(bound) | Window::Before(bound) | Window::After(bound) | Window::Day(bound) => &[*bound],
                Window::FromTo(from, to) => &[*from, *to],
                _ => &[],
            };
            let instants = bounds.iter().any(|bound| matches!(bound, Bound::Instant(_)));
            let hours = matches!(window, Window::Hours { .. });
            self.require(!(only_date && (instants || hours)), expr, "a clock time asked of a day");
        }
    }

    fn aggregate(&mut self, expr: &Expr, aggregate: &Aggregate, place: Place) {
        use AggregateOperator as Operator;
        let (table, timed) = match &aggregate.rows {
            Rows::Of(table) => {
                self.require(place.customer && place.row.is_none(), expr, "rows out of reach");
                (Some(*table), Some(*table))
            }
            Rows::Flattened { table, lists } => {
                self.require(place.customer && place.row.is_none(), expr, "rows out of reach");
                (self.elements(*table, lists), Some(*table))
            }
            Rows::ListOf { row, table, lists } => {
                let fits = match row {
                    Row::Customer => place.customer && *table == CUSTOMERS,
                    Row::Current => place.row == Some(*table),
                };
                self.require(fits, expr, "the list is out of reach");
                (self.elements(*table, lists), None)
            }
            Rows::Elements(list) => {
                self.expr(list, place);
                self.require(matches!(list.ty, Type::List(_)), expr, "elements of no list");
                let fits = matches!(
                    aggregate.operator,
                    Operator::Number
                        | Operator::Different
                        | Operator::Sum
                        | Operator::Average
                        | Operator::Smallest
                        | Operator::Largest
                );
                self.require(
                    fits && aggregate.value.is_none() && aggregate.filter.is_none(),
                    expr,
                    "asked of elements",
                );
                return;
            }
        };
        self.require(table.is_some(), expr, "rows of no table");
        let time = timed.and_then(|table| self.program.tables.get(table.0 as usize)).and_then(|table| {
            let at = table.at?;
            table.fields.get(at.0 as usize).map(|field| field.ty == Type::Date)
        });
        self.require(aggregate.windows.is_empty() || time.is_some(), expr, "a window on rows without a time");
        self.require(aggregate.occasions.is_empty() || time.is_some(), expr, "an occasion for rows without a time");
        self.windows(expr, &aggregate.windows, time == Some(true));
        self.occasions(expr, &aggregate.occasions, place);
        let inner = Place { row: table, customer: place.customer };
        if let Some(filter) = &aggregate.filter {
            self.boolean(filter);
            self.expr(filter, inner);
        }
        if let Some(value) = &aggregate.value {
            self.expr(value, inner);
        }
        if aggregate.value.as_ref().is_some_and(|value| matches!(value.kind, ExprKind::Gap)) {
            let asked = matches!(aggregate.operator, Operator::Largest | Operator::Smallest | Operator::Average);
            let events = matches!(aggregate.rows, Rows::Of(_)) && time.is_some();
            self.require(asked && events, expr, "a gap between what has no time");
        }
        let with_value = aggregate.value.is_some();
        let fits = match aggregate.operator {
            Operator::Any | Operator::Every => !with_value && expr.ty == Type::Boolean,
            Operator::Number => {
                let entries = |value: &Expr| matches!(value.ty, Type::List(_));
                aggregate.value.as_ref().is_none_or(entries) && expr.ty == Type::Integer
            }
            Operator::Different => with_value && expr.ty == Type::Integer,
            Operator::No | Operator::Count(..) => false,
            Operator::Average => with_value,
            _ => aggregate.value.as_ref().is_some_and(|value| match &value.ty {
                // A list is asked about entry by entry.
                Type::List(element) => same(element, &expr.ty),
                ty => same(ty, &expr.ty),
            }),
        };
        self.require(fits, expr, "an aggregate in a form that is not known");
        let filtered = aggregate.operator != Operator::Every || aggregate.filter.is_some();
        self.require(filtered, expr, "every without a condition");
    }

    fn followed(&mut self, expr: &Expr, step: &Followed, place: Place) {
        self.require(place.customer && place.row == Some(step.before), expr, "a step behind no row");
        self.require(expr.ty == Type::Boolean && !expr.may_be_missing, expr, "a step that may be unknown");
        let only_date = |table: TableId| {
            let table = self.program.tables.get(table.0 as usize)?;
            Some(table.fields.get(table.at?.0 as usize)?.ty == Type::Date)
        };
        let (before, after) = (only_date(step.before), only_date(step.rows));
        self.require(before.is_some() && after.is_some(), expr, "a step without a time");
        let days = before == Some(true) || after == Some(true);
        let fits = step.within.is_none_or(|within| within.count > 0 && !(days && within.unit.is_of_the_clock()));
        self.require(fits, expr, "a step within no time");
        self.windows(expr, &step.windows, after == Some(true));
        self.occasions(expr, &step.occasions, place);
        let inner = Place { row: Some(step.rows), customer: place.customer };
        if let Some((how, before, after)) = &step.compared {
            let ordered = |ty: &Type| {
                matches!(ty, Type::Integer | Type::Number | Type::Money(_) | Type::Percent)
                    || matches!(ty, Type::Date | Type::Datetime | Type::Duration)
            };
            let fits = same(&before.ty, &after.ty) && (*how == Compared::Another || ordered(&before.ty));
            self.require(fits, expr, "steps compared by what has no order");
            self.expr(before, place);
            self.expr(after, inner);
        }
        for (before, after) in &step.same {
            self.require(same(&before.ty, &after.ty), expr, "steps tied by different types");
            self.expr(before, place);
            self.expr(after, inner);
        }
        if let Some(filter) = &step.filter {
            self.boolean(filter);
            self.expr(filter, inner);
        }
    }

    fn elements(&self, table: TableId, lists: &[FieldId]) -> Option<TableId> {
        let mut table = table;
        for list in lists {
            let field = self.program.tables.get(table.0 as usize)?.fields.get(list.0 as usize)?;
            let Type::Records(elements) = field.ty else { return None };
            table = elements;
        }
        (!lists.is_empty()).then_some(table)
    }
}

fn text_for(value: &Type, element: &Type) -> bool {
    *value == Type::Text && matches!(element, Type::OneOf(_) | Type::Timezone)
}

fn calculable(ty: &Type) -> bool {
    matches!(ty, Type::Integer | Type::Number | Type::Money(_) | Type::Duration)
}

fn constant_fits(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Boolean(_) => *ty == Type::Boolean,
        Value::Integer(_) => matches!(ty, Type::Integer | Type::Location),
        Value::Number(number) => number.is_finite() && matches!(ty, Type::Number | Type::Percent),
        Value::Money(_) => matches!(ty, Type::Money(_)),
        Value::Text(_) => matches!(ty, Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone),
        Value::Date(_) => *ty == Type::Date,
        Value::Instant(_) => *ty == Type::Datetime,
        Value::Duration(_) => *ty == Type::Duration,
        Value::List(_) => matches!(ty, Type::List(_)),
    }
}

fn call_fits(function: Function, argument: &Type, result: &Type) -> bool {
    let declaration = function.declaration();
    let takes = match declaration.argument {
        Argument::Moment => matches!(argument, Type::Date | Type::Datetime),
        Argument::Instant => *argument == Type::Datetime,
        Argument::Text => *argument == Type::Text,
        Argument::Quantity => matches!(argument, Type::Integer | Type::Number | Type::Money(_) | Type::Duration),
        Argument::Place => *argument == Type::Location,
    };
    let gives = match declaration.gives {
        Gives::Integer => *result == Type::Integer,
        Gives::Date => *result == Type::Date,
        Gives::Duration => *result == Type::Duration,
        Gives::Number => *result == Type::Number,
        Gives::Same => argument == result,
    };
    takes && gives
}
