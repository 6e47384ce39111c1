//! Questions about the whole base, and parts of a partition that are ranked.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{
    AskedOfBase, End, Expr, ExprKind, Extent, InShare, Literal, OverBase, PartRule, Quoted, Ranked,
};
use segue_grammar::Rule;
use std::sync::Arc;

impl Reader<'_> {
    /// `quintile of spend_12m among buyers` and its like, with its depth.
    pub(super) fn over_base(&mut self, pair: Pair<'_>) -> (Expr, usize) {
        let span = self.span(&pair);
        let (mut asked, mut asked_span, mut value, mut among) = (None, span, None, None);
        let (mut wants_customers, mut has_customers) = (false, false);
        for inner in pair.into_inner() {
            let here = self.span(&inner);
            match inner.as_rule() {
                Rule::group_of => {
                    asked_span = here;
                    asked = Some(AskedOfBase::Group { groups: groups(inner.as_str()) });
                }
                Rule::average_of => {
                    asked_span = here;
                    asked = Some(AskedOfBase::Average);
                }
                Rule::statistic_of => {
                    (asked_span, wants_customers) = (here, true);
                    asked = self.statistic(inner);
                }
                Rule::in_top => {
                    asked_span = here;
                    asked = self.in_top(inner);
                }
                Rule::over_customers => has_customers = true,
                Rule::ranked => value = Some(self.take(&inner)),
                Rule::among => among = self.among(inner),
                _ => {}
            }
        }
        let (Some(asked), Some((value, depth))) = (asked, value) else { return (self.error_node(span), 0) };
        if wants_customers && !has_customers {
            let (words, text) = (self.source.slice(asked_span).to_owned(), self.source.slice(value.span).to_owned());
            self.report(messages::statistic_of_whom(asked_span, &words, value.span, &text));
            return (self.error_node(span), depth);
        }
        let question = OverBase { asked, asked_span, ranked: Ranked { value, among } };
        (self.node(span, ExprKind::OverBase(Box::new(question))), depth)
    }

    fn statistic(&mut self, pair: Pair<'_>) -> Option<AskedOfBase> {
        let mut found = AskedOfBase::Deviation;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::median_word => found = AskedOfBase::Median,
                Rule::any_number => {
                    let span = self.span(&inner);
                    found = AskedOfBase::Percentile { rank: self.number_of(inner)?, span };
                }
                _ => {}
            }
        }
        Some(found)
    }

    fn in_top(&mut self, pair: Pair<'_>) -> Option<AskedOfBase> {
        let (mut end, mut extent, mut negated) = (End::Top, None, false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_word => negated = true,
                Rule::bottom_word => end = End::Bottom,
                Rule::extent => extent = self.extent(inner),
                _ => {}
            }
        }
        Some(AskedOfBase::Foremost { end, extent: extent?, negated })
    }

    /// `1000` or `10%`
    fn extent(&mut self, pair: Pair<'_>) -> Option<Extent> {
        let span = self.span(&pair);
        let value = self.share_or_count(pair.into_inner().next()?)?;
        Some(Extent { value, span })
    }

    fn share_or_count(&mut self, pair: Pair<'_>) -> Option<Literal> {
        if pair.as_rule() == Rule::percent {
            return self.literal(pair);
        }
        match pair.as_str().trim().parse() {
            Ok(count) => Some(Literal::Integer(count)),
            Err(_) => {
                let span = self.span(&pair);
                self.report(messages::number_too_large(span));
                None
            }
        }
    }

    /// `among reachable`: the name of a segment.
    pub(super) fn among(&mut self, pair: Pair<'_>) -> Option<crate::syntax::tree::Word> {
        let name = pair.into_inner().find(|inner| inner.as_rule() == Rule::name)?;
        Some(self.word(&name))
    }

    /// `top 10%` or `next 30%` in a partition; `None` where a message was given.
    pub(super) fn ranked_part(&mut self, pair: Pair<'_>) -> Option<PartRule> {
        let span = self.span(&pair);
        let (mut is_next, mut extent) = (false, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::next_word => is_next = true,
                Rule::extent => extent = self.extent(inner),
                _ => {}
            }
        }
        Some(PartRule::Ranked { is_next, extent: extent?, span })
    }

    /// `customer in share 0% to 40% of "checkout test"`
    pub(super) fn in_share(&mut self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        let mut ends: Vec<(Option<Literal>, Span)> = Vec::new();
        let (mut negated, mut salt) = (false, Quoted { text: Arc::from(""), span });
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_word => negated = true,
                Rule::percent => {
                    let here = self.span(&inner);
                    ends.push((self.literal(inner), here));
                }
                Rule::quoted => salt = self.quoted(inner),
                _ => {}
            }
        }
        let mut ends = ends.into_iter();
        let (Some((Some(from), first)), Some((Some(to), last))) = (ends.next(), ends.next()) else {
            return self.error_node(span);
        };
        let share = InShare { from: (from, first), to: (to, last), salt, negated };
        self.node(span, ExprKind::InShare(Box::new(share)))
    }
}

/// How many groups the word speaks of.
fn groups(written: &str) -> u32 {
    match written.split_whitespace().next().unwrap_or("").to_ascii_lowercase().as_str() {
        "quartile" => 4,
        "quintile" => 5,
        "decile" => 10,
        _ => 100,
    }
}
