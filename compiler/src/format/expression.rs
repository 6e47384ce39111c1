//! One expression as text on one line, for messages and reports. It needs no source, so it also prints what was built.

use crate::syntax::tree::{
    Aggregate, AggregateOperator, AskedOfBase, BlockKind, CallShape, Compared, CountTest, Different, End, Expr,
    ExprKind, Factor, Gap, IsTest, Literal, Moment, OverBase, Path, Points, Quantifier, Rounding, ScoreWhat, Sign,
    Unit, ValueSet, Window, WindowKind, WrittenTime,
};
use crate::syntax::{amount_text, sign, text_words, unit_word};
use std::sync::Arc;

/// Writes an expression as it would stand in a rule file.
pub fn print_expression(expression: &Expr) -> String {
    let mut text = String::new();
    print(expression, &mut text);
    text
}

fn print(expression: &Expr, text: &mut String) {
    match &expression.kind {
        ExprKind::Error => text.push_str("..."),
        ExprKind::Literal(literal) => text.push_str(&written(literal)),
        ExprKind::Name(path) => text.push_str(&path_text(path)),
        ExprKind::Moment(moment) => text.push_str(match moment {
            Moment::Today => "today",
            Moment::Yesterday => "yesterday",
            Moment::Now => "now",
        }),
        ExprKind::Bracketed(inner) => {
            text.push('(');
            print(inner, text);
            text.push(')');
        }
        ExprKind::Negate(inner) => {
            text.push('-');
            print(inner, text);
        }
        ExprKind::Sum(terms) => {
            for (at, (sign, term)) in terms.iter().enumerate() {
                text.push_str(match (at, sign) {
                    (0, _) => "",
                    (_, Sign::Plus) => " + ",
                    (_, Sign::Minus) => " - ",
                });
                print(term, text);
            }
        }
        ExprKind::Product(factors) => {
            for (at, (factor, term)) in factors.iter().enumerate() {
                text.push_str(match (at, factor) {
                    (0, _) => "",
                    (_, Factor::Times) => " * ",
                    (_, Factor::Over) => " / ",
                });
                print(term, text);
            }
        }
        ExprKind::Otherwise(terms) => several(terms, " otherwise ", text),
        ExprKind::And(terms) => several(terms, " and ", text),
        ExprKind::Or(terms) => several(terms, " or ", text),
        ExprKind::Call { function, shape, argument } => {
            text.push_str(&function.text.to_lowercase());
            text.push_str(match shape {
                CallShape::Of => " of ",
                CallShape::Since => " since ",
                CallShape::Until => " until ",
            });
            print(argument, text);
        }
        ExprKind::Rounded { value, direction, decimals } => {
            print(value, text);
            text.push_str(match direction {
                Rounding::Nearest => " rounded",
                Rounding::Up => " rounded up",
                Rounding::Down => " rounded down",
            });
            if let Some((count, _)) = decimals {
                text.push_str(&format!(" to {count} decimal{}", if *count == 1 { "" } else { "s" }));
            }
        }
        ExprKind::Compare { left, operator, right, ignoring_case, .. } => {
            print(left, text);
            text.push_str(&format!(" {} ", sign(*operator)));
            print(right, text);
            ignoring(*ignoring_case, text);
        }
        ExprKind::Range { value, from, to } => {
            print(value, text);
            text.push_str(" from ");
            print(from, text);
            text.push_str(" to ");
            print(to, text);
        }
        ExprKind::Is { left, negated, test, ignoring_case } => {
            print(left, text);
            text.push_str(if *negated { " is not " } else { " is " });
            is_test(test, text);
            ignoring(*ignoring_case, text);
        }
        ExprKind::Text { left, test, negated, right, ignoring_case } => {
            print(left, text);
            text.push_str(&format!(" {} ", text_words(*test, *negated)));
            print(right, text);
            ignoring(*ignoring_case, text);
        }
        ExprKind::Point(latitude, longitude) => {
            text.push_str("point(");
            print(latitude, text);
            text.push_str(", ");
            print(longitude, text);
            text.push(')');
        }
        ExprKind::Within { left, reach, of, .. } => {
            print(left, text);
            let reach = if reach % 1000.0 == 0.0 { format!("{} km", reach / 1000.0) } else { format!("{reach} m") };
            text.push_str(&format!(" within {reach} of "));
            print(of, text);
        }
        ExprKind::InBox { left, corners, .. } => {
            let [south_west, north_east] = corners.as_ref();
            print(left, text);
            text.push_str(" within the box from ");
            print(south_west, text);
            text.push_str(" to ");
            print(north_east, text);
        }
        ExprKind::Includes { left, quantifier, values, ignoring_case } => {
            print(left, text);
            let is_single = matches!(values, ValueSet::Values { values, .. } if values.len() == 1);
            text.push_str(match quantifier {
                Quantifier::Any if is_single => " includes ",
                Quantifier::Any => " includes any of ",
                Quantifier::All => " includes all of ",
                Quantifier::None => " includes none of ",
            });
            value_set(values, text);
            ignoring(*ignoring_case, text);
        }
        ExprKind::Not(inner) => {
            text.push_str("not ");
            print(inner, text);
        }
        ExprKind::Block { kind, lines } => {
            match kind {
                BlockKind::All => text.push_str("all of { "),
                BlockKind::Any => text.push_str("any of { "),
                BlockKind::None => text.push_str("none of { "),
                BlockKind::AtLeast(count) => text.push_str(&format!("at least {count} of {{ ")),
            }
            several(lines, "; ", text);
            text.push_str(" }");
        }
        ExprKind::Aggregate(aggregate) => print_aggregate(aggregate, text),
        ExprKind::OverBase(question) => print_over_base(question, text),
        ExprKind::InShare(share) => {
            let (from, to) = (written(&share.from.0), written(&share.to.0));
            let salt = written(&Literal::Text(Arc::clone(&share.salt.text)));
            let not = if share.negated { "not " } else { "" };
            text.push_str(&format!("customer {not}in share {from} to {to} of {salt}"));
        }
        ExprKind::Score(score) => {
            for (at, line) in score.lines.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "; " });
                print_points(&line.points, text);
                match &line.what {
                    ScoreWhat::If(condition) => {
                        text.push_str(" if ");
                        print(condition, text);
                    }
                    ScoreWhat::Each(rows) => {
                        let mut counted = String::new();
                        print(rows, &mut counted);
                        text.push_str(" for each ");
                        // The words of an aggregate that counts.
                        text.push_str(counted.strip_prefix("number of ").unwrap_or(&counted));
                    }
                }
                if let Some(cap) = &line.cap {
                    text.push_str(", up to ");
                    text.push_str(&written(&cap.points.value));
                    text.push_str(" points");
                }
            }
        }
    }
}

fn print_over_base(question: &OverBase, text: &mut String) {
    let mut over_customers = false;
    match &question.asked {
        AskedOfBase::Group { groups } => text.push_str(&format!("{} of ", group_word(*groups))),
        AskedOfBase::Foremost { end, extent, negated } => {
            let end = if *end == End::Top { "top" } else { "bottom" };
            let not = if *negated { "not " } else { "" };
            text.push_str(&format!("customer {not}in {end} {} by ", written(&extent.value)));
        }
        statistic => {
            over_customers = true;
            match statistic {
                AskedOfBase::Median => text.push_str("median of "),
                AskedOfBase::Deviation => text.push_str("deviation of "),
                AskedOfBase::Percentile { rank, .. } => text.push_str(&format!("percentile {} of ", written(rank))),
                _ => text.push_str("average of "),
            }
        }
    }
    print(&question.ranked.value, text);
    text.push_str(if over_customers { " over customers" } else { "" });
    if let Some(among) = &question.ranked.among {
        text.push_str(&format!(" among {}", among.text));
    }
}

/// The word for one of so many groups of equal size.
pub(crate) fn group_word(groups: u32) -> &'static str {
    match groups {
        4 => "quartile",
        5 => "quintile",
        10 => "decile",
        _ => "percentile",
    }
}

fn print_points(points: &Points, text: &mut String) {
    let points = written(&points.value);
    if !points.starts_with('-') {
        text.push('+');
    }
    text.push_str(&points);
}

fn several(terms: &[Expr], between: &str, text: &mut String) {
    for (at, term) in terms.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { between });
        print(term, text);
    }
}

fn ignoring(ignoring_case: bool, text: &mut String) {
    if ignoring_case {
        text.push_str(" ignoring case");
    }
}

fn is_test(test: &IsTest, text: &mut String) {
    match test {
        IsTest::Value(value) => print(value, text),
        IsTest::OneOf(ValueSet::List(name)) => text.push_str(&format!("in {}", name.text)),
        IsTest::OneOf(values) => {
            text.push_str("one of ");
            value_set(values, text);
        }
        IsTest::Missing => text.push_str("missing"),
        IsTest::Known => text.push_str("known"),
        IsTest::Empty => text.push_str("empty"),
        IsTest::Windows(windows) => {
            for (at, window) in windows.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { " " });
                print_window(window, text);
            }
        }
    }
}

fn value_set(values: &ValueSet, text: &mut String) {
    match values {
        ValueSet::Values { values, .. } => several(values, ", ", text),
        ValueSet::List(name) => text.push_str(&name.text),
    }
}

fn path_text(path: &Path) -> String {
    path.words.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>().join(".")
}

fn print_aggregate(aggregate: &Aggregate, text: &mut String) {
    match aggregate.operator {
        AggregateOperator::Any => text.push_str("any "),
        AggregateOperator::No => text.push_str("no "),
        AggregateOperator::Every => text.push_str("every "),
        AggregateOperator::Count(test, count) => {
            let words = match test {
                CountTest::AtLeast => "at least",
                CountTest::AtMost => "at most",
                CountTest::Exactly => "exactly",
                CountTest::MoreThan => "more than",
                CountTest::FewerThan => "fewer than",
            };
            text.push_str(&format!("{words} {count} "));
        }
        AggregateOperator::Number => text.push_str("number of "),
        AggregateOperator::Different => text.push_str("number of different "),
        AggregateOperator::Sum => text.push_str("sum of "),
        AggregateOperator::Average => text.push_str("average of "),
        AggregateOperator::Smallest => text.push_str("smallest "),
        AggregateOperator::Largest => text.push_str("largest "),
        AggregateOperator::First => text.push_str("first "),
        AggregateOperator::Latest => text.push_str("latest "),
        AggregateOperator::MostFrequent => text.push_str("most frequent "),
        AggregateOperator::Gap(gap) => text.push_str(match gap {
            Gap::Longest => "longest gap between ",
            Gap::Shortest => "shortest gap between ",
            Gap::Average => "average gap between ",
        }),
    }
    match aggregate.different {
        Some(Different::Units(unit)) => {
            let counts = aggregate.operator != AggregateOperator::Different;
            text.push_str(if counts { "different " } else { "" });
            let word = format!("{unit:?}").to_lowercase();
            text.push_str(&format!("{} of ", unit_word(&word, 2).unwrap_or("")));
        }
        Some(Different::Values) if aggregate.operator != AggregateOperator::Different => text.push_str("different "),
        _ => {}
    }
    text.push_str(&path_text(&aggregate.source));
    for window in &aggregate.windows {
        text.push(' ');
        print_window(window, text);
    }
    if let Some(filter) = &aggregate.filter {
        text.push_str(" where ");
        print(filter, text);
    }
    for step in &aggregate.steps {
        text.push_str(if step.negated { " followed by no " } else { " followed by " });
        text.push_str(&path_text(&step.source));
        for window in &step.windows {
            text.push(' ');
            print_window(window, text);
        }
        if let Some((amount, _)) = &step.within {
            text.push_str(&format!(" within {}", amount_text(*amount)));
        }
        if !step.same.is_empty() {
            let fields: Vec<&str> = step.same.iter().map(|field| &*field.text).collect();
            text.push_str(&format!(" with the same {}", fields.join(", ")));
        }
        if let Some((how, field)) = &step.compared {
            let words = match how {
                Compared::Another => "another",
                Compared::Greater => "a greater",
                Compared::Smaller => "a smaller",
            };
            text.push_str(&format!(" with {words} {}", field.text));
        }
        if let Some(filter) = &step.filter {
            text.push_str(" where ");
            print(filter, text);
        }
    }
}

fn print_window(window: &Window, text: &mut String) {
    let unit = |unit: Unit| format!("{unit:?}").to_lowercase();
    match &window.kind {
        WindowKind::InLast { amount, whole } => {
            let whole = if *whole { "whole " } else { "" };
            let words = unit_word(&unit(amount.unit), amount.count).unwrap_or("");
            text.push_str(&format!("in the last {} {whole}{words}", amount.count));
        }
        WindowKind::InNext { amount } => text.push_str(&format!("in the next {}", amount_text(*amount))),
        WindowKind::MoreThanAgo(amount) => text.push_str(&format!("more than {} ago", amount_text(*amount))),
        WindowKind::LessThanAgo(amount) => text.push_str(&format!("less than {} ago", amount_text(*amount))),
        WindowKind::ExactlyAgo(amount) => text.push_str(&format!("exactly {} ago", amount_text(*amount))),
        WindowKind::FromToAgo { from, to } if from.unit == to.unit => {
            text.push_str(&format!("from {} to {} ago", from.count, amount_text(*to)));
        }
        WindowKind::FromToAgo { from, to } => {
            text.push_str(&format!("from {} to {} ago", amount_text(*from), amount_text(*to)));
        }
        WindowKind::Since(bound) => print_bound("since ", bound, text),
        WindowKind::Before(bound) => print_bound("before ", bound, text),
        WindowKind::After(bound) => print_bound("after ", bound, text),
        WindowKind::OnDate(bound) => print_bound("on ", bound, text),
        WindowKind::FromTo { from, to } => {
            print_bound("from ", from, text);
            print_bound(" to ", to, text);
        }
        WindowKind::This(which) => text.push_str(&format!("this {}", unit(*which))),
        WindowKind::Last(which) => text.push_str(&format!("last {}", unit(*which))),
        WindowKind::Fiscal { unit: which, last } => {
            let word = if *last { "last" } else { "this" };
            text.push_str(&format!("{word} fiscal {}", unit(*which)));
        }
        WindowKind::Today => text.push_str("today"),
        WindowKind::Yesterday => text.push_str("yesterday"),
        WindowKind::OnDays(bits) => text.push_str(&format!("on {}", days(*bits))),
        WindowKind::Near { amount, before, occasion } => {
            let side = if *before { "before" } else { "after" };
            text.push_str(&format!("in the {} {side} {}", amount_text(*amount), occasion.text));
        }
        WindowKind::During { occasion } => text.push_str(&format!("during {}", occasion.text)),
        WindowKind::Hours { from, to } => text.push_str(&format!("from {} to {}", clock(*from), clock(*to))),
    }
}

fn print_bound(word: &str, bound: &Expr, text: &mut String) {
    text.push_str(word);
    print(bound, text);
}

fn days(bits: u8) -> String {
    const DAYS: [&str; 7] = ["mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"];
    match bits {
        0b001_1111 => "weekdays".to_owned(),
        0b110_0000 => "weekends".to_owned(),
        _ => {
            let chosen = DAYS.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
            chosen.map(|(_, day)| *day).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A literal as a rule file writes it.
fn written(literal: &Literal) -> String {
    match literal {
        Literal::Integer(value) => value.to_string(),
        Literal::Number(value) => plain(*value),
        Literal::Money { units, currency } => {
            let (whole, rest) = (units / 10_000, units % 10_000);
            let fraction = format!("{rest:04}");
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{whole}{point}{fraction} {}", currency.text)
        }
        Literal::Percent(value) => {
            // 0.07 times 100 is not 7 in floats; its shortest decimal moved by two places is.
            let shifted: f64 = format!("{value}e2").parse().unwrap_or(value * 100.0);
            let text = plain(shifted);
            format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
        }
        Literal::Text(text) => format!("\"{}\"", escaped(text)),
        Literal::Boolean(value) => value.to_string(),
        Literal::Date(day) => date(*day),
        Literal::Datetime(time) => datetime(time),
        Literal::Clock(seconds) => clock(*seconds),
        Literal::Duration(amount) => amount_text(*amount),
    }
}

/// A number in plain digits, with a point, so that it is not read as a whole number.
fn plain(value: f64) -> String {
    let text = format!("{value}");
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// A quote, and a backslash that would be read together with what follows, get a backslash.
fn escaped(content: &str) -> String {
    let mut text = String::with_capacity(content.len());
    let mut characters = content.chars().peekable();
    while let Some(character) = characters.next() {
        let is_joined = character == '\\' && matches!(characters.peek(), None | Some('"' | '\\'));
        if character == '"' || is_joined {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

fn date(day: i32) -> String {
    match chrono::NaiveDate::from_num_days_from_ce_opt(day.saturating_add(719_163)) {
        Some(date) => date.format("%Y-%m-%d").to_string(),
        None => "...".to_owned(),
    }
}

fn clock(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if seconds == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{seconds:02}") }
}

fn datetime(time: &WrittenTime) -> String {
    let seconds = u32::try_from(time.micros / 1_000_000).unwrap_or(0);
    let fraction = format!("{:06}", time.micros % 1_000_000);
    let fraction = fraction.trim_end_matches('0');
    let mut clock = clock(seconds);
    if !fraction.is_empty() {
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        clock = format!("{hours:02}:{minutes:02}:{seconds:02}.{fraction}");
    }
    let offset = match time.offset {
        None => String::new(),
        Some(0) => "Z".to_owned(),
        Some(offset) => {
            let size = offset.unsigned_abs();
            let sign = if offset < 0 { '-' } else { '+' };
            format!(" {sign}{:02}:{:02}", size / 3600, size / 60 % 60)
        }
    };
    format!("{} {clock}{offset}", date(time.day))
}
