//! Questions about many rows.

use super::literals::unit_of;
use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{Aggregate, AggregateOperator, CountTest, Different, Expr, ExprKind, Gap, Path};
use segue_grammar::Rule;

impl Reader<'_> {
    /// `any purchases in the last 30 days`, without the `where`, which follows in the row.
    pub(super) fn aggregate(&mut self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        let mut operator = AggregateOperator::Any;
        let mut operator_span = span;
        let mut different = None;
        let mut source = Path { words: Vec::new(), span };
        let mut windows = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::aggregate_head => {
                    operator_span = self.span(&inner);
                    different = different_of(inner.clone());
                    if let Some(head) = inner.into_inner().next() {
                        operator = self.operator(head, operator_span);
                    }
                }
                Rule::path => source = self.path(inner),
                Rule::window => windows.push(self.window(inner)),
                _ => {}
            }
        }
        let aggregate =
            Aggregate { operator, operator_span, different, source, windows, filter: None, steps: Vec::new() };
        self.node(span, ExprKind::Aggregate(Box::new(aggregate)))
    }

    fn operator(&mut self, head: Pair<'_>, span: Span) -> AggregateOperator {
        let rule = head.as_rule();
        let written = head.as_str().to_owned();
        let inner: Vec<Pair<'_>> = head.into_inner().collect();
        let has = |rule| inner.iter().any(|pair| pair.as_rule() == rule);
        match rule {
            Rule::each_rows => {
                self.each.push(span);
                if has(Rule::different_word) { AggregateOperator::Different } else { AggregateOperator::Number }
            }
            Rule::any_rows => AggregateOperator::Any,
            Rule::no_rows => AggregateOperator::No,
            Rule::every_rows => AggregateOperator::Every,
            Rule::count_head => self.count(&inner, span),
            Rule::number_head if has(Rule::different_word) => AggregateOperator::Different,
            Rule::number_head => AggregateOperator::Number,
            Rule::reduce_head => match first_word(&written).as_str() {
                "sum" => AggregateOperator::Sum,
                _ => AggregateOperator::Average,
            },
            Rule::pick_head => match first_word(&written).as_str() {
                "smallest" => AggregateOperator::Smallest,
                "largest" => AggregateOperator::Largest,
                "first" => AggregateOperator::First,
                _ => AggregateOperator::Latest,
            },
            Rule::gap_head => {
                let kind = first_word(&written);
                let (gap, word) = match kind.as_str() {
                    "longest" | "largest" | "maximum" => (Gap::Longest, "longest"),
                    "shortest" | "smallest" | "minimum" => (Gap::Shortest, "shortest"),
                    _ => (Gap::Average, "average"),
                };
                if kind != word || has(Rule::gap_mistake) || has(Rule::gap_of) {
                    self.report(messages::aggregate_wording(
                        span,
                        self.source.slice(span),
                        &format!("{word} gap between"),
                    ));
                }
                AggregateOperator::Gap(gap)
            }
            Rule::frequent_head => AggregateOperator::MostFrequent,
            _ => self.synonym(&written, has(Rule::different_word), span),
        }
    }

    fn count(&mut self, inner: &[Pair<'_>], span: Span) -> AggregateOperator {
        let mut test = CountTest::AtLeast;
        let mut count = 0;
        for pair in inner {
            match pair.as_rule() {
                Rule::at_most => test = CountTest::AtMost,
                Rule::exactly => test = CountTest::Exactly,
                Rule::more_than => test = CountTest::MoreThan,
                Rule::fewer_than => test = CountTest::FewerThan,
                Rule::less_than => {
                    let words = self.span(pair);
                    self.report(messages::aggregate_wording(words, self.source.slice(words), "fewer than"));
                    test = CountTest::FewerThan;
                }
                Rule::number_word_mistake => {
                    count = self.number_in_words(pair).and_then(|count| u64::try_from(count).ok()).unwrap_or(1);
                }
                Rule::digits => match pair.as_str().parse() {
                    Ok(value) => count = value,
                    Err(_) => self.report(messages::number_too_large(span)),
                },
                _ => {}
            }
        }
        AggregateOperator::Count(test, count)
    }

    /// `count of`, `mean of`, `last`: read as what they mean, and reported.
    fn synonym(&mut self, written: &str, different: bool, span: Span) -> AggregateOperator {
        let (operator, mend) = match first_word(written).as_str() {
            "count" if different => (AggregateOperator::Different, "number of different"),
            "count" => (AggregateOperator::Number, "number of"),
            "total" => (AggregateOperator::Sum, "sum of"),
            "mean" | "avg" => (AggregateOperator::Average, "average of"),
            "minimum" | "min" | "lowest" => (AggregateOperator::Smallest, "smallest"),
            "maximum" | "max" | "highest" => (AggregateOperator::Largest, "largest"),
            "earliest" | "oldest" => (AggregateOperator::First, "first"),
            _ => (AggregateOperator::Latest, "latest"),
        };
        self.report(messages::aggregate_wording(span, self.source.slice(span), mend));
        operator
    }
}

/// Whether values, or stretches of time, count once each.
fn different_of(head: Pair<'_>) -> Option<Different> {
    let mut waiting: Vec<Pair<'_>> = vec![head];
    let mut found = None;
    while let Some(pair) = waiting.pop() {
        match pair.as_rule() {
            Rule::different_word => found = found.or(Some(Different::Values)),
            Rule::unit => found = unit_of(pair.as_str()).map(Different::Units).or(found),
            _ => waiting.extend(pair.into_inner()),
        }
    }
    found
}

fn first_word(written: &str) -> String {
    written.split_whitespace().next().unwrap_or("").to_ascii_lowercase()
}
