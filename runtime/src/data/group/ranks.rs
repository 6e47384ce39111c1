//! The order of keys as numbers.

use crate::data::dataset::{Dictionary, canonical_integer};
use crate::data::stored::Stored;
use rayon::prelude::*;

/// Bytes that [`key_ranks`] takes while it works.
pub(crate) fn bytes_of_ranks(keys: &Stored) -> u64 {
    let Some((_, dictionary)) = keys.text() else { return 0 };
    let of_key = match &**dictionary {
        Dictionary::Integers(_) => 2 * size_of::<u32>(),
        Dictionary::Texts(_) => 2 * size_of::<u32>() + size_of::<(bool, i64, &str, u32)>(),
    };
    (dictionary.len() * of_key + keys.rows() * size_of::<u32>()) as u64
}

/// The place of each row's key in the order of ids (rule 10); missing keys come first.
pub(crate) fn key_ranks(keys: &Stored) -> Option<Vec<u32>> {
    let (codes, dictionary) = keys.text()?;
    let count = u32::try_from(dictionary.len()).ok()?;
    let mut ordered: Vec<u32> = (0..count).collect();
    match &**dictionary {
        Dictionary::Integers(numbers) if numbers.ascend() => {}
        Dictionary::Integers(numbers) => ordered.par_sort_unstable_by_key(|code| numbers.get(*code as usize)),
        Dictionary::Texts(texts) => {
            let place = |code: u32| {
                let text = texts.get(code as usize).unwrap_or_default();
                canonical_integer(text).map_or((true, 0, text), |number| (false, number, ""))
            };
            let mut placed: Vec<(bool, i64, &str, u32)> = ordered
                .iter()
                .map(|code| {
                    let (is_text, number, text) = place(*code);
                    (is_text, number, text, *code)
                })
                .collect();
            placed.par_sort_unstable();
            ordered = placed.into_iter().map(|(.., code)| code).collect();
        }
    }
    let mut ranks = vec![0; ordered.len()];
    for (rank, code) in (1..).zip(ordered) {
        ranks[code as usize] = rank;
    }
    let rank = |(row, code): (usize, u32)| if keys.is_known(row) { ranks[code as usize] } else { 0 };
    Some(codes.codes().enumerate().map(rank).collect())
}
