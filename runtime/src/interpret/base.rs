//! Questions about the whole base, by the words of rule 13: all values of all customers are looked at, one question after the
//! other. What a program has answers to is not asked again.

use super::evaluate::{Evaluator, Scope};
use super::{Customer, InterpretError, Interpreter, compare_values, reached};
use crate::base::{Known, figure};
use crate::shares::Dealer;
use rustc_hash::FxHashMap;
use segue_compiler::program::{
    Answer, Asked, BaseQuestion, CUSTOMERS, Cut, End, Expr, ExprKind, Item, Kept, QuestionId, Type,
};
use segue_compiler::values::Value;
use std::cmp::Ordering;

/// What a question came to for every customer.
#[derive(Debug)]
pub(super) enum Standing {
    /// By row: the group; none for those who are not looked at.
    Groups(Vec<Option<i64>>),
    /// The same for all.
    Figure(Option<Value>),
    /// By row: whether the customer is in.
    Inside(Vec<bool>),
}

/// By question.
pub(super) type Standings = FxHashMap<QuestionId, Standing>;

impl Interpreter<'_> {
    /// Answers the questions that the declarations reach, lower levels first.
    ///
    /// # Errors
    /// The program or the data break their invariants.
    pub(super) fn survey(&mut self, wanted: &[Item]) -> Result<(), InterpretError> {
        let program = self.program;
        let mut questions = program.questions(wanted.iter().copied());
        questions.retain(|(_, question)| program.answers.get(question.id).is_none());
        questions.sort_by_key(|(level, _)| *level);
        for (_, question) in questions {
            let standing = self.standing(question)?;
            self.evaluator.standings.insert(question.id, standing);
        }
        Ok(())
    }

    fn standing(&self, question: &BaseQuestion) -> Result<Standing, InterpretError> {
        let mut used: Vec<Item> = question.among.map(Item::Segment).into_iter().collect();
        question.value.walk(&mut |part| used.extend(part.named()));
        let needed = reached(self.program, used);
        let mut values: Vec<Option<Value>> = Vec::with_capacity(self.customers());
        for row in 0..self.customers() {
            let customer = self.work_out(row, &needed)?;
            let is_looked_at = question.among.is_none_or(|id| customer.segments.get(id.0 as usize) == Some(&true));
            let value = self.evaluate(&customer, &question.value)?;
            values.push(value.filter(|_| is_looked_at));
            // They are counted when the customer is worked out for the request.
            self.evaluator.take_failures();
        }
        let ty = &question.value.ty;
        Ok(match question.asked {
            Asked::Group(groups) => Standing::Groups(groups_of(groups, &values, ty)),
            Asked::Statistic(statistic) => Standing::Figure(figure(statistic, &mut known(&values), ty)),
            Asked::Foremost(end, extent) => {
                let keys = self.keys();
                Standing::Inside(foremost(end, &values, ty, &keys, |n| extent.of(n)))
            }
        })
    }

    fn keys(&self) -> Vec<Option<Value>> {
        let key = self.program.tables.first().and_then(|customers| customers.key);
        let column = key.and_then(|key| self.evaluator.data.column(CUSTOMERS, key));
        (0..self.customers()).map(|row| column.and_then(|column| column.value(row))).collect()
    }
}

/// 1 + floor(groups (rank - 1) / n), with rank = 1 + how many are smaller.
fn groups_of(groups: u32, values: &[Option<Value>], ty: &Type) -> Vec<Option<i64>> {
    let mut sorted: Vec<&Value> = values.iter().flatten().collect();
    sorted.sort_by(|one, other| compare_values(one, other, ty));
    let n = sorted.len() as i128;
    let group = |value: &Value| {
        let smaller = sorted.partition_point(|other| compare_values(other, value, ty) == Ordering::Less);
        i64::try_from(1 + i128::from(groups) * smaller as i128 / n).unwrap_or(i64::MAX)
    };
    values.iter().map(|value| value.as_ref().map(group)).collect()
}

/// The first of those with a value, in the order of the values, ties by key.
fn foremost(
    end: End,
    values: &[Option<Value>],
    ty: &Type,
    keys: &[Option<Value>],
    wanted: impl Fn(u64) -> u64,
) -> Vec<bool> {
    let mut rows: Vec<(usize, &Value)> =
        values.iter().enumerate().filter_map(|(row, value)| Some((row, value.as_ref()?))).collect();
    rows.sort_by(|(row, value), (other_row, other)| {
        let order = compare_values(value, other, ty);
        let order = if end == End::Top { order.reverse() } else { order };
        let key = |row: usize| keys.get(row).and_then(Option::as_ref);
        order.then_with(|| match (key(*row), key(*other_row)) {
            (Some(one), Some(other)) => compare_values(one, other, &Type::Id(None)),
            _ => Ordering::Equal,
        })
    });
    let wanted = usize::try_from(wanted(rows.len() as u64)).unwrap_or(usize::MAX);
    let mut inside = vec![false; values.len()];
    for (row, _) in rows.into_iter().take(wanted) {
        if let Some(slot) = inside.get_mut(row) {
            *slot = true;
        }
    }
    inside
}

fn known(values: &[Option<Value>]) -> Known {
    let floats = values.iter().flatten().any(|value| matches!(value, Value::Number(_)));
    let whole = |value: &Value| match value {
        Value::Integer(units) | Value::Money(units) | Value::Duration(units) => Some(*units),
        _ => None,
    };
    let float = |value: &Value| if let Value::Number(value) = value { Some(*value) } else { None };
    match floats {
        true => Known::Float(values.iter().flatten().filter_map(float).collect()),
        false => Known::Whole(values.iter().flatten().filter_map(whole).collect()),
    }
}

impl Evaluator<'_> {
    /// The answer of a question for a customer, whose value is worked out whether or not it is needed.
    pub(super) fn over_base(&self, question: &BaseQuestion, expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
        let value = self.value(&question.value, scope);
        let row = scope.customer.row;
        if let Some(answer) = self.program.answers.get(question.id) {
            return self.by_answer(question, answer, value, scope.customer);
        }
        match self.standings.get(&question.id) {
            Some(Standing::Groups(groups)) => groups.get(row).copied().flatten().map(Value::Integer),
            Some(Standing::Figure(figure)) => figure.clone(),
            Some(Standing::Inside(inside)) => inside.get(row).map(|inside| Value::Boolean(*inside)),
            None => self.unsuited(expr.span),
        }
    }

    /// The answer for a customer who need not have been among those who were looked at.
    fn by_answer(
        &self,
        question: &BaseQuestion,
        answer: &Answer,
        value: Option<Value>,
        customer: &Customer,
    ) -> Option<Value> {
        let ty = &question.value.ty;
        let is_looked_at = question.among.is_none_or(|id| customer.segments.get(id.0 as usize) == Some(&true));
        let value = value.filter(|_| is_looked_at);
        match &answer.kept {
            Kept::Statistic(figure) => figure.clone(),
            Kept::Cuts(cuts) => {
                let value = value?;
                let passed = cuts.iter().filter(|cut| compare_values(cut, &value, ty).is_le()).count();
                Some(Value::Integer(1 + passed as i64))
            }
            Kept::Cut(cut) => {
                let is_top = matches!(question.asked, Asked::Foremost(End::Top, _));
                let inside = value.is_some_and(|value| match cut {
                    Cut::Nobody => false,
                    Cut::Everybody => true,
                    Cut::At { value: last, key } => {
                        let order = compare_values(&value, last, ty);
                        let order = if is_top { order.reverse() } else { order };
                        order.is_lt() || order.is_eq() && self.is_up_to(customer, key.as_ref())
                    }
                });
                Some(Value::Boolean(inside))
            }
        }
    }

    /// Whether the customer's key is not behind this one.
    fn is_up_to(&self, customer: &Customer, last: Option<&Value>) -> bool {
        let Some(last) = last else { return true };
        let key = self.program.tables.first().and_then(|customers| customers.key);
        let key = key.and_then(|key| self.data.column(CUSTOMERS, key)?.value(customer.row));
        key.is_some_and(|key| compare_values(&key, last, &Type::Id(None)).is_le())
    }

    /// Whether the customer is in a stable share.
    pub(super) fn in_share(&self, expr: &Expr, scope: &Scope<'_>) -> Option<bool> {
        let ExprKind::InShare { salt, from, to, key } = &expr.kind else { return None };
        match self.value(key, scope) {
            Some(Value::Text(key)) => Some(Dealer::new(salt).holds(&key, *from, *to)),
            // No key, no share.
            None => Some(false),
            Some(_) => self.unsuited(expr.span),
        }
    }
}
