//! A checked program as text, for tests and for reading: one declaration a paragraph, values in a short prefix form.

use super::{
    Aggregate, Answered, Asked, BaseQuestion, Bound, Conversion, End, Expr, ExprKind, FieldSource, Followed, Item,
    OccasionWindow, Points, Program, Reading, Row, Rows, Score, Statistic, Type, Window,
};
use crate::syntax::tree::{
    AggregateOperator, Amount, Comparison, Factor, Quantifier, Rounding, Sign, TableKind, TextTest, Unit,
};
use crate::values::{Value, places};
use std::fmt::Write;

/// The whole program.
pub fn dump(program: &Program) -> String {
    let mut out = String::new();
    for table in &program.tables {
        let kind = match table.kind {
            TableKind::Customers => "customers",
            TableKind::Events => "events",
            TableKind::Records => "records",
            TableKind::Table => "table",
        };
        _ = writeln!(out, "{kind} {}", table.name);
        for (at, field) in table.fields.iter().enumerate() {
            let is = |id: Option<super::FieldId>| id.is_some_and(|id| id.0 as usize == at);
            let role = match (is(table.key), is(table.by), is(table.at)) {
                (true, _, _) => "key ",
                (_, true, _) => "by ",
                (_, _, true) => "at ",
                _ => "",
            };
            let optional = if field.optional { "?" } else { "" };
            _ = write!(out, "  {role}{} : {}{optional}", field.name, type_name(program, &field.ty));
            match &field.source {
                FieldSource::Column { column, reading } => {
                    if *column != field.name {
                        _ = write!(out, " from {column:?}");
                    }
                    match reading {
                        Reading::Plain => {}
                        Reading::Hundredths => out.push_str(" as 45"),
                        Reading::Zone(zone) => _ = write!(out, " in {zone}"),
                        Reading::Bits => out.push_str(" as bits"),
                    }
                }
                FieldSource::Computed(value) => _ = write!(out, " = {}", expression(program, value)),
                FieldSource::Answered(Answered { of: Some(_), .. }) => out.push_str(" by its segment"),
                FieldSource::Answered(Answered { of: None, .. }) => out.push_str(" of the customer"),
            }
            for label in &field.labels {
                _ = write!(out, " {}", format!("{label:?}").to_lowercase());
            }
            out.push('\n');
        }
    }
    for item in &program.order {
        out.push_str(&declaration(program, *item));
    }
    for other in program.others.iter() {
        let table = program.tables.get(other.table.0 as usize).map_or("", |table| &table.name);
        for item in &other.program.order {
            let text = declaration(&other.program, *item);
            let (head, lines) = text.split_once('\n').unwrap_or((&text, ""));
            _ = writeln!(out, "{head} of {table}\n{}", lines.trim_end());
        }
    }
    out
}

fn declaration(program: &Program, item: Item) -> String {
    let mut out = String::new();
    let labels = |labels: &[crate::syntax::tree::Label]| {
        labels.iter().map(|label| format!(" {}", format!("{label:?}").to_lowercase())).collect::<String>()
    };
    match item {
        Item::Trait(id) => {
            let Some(made) = program.traits.get(id.0 as usize) else { return out };
            let optional = if made.value.may_be_missing { "?" } else { "" };
            let ty = type_name(program, &made.value.ty);
            _ = writeln!(out, "trait {} : {ty}{optional}{}", made.name, labels(&made.labels));
            _ = writeln!(out, "  {}", expression(program, &made.value));
        }
        Item::Segment(id) => {
            let Some(made) = program.segments.get(id.0 as usize) else { return out };
            _ = writeln!(out, "segment {}{}", made.name, labels(&made.labels));
            for line in &made.lines {
                _ = writeln!(out, "  {}", expression(program, line));
            }
        }
        Item::Partition(id) => {
            let Some(made) = program.partitions.get(id.0 as usize) else { return out };
            _ = writeln!(out, "partition {}{}", made.name, labels(&made.labels));
            for part in &made.parts {
                let condition =
                    part.condition.as_ref().map_or("otherwise".to_owned(), |line| expression(program, line));
                _ = writeln!(out, "  {} : {condition}", part.name);
            }
        }
    }
    out
}

/// A type as a reader would write it.
fn type_name(program: &Program, ty: &Type) -> String {
    match ty {
        Type::Money(currency) => format!("money {}", currency.code()),
        Type::OneOf(values) => format!("one of {}", values.join(", ")),
        Type::Id(Some(table)) => format!("id -> {}", table_name(program, *table)),
        Type::Id(None) => "id".to_owned(),
        Type::List(element) => format!("list of {}", type_name(program, element)),
        Type::Records(table) => format!("list of {}", table_name(program, *table)),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn table_name(program: &Program, table: super::TableId) -> &str {
    program.tables.get(table.0 as usize).map_or("?", |table| &table.name)
}

fn field_name(program: &Program, table: super::TableId, field: super::FieldId) -> &str {
    let table = program.tables.get(table.0 as usize);
    table.and_then(|table| table.fields.get(field.0 as usize)).map_or("?", |field| &field.name)
}

/// One expression in prefix form: `(< age 40)`.
pub(crate) fn expression(program: &Program, expr: &Expr) -> String {
    let inner = |expr: &Expr| expression(program, expr);
    let all = |list: &[Expr]| list.iter().map(|one| expression(program, one)).collect::<Vec<_>>().join(" ");
    let case = |ignoring: bool| if ignoring { " ignoring case" } else { "" };
    match &expr.kind {
        ExprKind::Constant(value) => constant(value, &expr.ty),
        ExprKind::Now => "now".to_owned(),
        ExprKind::Day(0) => "today".to_owned(),
        ExprKind::Day(days) => format!("today{days:+}"),
        ExprKind::Field { row, table, field } => {
            let whose = if *row == Row::Customer { "customer." } else { "" };
            format!("{whose}{}", field_name(program, *table, *field))
        }
        ExprKind::Lookup { key, table, field } => format!("{}->{}", inner(key), field_name(program, *table, *field)),
        ExprKind::Trait(id) => {
            program.traits.get(id.0 as usize).map_or_else(|| "?".to_owned(), |made| format!("trait:{}", made.name))
        }
        ExprKind::Segment(id) => {
            program.segments.get(id.0 as usize).map_or_else(|| "?".to_owned(), |made| format!("segment:{}", made.name))
        }
        ExprKind::InParts { partition, parts } => match program.partitions.get(partition.0 as usize) {
            None => "?".to_owned(),
            Some(made) => {
                let names = parts.iter().map(|part| made.parts.get(*part as usize).map_or("?", |part| &part.name));
                format!("(in {} {})", made.name, names.collect::<Vec<_>>().join(" "))
            }
        },
        ExprKind::Convert(conversion, value) => {
            let word = match conversion {
                Conversion::IntegerToNumber | Conversion::PercentNumber => "number",
                Conversion::ToText => "text",
                Conversion::BooleanToInteger => "integer",
            };
            format!("({word} {})", inner(value))
        }
        ExprKind::Negate(value) => format!("(- {})", inner(value)),
        ExprKind::Sum(terms) => {
            let terms = terms.iter().map(|(sign, term)| match sign {
                Sign::Plus => inner(term),
                Sign::Minus => format!("-{}", inner(term)),
            });
            format!("(+ {})", terms.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Product(factors) => {
            let factors = factors.iter().map(|(factor, value)| match factor {
                Factor::Times => inner(value),
                Factor::Over => format!("/{}", inner(value)),
            });
            format!("(* {})", factors.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Shift { moment, sign, amount: by } => {
            let sign = if *sign == Sign::Plus { '+' } else { '-' };
            format!("({} {sign} {})", inner(moment), amount(*by))
        }
        ExprKind::Difference(later, earlier) => format!("(between {} {})", inner(earlier), inner(later)),
        ExprKind::Point(latitude, longitude) => format!("(point {} {})", inner(latitude), inner(longitude)),
        ExprKind::Distance(from, to) => format!("(distance {} {})", inner(from), inner(to)),
        ExprKind::Call(function, argument) => {
            let declared = function.declaration();
            let shape = format!("{:?}", declared.shape).to_lowercase();
            format!("({}-{shape} {})", declared.name, inner(argument))
        }
        ExprKind::Round { value, direction, decimals } => {
            let word = match direction {
                Rounding::Nearest => "round",
                Rounding::Up => "round-up",
                Rounding::Down => "round-down",
            };
            format!("({word} {} {decimals})", inner(value))
        }
        ExprKind::Otherwise(choices) => format!("(otherwise {})", all(choices)),
        ExprKind::Compare(operator, left, right) => {
            let sign = match operator {
                Comparison::Less => "<",
                Comparison::AtMost => "<=",
                Comparison::Greater => ">",
                Comparison::AtLeast => ">=",
            };
            format!("({sign} {} {})", inner(left), inner(right))
        }
        ExprKind::Equal { left, right, ignoring_case } => {
            format!("(= {} {}{})", inner(left), inner(right), case(*ignoring_case))
        }
        ExprKind::IsOneOf { value, values, ignoring_case } => {
            let list = values.iter().map(|one| constant(one, &value.ty)).collect::<Vec<_>>().join(" ");
            format!("(one-of {} [{list}]{})", inner(value), case(*ignoring_case))
        }
        ExprKind::Text { test, subject, pattern, ignoring_case } => {
            let word = match test {
                TextTest::Contains => "contains",
                TextTest::StartsWith => "starts-with",
                TextTest::EndsWith => "ends-with",
                TextTest::Matches => "matches",
            };
            format!("({word} {} {}{})", inner(subject), inner(pattern), case(*ignoring_case))
        }
        ExprKind::Includes { list, quantifier, values, ignoring_case } => {
            let word = match quantifier {
                Quantifier::Any => "includes-any",
                Quantifier::All => "includes-all",
                Quantifier::None => "includes-none",
            };
            format!("({word} {} {}{})", inner(list), all(values), case(*ignoring_case))
        }
        ExprKind::IsEmpty(list) => format!("(empty {})", inner(list)),
        ExprKind::IsKnown(value) => format!("(known {})", inner(value)),
        ExprKind::InBox(place, area) => {
            let corners = [area.south_west, area.north_east].map(places::text);
            format!("(in-box {} ({}) ({}))", inner(place), corners[0], corners[1])
        }
        ExprKind::InWindows(moment, list) => format!("(within {} {})", inner(moment), windows(list)),
        ExprKind::Near(day, window) => format!("(near {} {})", inner(day), occasion_window(program, window)),
        ExprKind::Occurs { occasion, base, windows: list } => {
            let base = base.as_ref().map_or(String::new(), |base| format!(" of {}", inner(base)));
            format!("(occurs {occasion}{base} {})", windows(list))
        }
        ExprKind::Not(value) => format!("(not {})", inner(value)),
        ExprKind::And(lines) => format!("(and {})", all(lines)),
        ExprKind::Or(lines) => format!("(or {})", all(lines)),
        ExprKind::AtLeastOf(wanted, lines) => format!("(at-least {wanted} {})", all(lines)),
        ExprKind::Aggregate(aggregate) => asked(program, aggregate),
        ExprKind::Gap => "gap".to_owned(),
        ExprKind::Followed(step) => followed(program, step),
        ExprKind::Score(score) => points(program, score, &expr.ty),
        ExprKind::OverBase(question) => over_base(program, question),
        ExprKind::InShare { salt, from, to, key } => {
            let key = inner(key);
            format!("(in-share {salt:?} {}..{} {key})", from.as_number(), to.as_number())
        }
    }
}

/// A question about the whole base with all declarations that its answer depends on: questions of two programs with the same
/// text have the same answers over the same data.
pub fn question_text(program: &Program, question: &BaseQuestion) -> String {
    let mut waiting: Vec<Item> = question.among.map(Item::Segment).into_iter().collect();
    question.value.walk(&mut |part| waiting.extend(part.named()));
    let mut reached = std::collections::HashSet::new();
    while let Some(item) = waiting.pop() {
        if reached.insert(item) {
            waiting.extend(program.uses(item));
        }
    }
    let mut out = over_base(program, question) + "\n";
    for item in program.order.iter().filter(|item| reached.contains(item)) {
        out.push_str(&declaration(program, *item));
    }
    for table in &program.tables {
        for field in &table.fields {
            if let FieldSource::Computed(value) = &field.source {
                _ = writeln!(out, "{}.{} = {}", table.name, field.name, expression(program, value));
            }
        }
    }
    out
}

/// The first line of [`question_text`]: the question alone.
pub fn over_base(program: &Program, question: &BaseQuestion) -> String {
    let asked = match question.asked {
        Asked::Group(groups) => format!("group-of-{groups}"),
        Asked::Statistic(Statistic::Average) => "base-average".to_owned(),
        Asked::Statistic(Statistic::Deviation) => "base-deviation".to_owned(),
        Asked::Statistic(Statistic::Percentile(share)) => format!("base-percentile {}", share.as_number()),
        Asked::Foremost(end, extent) => {
            let word = if end == End::Top { "top" } else { "bottom" };
            format!("{word} {}+{}", extent.customers, extent.share.as_number())
        }
    };
    let among = question.among.and_then(|id| program.segments.get(id.0 as usize));
    let among = among.map_or(String::new(), |segment| format!(" among {}", segment.name));
    format!("({asked} {}{among})", expression(program, &question.value))
}

fn points(program: &Program, score: &Score, ty: &Type) -> String {
    let mut out = "(score".to_owned();
    if let Some((low, high)) = &score.range {
        _ = write!(out, " {}..{}", constant(low, ty), constant(high, ty));
    }
    for line in &score.lines {
        let word = match &line.how {
            Points::Once => "if".to_owned(),
            Points::Each { cap: None } => "each".to_owned(),
            Points::Each { cap: Some(cap) } => format!("each, cap {},", constant(cap, ty)),
        };
        _ = write!(out, " [{} {word} {}]", constant(&line.points, ty), expression(program, &line.asked));
    }
    out.push(')');
    out
}

fn occasion_window(program: &Program, window: &OccasionWindow) -> String {
    let base = window.base.as_ref().map_or(String::new(), |base| format!(" of {}", expression(program, base)));
    format!("[{} {}{base}]", window.reach, window.occasion)
}

fn followed(program: &Program, step: &Followed) -> String {
    let word = if step.negated { "not-followed" } else { "followed" };
    let mut out = format!("({word} {}", table_name(program, step.rows));
    if !step.windows.is_empty() {
        _ = write!(out, " {}", windows(&step.windows));
    }
    for window in &step.occasions {
        _ = write!(out, " {}", occasion_window(program, window));
    }
    if let Some(within) = step.within {
        _ = write!(out, " within {}", amount(within));
    }
    if let Some((how, before, after)) = &step.compared {
        let how = format!("{how:?}").to_lowercase();
        _ = write!(out, " {how} {} {}", expression(program, before), expression(program, after));
    }
    for (before, after) in &step.same {
        _ = write!(out, " same {} {}", expression(program, before), expression(program, after));
    }
    if let Some(filter) = &step.filter {
        _ = write!(out, " where {}", expression(program, filter));
    }
    out.push(')');
    out
}

fn asked(program: &Program, aggregate: &Aggregate) -> String {
    let word = match aggregate.operator {
        AggregateOperator::Any => "any",
        AggregateOperator::No => "no",
        AggregateOperator::Every => "every",
        AggregateOperator::Count(..) => "count",
        AggregateOperator::Number => "number",
        AggregateOperator::Different => "different",
        AggregateOperator::Sum => "sum",
        AggregateOperator::Average => "average",
        AggregateOperator::Smallest => "smallest",
        AggregateOperator::Largest => "largest",
        AggregateOperator::First => "first",
        AggregateOperator::Latest => "latest",
        AggregateOperator::MostFrequent => "most-frequent",
        AggregateOperator::Gap(_) => "gap",
    };
    let path = |table: super::TableId, lists: &[super::FieldId]| {
        let mut table = table;
        let mut text = String::new();
        for list in lists {
            _ = write!(text, ".{}", field_name(program, table, *list));
            let field = program.tables.get(table.0 as usize).and_then(|found| found.fields.get(list.0 as usize));
            if let Some(Type::Records(elements)) = field.map(|field| &field.ty) {
                table = *elements;
            }
        }
        text
    };
    let rows = match &aggregate.rows {
        Rows::Of(table) => table_name(program, *table).to_owned(),
        Rows::Flattened { table, lists } => format!("{}{}", table_name(program, *table), path(*table, lists)),
        Rows::ListOf { row, table, lists } => {
            let whose = if *row == Row::Customer { "customer" } else { "row" };
            format!("{whose}{}", path(*table, lists))
        }
        Rows::Elements(list) => format!("elements {}", expression(program, list)),
    };
    let mut out = format!("({word} {rows}");
    if let Some(value) = &aggregate.value {
        _ = write!(out, " of {}", expression(program, value));
    }
    if !aggregate.windows.is_empty() {
        _ = write!(out, " {}", windows(&aggregate.windows));
    }
    for window in &aggregate.occasions {
        _ = write!(out, " {}", occasion_window(program, window));
    }
    if let Some(filter) = &aggregate.filter {
        _ = write!(out, " where {}", expression(program, filter));
    }
    out.push(')');
    out
}

fn windows(list: &[Window]) -> String {
    let shown: Vec<String> = list.iter().map(window).collect();
    format!("[{}]", shown.join("; "))
}

fn window(window: &Window) -> String {
    match window {
        Window::InLast { amount: by, whole } => format!("last {}{}", if *whole { "whole " } else { "" }, amount(*by)),
        Window::InNext { amount: by } => format!("next {}", amount(*by)),
        Window::MoreThanAgo(by) => format!("more than {} ago", amount(*by)),
        Window::ExactlyAgo(by) => format!("exactly {} ago", amount(*by)),
        Window::FromToAgo { from, to } => format!("from {} to {} ago", amount(*from), amount(*to)),
        Window::Since(at) => format!("since {}", bound(*at)),
        Window::Before(at) => format!("before {}", bound(*at)),
        Window::After(at) => format!("after {}", bound(*at)),
        Window::FromTo(from, to) => format!("from {} to {}", bound(*from), bound(*to)),
        Window::This(unit) => format!("this {}", unit_name(*unit)),
        Window::Last(unit) => format!("last {}", unit_name(*unit)),
        Window::Fiscal { unit, last, .. } => {
            format!("{} fiscal {}", if *last { "last" } else { "this" }, unit_name(*unit))
        }
        Window::Day(at) => format!("on {}", bound(*at)),
        Window::Weekdays(days) => format!("days {days:07b}"),
        Window::Hours { from, to } => format!("hours {from} to {to}"),
    }
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Day(day) => constant(&Value::Date(day), &Type::Date),
        Bound::Instant(instant) => constant(&Value::Instant(instant), &Type::Datetime),
        Bound::RelativeDay(0) => "today".to_owned(),
        Bound::RelativeDay(days) => format!("today{days:+}"),
        Bound::Now => "now".to_owned(),
    }
}

fn amount(amount: Amount) -> String {
    format!("{} {}", amount.count, unit_name(amount.unit))
}

fn unit_name(unit: Unit) -> String {
    format!("{unit:?}").to_lowercase()
}

fn constant(value: &Value, ty: &Type) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) if *ty == Type::Percent => format!("{value:?}%"),
        Value::Number(value) => format!("{value:?}"),
        Value::Money(units) => {
            let currency = if let Type::Money(currency) = ty { currency.code() } else { "" };
            crate::types::show_money(*units, currency)
        }
        Value::Text(text) => format!("{text:?}"),
        Value::Date(day) => chrono::DateTime::from_timestamp(i64::from(*day) * 86_400, 0)
            .map_or_else(|| format!("day {day}"), |time| time.format("%Y-%m-%d").to_string()),
        Value::Instant(micros) => chrono::DateTime::from_timestamp_micros(*micros)
            .map_or_else(|| format!("instant {micros}"), |time| time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()),
        Value::Duration(micros) => format!("{}s", *micros as f64 / 1e6),
        Value::List(values) => values.iter().map(|one| constant(one, ty)).collect::<Vec<_>>().join(" "),
    }
}
