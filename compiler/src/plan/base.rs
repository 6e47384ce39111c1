//! Questions about the whole base, once they are answered: comparisons with constants.

use super::lower::Lowering;
use super::node::{Constant, NodeId, Op, Scope};
use crate::program::{Answer, Asked, BaseQuestion, CUSTOMERS, Cut, End, Expr, Kept, Type};
use crate::values::Value;

impl Lowering<'_> {
    /// The answer for the customer. Its value is worked out whether or not the answer needs it, so that what fails in it is
    /// counted; without an answer it is only that.
    pub(super) fn over_base(&mut self, question: &BaseQuestion, expr: &Expr, context: Scope) -> NodeId {
        let value = self.lower(&question.value, context);
        self.worked.push(value);
        let among = question.among.map(|id| self.segment(id));
        match (self.answer(question.id), question.asked) {
            (Some(Answer { kept: Kept::Cuts(cuts), .. }), Asked::Group(_)) => {
                let cuts = cuts.iter().cloned().map(Constant).collect();
                self.intern(Op::Group { value, among, cuts }, Type::Integer, expr.may_be_missing)
            }
            (Some(Answer { kept: Kept::Statistic(Some(figure)), .. }), _) => {
                self.intern(Op::Constant(Constant(figure.clone())), expr.ty.clone(), false)
            }
            (Some(Answer { kept: Kept::Cut(cut), .. }), Asked::Foremost(end, _)) => {
                let cut = cut.clone();
                let inside = self.inside(&cut, end, value, &question.value.ty);
                match among {
                    Some(among) => self.all(vec![inside, among]),
                    None => inside,
                }
            }
            (_, Asked::Foremost(..)) => self.boolean(false),
            _ => self.intern(Op::Missing, expr.ty.clone(), true),
        }
    }

    /// Whether a value is before the cut, or at it with a key that is not behind the cut's: never unknown.
    fn inside(&mut self, cut: &Cut, end: End, value: NodeId, ty: &Type) -> NodeId {
        let (at, key) = match cut {
            Cut::Nobody => return self.boolean(false),
            Cut::Everybody => return self.intern(Op::IsKnown(value), Type::Boolean, false),
            Cut::At { value, key } => (value, key),
        };
        let missing = self.any_missing(&[value]);
        let cut = self.intern(Op::Constant(Constant(at.clone())), ty.clone(), false);
        let (first, second) = if end == End::Top { (value, cut) } else { (cut, value) };
        let outside = self.intern(Op::Less(first, second), Type::Boolean, missing);
        let mut inside = self.not(outside);
        if let Some(key) = key {
            let before = self.intern(Op::Less(second, first), Type::Boolean, missing);
            let in_front = self.key_up_to(key);
            let tied = self.all(vec![inside, in_front]);
            inside = self.any(vec![before, tied]);
        }
        if missing { self.certain(inside) } else { inside }
    }

    /// Whether the customer's key is not behind this one.
    fn key_up_to(&mut self, last: &Value) -> NodeId {
        let customers = self.program.tables.first();
        let Some(key) = customers.and_then(|customers| customers.key) else { return self.boolean(true) };
        let ty = customers.and_then(|customers| customers.fields.get(key.0 as usize)).map(|field| field.ty.clone());
        let key = self.field(CUSTOMERS, key);
        let last = self.intern(Op::Constant(Constant(last.clone())), ty.unwrap_or(Type::Id(None)), false);
        let behind = self.intern(Op::Less(last, key), Type::Boolean, false);
        self.not(behind)
    }
}
