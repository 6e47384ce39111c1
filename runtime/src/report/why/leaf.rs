//! One condition in words: whose value it asks about, what it needs, and what would be otherwise.
#![expect(clippy::indexing_slicing, reason = "there are two entries, for yes and no")]

use super::tree::Tree;
use super::{CountedRows, Fact};
use crate::interpret::InterpretError;
use crate::report::value::{MISSING, value_text};
use segue_compiler::program::{Aggregate, Asked, Expr, ExprKind, Rows, Type};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::{AggregateOperator, Comparison, Quantifier, TextTest};
use segue_compiler::values::calendar::{Moments, Occasion, date_text};
use segue_compiler::values::{Value, places};

/// A condition in words, for it to hold and not to hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    /// What is asked about and what it is: `spend_12m is 230 USD`.
    finding: String,
    /// What it needs: `at least 500 USD`, and its opposite.
    needs: [String; 2],
    /// What would be so: `spend_12m were at least 500 USD`, and its opposite.
    would: [String; 2],
    /// The name in the finding, where it is a name with its value.
    named: Option<String>,
    /// The rows the finding counts.
    pub(super) rows: Option<CountedRows>,
}

impl Leaf {
    /// The words for a condition that is no negation; `span` is the whole as written.
    pub(super) fn new(tree: &Tree<'_>, expr: &Expr, span: Span) -> Result<Leaf, InterpretError> {
        // `X is V`, needs `a` or `b`; would be `X c` or `X d`.
        let about_shown = |subject: &Expr, value: String, needs: [String; 2], would: [String; 2]| {
            let name = tree.name(subject);
            let would = would.map(|would| format!("{name} {would}"));
            let finding = format!("{name} is {value}");
            Ok(Leaf { finding, needs, would, named: Some(name), rows: None })
        };
        let about = |subject: &Expr, needs: [String; 2], would: [String; 2]| {
            about_shown(subject, tree.value_text(subject)?, needs, would)
        };
        let were = |needs: &[String; 2]| needs.clone().map(|needs| format!("were {needs}"));
        match &expr.kind {
            ExprKind::Compare(Comparison::AtMost, left, reach) if is_distance(left) => Leaf::near(tree, left, reach),
            ExprKind::InBox(place, _) => {
                let text = tree.text(expr.span).unwrap_or_default();
                let corners = text.find(" from ").and_then(|at| text.get(at..)).unwrap_or_default();
                let would = [format!("were within the box{corners}"), format!("were outside the box{corners}")];
                about(place, ["to be within the box", "to be outside the box"].map(str::to_owned), would)
            }
            ExprKind::Compare(comparison, left, right) => {
                let flipped = is_written(left) && !is_written(right);
                let (subject, limit) = if flipped { (right, left) } else { (left, right) };
                let words = compared(if flipped { mirrored(*comparison) } else { *comparison }, &subject.ty);
                let shown = shown(tree, subject, limit)?;
                let limit = self::limit(tree, limit)?;
                let needs = words.map(|word| word.replace('X', &limit));
                match counted_rows(subject) {
                    Some(aggregate) => {
                        of_count(tree, aggregate, needs.map(|needs| needs.replacen("less than", "fewer than", 1)))
                    }
                    None => about_shown(subject, shown, needs.clone(), were(&needs)),
                }
            }
            ExprKind::Equal { left, right, .. } => {
                let (subject, other) =
                    if is_written(left) && !is_written(right) { (right, left) } else { (left, right) };
                let shown = shown(tree, subject, other)?;
                let other = self::limit(tree, other)?;
                match counted_rows(subject) {
                    Some(aggregate) => {
                        let needs = [format!("exactly {other}"), format!("more or fewer than {other}")];
                        of_count(tree, aggregate, needs)
                    }
                    None => {
                        let needs = [other.clone(), format!("not {other}")];
                        about_shown(subject, shown, needs.clone(), were(&needs))
                    }
                }
            }
            ExprKind::IsOneOf { value, values, .. } => {
                let zone = tree.setting.program.settings.zone;
                let shown: Vec<String> = values.iter().map(|one| value_text(Some(one), &value.ty, zone)).collect();
                let shown = first_few(&shown);
                let needs = match values.len() {
                    0 => ["one of nothing".to_owned(), "anything".to_owned()],
                    1 => [shown.clone(), format!("not {shown}")],
                    _ => [format!("one of {shown}"), format!("none of {shown}")],
                };
                about(value, needs.clone(), were(&needs))
            }
            ExprKind::Text { test, subject, pattern, ignoring_case } => {
                let [verb, past] = match test {
                    TextTest::Contains => ["contain", "contained"],
                    TextTest::StartsWith => ["start with", "started with"],
                    TextTest::EndsWith => ["end with", "ended with"],
                    TextTest::Matches => ["match", "matched"],
                };
                let case = if *ignoring_case { " ignoring case" } else { "" };
                let pattern = format!("{}{case}", self::limit(tree, pattern)?);
                let needs = [format!("to {verb} {pattern}"), format!("not to {verb} {pattern}")];
                about(subject, needs, [format!("{past} {pattern}"), format!("did not {verb} {pattern}")])
            }
            ExprKind::Includes { list, quantifier, values, .. } => {
                let values: Vec<String> =
                    values.iter().map(|value| self::limit(tree, value)).collect::<Result<_, _>>()?;
                let shown = first_few(&values);
                let [yes, no] = match (quantifier, values.len()) {
                    (Quantifier::Any | Quantifier::All, 1) => [shown.clone(), format!("nothing like {shown}")],
                    (Quantifier::Any, _) => [format!("any of {shown}"), format!("none of {shown}")],
                    (Quantifier::All, _) => [format!("all of {shown}"), format!("not all of {shown}")],
                    (Quantifier::None, _) => [format!("none of {shown}"), format!("any of {shown}")],
                };
                let needs = [format!("to include {yes}"), format!("to include {no}")];
                about(list, needs, [format!("included {yes}"), format!("included {no}")])
            }
            ExprKind::IsEmpty(list) => about(
                list,
                ["to be empty", "not to be empty"].map(str::to_owned),
                ["were empty", "were not empty"].map(str::to_owned),
            ),
            ExprKind::IsKnown(value) => about(
                value,
                ["to be known", "to be missing"].map(str::to_owned),
                ["were known", "were missing"].map(str::to_owned),
            ),
            ExprKind::InWindows(moment, _) | ExprKind::Near(moment, _) => {
                let after = Span { start: moment.span.end.min(span.end), ..span };
                let window = tree.text(after).unwrap_or_else(|| "in the time asked for".to_owned());
                let window = window.strip_prefix("is ").unwrap_or(&window);
                let window = window.strip_prefix("not ").unwrap_or(window);
                let would = [format!("were {window}"), format!("were not {window}")];
                let needs = [format!("to be {window}"), format!("not to be {window}")];
                about(moment, needs, would)
            }
            ExprKind::Occurs { occasion, base, windows } => {
                let first = tree.filter(windows, Moments::Dates).first;
                Leaf::of_occasion(tree, (occasion, base.as_deref()), first, span)
            }
            ExprKind::Aggregate(aggregate) if aggregate.operator == AggregateOperator::Any => {
                let what = asked_rows(tree, aggregate);
                let rows = tree.rows(aggregate)?;
                Ok(Leaf {
                    finding: format!("{} of {} {} count", rows.counted, rows.of, rows.what),
                    needs: ["at least one".to_owned(), "none".to_owned()],
                    would: [format!("there were any {what}"), format!("there were no {what}")],
                    named: None,
                    rows: Some(rows),
                })
            }
            ExprKind::Aggregate(aggregate) if aggregate.operator == AggregateOperator::Every => {
                let what = asked_rows(tree, aggregate);
                let (held, failed) = (tree.rows(aggregate)?, tree.rows(&failing(aggregate))?);
                let asked = held.counted + failed.counted;
                let finding = match (asked, failed.counted) {
                    (0, _) => format!("there are no {} to ask about", held.what),
                    (_, 0) => format!("it holds for {asked} of {asked} {}", held.what),
                    _ => format!("it does not hold for {} of {asked} {}", failed.counted, held.what),
                };
                Ok(Leaf {
                    finding,
                    needs: ["all of at least one", "one for which it does not hold, or none at all"].map(str::to_owned),
                    would: [format!("it held for every {what}"), format!("it did not hold for every {what}")],
                    named: None,
                    rows: Some(if failed.counted > 0 { failed } else { held }),
                })
            }
            ExprKind::Field { .. } | ExprKind::Lookup { .. } | ExprKind::Trait(_) => {
                let needs = ["yes".to_owned(), "no".to_owned()];
                about(expr, needs.clone(), were(&needs))
            }
            ExprKind::OverBase(question) => match question.asked {
                Asked::Foremost(end, extent) => match Leaf::of_foremost(tree, question, (end, extent))? {
                    Some(leaf) => Ok(leaf),
                    None => Ok(Leaf::as_written(tree, span)),
                },
                Asked::Group(_) | Asked::Statistic(_) => Ok(Leaf::as_written(tree, span)),
            },
            ExprKind::InShare { salt, from, to, key } => Leaf::of_share(tree, (salt, key), (*from, *to)),
            ExprKind::Segment(_) => {
                let name = tree.name(expr);
                Ok(Leaf {
                    finding: format!("{name}: {}", tree.value_text(expr)?),
                    needs: ["to be in it".to_owned(), "not to be in it".to_owned()],
                    would: [format!("the customer were in {name}"), format!("the customer were not in {name}")],
                    named: None,
                    rows: None,
                })
            }
            _ => Ok(Leaf::as_written(tree, span)),
        }
    }

    /// How near a place is to another, in the unit it is asked in.
    fn near(tree: &Tree<'_>, distance: &Expr, reach: &Expr) -> Result<Leaf, InterpretError> {
        let ExprKind::Distance(from, to) = &distance.kind else { return Ok(Leaf::as_written(tree, distance.span)) };
        let written = tree.text(reach.span).unwrap_or_default();
        let unit = written.trim_start_matches(|character: char| character.is_ascii_digit() || character == '.').trim();
        let (name, goal) = (tree.name(from), tree.name(to));
        let finding = match tree.value(distance)? {
            Some(Value::Number(metres)) => format!("{name} is {} from {goal}", away(metres, unit)),
            _ => format!("how far {name} is from {goal} is not known"),
        };
        let limit = match tree.value(reach)? {
            Some(Value::Number(metres)) => away(metres, unit),
            _ => written.clone(),
        };
        Ok(Leaf {
            finding,
            needs: [format!("at most {limit}"), format!("more than {limit}")],
            would: [
                format!("{name} were within {limit} of {goal}"),
                format!("{name} were more than {limit} from {goal}"),
            ],
            named: None,
            rows: None,
        })
    }

    /// When an occasion comes back.
    fn of_occasion(
        tree: &Tree<'_>,
        (occasion, base): (&Occasion, Option<&Expr>),
        first: i64,
        span: Span,
    ) -> Result<Leaf, InterpretError> {
        let as_written = Leaf::as_written(tree, span);
        let base = match base.map(|base| tree.value(base)).transpose()? {
            None => None,
            Some(Some(Value::Date(day))) => Some(day),
            // The value is shown as missing.
            Some(_) => return Ok(as_written),
        };
        let text = tree.text(span).unwrap_or_default();
        let name = text.split_whitespace().next().unwrap_or_default();
        let window = text.split_once(" is ").map_or(text.as_str(), |(_, window)| window);
        let window = window.strip_prefix("not ").unwrap_or(window);
        // The one that decides: it is the first that is not over when the stretch asked about begins.
        let finding = match i32::try_from(first).ok().and_then(|first| occasion.next(base, first)) {
            Some((first, last)) if first == last => format!("{name} is on {}", date_text(first)),
            Some((first, last)) => format!("{name} is from {} to {}", date_text(first), date_text(last)),
            None => format!("{name} is over"),
        };
        Ok(Leaf {
            finding,
            needs: [format!("to be {window}"), format!("not to be {window}")],
            would: [format!("{name} were {window}"), format!("{name} were not {window}")],
            ..as_written
        })
    }

    /// A condition that only its own words tell.
    fn as_written(tree: &Tree<'_>, span: Span) -> Leaf {
        let text = tree.text(span).unwrap_or_else(|| "this".to_owned());
        Leaf {
            finding: String::new(),
            needs: [String::new(), String::new()],
            would: [format!("this held: {text}"), format!("this did not hold: {text}")],
            named: None,
            rows: None,
        }
    }

    /// A condition on a value that has a name.
    pub(super) fn of_value(name: &str, value: &str, needs: [String; 2], would: [String; 2]) -> Leaf {
        Leaf { finding: format!("{name} is {value}"), needs, would, named: Some(name.to_owned()), rows: None }
    }

    /// The words for the opposite.
    pub(super) fn opposite(mut self) -> Leaf {
        self.needs.reverse();
        self.would.reverse();
        self
    }

    /// The value and what is needed for the condition to hold, or not to.
    pub(super) fn finding(&self, holds: bool) -> Option<String> {
        let needs = &self.needs[usize::from(!holds)];
        (!self.finding.is_empty()).then(|| format!("{}, needs {needs}", self.finding))
    }

    /// What would be so where the condition held, or did not.
    pub(super) fn would(&self, holds: bool) -> String {
        self.would[usize::from(!holds)].clone()
    }

    /// Whether the finding says all that the facts say.
    pub(super) fn tells(&self, facts: &[Fact]) -> bool {
        let told = |fact: &Fact| Some(&fact.name) == self.named.as_ref() && fact.rows.is_none() && fact.from.is_empty();
        facts.iter().all(told)
    }
}

/// The rows of a condition on how many there are.
fn counted_rows(subject: &Expr) -> Option<&Aggregate> {
    match &subject.kind {
        ExprKind::Aggregate(aggregate) if aggregate.operator == AggregateOperator::Number => {
            (!matches!(aggregate.rows, Rows::Elements(_))).then_some(aggregate)
        }
        _ => None,
    }
}

/// The rows in the windows for which an `every` does not certainly hold.
fn failing(every: &Aggregate) -> Aggregate {
    let filter = every.filter.clone().map(|filter| {
        let (span, ty) = (filter.span, Type::Boolean);
        let truth = |kind| Expr { kind, ty: ty.clone(), may_be_missing: false, span };
        let certain = truth(ExprKind::Otherwise(vec![filter, truth(ExprKind::Constant(Value::Boolean(false)))]));
        truth(ExprKind::Not(Box::new(certain)))
    });
    Aggregate { operator: AggregateOperator::Any, filter, ..every.clone() }
}

/// A condition on how many rows count.
fn of_count(tree: &Tree<'_>, aggregate: &Aggregate, needs: [String; 2]) -> Result<Leaf, InterpretError> {
    let what = asked_rows(tree, aggregate);
    let rows = tree.rows(aggregate)?;
    let finding = format!("{} of {} {} count", rows.counted, rows.of, rows.what);
    let would = needs.clone().map(|needs| format!("there were {needs} {what}"));
    Ok(Leaf { finding, needs, would, named: None, rows: Some(rows) })
}

fn is_written(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Constant(_))
}

/// Whether a number was written as a percentage.
fn in_percent(tree: &Tree<'_>, expr: &Expr) -> bool {
    is_written(expr) && expr.ty == Type::Number && tree.text(expr.span).is_some_and(|text| text.ends_with('%'))
}

/// The customer's value, in the unit of what it is held against.
fn shown(tree: &Tree<'_>, subject: &Expr, other: &Expr) -> Result<String, InterpretError> {
    if subject.ty == Type::Number && in_percent(tree, other) {
        tree.value_text_as(subject, &Type::Percent)
    } else {
        tree.value_text(subject)
    }
}

/// The value something is held against; with the name it was written by, where it was.
fn limit(tree: &Tree<'_>, expr: &Expr) -> Result<String, InterpretError> {
    let value = if in_percent(tree, expr) { tree.value_text_as(expr, &Type::Percent)? } else { tree.value_text(expr)? };
    let name = tree.name(expr);
    let is_name = name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '.'));
    let says_it_all =
        !is_name || name == value || name == "the value" || matches!(expr.ty, Type::Boolean | Type::OneOf(_));
    let moment = matches!(expr.kind, ExprKind::Now | ExprKind::Day(_));
    Ok(match expr.kind {
        ExprKind::Constant(_) if says_it_all => value,
        ExprKind::Constant(_) => format!("{name} ({value})"),
        _ if value == MISSING => format!("{name}, which is missing"),
        _ if moment || name != value => format!("{name} ({value})"),
        _ => value,
    })
}

/// The nearness of two places: what `within 10 km of` holds against a reach.
fn is_distance(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Distance(..))
}

/// Metres in a unit as written.
fn away(metres: f64, unit: &str) -> String {
    let (name, size) = places::unit(unit).unwrap_or(("m", 1.0));
    let number = Value::Number(metres / size);
    format!("{} {name}", value_text(Some(&number), &Type::Number, chrono_tz::UTC))
}

/// The words for a comparison with X, and for its opposite.
fn compared(comparison: Comparison, ty: &Type) -> [&'static str; 2] {
    let time = matches!(ty, Type::Date | Type::Datetime);
    match (comparison, time) {
        (Comparison::Less, false) => ["less than X", "at least X"],
        (Comparison::AtMost, false) => ["at most X", "more than X"],
        (Comparison::Greater, false) => ["more than X", "at most X"],
        (Comparison::AtLeast, false) => ["at least X", "less than X"],
        (Comparison::Less, true) => ["before X", "X or later"],
        (Comparison::AtMost, true) => ["X or earlier", "after X"],
        (Comparison::Greater, true) => ["after X", "X or earlier"],
        (Comparison::AtLeast, true) => ["X or later", "before X"],
    }
}

fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}

/// The rows asked about as written, from their name on: `purchases in the last 90 days where ...`.
fn asked_rows(tree: &Tree<'_>, aggregate: &Aggregate) -> String {
    let mut found = tree.text(aggregate.rows_span).unwrap_or_else(|| tree.rows_name(&aggregate.rows));
    // Brackets that were opened before the name are not the rows'.
    while found.ends_with(')') && found.matches(')').count() > found.matches('(').count() {
        found.pop();
    }
    found
}

fn first_few(items: &[String]) -> String {
    const MOST: usize = 5;
    let more = items.len().saturating_sub(MOST);
    let shown = items.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
