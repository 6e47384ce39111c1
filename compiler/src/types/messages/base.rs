//! What is said about questions about the whole base, and shares of it.

use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::Word;
use std::sync::Arc;

/// S0193
pub(crate) fn base_out_of_reach(span: Span, (of_row, of_customer): (bool, bool)) -> Diagnostic {
    let message = match (of_row, of_customer) {
        (true, true) => "this is asked about customers, and here stands a row of theirs",
        (true, false) => "this is asked about customers, and a calculated field knows only its own row",
        (false, _) => "this is asked about customers, so it is no constant",
    };
    let diagnostic = Diagnostic::error("S0193", span, message);
    match of_row && of_customer {
        true => diagnostic
            .beside("make it a trait of the customer")
            .note("write `trait usual = average of spend_12m over customers`, and here `customer.usual`"),
        false => diagnostic
            .beside("make it a trait")
            .note("traits, segments, partitions and scores can ask this: `trait fifth = quintile of spend_12m`"),
    }
}

/// S0193
pub(crate) fn cannot_be_ranked(words: Span, span: Span, text: &str, kind: &str, orders: bool) -> Diagnostic {
    let what = if orders { "customers cannot be ranked by it" } else { "there is no such figure of it" };
    let suited = match orders {
        true => "numbers, money, percentages, dates and lengths of time can be ranked",
        false => "averages, deviations and percentiles are of numbers, money, percentages and lengths of time",
    };
    Diagnostic::error("S0193", span, format!("`{text}` is {kind}: {what}"))
        .beside("what should be compared?")
        .place(words, "this looks at all customers")
        .note(suited)
}

/// S0193
pub(crate) fn among_no_segment(name: &Word, exists: bool, close: &[Arc<str>]) -> Diagnostic {
    let message = match exists {
        true => format!("`{}` is no segment, so nobody is among its members", name.text),
        false => format!("there is no segment called `{}`", name.text),
    };
    let mut diagnostic = Diagnostic::error("S0193", name.span, message).beside("name a segment here");
    for near in close {
        diagnostic = diagnostic.offer(format!("write `{near}`"), vec![Edit::replace(name.span, near.to_string())]);
    }
    if close.is_empty() {
        diagnostic = diagnostic.note("declare one: `segment reachable { email_ok }`, and write `among reachable`");
    }
    diagnostic
}

/// S0193
pub(crate) fn no_percentile(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "a percentile is from 0 to 100, with at most eight decimals")
        .beside("below which share of the values?")
        .note("`percentile 90 of spend_12m over customers` is the value below which some 90% of the customers lie")
}

/// S0193
pub(crate) fn percentile_of_a_share(span: Span, mend: &str) -> Diagnostic {
    Diagnostic::error("S0193", span, "percentiles go from 0 to 100, so this one lies below nearly everybody")
        .beside(format!("write `{mend}`"))
        .offer(format!("write `percentile {mend}`"), vec![Edit::replace(span, mend)])
}

/// S0193
pub(crate) fn extent_of_nobody(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "nobody is in this").beside("how many, or what share?")
}

/// S0193
pub(crate) fn more_than_all(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "together these parts are more than all customers")
        .beside("what is left for it?")
        .note("who is in no part before is in `otherwise`")
}

/// S0193
pub(crate) fn no_share(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "a share is from 0% to 100%, with at most eight decimals").beside("what share?")
}

/// S0193
pub(crate) fn share_of_nobody(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "nobody is in this share")
        .beside("the smaller end comes first")
        .note("the first end is in, the last one is not: 0% to 40% and 40% to 100% share nobody")
}

/// S0193
pub(crate) fn share_without_salt(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "a share needs a name that is its own")
        .beside("what is it for?")
        .note("customers are dealt anew for each name: `customer in share 0% to 40% of \"checkout test\"`")
}

/// S0193
pub(crate) fn next_without_top(span: Span, mend: &str) -> Diagnostic {
    Diagnostic::error("S0193", span, "`next` goes on where `top` ends, and there is none before it")
        .beside("the first ranked part says `top`")
        .offer(format!("write `{mend}`"), vec![Edit::replace(span, mend)])
}

/// S0193
pub(crate) fn second_top(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "the first part has taken the top")
        .beside("this one goes on from there")
        .note("write `next` and how many more: after `top 10%`, `next 30%` ends at 40%")
}

/// S0193
pub(crate) fn ranked_part_by_nothing(span: Span, name: &Word) -> Diagnostic {
    Diagnostic::error("S0193", span, "nothing says what the customers are ranked by")
        .beside("the top by what?")
        .place(name.span, "say it behind the name")
        .note(format!("write `partition {} by spend_12m {{`", name.text))
}

/// S0193
pub(crate) fn ranking_without_parts(span: Span) -> Diagnostic {
    Diagnostic::error("S0193", span, "no part asks for this ranking")
        .beside("this changes nothing")
        .note("write a part such as `gold : top 10%`, or leave `by` out")
}

/// S0162
pub(crate) fn outside_of_groups(span: Span, groups: u32, said: &str) -> Diagnostic {
    let word = crate::format::group_word(groups);
    Diagnostic::warning("S0162", span, format!("a {word} is from 1 to {groups}, so {said}"))
        .beside("which group is meant?")
        .note(format!("the greatest values are in the {word} {groups}"))
}
