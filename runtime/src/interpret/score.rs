//! Scores, line by line (rule 14).

use super::evaluate::{Evaluator, Scope};
use segue_compiler::program::{Points, Score, ScoreLine};
use segue_compiler::source::Span;
use segue_compiler::values::arithmetic::{self, Failure};
use segue_compiler::values::{Value, number};

impl Evaluator<'_> {
    /// The sum of what the lines give, brought into the score's range.
    pub(super) fn score(&self, score: &Score, span: Span, scope: &Scope<'_>) -> Option<Value> {
        let given: Vec<Option<Value>> = score.lines.iter().map(|line| self.given(line, scope)).collect();
        let given: Vec<Value> = given.into_iter().collect::<Option<_>>()?;
        let sum = self.judged(arithmetic::sum(given.iter().map(|points| (false, points))), span, scope)?;
        match &score.range {
            Some((low, high)) => self.judged(arithmetic::clamp(sum, Some(low), Some(high)), span, scope),
            None => Some(sum),
        }
    }

    /// The points of one line: none where its condition is unknown.
    pub(super) fn given(&self, line: &ScoreLine, scope: &Scope<'_>) -> Option<Value> {
        let asked = self.value(&line.asked, scope);
        let cap = match &line.how {
            Points::Once => {
                let holds = asked == Some(Value::Boolean(true));
                return Some(if holds { line.points.clone() } else { none_like(&line.points) });
            }
            Points::Each { cap } => cap.as_ref(),
        };
        let times = match (asked?, &line.points) {
            (Value::Integer(rows), Value::Number(_)) => number(rows as f64).map(Value::Number)?,
            (rows, _) => rows,
        };
        let all = self.judged(arithmetic::product([(false, &line.points), (false, &times)]), line.span, scope)?;
        let takes = matches!(cap, Some(Value::Integer(..0))) || matches!(cap, Some(Value::Number(cap)) if *cap < 0.0);
        let (low, high) = if takes { (cap, None) } else { (None, cap) };
        self.judged(arithmetic::clamp(all, low, high).map_err(|_| Failure::Unsuited), line.span, scope)
    }
}

/// No points, as an integer or a number.
fn none_like(points: &Value) -> Value {
    if let Value::Number(_) = points { Value::Number(0.0) } else { Value::Integer(0) }
}
