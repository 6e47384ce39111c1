//! Which constructs a node of the tree is written with.
//!
//! Each `match` is without a wildcard, so what the tree gains has to be given words here before it compiles.

use super::{Construct, conditions, declarations, fields, occasions, population, rows, sequences, time, values};
use crate::syntax::tree::{
    Aggregate, AggregateOperator, AskedOfBase, BlockKind, Compared, CountTest, DayKind, Different, End, ExprKind,
    Factor, Gap, IsTest, Label, Literal, Moment, OverBase, Quantifier, Sign, TableKind, TextTest, TypeRefKind,
    WindowKind,
};

/// Constructs whose words stand in a node.
type Constructs = Vec<&'static Construct>;

/// Of a condition or value, without those of its parts.
pub(in crate::ide) fn of_expression(kind: &ExprKind) -> Constructs {
    match kind {
        // The first is a mistake, the last but one is told by its lines; the others are names or nothing but brackets.
        ExprKind::Error | ExprKind::Name(_) | ExprKind::Bracketed(_) | ExprKind::Call { .. } | ExprKind::Score(_) => {
            Vec::new()
        }
        ExprKind::Literal(literal) => of_literal(literal).into_iter().collect(),
        ExprKind::Moment(Moment::Today | Moment::Yesterday) => vec![&values::TODAY],
        ExprKind::Moment(Moment::Now) => vec![&values::NOW],
        ExprKind::Negate(_) => vec![&values::MINUS],
        ExprKind::Sum(terms) => terms.iter().skip(1).map(|(sign, _)| of_sign(*sign)).collect(),
        ExprKind::Product(factors) => factors.iter().skip(1).map(|(factor, _)| of_factor(*factor)).collect(),
        ExprKind::Otherwise(_) => vec![&values::OTHERWISE],
        ExprKind::Rounded { .. } => vec![&values::ROUNDED],
        ExprKind::Compare { .. } => vec![&conditions::COMPARE, &conditions::IGNORING_CASE],
        ExprKind::Range { .. } => vec![&conditions::RANGE],
        ExprKind::Is { test, .. } => vec![of_test(test), &conditions::IS, &conditions::IGNORING_CASE],
        ExprKind::Text { test, .. } => vec![of_text_test(*test), &conditions::IGNORING_CASE],
        ExprKind::Point(..) => vec![&values::POINT],
        ExprKind::Within { .. } => vec![&conditions::NEAR],
        ExprKind::InBox { .. } => vec![&conditions::IN_BOX],
        ExprKind::Includes { quantifier, .. } => {
            let asked = match quantifier {
                Quantifier::Any => &conditions::INCLUDES_ANY,
                Quantifier::All => &conditions::INCLUDES_ALL,
                Quantifier::None => &conditions::INCLUDES_NONE,
            };
            vec![asked, &conditions::INCLUDES, &conditions::IGNORING_CASE]
        }
        ExprKind::Not(_) => vec![&conditions::NOT],
        ExprKind::And(_) => vec![&conditions::AND],
        ExprKind::Or(_) => vec![&conditions::OR],
        ExprKind::Block { kind, .. } => vec![match kind {
            BlockKind::All => &conditions::ALL_OF,
            BlockKind::Any => &conditions::ANY_OF,
            BlockKind::None => &conditions::NONE_OF,
            BlockKind::AtLeast(_) => &conditions::AT_LEAST_OF,
        }],
        ExprKind::Aggregate(aggregate) => of_aggregate(aggregate),
        ExprKind::OverBase(question) => of_base(question),
        ExprKind::InShare(_) => vec![&population::IN_SHARE],
    }
}

fn of_literal(literal: &Literal) -> Option<&'static Construct> {
    match literal {
        Literal::Money { .. } => Some(&values::AMOUNT),
        Literal::Percent(_) => Some(&values::SHARE),
        Literal::Boolean(_) => Some(&values::TRUE),
        Literal::Duration(_) => Some(&values::LENGTH),
        // They have no words, and say all by themselves.
        Literal::Integer(_)
        | Literal::Number(_)
        | Literal::Text(_)
        | Literal::Date(_)
        | Literal::Datetime(_)
        | Literal::Clock(_) => None,
    }
}

fn of_sign(sign: Sign) -> &'static Construct {
    match sign {
        Sign::Plus => &values::PLUS,
        Sign::Minus => &values::MINUS,
    }
}

fn of_factor(factor: Factor) -> &'static Construct {
    match factor {
        Factor::Times => &values::TIMES,
        Factor::Over => &values::OVER,
    }
}

fn of_test(test: &IsTest) -> &'static Construct {
    match test {
        IsTest::Value(_) => &conditions::IS,
        IsTest::OneOf(crate::syntax::tree::ValueSet::Values { .. }) => &conditions::IS_ONE_OF,
        IsTest::OneOf(crate::syntax::tree::ValueSet::List(_)) => &conditions::IS_IN,
        IsTest::Missing => &conditions::IS_MISSING,
        IsTest::Known => &conditions::IS_KNOWN,
        IsTest::Empty => &conditions::IS_EMPTY,
        IsTest::Windows(_) => &time::IS_WINDOW,
    }
}

fn of_text_test(test: TextTest) -> &'static Construct {
    match test {
        TextTest::Contains => &conditions::CONTAINS,
        TextTest::StartsWith => &conditions::STARTS_WITH,
        TextTest::EndsWith => &conditions::ENDS_WITH,
        TextTest::Matches => &conditions::MATCHES,
    }
}

fn of_aggregate(aggregate: &Aggregate) -> Constructs {
    let mut constructs: Constructs = Vec::new();
    match (aggregate.different, aggregate.operator) {
        (Some(Different::Units(_)), _) => constructs.push(&rows::DIFFERENT_UNITS),
        (Some(Different::Values), AggregateOperator::Number) => constructs.push(&rows::NUMBER_OF_DIFFERENT),
        (Some(Different::Values), _) => constructs.push(&rows::DIFFERENT),
        (None, _) => {}
    }
    constructs.push(match aggregate.operator {
        AggregateOperator::Any => &rows::ANY,
        AggregateOperator::No => &rows::NO,
        AggregateOperator::Every => &rows::EVERY,
        AggregateOperator::Count(CountTest::AtLeast, _) => &rows::AT_LEAST,
        AggregateOperator::Count(CountTest::AtMost, _) => &rows::AT_MOST,
        AggregateOperator::Count(CountTest::Exactly, _) => &rows::EXACTLY,
        AggregateOperator::Count(CountTest::MoreThan, _) => &rows::MORE_THAN,
        AggregateOperator::Count(CountTest::FewerThan, _) => &rows::FEWER_THAN,
        AggregateOperator::Number => &rows::NUMBER_OF,
        AggregateOperator::Different => &rows::NUMBER_OF_DIFFERENT,
        AggregateOperator::Sum => &rows::SUM_OF,
        AggregateOperator::Average => &rows::AVERAGE_OF,
        AggregateOperator::Smallest => &rows::SMALLEST,
        AggregateOperator::Largest => &rows::LARGEST,
        AggregateOperator::First => &rows::FIRST,
        AggregateOperator::Latest => &rows::LATEST,
        AggregateOperator::MostFrequent => &rows::MOST_FREQUENT,
        AggregateOperator::Gap(Gap::Longest) => &rows::LONGEST_GAP,
        AggregateOperator::Gap(Gap::Shortest) => &rows::SHORTEST_GAP,
        AggregateOperator::Gap(Gap::Average) => &rows::AVERAGE_GAP,
    });
    constructs.push(&rows::WHERE);
    constructs
}

fn of_base(question: &OverBase) -> Constructs {
    let asked = match &question.asked {
        AskedOfBase::Group { groups: 4 } => &population::QUARTILE,
        AskedOfBase::Group { groups: 5 } => &population::QUINTILE,
        AskedOfBase::Group { groups: 10 } => &population::DECILE,
        AskedOfBase::Group { .. } => &population::PERCENTILE,
        AskedOfBase::Average => &population::AVERAGE_OVER,
        AskedOfBase::Median => &population::MEDIAN_OVER,
        AskedOfBase::Deviation => &population::DEVIATION_OVER,
        AskedOfBase::Percentile { .. } => &population::PERCENTILE_OVER,
        AskedOfBase::Foremost { end: End::Top, .. } => &population::TOP_BY,
        AskedOfBase::Foremost { end: End::Bottom, .. } => &population::BOTTOM_BY,
    };
    vec![asked, &population::OVER_CUSTOMERS, &population::AMONG]
}

/// Of a window.
pub(in crate::ide) fn of_window(kind: &WindowKind) -> &'static Construct {
    match kind {
        WindowKind::InLast { whole: false, .. } => &time::IN_THE_LAST,
        WindowKind::InLast { whole: true, .. } => &time::WHOLE,
        WindowKind::InNext { .. } => &time::IN_THE_NEXT,
        WindowKind::MoreThanAgo(_) => &time::MORE_THAN_AGO,
        WindowKind::LessThanAgo(_) => &time::LESS_THAN_AGO,
        WindowKind::ExactlyAgo(_) => &time::EXACTLY_AGO,
        WindowKind::FromToAgo { .. } => &time::FROM_TO_AGO,
        WindowKind::Since(_) => &time::SINCE,
        WindowKind::Before(_) => &time::BEFORE,
        WindowKind::After(_) => &time::AFTER,
        WindowKind::FromTo { .. } => &time::FROM_TO,
        WindowKind::This(_) => &time::THIS,
        WindowKind::Last(_) => &time::LAST,
        WindowKind::Fiscal { .. } => &time::FISCAL,
        WindowKind::Today | WindowKind::Yesterday => &time::ON_TODAY,
        WindowKind::OnDate(_) => &time::ON_DATE,
        WindowKind::OnDays(_) => &time::ON_DAYS,
        WindowKind::Hours { .. } => &time::HOURS,
        WindowKind::Near { before: true, .. } => &occasions::NEAR_BEFORE,
        WindowKind::Near { before: false, .. } => &occasions::NEAR_AFTER,
        WindowKind::During { .. } => &occasions::DURING,
    }
}

/// Of a day of an occasion, without those of the day it is reckoned from; none where a name or a date says it all.
pub(in crate::ide) fn of_day(kind: &DayKind) -> Option<&'static Construct> {
    match kind {
        DayKind::OfYear { .. } => Some(&occasions::DAY_OF_YEAR),
        DayKind::Weekday { .. } => Some(&occasions::NTH_WEEKDAY),
        DayKind::Easter { .. } => Some(&occasions::EASTER),
        DayKind::Anniversary(_) => Some(&occasions::ANNIVERSARY),
        DayKind::Moved { .. } => Some(&occasions::DAYS_AROUND),
        DayKind::Nearest { .. } => Some(&occasions::NEAREST),
        DayKind::Date(_) | DayKind::Named(_) | DayKind::Error => None,
    }
}

/// Of the kind of a field; none where it could not be read.
pub(in crate::ide) fn of_kind(kind: &TypeRefKind) -> Option<&'static Construct> {
    Some(match kind {
        TypeRefKind::Named(word) => {
            let named = [
                &fields::BOOLEAN,
                &fields::INTEGER,
                &fields::NUMBER,
                &fields::TEXT,
                &fields::DATE,
                &fields::DATETIME,
                &fields::DURATION,
                &fields::LOCATION,
                &fields::TIMEZONE,
            ];
            return named.into_iter().find(|construct| construct.written.eq_ignore_ascii_case(&word.text));
        }
        TypeRefKind::DatetimeIn(_) => &fields::DATETIME,
        TypeRefKind::Money(_) => &fields::MONEY,
        TypeRefKind::Percent { .. } => &fields::PERCENT,
        TypeRefKind::OneOf(_) => &fields::ONE_OF,
        TypeRefKind::Id { table: None } => &fields::ID,
        TypeRefKind::Id { table: Some(_) } => &fields::ID_OF,
        TypeRefKind::List { .. } => &fields::LIST_OF,
        TypeRefKind::Records(_) => &fields::LIST_OF_ROWS,
        TypeRefKind::Error => return None,
    })
}

/// Of a privacy label.
pub(in crate::ide) fn of_label(label: Label) -> &'static Construct {
    match label {
        Label::Personal => &fields::PERSONAL,
        Label::Protected => &fields::PROTECTED,
        Label::Consent => &fields::CONSENT,
    }
}

/// Of a declaration of rows.
pub(in crate::ide) fn of_table(kind: TableKind) -> &'static Construct {
    match kind {
        TableKind::Customers => &declarations::CUSTOMERS,
        TableKind::Events => &declarations::EVENTS,
        TableKind::Records => &declarations::RECORDS,
        TableKind::Table => &declarations::TABLE,
    }
}

/// Of a step that is compared with the one before.
pub(in crate::ide) fn of_compared(compared: Compared) -> &'static Construct {
    match compared {
        Compared::Another => &sequences::WITH_ANOTHER,
        Compared::Greater => &sequences::WITH_A_GREATER,
        Compared::Smaller => &sequences::WITH_A_SMALLER,
    }
}
