//! A score as sums and products: `+10 if ...` is 10 times 1 or 0, `+5 for each ...` is 5 times the number of rows.

use super::lower::Lowering;
use super::node::{Constant, NodeId, Op, Place, Scope};
use crate::program::{Conversion, Expr, Points, Score, ScoreLine, Type};
use crate::syntax::tree::{Factor, Sign};
use crate::values::Value;

impl Lowering<'_> {
    /// The sum of a score's lines, brought into its range.
    pub(super) fn score(&mut self, score: &Score, expr: &Expr, context: Scope) -> NodeId {
        let lines: Vec<NodeId> = score.lines.iter().map(|line| self.score_line(line, &expr.ty, context)).collect();
        let sum = match lines.as_slice() {
            [line] => *line,
            _ => {
                let terms = lines.into_iter().map(|line| (Sign::Plus, line)).collect();
                let sum = self.intern(Op::Sum(terms), expr.ty.clone(), expr.may_be_missing);
                self.stands_for(sum, Place { span: expr.span, context });
                sum
            }
        };
        match &score.range {
            Some((low, high)) => self.clamp(sum, &expr.ty, Some(low), Some(high)),
            None => sum,
        }
    }

    fn score_line(&mut self, line: &ScoreLine, ty: &Type, context: Scope) -> NodeId {
        let asked = self.lower(&line.asked, context);
        let times = match line.how {
            Points::Once => {
                let certain = self.certain(asked);
                self.intern(Op::Convert(Conversion::BooleanToInteger, certain), Type::Integer, false)
            }
            Points::Each { .. } => asked,
        };
        let times = match ty {
            Type::Number => {
                let missing = line.asked.may_be_missing && line.how != Points::Once;
                self.intern(Op::Convert(Conversion::IntegerToNumber, times), Type::Number, missing)
            }
            _ => times,
        };
        let points = self.intern(Op::Constant(Constant(line.points.clone())), ty.clone(), false);
        let product = Op::Product(Box::new([(Factor::Times, points), (Factor::Times, times)]));
        let given = self.intern(product, ty.clone(), true);
        self.stands_for(given, Place { span: line.span, context });
        match &line.how {
            Points::Each { cap: Some(cap) } if is_negative(cap) => self.clamp(given, ty, Some(cap), None),
            Points::Each { cap: Some(cap) } => self.clamp(given, ty, None, Some(cap)),
            _ => given,
        }
    }

    fn clamp(&mut self, value: NodeId, ty: &Type, low: Option<&Value>, high: Option<&Value>) -> NodeId {
        let end = |end: Option<&Value>| end.cloned().map(Constant);
        self.intern(Op::Clamp { value, low: end(low), high: end(high) }, ty.clone(), true)
    }
}

fn is_negative(points: &Value) -> bool {
    match points {
        Value::Integer(points) => *points < 0,
        Value::Number(points) => *points < 0.0,
        _ => false,
    }
}
