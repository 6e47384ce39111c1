//! Scores: lines that give points, a range, and caps.

use super::scope::Scope;
use super::values::made;
use super::{Checker, messages};
use crate::program::{Expr, ExprKind, Points, Score, ScoreLine, Type};
use crate::source::Span;
use crate::syntax::tree::{self, Literal, ScoreWhat};
use crate::values::{Value, number};

impl<'tree> Checker<'tree> {
    /// The lines of a score. Points are integers where all that are written are, else numbers.
    pub(crate) fn score(&mut self, written: &'tree tree::Score, span: Span) -> Option<Expr> {
        let caps = written.lines.iter().filter_map(|line| line.cap.as_ref()).map(|cap| &cap.points);
        let ends = written.range.iter().flat_map(|(low, high)| [low, high]);
        let all = written.lines.iter().map(|line| &line.points).chain(caps).chain(ends);
        let is_whole = all.fold(true, |whole, points| whole & matches!(points.value, Literal::Integer(_)));
        let range = match &written.range {
            None => Some(None),
            Some((low, high)) => self.score_range(low, high, is_whole).map(Some),
        };
        let lines: Vec<Option<ScoreLine>> = written.lines.iter().map(|line| self.score_line(line, is_whole)).collect();
        let score = Score { lines: lines.into_iter().collect::<Option<_>>()?, range: range? };
        let ty = if is_whole { Type::Integer } else { Type::Number };
        Some(made(ExprKind::Score(Box::new(score)), ty, true, span))
    }

    fn score_range(&mut self, low: &tree::Points, high: &tree::Points, is_whole: bool) -> Option<(Value, Value)> {
        if float(low) >= float(high) {
            let (from, to) = (self.written(low.span).to_owned(), self.written(high.span).to_owned());
            return self.refuse(messages::score_range_without_room(low.span, &from, high.span, &to));
        }
        Some((value(low, is_whole)?, value(high, is_whole)?))
    }

    fn score_line(&mut self, line: &'tree tree::ScoreLine, is_whole: bool) -> Option<ScoreLine> {
        let points = value(&line.points, is_whole)?;
        let (how, asked) = match &line.what {
            ScoreWhat::If(condition) => {
                if let Some(cap) = &line.cap {
                    self.report(messages::cap_of_points_given_once(cap.span));
                }
                self.unknown = messages::Unknown::NoPoints;
                let asked = self.line(condition, Scope::customer());
                self.unknown = messages::Unknown::LeftOut;
                (Points::Once, asked?)
            }
            ScoreWhat::Each(rows) => {
                let cap = match &line.cap {
                    None => Some(None),
                    Some(cap) => self.cap(&line.points, cap, is_whole).map(Some),
                };
                let asked = self.value(rows, Scope::customer())?;
                if asked.ty != Type::Integer {
                    let text = self.written(rows.span).to_owned();
                    return self.refuse(messages::each_of_no_rows(rows.span, &text));
                }
                (Points::Each { cap: cap? }, asked)
            }
        };
        if line.cap.is_some() && how == Points::Once {
            return None;
        }
        Some(ScoreLine { points, how, asked, span: line.span })
    }

    /// A cap bears the sign of the line's points, written or not: `-5 for each ..., up to 20 points` takes 20 away at most.
    fn cap(&mut self, points: &tree::Points, cap: &tree::Cap, is_whole: bool) -> Option<Value> {
        let (given, most) = (float(points), float(&cap.points));
        if most == 0.0 || most < 0.0 && given > 0.0 {
            let text = self.written(cap.points.span).to_owned();
            return self.refuse(messages::cap_without_room(cap.points.span, &text, given < 0.0));
        }
        let cap = value(&cap.points, is_whole)?;
        if given >= 0.0 || most < 0.0 {
            return Some(cap);
        }
        match cap {
            Value::Integer(cap) => cap.checked_neg().map(Value::Integer),
            Value::Number(cap) => number(-cap).map(Value::Number),
            _ => None,
        }
    }
}

fn value(points: &tree::Points, is_whole: bool) -> Option<Value> {
    match points.value {
        Literal::Integer(value) if is_whole => Some(Value::Integer(value)),
        _ => number(float(points)).map(Value::Number),
    }
}

fn float(points: &tree::Points) -> f64 {
    match points.value {
        Literal::Integer(value) => value as f64,
        Literal::Number(value) => value,
        _ => 0.0,
    }
}
