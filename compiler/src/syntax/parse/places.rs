//! Places, and how near they are.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{Expr, ExprKind, Literal};
use crate::values::places;
use segue_grammar::Rule;

/// What is asked about a place that stands before it.
#[derive(Debug)]
pub(super) enum Nearness {
    /// `within 10 km of point(...)`, in metres; no reach where none can be read.
    Reach { reach: Option<f64>, reach_span: Span, of: Expr },
    /// `within the box from point(...) to point(...)`; the span is that of the words `the box`.
    Box { box_span: Span, corners: Box<[Expr; 2]> },
}

impl Nearness {
    /// The question about a place.
    pub(super) fn of(self, left: Expr) -> ExprKind {
        let left = Box::new(left);
        match self {
            Nearness::Reach { reach, reach_span, of } => {
                ExprKind::Within { left, reach: reach.unwrap_or_default(), reach_span, of: Box::new(of) }
            }
            Nearness::Box { box_span, corners } => ExprKind::InBox { left, box_span, corners },
        }
    }
}

impl Reader<'_> {
    /// `point(40.7536, -73.9832)`
    pub(super) fn point(&mut self, pair: Pair<'_>) -> (Expr, usize) {
        let span = self.span(&pair);
        let mut parts = pair.into_inner().filter(|inner| inner.as_rule() == Rule::expression);
        let (Some(latitude), Some(longitude)) = (parts.next(), parts.next()) else { return (self.error_node(span), 0) };
        let (latitude, depth) = self.take(&latitude);
        let (longitude, other) = self.take(&longitude);
        (self.node(span, ExprKind::Point(Box::new(latitude), Box::new(longitude))), depth.max(other) + 1)
    }

    /// `within 10 km of point(...)`
    pub(super) fn near_place(&mut self, pair: Pair<'_>) -> Nearness {
        let span = self.span(&pair);
        let (mut number, mut reach_span, mut unit, mut of) = (0.0, span, None, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::any_number => {
                    reach_span = self.span(&inner);
                    number = match self.number_of(inner) {
                        Some(Literal::Integer(whole)) => whole as f64,
                        Some(Literal::Number(number)) => number,
                        _ => 0.0,
                    };
                }
                Rule::distance_unit => {
                    reach_span = reach_span.to(self.span(&inner));
                    unit = places::unit(inner.as_str()).map(|(_, metres)| metres);
                }
                Rule::unknown_unit => reach_span = reach_span.to(self.span(&inner)),
                Rule::bound | Rule::place_bound | Rule::point_bound => of = Some(self.take(&inner).0),
                _ => {}
            }
        }
        let of = of.unwrap_or_else(|| self.error_node(span));
        Nearness::Reach { reach: unit.map(|unit| number * unit), reach_span, of }
    }

    /// `within the box from point(...) to point(...)`
    pub(super) fn in_box(&mut self, pair: Pair<'_>) -> Nearness {
        let span = self.span(&pair);
        let (mut box_span, mut corners) = (span, Vec::new());
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::box_word => box_span = self.span(&inner),
                Rule::bound => corners.push(self.take(&inner).0),
                _ => {}
            }
        }
        let mut corners = corners.into_iter();
        let mut corner = || corners.next().unwrap_or_else(|| self.error_node(span));
        Nearness::Box { box_span, corners: Box::new([corner(), corner()]) }
    }

    /// `is within 10 km of point(...)`, `near point(...)`
    pub(super) fn place_mistake(&mut self, pair: Pair<'_>) -> (bool, Nearness) {
        let has = |rule: Rule| pair.clone().into_inner().any(|inner| inner.as_rule() == rule);
        let (negated, is_box) = (has(Rule::not_word), has(Rule::box_word));
        let within = pair.clone().into_inner().find(|inner| matches!(inner.as_rule(), Rule::near_place | Rule::in_box));
        let nearness = match within {
            Some(near) if near.as_rule() == Rule::near_place => self.near_place(near),
            Some(boxed) => self.in_box(boxed),
            None if is_box => self.in_box(pair),
            None => self.near_place(pair),
        };
        (negated, nearness)
    }

    /// The question about a place as it was meant, with a message and the usual words.
    pub(super) fn misworded_place(&mut self, left: Expr, operator: Span, negated: bool, nearness: Nearness) -> Expr {
        let whole = left.span.to(operator);
        let slice = |span: Span| self.source.slice(span);
        let words = match &nearness {
            Nearness::Reach { reach, reach_span, of } => {
                let reach = reach.map_or("10 km", |_| slice(*reach_span));
                format!("{} within {reach} of {}", slice(left.span), slice(of.span))
            }
            Nearness::Box { corners, .. } => {
                let [south_west, north_east] = corners.as_ref();
                let (from, to) = (slice(south_west.span), slice(north_east.span));
                format!("{} within the box from {from} to {to}", slice(left.span))
            }
        };
        let words = if negated { format!("not ({words})") } else { words };
        let known = !matches!(nearness, Nearness::Reach { reach: None, .. });
        self.report(messages::misworded_place(operator, whole, &words, known));
        if !known {
            return self.error_node(whole);
        }
        let kind = nearness.of(left);
        match negated {
            true => {
                let inner = self.node(whole, kind);
                self.node(whole, ExprKind::Not(Box::new(inner)))
            }
            false => self.node(whole, kind),
        }
    }
}
