//! Counting what failed: once a customer or a row for each place in the text, as the interpreter does.
//!
//! Failures are bits by node; a node stands for places, and a place is asked about in a context that may be wider than the
//! node (a customer's value in a `where` counts for every row asked about). What failed inside a looked-up row counts for
//! who looked it up, so those bits travel through the look-ups first. All of this only runs where something failed.

use super::EngineError;
use super::events::{existing, frame_of_scope};
use super::kernels::Failed;
use super::prepare::{Prepared, is_global, no_bits};
use super::store::{Frame, Store, shorter};
use super::vector::{Input, bit, bits_by_row, bits_by_word, set_bit, words_for};
use crate::outcome::{EXAMPLES, Problem, ProblemKind};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Op, Scope};
use segue_compiler::program::{CUSTOMERS, TableId};
use segue_compiler::source::Span;
use std::collections::BTreeMap;

/// What failed where: bits of the rows of some frame.
type Sites = FxHashMap<(Span, ProblemKind), Vec<u64>>;

/// What failed in the rows of looked-up tables, by the look-up that reaches it.
#[derive(Debug, Default)]
pub(crate) struct LookedUp(Vec<(NodeId, Sites)>);

/// Counts by place and kind, with the first customers.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts(BTreeMap<(Span, ProblemKind), (u64, Vec<u32>)>);

impl Counts {
    /// Adds what a later block counted.
    pub(crate) fn add(&mut self, later: Counts) {
        for (key, (count, customers)) in later.0 {
            let entry = self.0.entry(key).or_default();
            entry.0 += count;
            entry.1.extend(customers);
            entry.1.truncate(EXAMPLES);
        }
    }

    /// As the outcome has them.
    pub(crate) fn finish(self) -> Vec<Problem> {
        let problem = |((span, kind), (count, examples))| Problem { kind, span, count, examples };
        self.0.into_iter().map(problem).collect()
    }
}

fn kinds(failed: &Failed) -> [(ProblemKind, &[u64]); 2] {
    [(ProblemKind::DivisionByZero, &failed.division), (ProblemKind::Overflow, &failed.overflow)]
}

fn join(into: &mut Vec<u64>, bits: &[u64]) {
    if into.len() < bits.len() {
        into.resize(bits.len(), 0);
    }
    into.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits);
}

fn join_sites(into: &mut Sites, from: &Sites) {
    for (key, bits) in from {
        join(into.entry(*key).or_default(), bits);
    }
}

/// What failed inside looked-up rows, carried to the look-ups that customers and their rows make.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn looked_up(run: &mut Store<'_>) -> Result<LookedUp, EngineError> {
    let prepared = run.prepared;
    let mut own: FxHashMap<NodeId, Failed> = FxHashMap::default();
    for (node, failed) in run.failed() {
        let entry = own.entry(*node).or_default();
        join(&mut entry.division, &failed.division);
        join(&mut entry.overflow, &failed.overflow);
    }
    let mut found = LookedUp::default();
    if own.is_empty() {
        return Ok(found);
    }
    // By node of a looked-up row: what failed in it or in what it uses, as bits of its table's rows.
    let mut within: FxHashMap<NodeId, Sites> = FxHashMap::default();
    for (at, node) in prepared.plan.nodes.iter().enumerate() {
        let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
        if !prepared.live.get(at).copied().unwrap_or(false) {
            continue;
        }
        if let (Op::Gather { row, value }, false) = (&node.op, is_looked_up_row(prepared, node.scope)) {
            let mut sites = within.get(value).cloned().unwrap_or_default();
            if let Op::LookupRow { table, .. } = prepared.node(*row)?.op {
                join_sites(&mut sites, &constant_sites(run, &own, *value, table));
            }
            if !sites.is_empty() {
                found.0.push((id, sites));
            }
            continue;
        }
        let Scope::Row(table) = node.scope else { continue };
        if !is_looked_up_row(prepared, node.scope) {
            continue;
        }
        let sites = sites_within(run, &own, &within, id, table)?;
        if !sites.is_empty() {
            within.insert(id, sites);
        }
    }
    Ok(found)
}

fn is_looked_up_row(prepared: &Prepared<'_>, scope: Scope) -> bool {
    matches!(scope, Scope::Row(_)) && is_global(prepared.program, scope)
}

/// What failed of a node that is the same for all rows, where its place is in the text of a looked-up table.
fn constant_sites(run: &Store<'_>, own: &FxHashMap<NodeId, Failed>, id: NodeId, table: TableId) -> Sites {
    let mut sites = Sites::default();
    let Some(node) = run.prepared.plan.node(id) else { return sites };
    let (Scope::Constant, Some(failed)) = (node.scope, own.get(&id)) else { return sites };
    let rows = run.range(table).len();
    for (kind, bits) in kinds(failed) {
        for place in node.places.iter().filter(|place| place.context == Scope::Row(table) && bit(bits, 0)) {
            sites.insert((place.span, kind), bits_by_row(rows, |_| true));
        }
    }
    sites
}

fn sites_within(
    run: &mut Store<'_>,
    own: &FxHashMap<NodeId, Failed>,
    within: &FxHashMap<NodeId, Sites>,
    id: NodeId,
    table: TableId,
) -> Result<Sites, EngineError> {
    let prepared = run.prepared;
    let node = prepared.node(id)?;
    let mut sites = Sites::default();
    if let Some(failed) = own.get(&id) {
        for (kind, bits) in kinds(failed) {
            if bits.is_empty() {
                continue;
            }
            let bits = spread_texts(run, id, bits, node.scope)?;
            for place in node.places.iter().filter(|place| place.context == node.scope) {
                join(sites.entry((place.span, kind)).or_default(), &bits);
            }
        }
    }
    match &node.op {
        Op::Gather { row, value } => {
            let mut inner = within.get(value).cloned().unwrap_or_default();
            if let Op::LookupRow { table, .. } = prepared.node(*row)?.op {
                join_sites(&mut inner, &constant_sites(run, own, *value, table));
            }
            for (key, bits) in inner {
                let reached = through(run, *row, &bits, node.scope)?;
                join(sites.entry(key).or_default(), &reached);
            }
            if let Some(keys) = within.get(row) {
                join_sites(&mut sites, keys);
            }
        }
        Op::Aggregate(aggregate) => {
            // Elements of a looked-up row's own list count for that row.
            let innermost = aggregate.rows.innermost();
            let owners = run.owners(table, innermost)?;
            let rows = run.range(table).len();
            let mut operands = Vec::new();
            node.op.for_each_operand(|operand| operands.push(operand));
            for operand in operands {
                let mut inner = within.get(&operand).cloned().unwrap_or_default();
                join_sites(&mut inner, &constant_sites(run, own, operand, innermost));
                for (key, bits) in inner {
                    let mut reduced = no_bits(rows);
                    for (element, owner) in owners.iter().enumerate() {
                        if bit(&bits, element) {
                            set_bit(&mut reduced, *owner as usize);
                        }
                    }
                    join(sites.entry(key).or_default(), &reduced);
                }
            }
        }
        op => {
            let mut operands = Vec::new();
            op.for_each_operand(|operand| operands.push(operand));
            for operand in operands {
                if let Some(inner) = within.get(&operand) {
                    join_sites(&mut sites, inner);
                }
                join_sites(&mut sites, &constant_sites(run, own, operand, table));
            }
        }
    }
    Ok(sites)
}

/// Bits of a node's own frame as bits of its scope's rows.
fn spread_texts(store: &mut Store<'_>, id: NodeId, bits: &[u64], scope: Scope) -> Result<Vec<u64>, EngineError> {
    let Frame::Texts(text) = store.frame(id)? else { return Ok(bits.to_vec()) };
    let rows = store.range_of(scope).len();
    let missing = store.prepared.texts(text);
    let (codes, single) = store.operand(text, frame_of_scope(scope))?;
    let input = Input { vector: shorter(&codes), single };
    let codes = input.codes();
    Ok(bits_by_row(rows, |row| bit(bits, if input.known(row) { codes.at(row) as usize } else { missing })))
}

/// Bits of a looked-up table's rows as bits of the rows that look it up.
fn through(store: &mut Store<'_>, row: NodeId, bits: &[u64], scope: Scope) -> Result<Vec<u64>, EngineError> {
    let rows = store.range_of(scope).len();
    let (found, single) = store.operand(row, frame_of_scope(scope))?;
    let input = Input { vector: shorter(&found), single };
    let found = input.codes();
    Ok(bits_by_row(rows, |row| input.known(row) && bit(bits, found.at(row) as usize)))
}

/// Counts what failed for the customers of a block and their rows.
///
/// # Errors
/// The plan breaks its promises.
pub(crate) fn count(store: &mut Store<'_>, run: &Store<'_>, looked_up: &LookedUp) -> Result<Counts, EngineError> {
    let mut sites: BTreeMap<(Span, ProblemKind, Scope), Vec<u64>> = BTreeMap::new();
    let prepared = store.prepared;
    let failed: Vec<(NodeId, Failed)> = store.failed().iter().chain(run.failed()).cloned().collect();
    for (id, failed) in failed {
        let node = prepared.node(id)?;
        if is_looked_up_row(prepared, node.scope) {
            continue;
        }
        for (kind, bits) in kinds(&failed) {
            if bits.iter().all(|word| *word == 0) {
                continue;
            }
            let bits = spread_texts(store, id, bits, node.scope)?;
            for place in &node.places {
                if !is_looked_up_row(prepared, place.context) {
                    let bits = widened(store, &bits, node.scope, place.context)?;
                    join(sites.entry((place.span, kind, place.context)).or_default(), &bits);
                }
            }
        }
    }
    for (gather, inner) in &looked_up.0 {
        let node = prepared.node(*gather)?;
        let Op::Gather { row, .. } = &node.op else { continue };
        for ((span, kind), bits) in inner {
            let reached = through(store, *row, bits, node.scope)?;
            for place in &node.places {
                if !is_looked_up_row(prepared, place.context) {
                    let bits = widened(store, &reached, node.scope, place.context)?;
                    join(sites.entry((*span, *kind, place.context)).or_default(), &bits);
                }
            }
        }
    }
    let mut counts = Counts::default();
    for ((span, kind, context), bits) in sites {
        let exists = existing(store, context)?;
        let word = |words: &[u64], at: usize| words.get(at).copied().unwrap_or(0);
        let rows = store.range_of(context).len();
        let counted = bits_by_word(rows, |at| word(&bits, at) & word(&exists, at));
        let count: u64 = counted.iter().map(|word| u64::from(word.count_ones())).sum();
        if count == 0 {
            continue;
        }
        let mut customers = Vec::new();
        let first = store.range(CUSTOMERS).start;
        let owners = match context {
            Scope::Row(table) => Some(store.owners(CUSTOMERS, table)?),
            _ => None,
        };
        for row in (0..rows).filter(|row| bit(&counted, *row)) {
            let customer = match &owners {
                Some(owners) => owners.get(row).copied().unwrap_or(0) as usize,
                None => row,
            };
            let customer = u32::try_from(first + customer).unwrap_or(u32::MAX);
            if customers.last() != Some(&customer) {
                customers.push(customer);
            }
            if customers.len() == EXAMPLES {
                break;
            }
        }
        let entry = counts.0.entry((span, kind)).or_default();
        entry.0 += count;
        entry.1.extend(customers);
        entry.1.sort_unstable();
        entry.1.dedup();
        entry.1.truncate(EXAMPLES);
    }
    Ok(counts)
}

/// Bits of a scope's rows as bits of the rows of a wider context.
fn widened(store: &mut Store<'_>, bits: &[u64], scope: Scope, context: Scope) -> Result<Vec<u64>, EngineError> {
    if scope == context {
        return Ok(bits.to_vec());
    }
    let rows = store.range_of(context).len();
    match (scope, context) {
        (Scope::Constant, _) => Ok(bits_by_row(rows, |_| bit(bits, 0))),
        (_, Scope::Row(table)) => {
            let from = match scope {
                Scope::Row(from) => from,
                _ => CUSTOMERS,
            };
            let owners = store.owners(from, table)?;
            debug_assert_eq!(words_for(owners.len()), words_for(rows));
            Ok(bits_by_row(rows, |row| owners.get(row).is_some_and(|owner| bit(bits, *owner as usize))))
        }
        _ => Ok(bits.to_vec()),
    }
}
