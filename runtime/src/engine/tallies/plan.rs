//! Which aggregates of a pass are read off sets of rows, and what has to be there for them.

use super::values::{Asked, Form};
use super::{Domain, Question, Tallies, Tally};
use crate::data::{Bits, Integers, Stored, StoredValues};
use crate::engine::EngineError;
use crate::engine::literals::{Literals, bind};
use crate::engine::prepare::{Aid, Prepared};
use crate::engine::store::Store;
use crate::engine::truth::Needs;
use crate::processor::Instructions;
use segue_compiler::plan::{Asked as Rows, NodeId, Op, Pass, Scope, Truth, TruthId, Work};
use segue_compiler::program::TableId;
use segue_compiler::syntax::tree::{AggregateOperator, TableKind};

/// An aggregate that fits.
struct Fitting<'a> {
    node: NodeId,
    operator: AggregateOperator,
    rows: Rows,
    value: Option<(NodeId, Asked<'a>, Option<&'a Bits>)>,
}

impl<'a> Tallies<'a> {
    /// The tallies among the aggregates of a pass; `None` where there are none. What is worked out once is known already.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn new(
        prepared: &Prepared<'a>,
        run: &Store<'a>,
        pass: &Pass,
        path: Instructions,
    ) -> Result<Option<Tallies<'a>>, EngineError> {
        let [table] = *pass.rows.chain else { return Ok(None) };
        let Some(limit) = limit(prepared, table) else { return Ok(None) };
        let mut fitting = Vec::new();
        for (node, rows) in pass.aggregates.iter().zip(&pass.asked) {
            let sets_fit = [rows.within, rows.filter].into_iter().flatten().try_fold(true, |fits, root| {
                Ok::<bool, EngineError>(fits && literals_fit(run, table, &pass.truths, root)?)
            })?;
            if let (true, Some(one)) = (sets_fit, fitting_one(prepared, pass, *node, *rows)?) {
                fitting.push(one);
            }
        }
        if fitting.is_empty() {
            return Ok(None);
        }
        let mut roots: Vec<TruthId> =
            fitting.iter().flat_map(|one| [one.rows.within, one.rows.filter]).flatten().collect();
        roots.sort_unstable();
        roots.dedup();
        let mut needs = Needs::new(&pass.truths, &roots);
        let literals = Literals::new(run, table, needs.literals(), path)?;
        let order = needs.order(true);
        let slot = |root: Option<TruthId>| match root {
            Some(root) => needs.slot(root).map(Some).ok_or(EngineError::Broken(root.0, "a set of rows is not made")),
            None => Ok(None),
        };
        let mut domains: Vec<Domain<'a>> = Vec::new();
        for one in fitting {
            let reaches_now = reaches_now(prepared, &pass.truths, one.rows.within, limit.map(|(_, limit)| limit));
            let (window, within) = if reaches_now { (one.rows.within, None) } else { (None, one.rows.within) };
            let every = one.operator == AggregateOperator::Every;
            let filter = if every { None } else { one.rows.filter };
            let tally = Tally {
                node: one.node,
                operator: one.operator,
                window: slot(window)?,
                filter: if every { slot(one.rows.filter)? } else { None },
            };
            let mut sets: Vec<usize> = [slot(filter)?, slot(within)?].into_iter().flatten().collect();
            sets.sort_unstable();
            sets.dedup();
            let known = one.value.as_ref().and_then(|(.., known)| *known);
            put(&mut domains, sets, known, one.value, tally);
        }
        let ahead = limit.and_then(|(times, limit)| {
            let first = times.first_cell(limit);
            (first <= times.greatest()).then_some((times, first))
        });
        Ok(Some(Tallies { table, owner: pass.rows.owner, path, literals, order, ahead, domains }))
    }
}

/// Puts a tally with the others that ask about the same rows, and the same value of them.
fn put<'a>(
    domains: &mut Vec<Domain<'a>>,
    sets: Vec<usize>,
    known: Option<&'a Bits>,
    value: Option<(NodeId, Asked<'a>, Option<&'a Bits>)>,
    tally: Tally,
) {
    let same = |domain: &Domain<'_>| {
        domain.sets == sets && domain.known.map(std::ptr::from_ref) == known.map(std::ptr::from_ref)
    };
    let at = domains.iter().position(same).unwrap_or_else(|| {
        domains.push(Domain { sets, known, questions: Vec::new() });
        domains.len() - 1
    });
    let Some(domain) = domains.get_mut(at) else { return };
    let value = value.map(|(_, asked, _)| asked);
    let about =
        |question: &Question<'_>| question.value.as_ref().map(Asked::column) == value.as_ref().map(Asked::column);
    match domain.questions.iter_mut().find(|question| about(question)) {
        Some(question) => question.tallies.push(tally),
        None => domain.questions.push(Question { value, tallies: vec![tally] }),
    }
}

/// For events, their times and the first time that is not over; `Some(None)` for rows without a time, `None` for events
/// whose times were not loaded.
#[expect(clippy::option_option, reason = "no time to ask about and no answer are two things")]
fn limit<'a>(prepared: &Prepared<'a>, table: TableId) -> Option<Option<(&'a Integers, i64)>> {
    let declared = prepared.program.tables.get(table.0 as usize)?;
    if declared.kind != TableKind::Events || declared.parent.is_some() {
        return Some(None);
    }
    let column = prepared.data.column(table, declared.at?)?;
    match column.values() {
        _ if column.known().is_some() => None,
        StoredValues::Instant(times) => Some(Some((times, prepared.clock.as_of))),
        StoredValues::Date(days) => Some(Some((days, prepared.clock.today().into()))),
        _ => None,
    }
}

/// Whether the rows in a window are the last ones of each owner: those from some time on.
fn reaches_now(prepared: &Prepared<'_>, truths: &[Truth], within: Option<TruthId>, limit: Option<i64>) -> bool {
    let (Some(within), Some(limit)) = (within, limit) else { return false };
    let Some(Truth::Literal { atom, holds: true }) = truths.get(within.index()) else { return false };
    let of_own_time = |moment: NodeId| matches!(prepared.plan.node(moment).map(|node| &node.op), Some(Op::Column(..)));
    match (prepared.plan.node(*atom).map(|node| &node.op), prepared.aid(*atom)) {
        // A window of an aggregate is about the time of its rows.
        (Some(Op::InWindows(moment, _)), Aid::Time(filter)) => {
            of_own_time(*moment) && filter.is_range() && filter.last >= limit - 1
        }
        _ => false,
    }
}

/// Whether the literals that a set is made from are read from columns, or worked out by kernels.
fn literals_fit(run: &Store<'_>, table: TableId, truths: &[Truth], root: TruthId) -> Result<bool, EngineError> {
    let mut pending = vec![root];
    while let Some(set) = pending.pop().and_then(|id| truths.get(id.index())) {
        pending.extend(set.operands());
        let Truth::Literal { atom, holds } = set else { continue };
        let node = run.prepared.node(*atom)?;
        let inside = node.work == Work::Pass && !matches!(node.op, Op::Column(..) | Op::Aggregate(_));
        if inside && bind(run, Scope::Row(table), *atom, *holds)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn fitting_one<'a>(
    prepared: &Prepared<'a>,
    pass: &Pass,
    node: NodeId,
    rows: Rows,
) -> Result<Option<Fitting<'a>>, EngineError> {
    use AggregateOperator::{Any, Average, Different, Every, First, Largest, Latest, Number, Smallest, Sum};
    let Op::Aggregate(aggregate) = &prepared.node(node)?.op else {
        return Err(EngineError::Broken(node.0, "it is no aggregate"));
    };
    let operator = aggregate.operator;
    let Some(value) = aggregate.value else {
        return Ok(matches!(operator, Any | Every | Number).then_some(Fitting { node, operator, rows, value: None }));
    };
    let of_rows = prepared.node(value)?.scope == Scope::Row(pass.rows.innermost());
    let Some(column) = prepared.column(value).filter(|_| of_rows) else { return Ok(None) };
    let Some(form) = Form::of(column) else { return Ok(None) };
    let fits = match operator {
        Sum | Average => form.can_be_added(),
        Smallest | Largest => true,
        First | Latest => moments_are_known(prepared, pass),
        Different => matches!(form, Form::Code { .. }),
        _ => false,
    };
    let moments = match operator {
        First | Latest => moment_columns(prepared, pass, value),
        _ => Moments::Apart,
    };
    let asked = Asked::new(value, form, moments);
    Ok(fits.then_some(Fitting { node, operator, rows, value: Some((value, asked, column.known())) }))
}

/// What tells whether two neighbouring rows are of one moment (rule 13).
#[derive(Debug, Clone)]
pub(super) enum Moments<'a> {
    /// It does not matter.
    Apart,
    /// All rows of an owner are.
    One,
    /// Rows that are equal in these columns are.
    Columns(Vec<&'a Stored>),
}

fn columns_of_moments<'a>(prepared: &Prepared<'a>, pass: &Pass) -> Option<Vec<&'a Stored>> {
    let table = pass.rows.innermost();
    let declared = prepared.program.tables.get(table.0 as usize)?;
    if pass.rows.owner != Scope::Customer || declared.parent.is_some() {
        return None;
    }
    let fields = [declared.at, declared.key].into_iter().flatten();
    Some(fields.filter_map(|field| prepared.data.column(table, field)).collect())
}

fn moments_are_known(prepared: &Prepared<'_>, pass: &Pass) -> bool {
    columns_of_moments(prepared, pass).is_none_or(|columns| columns.iter().all(|column| column.known().is_none()))
}

fn moment_columns<'a>(prepared: &Prepared<'a>, pass: &Pass, value: NodeId) -> Moments<'a> {
    match columns_of_moments(prepared, pass) {
        None => Moments::One,
        // Rows of one moment have one time, so among them there is nothing to choose.
        Some(columns) => match prepared.column(value) {
            Some(column) if columns.iter().any(|other| std::ptr::eq(*other, column)) => Moments::Apart,
            _ => Moments::Columns(columns),
        },
    }
}
