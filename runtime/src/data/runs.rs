//! Events by kind: the rows of a table once more, those with each value of one column by themselves, for data that are held
//! for several runs. Conditions mostly ask about one kind of event, and then need not look at the others.

use super::bits::Bits;
use super::dataset::{Dataset, TableData};
use super::stored::{FEW_ROWS, Stored};
use crate::for_cells;
use rayon::prelude::*;
use segue_compiler::plan::{Op, Plan, Selection, Truth, TruthId, Work};
use segue_compiler::program::{FieldId, Program, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows of a table by the text in one of its columns.
#[derive(Debug, Clone)]
pub struct Runs {
    /// The column.
    pub column: FieldId,
    /// By code: the rows that have it, in their order, grouped as the table is. They have the columns of the table, with cells
    /// of the same width that mean the same, but for the column itself and the one that names the customer.
    pub by_code: Vec<Option<Arc<TableData>>>,
}

/// Columns of more different texts than this are never taken.
pub(super) const MOST_KINDS: usize = 64;
/// Of each kind, where an owner's rows begin takes room. All kinds together get so many such places for each row.
const PLACES_OF_ROW: usize = 2;

impl Runs {
    /// The rows with a code; `None` where they do not stand by themselves.
    pub fn of_code(&self, code: u32) -> Option<&TableData> {
        self.by_code.get(code as usize)?.as_deref()
    }

    /// The rows of a table by a column, of those kinds that have the most rows; `None` where there is no use in it.
    fn new(table: &TableData, column: FieldId, left_out: &[FieldId]) -> Option<Runs> {
        let stored = table.columns.get(column.0 as usize)?.as_ref()?;
        let (codes, dictionary) = stored.text()?;
        let groups = table.groups.as_deref()?;
        let kinds = dictionary.len();
        if table.rows < FEW_ROWS || !(2..=MOST_KINDS).contains(&kinds) {
            return None;
        }
        let mut counts: Vec<(u64, u32)> = stored.counts_by_code()?.into_iter().zip(0..).collect();
        counts.sort_unstable_by(|one, other| other.cmp(one));
        counts.truncate(table.rows.saturating_mul(PLACES_OF_ROW) / groups.len());
        let wanted = |at: usize| at != column.0 as usize && left_out.iter().all(|field| field.0 as usize != at);
        let kinds_of = |(_, code): &(u64, u32)| {
            let rows = for_cells!(codes, codes => rows_with(codes, *code, stored.known()));
            let columns = table.columns.iter().enumerate();
            let columns =
                columns.map(|(at, column)| column.as_ref().filter(|_| wanted(at)).map(|one| one.gather(&rows)));
            let run = TableData {
                rows: rows.len(),
                columns: columns.collect(),
                groups: Some(starts(groups, &rows).into()),
                runs: None,
            };
            (*code, Arc::new(run))
        };
        let mut by_code = vec![None; kinds];
        for (code, run) in counts.par_iter().map(kinds_of).collect::<Vec<_>>() {
            *by_code.get_mut(code as usize)? = Some(run);
        }
        Some(Runs { column, by_code })
    }
}

fn rows_with<T: Copy + Into<u64>>(codes: &[T], wanted: u32, known: Option<&Bits>) -> Vec<u32> {
    let has_it = |(_, code): &(u32, &T)| Into::<u64>::into(**code) == u64::from(wanted);
    let is_known = |row: &u32| known.is_none_or(|known| known.get(*row as usize));
    (0..).zip(codes).filter(has_it).map(|(row, _)| row).filter(is_known).collect()
}

/// Where the rows of each group begin among some of all rows, and where the last one's end.
fn starts(groups: &[u32], rows: &[u32]) -> Vec<u32> {
    let mut at = 0;
    let mut start = |end: &u32| {
        while rows.get(at as usize).is_some_and(|row| row < end) {
            at += 1;
        }
        at
    };
    groups.iter().map(&mut start).collect()
}

impl Dataset {
    /// Puts events and records by kind too, where the program asks about kinds. See [`Runs`].
    pub(super) fn put_by_kind(&mut self, program: &Program) {
        let plan = Plan::new(program, &Selection::everything(program));
        for (table, column) in kinds(&plan) {
            let Some(declared) = program.tables.get(table.0 as usize).filter(|table| table.parent.is_none()) else {
                continue;
            };
            let left_out: Vec<FieldId> = declared.by.into_iter().collect();
            if let Some(rows) = self.tables.get_mut(table.0 as usize).filter(|rows| rows.runs.is_none()) {
                rows.runs = Runs::new(rows, column, &left_out).map(Arc::new);
            }
        }
    }
}

/// For each table the text column that most aggregates of its rows ask about.
fn kinds(plan: &Plan) -> BTreeMap<TableId, FieldId> {
    let mut asked: BTreeMap<TableId, BTreeMap<FieldId, usize>> = BTreeMap::new();
    for pass in &plan.passes {
        let [table] = *pass.rows.chain else { continue };
        for filter in pass.asked.iter().filter_map(|asked| asked.filter) {
            for (of, field) in
                conjuncts(&pass.truths, filter).iter().filter_map(|set| column_of(plan, &pass.truths, *set))
            {
                if of == table {
                    *asked.entry(table).or_default().entry(field).or_default() += 1;
                }
            }
        }
    }
    let most = |(table, fields): (TableId, BTreeMap<FieldId, usize>)| {
        // Of several the first.
        let best = fields.into_iter().max_by_key(|(field, count)| (*count, std::cmp::Reverse(*field)))?;
        Some((table, best.0))
    };
    asked.into_iter().filter_map(most).collect()
}

/// The sets that a set is the rows of all of.
pub(crate) fn conjuncts(truths: &[Truth], set: TruthId) -> Vec<TruthId> {
    match truths.get(set.index()) {
        Some(Truth::And(parts)) => parts.to_vec(),
        _ => vec![set],
    }
}

/// The text column that a literal is about.
fn column_of(plan: &Plan, truths: &[Truth], set: TruthId) -> Option<(TableId, FieldId)> {
    let Some(Truth::Literal { atom, holds: true }) = truths.get(set.index()) else { return None };
    let Work::PerText(text) = plan.node(*atom)?.work else { return None };
    match plan.node(text)?.op {
        Op::Column(table, field) => Some((table, field)),
        _ => None,
    }
}

/// Whether a run's column is held as the table's is, so that what is asked of cells means the same.
pub(crate) fn is_held_alike(one: &Stored, other: &Stored) -> bool {
    match (one.integers(), other.integers(), one.text(), other.text()) {
        (Some(one), Some(other), ..) => {
            (one.base(), one.unit(), one.cells().width()) == (other.base(), other.unit(), other.cells().width())
        }
        (.., Some((one, texts)), Some((other, others))) => one.width() == other.width() && texts.len() == others.len(),
        _ => std::mem::discriminant(one.values()) == std::mem::discriminant(other.values()),
    }
}
