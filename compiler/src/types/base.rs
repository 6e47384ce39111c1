//! Questions about the whole base: ranks, top lists, statistics, partitions by rank, and stable shares.

use super::scope::Scope;
use super::values::made;
use super::{Checker, Node, State, messages};
use crate::names::Global;
use crate::program::{
    Asked, BaseQuestion, CUSTOMERS, Expr, ExprKind, Extent, QuestionId, Row, SegmentId, Share, Statistic, Type,
    WHOLE_SHARE,
};
use crate::source::Span;
use crate::syntax::tree::{self, AskedOfBase, End, Literal};
use crate::values::Value;
use std::sync::Arc;

/// A half, as a share.
const HALF: Share = Share(WHOLE_SHARE / 2);

/// What customers are ranked by, once checked.
#[derive(Clone)]
pub(crate) struct Ranking {
    value: Expr,
    among: Option<SegmentId>,
}

impl<'tree> Checker<'tree> {
    /// `quintile of spend_12m`, `average of spend_12m over customers`, `customer in top 10% by spend_12m`
    pub(crate) fn over_base(&mut self, written: &'tree tree::OverBase, span: Span, scope: Scope) -> Option<Expr> {
        if scope.row.is_some() || !scope.customer {
            return self.refuse(messages::base_out_of_reach(span, (scope.row.is_some(), scope.customer)));
        }
        if let Some(subject) = self.about() {
            return self.refuse(messages::ranks_of_others(span, &subject));
        }
        let ranking = self.ranking(&written.ranked, written.asked_span, !is_statistic(&written.asked));
        let asked = match &written.asked {
            AskedOfBase::Group { groups } => Some(Asked::Group(*groups)),
            AskedOfBase::Average => Some(Asked::Statistic(Statistic::Average)),
            AskedOfBase::Deviation => Some(Asked::Statistic(Statistic::Deviation)),
            AskedOfBase::Median => Some(Asked::Statistic(Statistic::Percentile(HALF))),
            AskedOfBase::Percentile { rank, span } => {
                self.percentile(rank, *span).map(|rank| Asked::Statistic(Statistic::Percentile(rank)))
            }
            AskedOfBase::Foremost { end, extent, .. } => {
                self.extent(extent, None).map(|extent| Asked::Foremost(*end, extent))
            }
        };
        let question = self.question(ranking?, asked?, span);
        let negated = matches!(written.asked, AskedOfBase::Foremost { negated: true, .. });
        Some(if negated { super::conditions::not(question, span) } else { question })
    }

    /// Says so where a group is held against a number so that it holds for none of the groups, or for all; without an order it
    /// is held to be that number, or not to be it.
    pub(crate) fn tell_of_groups(
        &mut self,
        value: &Expr,
        against: &Expr,
        span: Span,
        order: Option<&dyn Fn(i64, i64) -> bool>,
    ) {
        let ExprKind::Constant(Value::Integer(number)) = against.kind else { return };
        let group = match &value.kind {
            ExprKind::Trait(id) => {
                self.traits.get(id.0 as usize).and_then(State::done).and_then(|checked| groups_of(&checked.value))
            }
            _ => groups_of(value),
        };
        let Some(groups) = group else { return };
        let passing = |passes: &dyn Fn(i64) -> bool| (1..=i64::from(groups)).filter(|group| passes(*group)).count();
        let said = match order {
            None if passing(&|group| group == number) == 0 => format!("it is never {number}"),
            Some(holds) if passing(&|group| holds(group, number)) == 0 => "no group passes this".to_owned(),
            Some(holds) if passing(&|group| !holds(group, number)) == 0 => "every group passes this".to_owned(),
            _ => return,
        };
        self.report(messages::outside_of_groups(span, groups, &said));
    }

    /// What customers are ranked by and whom among; a message was given where it is `None`.
    pub(crate) fn ranking(&mut self, written: &'tree tree::Ranked, words: Span, orders: bool) -> Option<Ranking> {
        let among = match &written.among {
            None => Some(None),
            Some(name) => self.among(name).map(Some),
        };
        let line = self.line_span.take();
        let value = self.value(&written.value, Scope::customer());
        self.line_span = line;
        let value = value?;
        let fits = match value.ty {
            Type::Integer | Type::Number | Type::Money(_) | Type::Percent | Type::Duration => true,
            Type::Date | Type::Datetime => orders,
            _ => false,
        };
        if !fits {
            let text = self.written(written.value.span).to_owned();
            let kind = messages::kind(&value.ty);
            return self.refuse(messages::cannot_be_ranked(words, written.value.span, &text, &kind, orders));
        }
        Some(Ranking { value, among: among? })
    }

    fn among(&mut self, name: &tree::Word) -> Option<SegmentId> {
        match self.index.global(&name.text) {
            Some(Global::Segment(id)) => match self.segments.get(id.0 as usize)? {
                State::Done(_) => Some(id),
                State::Broken => None,
                State::Waiting => {
                    self.need(Node::Segment(id), name.span);
                    None
                }
            },
            Some(Global::Broken) => None,
            found => {
                let segments: Vec<Arc<str>> =
                    self.index.segments.iter().map(|named| Arc::clone(&named.name.text)).collect();
                let close = self.closest(&name.text, segments.iter().cloned());
                let exists = found.is_some() || self.index.field(CUSTOMERS, &name.text).is_some();
                self.refuse(messages::among_no_segment(name, exists, &close))
            }
        }
    }

    fn question(&mut self, ranking: Ranking, asked: Asked, span: Span) -> Expr {
        let id = QuestionId(self.questions);
        self.questions += 1;
        let (ty, may_be_missing) = match asked {
            Asked::Group(_) => (Type::Integer, ranking.value.may_be_missing || ranking.among.is_some()),
            Asked::Foremost(..) => (Type::Boolean, false),
            Asked::Statistic(_) if ranking.value.ty == Type::Integer => (Type::Number, true),
            Asked::Statistic(_) => (ranking.value.ty.clone(), true),
        };
        let Ranking { value, among } = ranking;
        made(ExprKind::OverBase(Box::new(BaseQuestion { id, asked, value, among })), ty, may_be_missing, span)
    }

    /// `percentile 90`: from 0 to 100.
    fn percentile(&mut self, rank: &Literal, span: Span) -> Option<Share> {
        let number = match rank {
            Literal::Integer(rank) => *rank as f64,
            Literal::Number(rank) => *rank,
            _ => return None,
        };
        match exact(number / 100.0) {
            Some(_) if number > 0.0 && number < 1.0 => {
                let mend = shortened(number * 100.0);
                self.refuse(messages::percentile_of_a_share(span, &mend))
            }
            Some(share) => Some(share),
            None => self.refuse(messages::no_percentile(span)),
        }
    }

    /// `1000` or `10%`; `before` is what stands at this end already.
    fn extent(&mut self, written: &tree::Extent, before: Option<Extent>) -> Option<Extent> {
        let before = before.unwrap_or(Extent { customers: 0, share: Share(0) });
        match written.value {
            Literal::Integer(0) => self.refuse(messages::extent_of_nobody(written.span)),
            Literal::Integer(customers) => {
                let customers = before.customers.saturating_add(customers.unsigned_abs());
                Some(Extent { customers, ..before })
            }
            Literal::Percent(share) => match exact(share) {
                Some(Share(0)) => self.refuse(messages::extent_of_nobody(written.span)),
                Some(share) if before.share.0 + share.0 <= WHOLE_SHARE => {
                    Some(Extent { share: Share(before.share.0 + share.0), ..before })
                }
                Some(_) => self.refuse(messages::more_than_all(written.span)),
                None => self.refuse(messages::no_share(written.span)),
            },
            _ => None,
        }
    }

    /// The condition of a part that is ranked: those before it, and as many more as it says.
    pub(crate) fn ranked_part(
        &mut self,
        ranking: &Ranking,
        sofar: &mut Option<Extent>,
        is_next: bool,
        extent: &tree::Extent,
        span: Span,
    ) -> Option<Expr> {
        match (is_next, sofar.is_some()) {
            (true, false) => {
                let mend = format!("top {}", self.written(extent.span));
                self.report(messages::next_without_top(span, &mend));
            }
            (false, true) => self.report(messages::second_top(span)),
            _ => {}
        }
        let end = self.extent(extent, *sofar)?;
        *sofar = Some(end);
        Some(self.question(ranking.clone(), Asked::Foremost(End::Top, end), span))
    }

    /// `customer in share 0% to 40% of "checkout test"`
    pub(crate) fn in_share(&mut self, written: &'tree tree::InShare, span: Span, scope: Scope) -> Option<Expr> {
        if scope.row.is_some() || !scope.customer {
            return self.refuse(messages::base_out_of_reach(span, (scope.row.is_some(), scope.customer)));
        }
        if let Some(subject) = self.about() {
            return self.refuse(messages::ranks_of_others(span, &subject));
        }
        self.customers_needed(span);
        let ends = [&written.from, &written.to].map(|(literal, place)| match literal {
            Literal::Percent(share) => match exact(*share) {
                Some(share) => Some(share),
                None => self.refuse(messages::no_share(*place)),
            },
            _ => None,
        });
        let [Some(from), Some(to)] = ends else { return None };
        if from >= to {
            return self.refuse(messages::share_of_nobody(written.from.1.to(written.to.1)));
        }
        if written.salt.text.trim().is_empty() {
            return self.refuse(messages::share_without_salt(written.salt.span));
        }
        // Customers without a key are told of where they are declared.
        let key = self.index.tables.first()?.key?;
        let kind = ExprKind::Field { row: Row::Customer, table: CUSTOMERS, field: key };
        let key = Box::new(made(kind, self.key_type(key, span)?, false, span));
        let kind = ExprKind::InShare { salt: Arc::clone(&written.salt.text), from, to, key };
        let share = made(kind, Type::Boolean, false, span);
        Some(if written.negated { super::conditions::not(share, span) } else { share })
    }

    /// The type of the customers' key.
    fn key_type(&mut self, key: crate::program::FieldId, place: Span) -> Option<Type> {
        match self.field_state(CUSTOMERS, key)? {
            State::Done(found) => Some(found.field.ty.clone()),
            State::Broken => None,
            State::Waiting => {
                self.need(Node::Field(CUSTOMERS, key), place);
                None
            }
        }
    }
}

/// Into how many groups customers are dealt, where the value is a group.
fn groups_of(value: &Expr) -> Option<u32> {
    match &value.kind {
        ExprKind::OverBase(question) => match question.asked {
            Asked::Group(groups) => Some(groups),
            _ => None,
        },
        _ => None,
    }
}

fn is_statistic(asked: &AskedOfBase) -> bool {
    matches!(
        asked,
        AskedOfBase::Average | AskedOfBase::Median | AskedOfBase::Deviation | AskedOfBase::Percentile { .. }
    )
}

/// A number without the digits that only a float has.
fn shortened(number: f64) -> String {
    let text = format!("{number:.8}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A written share without loss; `None` for more than all, or more decimals than are kept.
fn exact(share: f64) -> Option<Share> {
    let units = (share * WHOLE_SHARE as f64).round();
    let back = units / WHOLE_SHARE as f64;
    ((0.0..=WHOLE_SHARE as f64).contains(&units) && (back - share).abs() <= share * 1e-15)
        .then_some(Share(units as u64))
}
