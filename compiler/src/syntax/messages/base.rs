//! Messages about questions about the whole base that cannot be read.

use super::brackets;
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;

/// `median of spend_12m`
pub(crate) fn statistic_of_whom(words: Span, written: &str, value: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0046", words, format!("`{written}` looks at all customers, and says so"))
        .beside("of whom?")
        .offer(format!("write `{written} {text} over customers`"), vec![Edit::after(value, " over customers")])
}

/// `customer in top by age`
pub(crate) fn broken_top(span: Span, end: &str) -> Diagnostic {
    let end = end.to_ascii_lowercase();
    Diagnostic::error("S0193", span, "a top list says how many they are, and what they are ranked by")
        .beside("how many, or what share of all, and by what?")
        .note(format!(
            "write `customer in {end} 10% by spend_12m`, or `customer in {end} 1000 by spend_12m among reachable`"
        ))
}

/// `customer in share 0 to 40`
pub(crate) fn broken_share(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "a share says where it starts and ends, in percent, and what it is for")
        .beside("which share, of what?")
        .note("write `customer in share 0% to 40% of \"checkout test\"`")
}

/// `quintile age`
pub(crate) fn rank_without_of(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error("S0193", span, format!("`{word}` asks `of` what"))
        .beside(format!("write `{word} of`"))
        .offer(format!("write `{word} of`"), vec![Edit::after(span, " of")])
}

/// `percentile of age over customers`
pub(crate) fn rank_over_customers(span: Span, word: &str, customers: Span) -> Diagnostic {
    let lower = word.to_ascii_lowercase();
    let note = match lower.as_str() {
        "percentile" => "a figure of all says which one: `percentile 90 of spend_12m over customers`".to_owned(),
        _ => format!(
            "it looks at all customers anyway, or at those `among` a segment: `{lower} of spend_12m among buyers`"
        ),
    };
    Diagnostic::error("S0193", span, format!("`{word} of` gives each customer a group, and is no figure of all"))
        .beside("this is asked of each customer")
        .place(customers, "this is not")
        .note(note)
}

/// `silver : bottom 10%`
pub(crate) fn broken_ranked_part(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "parts are ranked from the top: the first says `top`, the others `next`")
        .beside("how many, or what share of all?")
        .note("write `gold : top 10%`, then `silver : next 30%`; what is left goes into `otherwise`")
}

/// `customer is in top 10% by age`
pub(crate) fn customer_is_in(customer_is: Span) -> Diagnostic {
    Diagnostic::error("S0193", customer_is, "top lists and shares are asked without `is`")
        .beside("write `customer in`, or `customer not in`")
        .fix("leave `is` out", vec![Edit::replace(customer_is, "customer")])
}

/// `customer in the top 10% by age`
pub(crate) fn needless_the(in_the: Span) -> Diagnostic {
    Diagnostic::error("S0193", in_the, "top lists and shares are asked without `the`")
        .beside("write `in`")
        .fix("leave `the` out", vec![Edit::replace(in_the, "in")])
}

/// `spend in top 10%`
pub(crate) fn top_of_whom(span: Span, end: &str) -> Diagnostic {
    let end = end.to_ascii_lowercase();
    Diagnostic::error("S0193", span, "it is the customer who is in a top list, by some value")
        .beside(format!("write `customer in {end} ... by`"))
        .note(format!("write `customer in {end} 10% by spend_12m`"))
}

/// `customer in top 2.5 by age`
pub(crate) fn part_of_a_customer(number: Span) -> Diagnostic {
    Diagnostic::error("S0193", number, "a top list has a whole number of customers, or a share of all")
        .beside("write a whole number, or `%` behind it")
}

/// `standard deviation of spend`, `mean of spend over customers`
pub(crate) fn other_figure(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error("S0193", span, format!("this is called `{word}` here"))
        .beside(format!("write `{word}`"))
        .fix(format!("write `{word}`"), vec![Edit::replace(span, word)])
}

/// `sum of spend over customers`
pub(crate) fn no_such_figure(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error("S0193", span, format!("there is no `{word}` of all customers"))
        .beside("which figure is meant?")
        .note("of all customers there are `average`, `median`, `deviation`, and percentiles such as `percentile 90`")
}

/// `average of spend over all customers`
pub(crate) fn over_all(over: Span) -> Diagnostic {
    Diagnostic::error("S0193", over, "a figure of all is written `over customers`")
        .beside("write `over customers`")
        .fix("write `over customers`", vec![Edit::replace(over, "over customers")])
}

/// `average of spend among buyers`
pub(crate) fn among_without_over(among: Span) -> Diagnostic {
    Diagnostic::error("S0193", among, "a figure of a segment's members is `over customers` too")
        .beside("write `over customers among`")
        .offer("write `over customers among`", vec![Edit::replace(among, "over customers among")])
}

/// `customer in top 10% by spend / orders`
pub(crate) fn ranked_calculation(value: Span) -> Diagnostic {
    Diagnostic::error("S0193", value, "what customers are ranked by stands in brackets when it is calculated")
        .beside("put brackets around what stands behind `by`")
        .note("write `customer in top 10% by (spend_12m / orders_12m)`")
}

/// `average over customers of spend`
pub(crate) fn figure_turned_round(span: Span, word: &str) -> Diagnostic {
    let word = word.to_ascii_lowercase();
    Diagnostic::error("S0193", span, "first stands of what, then of whom")
        .beside(format!("write `{word} of ... over customers`"))
        .note(format!("write `{word} of spend_12m over customers`"))
}

/// `average of spend over buyers`
pub(crate) fn over_a_segment(over: Span, segment: &str) -> Diagnostic {
    let mend = format!("over customers among {segment}");
    Diagnostic::error("S0193", over, "a figure of all is `over customers`, one of a segment's members `among` it too")
        .beside(format!("write `{mend}`"))
        .offer(format!("write `{mend}`"), vec![Edit::replace(over, mend)])
}

/// `ntile 5 of spend`
pub(crate) fn other_quantiles(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "customers are dealt into 4, 5, 10 or 100 groups")
        .beside("write `quartile of`, `quintile of`, `decile of` or `percentile of`")
}

/// `quintile of spend among not buyers`
pub(crate) fn among_a_condition(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "behind `among` stands the name of a segment")
        .beside("a condition needs a segment of its own")
        .note("write `segment others { not buyers }`, and `among others`")
}

/// `quintile of sum of purchases.paid where ... among buyers`
pub(crate) fn ranked_with_where(value: Span, filter: Span) -> Diagnostic {
    Diagnostic::error("S0193", value, "a value with `where` stands in brackets when customers are ranked by it")
        .beside("put brackets around this")
        .place(filter, "it would take all to the end of the line")
        .offer("put brackets around it", brackets(value))
}
