//! Places, and how near they are.

use super::scope::Scope;
use super::values::{constant, made, to_number};
use super::{Checker, messages};
use crate::program::{Expr, ExprKind, Type};
use crate::source::Span;
use crate::syntax::tree::{self, Comparison};
use crate::values::Value;
use crate::values::places::{BoundingBox, degrees, place};

impl<'tree> Checker<'tree> {
    /// `point(40.7536, -73.9832)`
    pub(crate) fn point(
        &mut self,
        latitude: &'tree tree::Expr,
        longitude: &'tree tree::Expr,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let (north, east) = (self.value(latitude, scope), self.value(longitude, scope));
        let (north, east) = (self.degrees(north?, latitude.span)?, self.degrees(east?, longitude.span)?);
        match (super::constants::work_out(&north), super::constants::work_out(&east)) {
            (Some(Value::Number(north)), Some(Value::Number(east))) => match place(north, east) {
                Some(place) => Some(constant(Value::Integer(place), Type::Location, span)),
                None => self.refuse(messages::no_such_place(span, place(east, north).is_some())),
            },
            _ => {
                let kind = ExprKind::Point(Box::new(north), Box::new(east));
                Some(made(kind, Type::Location, true, span))
            }
        }
    }

    fn degrees(&mut self, value: Expr, span: Span) -> Option<Expr> {
        match value.ty {
            Type::Integer | Type::Number => Some(to_number(value)),
            ref other => {
                let kind = messages::kind(other);
                self.refuse(messages::no_degrees(span, &kind))
            }
        }
    }

    /// `home within 10 km of point(40.7536, -73.9832)`
    pub(crate) fn near_place(
        &mut self,
        left: &'tree tree::Expr,
        reach: f64,
        reach_span: Span,
        of: &'tree tree::Expr,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let (from, to) = (self.place(left, scope), self.place(of, scope));
        let (from, to) = (from?, to?);
        let missing = from.may_be_missing || to.may_be_missing;
        let distance = ExprKind::Distance(Box::new(from), Box::new(to));
        let distance = made(distance, Type::Number, missing, span);
        let reach = constant(Value::Number(reach), Type::Number, reach_span);
        let kind = ExprKind::Compare(Comparison::AtMost, Box::new(distance), Box::new(reach));
        Some(made(kind, Type::Boolean, missing, span))
    }

    fn place(&mut self, written: &'tree tree::Expr, scope: Scope) -> Option<Expr> {
        let value = self.value(written, scope)?;
        if value.ty != Type::Location {
            let kind = messages::kind(&value.ty);
            return self.refuse(messages::no_place(written.span, &kind));
        }
        Some(value)
    }

    /// `home within the box from point(40.70, -74.02) to point(40.88, -73.91)`
    pub(crate) fn in_box(
        &mut self,
        left: &'tree tree::Expr,
        corners: &'tree [tree::Expr; 2],
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let [south_west, north_east] = corners;
        let value = self.place(left, scope);
        let (first, second) = (self.corner(south_west, scope), self.corner(north_east, scope));
        let (value, south_west, north_east) = (value?, first?, second?);
        if degrees(north_east).0 < degrees(south_west).0 {
            return self.refuse(messages::box_upside_down(corners[0].span.to(corners[1].span)));
        }
        let missing = value.may_be_missing;
        let kind = ExprKind::InBox(Box::new(value), BoundingBox { south_west, north_east });
        Some(made(kind, Type::Boolean, missing, span))
    }

    /// A corner of a box: a place that is known without any data.
    fn corner(&mut self, written: &'tree tree::Expr, scope: Scope) -> Option<i64> {
        let place = self.place(written, scope)?;
        match super::constants::work_out(&place) {
            Some(Value::Integer(place)) => Some(place),
            _ => self.refuse(messages::moving_corner(written.span)),
        }
    }
}
