//! What blocks worked out, put together in the order of the customers.

use super::EngineError;
use super::problems::Counts;
use super::shape::Shape;
use super::vector::{Data, Input, Vector};
use crate::data::{Bits, Column, Values};
use crate::members::{Block, Members};
use crate::outcome::{NO_PART, Outcome};
use segue_compiler::program::{Answers, Type};
use std::sync::Arc;

/// The answers of one block of customers.
#[derive(Debug)]
pub(crate) struct BlockAnswers {
    pub(crate) customers: usize,
    /// By segment: how many are in it.
    pub(crate) counts: Vec<u32>,
    pub(crate) members: Block,
    pub(crate) partitions: Vec<Vec<u32>>,
    /// With whether one value stands for all customers.
    pub(crate) traits: Vec<(Arc<Vector<'static>>, bool)>,
    pub(crate) problems: Counts,
}

/// The part of each customer from the members of each part.
pub(crate) fn parts(members: &[Vec<u64>], customers: usize) -> Vec<u32> {
    let mut parts = vec![NO_PART; customers];
    for (part, words) in members.iter().enumerate() {
        let part = u32::try_from(part).unwrap_or(NO_PART);
        for (at, word) in words.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let row = at * 64 + left.trailing_zeros() as usize;
                if let Some(slot) = parts.get_mut(row) {
                    *slot = part;
                }
                left &= left - 1;
            }
        }
    }
    parts
}

/// The outcome from the answers of all blocks in their order; every block but the last has a multiple of 64 customers.
///
/// # Errors
/// A trait's values are of another form than its type.
pub(crate) fn outcome(
    blocks: Vec<BlockAnswers>,
    customers: usize,
    (segments, members): (usize, Vec<Members>),
    partitions: usize,
    traits: &[(&Type, &Shape)],
) -> Result<Outcome, EngineError> {
    let mut counts = vec![0; segments];
    let mut parts: Vec<Vec<u32>> = vec![Vec::with_capacity(customers); partitions];
    let mut problems = Counts::default();
    for block in &blocks {
        counts.iter_mut().zip(&block.counts).for_each(|(all, block)| *all += u64::from(*block));
        parts.iter_mut().zip(&block.partitions).for_each(|(all, block)| all.extend_from_slice(block));
    }
    let columns = traits
        .iter()
        .enumerate()
        .map(|(at, (ty, shape))| column(&blocks, at, ty, shape))
        .collect::<Result<Vec<Column>, EngineError>>()?;
    for block in blocks {
        problems.add(block.problems);
    }
    Ok(Outcome {
        customers,
        counts: counts.into_iter().map(|count| usize::try_from(count).unwrap_or(usize::MAX)).collect(),
        segments: members,
        partitions: parts,
        traits: columns,
        problems: problems.finish(),
        answers: Answers::default(),
        others: Vec::new(),
    })
}

fn column(blocks: &[BlockAnswers], at: usize, ty: &Type, shape: &Shape) -> Result<Column, EngineError> {
    let rows = || {
        blocks.iter().flat_map(move |block| {
            let found = block.traits.get(at);
            (0..block.customers)
                .filter_map(move |row| found.map(|(vector, single)| (Input { vector, single: *single }, row)))
        })
    };
    let known = rows()
        .any(|(input, row)| !input.known(row))
        .then(|| Bits::from_bools(rows().map(|(input, row)| input.known(row))));
    let whole = || rows().map(|(input, row)| input.whole().at(row)).collect::<Vec<i64>>();
    let values = match (ty, shape) {
        (Type::Boolean, _) => Values::Boolean(rows().map(|(input, row)| u8::from(input.truth(row))).collect()),
        (Type::Integer | Type::Location, _) => Values::Integer(whole()),
        (Type::Money(_), _) => Values::Money(whole()),
        (Type::Datetime, _) => Values::Instant(whole()),
        (Type::Duration, _) => Values::Duration(whole()),
        (Type::Date, _) => Values::Date(whole().into_iter().map(|day| i32::try_from(day).unwrap_or(0)).collect()),
        (Type::Number | Type::Percent, _) => Values::Number(rows().map(|(input, row)| input.float().at(row)).collect()),
        (_, Shape::Text(dictionary)) => Values::Text {
            codes: rows().map(|(input, row)| input.codes().at(row)).collect(),
            dictionary: Arc::clone(dictionary),
        },
        (Type::List(element), Shape::List(elements)) => {
            let (mut offsets, mut picks) = (vec![0u32], Vec::new());
            for (input, row) in rows() {
                picks.extend(input.list(row));
                offsets.push(u32::try_from(picks.len()).unwrap_or(u32::MAX));
            }
            let picked = elements.values().picked(picks.len(), |row| picks.get(row).copied());
            let block = BlockAnswers {
                customers: picks.len(),
                counts: Vec::new(),
                members: Block::default(),
                partitions: Vec::new(),
                traits: vec![(Arc::new(picked), false)],
                problems: Counts::default(),
            };
            Values::List { offsets, elements: Box::new(column(&[block], 0, element, &elements.shape)?) }
        }
        _ => return Err(EngineError::Broken(0, "a trait's values are of another form than its type")),
    };
    Ok(Column { values, known })
}

/// A vector that owns its values.
pub(crate) fn owned(vector: &Vector<'_>) -> Vector<'static> {
    let data = match &vector.data {
        Data::Bits(values) => Data::Bits(values.clone().into_owned().into()),
        Data::Whole(values) => Data::Whole(values.clone().into_owned().into()),
        Data::Float(values) => Data::Float(values.clone().into_owned().into()),
        Data::Code(values) => Data::Code(values.clone().into_owned().into()),
        Data::Lists { from, to } => Data::Lists { from: from.clone(), to: to.clone() },
    };
    Vector::new(data, vector.known.as_ref().map(|known| known.clone().into_owned()))
}
