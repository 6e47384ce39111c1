//! Which aggregates of a pass are read off sets of rows, and what has to be there for them.

use super::values::{Asked, Form};
use super::{Domain, Question, Tallies, Tally, Window};
use crate::data::{Bits, Integers, Runs, Stored, StoredValues, TableData, conjuncts, is_held_alike};
use crate::engine::EngineError;
use crate::engine::literals::{Literals, bind};
use crate::engine::prepare::{Aid, Prepared};
use crate::engine::store::Store;
use crate::engine::truth::Needs;
use crate::processor::Instructions;
use segue_compiler::plan::{Asked as Rows, NodeId, Op, Pass, Scope, Truth, TruthId, Work};
use segue_compiler::program::{FieldId, TableId};
use segue_compiler::syntax::tree::{AggregateOperator, TableKind};
use std::collections::BTreeMap;

/// The rows that tallies look at: all of a table, or those of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    table: TableId,
    data: &'a TableData,
}

impl<'a> View<'a> {
    /// The column that a node stands for.
    pub(crate) fn column(&self, prepared: &Prepared<'a>, node: NodeId) -> Option<&'a Stored> {
        match prepared.plan.node(node).map(|node| &node.op) {
            Some(Op::Column(table, field)) if *table == self.table => self.field(*field),
            _ => prepared.column(node),
        }
    }

    fn field(&self, field: FieldId) -> Option<&'a Stored> {
        self.data.columns.get(field.0 as usize)?.as_ref()
    }

    /// Where the rows of each owner begin.
    pub(super) fn groups(&self) -> Option<&'a [u32]> {
        self.data.groups.as_deref()
    }
}

/// An aggregate that fits.
struct Fitting<'a> {
    node: NodeId,
    operator: AggregateOperator,
    within: Option<TruthId>,
    /// Its rows are in all of these.
    filters: Vec<TruthId>,
    /// For `every`: what is to hold of its rows.
    holding: Option<TruthId>,
    value: Option<(Asked<'a>, Option<&'a Bits>)>,
}

impl<'a> Tallies<'a> {
    /// The tallies among the aggregates of a pass, those of each kind of rows by themselves. What is worked out once is known
    /// already.
    ///
    /// # Errors
    /// The plan breaks its promises.
    pub(crate) fn new(
        prepared: &Prepared<'a>,
        run: &Store<'a>,
        pass: &Pass,
        path: Instructions,
    ) -> Result<Vec<Tallies<'a>>, EngineError> {
        let [table] = *pass.rows.chain else { return Ok(Vec::new()) };
        let Some(data) = prepared.data.table(table) else { return Ok(Vec::new()) };
        let all = View { table, data };
        let mut whole = Vec::new();
        let mut kinds: BTreeMap<u32, (View<'a>, Vec<Fitting<'a>>)> = BTreeMap::new();
        for (node, rows) in pass.aggregates.iter().zip(&pass.asked) {
            if let Some((code, view, one)) = of_kind(prepared, run, pass, *node, *rows)? {
                kinds.entry(code).or_insert_with(|| (view, Vec::new())).1.push(one);
                continue;
            }
            let sets_fit = [rows.within, rows.filter].into_iter().flatten().try_fold(true, |fits, root| {
                Ok::<bool, EngineError>(fits && literals_fit(run, table, &pass.truths, root)?)
            })?;
            let filters = rows.filter.into_iter().collect();
            if let (true, Some(one)) = (sets_fit, fitting_one(prepared, pass, *node, *rows, filters, all)?) {
                whole.push(one);
            }
        }
        let views = kinds.into_values().chain((!whole.is_empty()).then_some((all, whole)));
        let tallies = views.map(|(view, fitting)| Tallies::of(prepared, run, pass, path, view, fitting));
        Ok(tallies.collect::<Result<Vec<_>, EngineError>>()?.into_iter().flatten().collect())
    }

    fn of(
        prepared: &Prepared<'a>,
        run: &Store<'a>,
        pass: &Pass,
        path: Instructions,
        view: View<'a>,
        fitting: Vec<Fitting<'a>>,
    ) -> Result<Option<Tallies<'a>>, EngineError> {
        let Some(limit) = limit(prepared, view) else { return Ok(None) };
        let roots = fitting.iter().flat_map(|one| one.filters.iter().copied().chain(one.within).chain(one.holding));
        let mut roots: Vec<TruthId> = roots.collect();
        roots.sort_unstable();
        roots.dedup();
        let mut needs = Needs::new(&pass.truths, &roots);
        let literals = Literals::new(run, Some(view), view.table, needs.literals(), path)?;
        let order = needs.order(true);
        let slot = |root: TruthId| needs.slot(root).ok_or(EngineError::Broken(root.0, "a set of rows is not made"));
        let mut domains: Vec<Domain<'a>> = Vec::new();
        for one in fitting {
            let from = start_of_window(prepared, &pass.truths, one.within, limit.map(|(_, limit)| limit));
            let (window, within) = if from.is_some() { (one.within, None) } else { (None, one.within) };
            let window = window.map(slot).transpose()?.map(|slot| Window { slot, from: from.unwrap_or(i64::MIN) });
            let tally =
                Tally { node: one.node, operator: one.operator, window, filter: one.holding.map(slot).transpose()? };
            let sets = one.filters.into_iter().chain(within).map(slot);
            let mut sets: Vec<usize> = sets.collect::<Result<_, EngineError>>()?;
            sets.sort_unstable();
            sets.dedup();
            let known = one.value.as_ref().and_then(|(_, known)| *known);
            put(&mut domains, sets, known, one.value.map(|(asked, _)| asked), tally);
        }
        let domains = domains.into_iter().flat_map(Domain::by_widest_window).collect();
        let ahead = limit.and_then(|(times, limit)| {
            let first = times.first_cell(limit);
            (first <= times.greatest()).then_some((times, first))
        });
        Ok(Some(Tallies { view, owner: pass.rows.owner, path, literals, order, ahead, domains }))
    }
}

/// An aggregate that asks about rows of one kind, which stand by themselves, and the sets that are left to ask about.
fn of_kind<'a>(
    prepared: &Prepared<'a>,
    run: &Store<'a>,
    pass: &Pass,
    node: NodeId,
    rows: Rows,
) -> Result<Option<(u32, View<'a>, Fitting<'a>)>, EngineError> {
    let table = pass.rows.innermost();
    let Some((filter, (data, runs))) =
        rows.filter.zip(prepared.data.table(table).and_then(|data| Some((data, data.runs.as_deref()?))))
    else {
        return Ok(None);
    };
    let mut filters = conjuncts(&pass.truths, filter);
    let mut found = None;
    for (at, set) in filters.iter().enumerate() {
        if let Some(code) = code_of(prepared, run, pass, runs, *set)? {
            found = Some((at, code));
        }
    }
    let Some((at, code)) = found else { return Ok(None) };
    let Some(kind) = runs.of_code(code) else { return Ok(None) };
    filters.remove(at);
    let view = View { table, data: kind };
    let all = View { table, data };
    for root in filters.iter().copied().chain(rows.within) {
        if !all_bound(run, (all, view), &pass.truths, root)? {
            return Ok(None);
        }
    }
    let one = fitting_one(prepared, pass, node, rows, filters, view)?.filter(|one| one.holding.is_none());
    Ok(one.map(|one| (code, view, one)))
}

/// The one kind that a set of rows is about.
fn code_of(
    prepared: &Prepared<'_>,
    run: &Store<'_>,
    pass: &Pass,
    runs: &Runs,
    set: TruthId,
) -> Result<Option<u32>, EngineError> {
    let table = pass.rows.innermost();
    let Some(Truth::Literal { atom, holds }) = pass.truths.get(set.index()) else { return Ok(None) };
    let Some(bound) = bind(run, Scope::Row(table), *atom, *holds)? else { return Ok(None) };
    let of_kinds = prepared.plan.node(bound.column).is_some_and(|node| node.op == Op::Column(table, runs.column));
    Ok(bound.single_code().filter(|_| of_kinds))
}

/// Whether all that a set is made from is read from columns of the view, which are held as those of the table.
fn all_bound(
    run: &Store<'_>,
    (all, view): (View<'_>, View<'_>),
    truths: &[Truth],
    root: TruthId,
) -> Result<bool, EngineError> {
    let mut pending = vec![root];
    while let Some(set) = pending.pop().and_then(|id| truths.get(id.index())) {
        pending.extend(set.operands());
        let Truth::Literal { atom, holds } = set else { continue };
        let Some(bound) = bind(run, Scope::Row(all.table), *atom, *holds)? else { return Ok(false) };
        let Some(Op::Column(_, field)) = run.prepared.plan.node(bound.column).map(|node| &node.op) else {
            return Ok(false);
        };
        let alike = all.field(*field).zip(view.field(*field)).is_some_and(|(one, other)| is_held_alike(one, other));
        if !alike {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts a tally with the others that ask about the same rows, and the same value of them.
fn put<'a>(
    domains: &mut Vec<Domain<'a>>,
    sets: Vec<usize>,
    known: Option<&'a Bits>,
    value: Option<Asked<'a>>,
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
fn limit<'a>(prepared: &Prepared<'a>, view: View<'a>) -> Option<Option<(&'a Integers, i64)>> {
    let declared = prepared.program.tables.get(view.table.0 as usize)?;
    if declared.kind != TableKind::Events || declared.parent.is_some() {
        return Some(None);
    }
    let column = view.field(declared.at?)?;
    match column.values() {
        _ if column.known().is_some() => None,
        StoredValues::Instant(times) => Some(Some((times, prepared.clock.as_of))),
        StoredValues::Date(days) => Some(Some((days, prepared.clock.today().into()))),
        _ => None,
    }
}

impl<'a> Domain<'a> {
    /// Questions about values that are only asked of rows in windows have domains of their own, of the rows in the widest of
    /// these windows: no others have to be looked at.
    fn by_widest_window(self) -> Vec<Domain<'a>> {
        let Domain { sets, known, questions } = self;
        let mut whole = Domain { sets: sets.clone(), known, questions: Vec::new() };
        let mut domains: Vec<Domain<'a>> = Vec::new();
        for mut question in questions {
            let windows = || question.tallies.iter().map(|tally| tally.window);
            let widest = windows().flatten().min_by_key(|window| window.from);
            let always = question.value.is_none() || windows().any(|window| window.is_none());
            let Some(widest) = widest.filter(|_| !always) else {
                whole.questions.push(question);
                continue;
            };
            for tally in &mut question.tallies {
                tally.window = tally.window.filter(|window| window.slot != widest.slot);
            }
            let sets: Vec<usize> = sets.iter().copied().chain([widest.slot]).collect();
            match domains.iter_mut().find(|domain| domain.sets == sets) {
                Some(domain) => domain.questions.push(question),
                None => domains.push(Domain { sets, known, questions: vec![question] }),
            }
        }
        domains.extend((!whole.questions.is_empty()).then_some(whole));
        domains
    }
}

/// When a window begins whose rows are the last ones of each owner: those from some time on. `None` for others.
fn start_of_window(
    prepared: &Prepared<'_>,
    truths: &[Truth],
    within: Option<TruthId>,
    limit: Option<i64>,
) -> Option<i64> {
    let (within, limit) = within.zip(limit)?;
    let Some(Truth::Literal { atom, holds: true }) = truths.get(within.index()) else { return None };
    let of_own_time = |moment: NodeId| matches!(prepared.plan.node(moment).map(|node| &node.op), Some(Op::Column(..)));
    match (prepared.plan.node(*atom).map(|node| &node.op), prepared.aid(*atom)) {
        // A window of an aggregate is about the time of its rows.
        (Some(Op::InWindows(moment, _)), Aid::Time(filter)) => {
            (of_own_time(*moment) && filter.is_range() && filter.last >= limit - 1).then_some(filter.first)
        }
        _ => None,
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
    filters: Vec<TruthId>,
    view: View<'a>,
) -> Result<Option<Fitting<'a>>, EngineError> {
    use AggregateOperator::{Any, Average, Different, Every, First, Largest, Latest, Number, Smallest, Sum};
    let Op::Aggregate(aggregate) = &prepared.node(node)?.op else {
        return Err(EngineError::Broken(node.0, "it is no aggregate"));
    };
    let operator = aggregate.operator;
    let (filters, holding) = if operator == Every { (Vec::new(), rows.filter) } else { (filters, None) };
    let fitting = |value| Fitting { node, operator, within: rows.within, filters, holding, value };
    let Some(value) = aggregate.value else {
        return Ok(matches!(operator, Any | Every | Number).then(|| fitting(None)));
    };
    let of_rows = prepared.node(value)?.scope == Scope::Row(view.table);
    let Some(column) = view.column(prepared, value).filter(|_| of_rows) else { return Ok(None) };
    let Some(form) = Form::of(column) else { return Ok(None) };
    let fits = match operator {
        Sum | Average => form.can_be_added(),
        Smallest | Largest => true,
        First | Latest => moments_are_known(prepared, pass, view),
        Different => matches!(form, Form::Code { .. }),
        _ => false,
    };
    let moments = match operator {
        First | Latest => moment_columns(prepared, pass, value, view),
        _ => Moments::Apart,
    };
    let asked = Asked::new(value, form, moments);
    Ok(fits.then(|| fitting(Some((asked, column.known())))))
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

fn columns_of_moments<'a>(prepared: &Prepared<'a>, pass: &Pass, view: View<'a>) -> Option<Vec<&'a Stored>> {
    let declared = prepared.program.tables.get(view.table.0 as usize)?;
    if pass.rows.owner != Scope::Customer || declared.parent.is_some() {
        return None;
    }
    let fields = [declared.at, declared.key].into_iter().flatten();
    Some(fields.filter_map(|field| view.field(field)).collect())
}

fn moments_are_known(prepared: &Prepared<'_>, pass: &Pass, view: View<'_>) -> bool {
    columns_of_moments(prepared, pass, view).is_none_or(|columns| columns.iter().all(|column| column.known().is_none()))
}

fn moment_columns<'a>(prepared: &Prepared<'a>, pass: &Pass, value: NodeId, view: View<'a>) -> Moments<'a> {
    match columns_of_moments(prepared, pass, view) {
        None => Moments::One,
        // Rows of one moment have one time, so among them there is nothing to choose.
        Some(columns) => match view.column(prepared, value) {
            Some(column) if columns.iter().any(|other| std::ptr::eq(*other, column)) => Moments::Apart,
            _ => Moments::Columns(columns),
        },
    }
}
