//! Where customers stand among all, by cut points, and stable shares of them.

use super::{Task, Worked};
use crate::engine::EngineError;
use crate::engine::shape::Shape;
use crate::engine::vector::{Data, Vector, bit, bits_by_row};
use crate::shares::Dealer;
use segue_compiler::plan::{Constant, Op};
use segue_compiler::values::Value;
use std::borrow::Cow;

/// 1 + how many cuts are at most the value.
pub(super) fn group(task: &Task<'_, '_>, cuts: &[Constant]) -> Result<Worked<'static>, EngineError> {
    let value = task.input(0)?;
    let Op::Group { value: node, .. } = task.op()? else { return Err(task.broken("it is no group")) };
    let mut known = None;
    if task.inputs.iter().any(|input| input.vector.known.is_some()) || task.inputs.len() > 1 {
        let among = task.inputs.get(1);
        known = Some(bits_by_row(task.rows, |row| {
            value.known(row) && among.is_none_or(|among| among.known(row) && among.truth(row))
        }));
    }
    let is_asked = |row: usize| known.as_ref().is_none_or(|known| bit(known, row));
    let groups: Vec<i64> = match task.prepared.shape(*node) {
        Shape::Whole => {
            let cuts: Vec<i64> = cuts.iter().filter_map(|cut| whole(&cut.0)).collect();
            let values = value.whole();
            let group = |row: usize| 1 + cuts.partition_point(|cut| *cut <= values.at(row)) as i64;
            (0..task.rows).map(|row| if is_asked(row) { group(row) } else { 0 }).collect()
        }
        Shape::Float => {
            let float = |cut: &Constant| if let Value::Number(cut) = cut.0 { Some(cut) } else { None };
            let cuts: Vec<f64> = cuts.iter().filter_map(float).collect();
            let values = value.float();
            let group = |row: usize| 1 + cuts.partition_point(|cut| *cut <= values.at(row)) as i64;
            (0..task.rows).map(|row| if is_asked(row) { group(row) } else { 0 }).collect()
        }
        _ => return Err(task.broken("it has no order")),
    };
    Ok(Vector::new(Data::Whole(Cow::Owned(groups)), known).into())
}

fn whole(cut: &Value) -> Option<i64> {
    match cut {
        Value::Integer(cut) | Value::Money(cut) | Value::Instant(cut) | Value::Duration(cut) => Some(*cut),
        Value::Date(cut) => Some(i64::from(*cut)),
        _ => None,
    }
}

/// Whether keys are in a share; no key, no share.
pub(super) fn in_share(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let Op::InShare { key, salt, from, to } = task.op()? else { return Err(task.broken("it is no share")) };
    let Some(dictionary) = task.prepared.shape(*key).dictionary() else {
        return Err(task.broken("customers are dealt by no key"));
    };
    let input = task.input(0)?;
    let (codes, dealer) = (input.codes(), Dealer::new(salt));
    let holds = |row: usize| input.known(row) && dealer.holds(&dictionary.text(codes.at(row)), *from, *to);
    Ok(Vector::bits(bits_by_row(task.rows, holds)).into())
}
