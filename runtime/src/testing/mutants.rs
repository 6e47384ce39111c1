//! Programs that differ from the written one in one condition, and the tests that notice.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::given::{dataset, standing};
use super::verdict::{Answer, Reached, answers, reached};
use crate::data::Dataset;
use crate::interpret::InterpretError;
use rayon::prelude::*;
use segue_compiler::program::{Expr, ExprKind, FieldId, FieldSource, Item, Program, TableId, TestCase, Type};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::Comparison;
use segue_compiler::values::Value;

/// Where conditions stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Home {
    /// A calculated field.
    Field(u32, u32),
    /// A trait.
    Trait(u32),
    /// A segment.
    Segment(u32),
    /// A partition.
    Partition(u32),
}

impl Home {
    /// The declaration that tests reach; `None` for fields.
    fn item(self) -> Option<Item> {
        match self {
            Home::Field(..) => None,
            Home::Trait(id) => Some(Item::Trait(segue_compiler::program::TraitId(id))),
            Home::Segment(id) => Some(Item::Segment(segue_compiler::program::SegmentId(id))),
            Home::Partition(id) => Some(Item::Partition(segue_compiler::program::PartitionId(id))),
        }
    }

    /// Whether a test rests on it.
    pub(super) fn is_among(self, reached: &Reached) -> bool {
        match (self, self.item()) {
            (_, Some(item)) => reached.items.contains(&item),
            (Home::Field(table, field), _) => reached.computed.contains(&(TableId(table), FieldId(field))),
            _ => false,
        }
    }

    /// Its expressions.
    fn expressions_mut(self, program: &mut Program) -> Vec<&mut Expr> {
        match self {
            Home::Field(table, field) => match &mut program.tables[table as usize].fields[field as usize].source {
                FieldSource::Computed(value) => vec![value],
                FieldSource::Column { .. } | FieldSource::Answered(_) => Vec::new(),
            },
            Home::Trait(id) => vec![&mut program.traits[id as usize].value],
            Home::Segment(id) => program.segments[id as usize].lines.iter_mut().collect(),
            Home::Partition(id) => {
                let parts = program.partitions[id as usize].parts.iter_mut();
                parts.filter_map(|part| part.condition.as_mut()).collect()
            }
        }
    }

    fn expressions(self, program: &Program) -> Vec<&Expr> {
        match self {
            Home::Field(table, field) => match &program.tables[table as usize].fields[field as usize].source {
                FieldSource::Computed(value) => vec![value],
                FieldSource::Column { .. } | FieldSource::Answered(_) => Vec::new(),
            },
            home => home.item().map_or_else(Vec::new, |item| program.expressions(item)),
        }
    }
}

/// All places where conditions stand, in the order of the declarations.
pub(super) fn homes(program: &Program) -> Vec<Home> {
    let mut found = Vec::new();
    // Of a program of another table's segments, fields are those of the outer one.
    for (table, declared) in program.tables.iter().enumerate().filter(|_| program.about.is_none()) {
        for (field, declared) in declared.fields.iter().enumerate() {
            if matches!(declared.source, FieldSource::Computed(_)) {
                found.push(Home::Field(table as u32, field as u32));
            }
        }
    }
    found.extend((0..program.traits.len() as u32).map(Home::Trait));
    found.extend((0..program.segments.len() as u32).map(Home::Segment));
    found.extend((0..program.partitions.len() as u32).map(Home::Partition));
    found
}

/// One change of one condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It holds where it did not, and the other way round.
    TurnedRound,
    /// Nothing is asked any more: as if it always held, or never did, by what it is joined with.
    LeftOut(bool),
    /// The border itself belongs to the other side.
    Border,
    /// Rows count, or days match, in all windows but this one.
    WithoutWindow(usize),
    /// Rows count without this occasion.
    WithoutOccasion(usize),
    /// What follows may follow at any time.
    WithoutWithin,
    /// What follows need not have the same value.
    WithoutSame(usize),
}

/// A change at a place: the expression is counted over [`Expr::walk`] of all the home's expressions.
#[derive(Debug, Clone)]
pub(super) struct Mutant {
    home: Home,
    at: usize,
    pub(super) change: Change,
    pub(super) span: Span,
    /// What is changed, as the rest of a sentence about the condition.
    told: String,
}

/// A condition by itself: not made of others, and none that no test can decide because it asks about all customers.
fn is_atom(expr: &Expr) -> bool {
    let joins = matches!(
        expr.kind,
        ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::AtLeastOf(..)
            | ExprKind::Constant(_)
            | ExprKind::Otherwise(_)
            | ExprKind::OverBase(_)
    );
    expr.ty == Type::Boolean && !joins
}

/// The changes of all conditions.
pub(super) fn all(program: &Program) -> Vec<Mutant> {
    let mut found = Vec::new();
    for home in homes(program) {
        let mut at = 0;
        for expr in home.expressions(program) {
            // What a condition is when it is left out: a line asks for nothing, a part has nobody.
            let alone = match home {
                Home::Segment(_) => Some(true),
                Home::Partition(_) => Some(false),
                Home::Field(..) | Home::Trait(_) => None,
            };
            let stands = Stands { as_condition: expr.ty == Type::Boolean, left_out: alone };
            visit(expr, stands, &mut at, &mut |at, expr, stands| changes(home, at, expr, stands, &mut found));
        }
    }
    found
}

/// How an expression stands in its declaration.
#[derive(Debug, Clone, Copy)]
struct Stands {
    /// Whether it is a condition by itself, and not a value of one.
    as_condition: bool,
    /// What leaving it out makes of it.
    left_out: Option<bool>,
}

/// Calls `told` with each expression, its number, and how it stands; in the order of [`Expr::walk`].
fn visit(expr: &Expr, stands: Stands, at: &mut usize, told: &mut dyn FnMut(usize, &Expr, Stands)) {
    told(*at, expr, stands);
    *at += 1;
    let filter = match &expr.kind {
        ExprKind::Aggregate(aggregate) => aggregate.filter.as_ref(),
        ExprKind::Followed(step) => step.filter.as_ref(),
        _ => None,
    };
    let (joins, left_out) = match &expr.kind {
        ExprKind::And(_) | ExprKind::Score(_) => (true, Some(true)),
        ExprKind::Or(_) => (true, Some(false)),
        ExprKind::Not(_) => (true, stands.left_out.map(|left_out| !left_out)),
        ExprKind::AtLeastOf(..) | ExprKind::Otherwise(_) => (true, None),
        _ => (false, None),
    };
    expr.for_each_part(&mut |part| {
        let is_filter = filter.is_some_and(|filter| std::ptr::eq(filter, part));
        let left_out = if is_filter { Some(true) } else { left_out };
        let as_condition = part.ty == Type::Boolean && (joins || is_filter);
        visit(part, Stands { as_condition, left_out }, at, told);
    });
}

fn changes(home: Home, at: usize, expr: &Expr, stands: Stands, found: &mut Vec<Mutant>) {
    let mut add = |change: Change| found.push(Mutant { home, at, change, span: expr.span, told: told(expr, change) });
    match &expr.kind {
        ExprKind::Aggregate(aggregate) => {
            (0..aggregate.windows.len()).for_each(|window| add(Change::WithoutWindow(window)));
            (0..aggregate.occasions.len()).for_each(|window| add(Change::WithoutOccasion(window)));
        }
        ExprKind::Followed(step) => {
            (0..step.windows.len()).for_each(|window| add(Change::WithoutWindow(window)));
            (0..step.occasions.len()).for_each(|window| add(Change::WithoutOccasion(window)));
            (0..step.same.len()).for_each(|same| add(Change::WithoutSame(same)));
            if step.within.is_some() {
                add(Change::WithoutWithin);
            }
        }
        ExprKind::InWindows(_, windows) if windows.len() > 1 => {
            (0..windows.len()).for_each(|window| add(Change::WithoutWindow(window)));
        }
        ExprKind::Compare(..) => add(Change::Border),
        _ => {}
    }
    if stands.as_condition && is_atom(expr) {
        add(Change::TurnedRound);
        if let Some(left_out) = stands.left_out {
            add(Change::LeftOut(left_out));
        }
    }
}

fn change(expr: &mut Expr, change: Change) {
    match (change, &mut expr.kind) {
        (Change::TurnedRound, _) => {
            let inner = expr.clone();
            expr.kind = ExprKind::Not(Box::new(inner));
        }
        (Change::LeftOut(value), _) => expr.kind = ExprKind::Constant(Value::Boolean(value)),
        (Change::Border, ExprKind::Compare(comparison, ..)) => {
            *comparison = match comparison {
                Comparison::Less => Comparison::AtMost,
                Comparison::AtMost => Comparison::Less,
                Comparison::Greater => Comparison::AtLeast,
                Comparison::AtLeast => Comparison::Greater,
            };
        }
        (Change::WithoutWindow(at), ExprKind::Aggregate(aggregate)) => _ = aggregate.windows.remove(at),
        (Change::WithoutWindow(at), ExprKind::Followed(step)) => _ = step.windows.remove(at),
        (Change::WithoutWindow(at), ExprKind::InWindows(_, windows)) => _ = windows.remove(at),
        (Change::WithoutOccasion(at), ExprKind::Aggregate(aggregate)) => _ = aggregate.occasions.remove(at),
        (Change::WithoutOccasion(at), ExprKind::Followed(step)) => _ = step.occasions.remove(at),
        (Change::WithoutWithin, ExprKind::Followed(step)) => step.within = None,
        (Change::WithoutSame(at), ExprKind::Followed(step)) => _ = step.same.remove(at),
        _ => {}
    }
}

/// The program with one change.
fn changed(program: &Program, mutant: &Mutant) -> Program {
    let mut program = program.clone();
    let mut at = 0;
    for expr in mutant.home.expressions_mut(&mut program) {
        expr.walk_mut(&mut |part| {
            // A part that was changed is walked on in its new form; nothing behind it has the number sought.
            if at == mutant.at {
                change(part, mutant.change);
            }
            at += 1;
        });
        if at > mutant.at {
            break;
        }
    }
    program
}

/// A test with its data and what it comes to.
pub(super) struct Prepared<'a> {
    case: &'a TestCase,
    data: Dataset,
    reached: Reached,
    answers: Vec<Answer>,
}

/// The tests, ready to be run against changed programs.
pub(super) fn prepared<'a>(program: &Program, cases: &[&'a TestCase]) -> Result<Vec<Prepared<'a>>, InterpretError> {
    let one = |case: &&'a TestCase| {
        let data = dataset(program, case);
        let answers = answers(&standing(program, case), &data, case)?;
        Ok(Prepared { case, data, reached: reached(program, case), answers })
    };
    cases.iter().map(one).collect()
}

/// Whether a test gives other answers for a changed program, or none where it gave one.
fn notices(changed: &Program, test: &Prepared<'_>) -> Result<bool, InterpretError> {
    let found = if test.case.facts.is_empty() {
        answers(changed, &test.data, test.case)?
    } else {
        answers(&standing(changed, test.case), &test.data, test.case)?
    };
    Ok(found != test.answers)
}

/// Whether some test notices a change; `None` where no test rests on what is changed.
pub(super) fn noticed(
    program: &Program,
    mutant: &Mutant,
    tests: &[Prepared<'_>],
) -> Result<Option<bool>, InterpretError> {
    let mut concerned = tests.iter().filter(|test| mutant.home.is_among(&test.reached)).peekable();
    if concerned.peek().is_none() {
        return Ok(None);
    }
    let changed = changed(program, mutant);
    for test in concerned {
        if notices(&changed, test)? {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

/// What came of changing each condition.
#[derive(Debug, Clone, Default)]
pub struct Mutants {
    /// How many changes some test noticed.
    pub noticed: usize,
    /// Those that no test noticed though some reach the declaration, in the order of the files.
    pub survivors: Vec<Survivor>,
    /// How many changes are of declarations that no test reaches.
    pub unreached: usize,
}

impl Mutants {
    /// Adds what came of the conditions of another program.
    pub fn add(&mut self, other: Mutants) {
        self.noticed += other.noticed;
        self.unreached += other.unreached;
        self.survivors.extend(other.survivors);
        self.survivors.sort_by_key(|survivor| survivor.span);
    }
}

/// A change that no test noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// The condition.
    pub span: Span,
    /// What was changed, as the rest of a sentence about it: `left out`.
    pub change: String,
}

/// Changes each condition in turn and runs the tests that reach it; `each` is called with every change that is done.
///
/// # Errors
/// The program breaks its invariants.
pub fn mutants(program: &Program, cases: &[&TestCase], each: &(dyn Fn() + Sync)) -> Result<Mutants, InterpretError> {
    let tests = prepared(program, cases)?;
    let all = all(program);
    let fates: Vec<Option<bool>> = all
        .par_iter()
        .map(|mutant| {
            let fate = noticed(program, mutant, &tests)?;
            each();
            Ok(fate)
        })
        .collect::<Result<_, InterpretError>>()?;
    let mut found = Mutants { noticed: 0, survivors: Vec::new(), unreached: 0 };
    for (mutant, fate) in all.into_iter().zip(fates) {
        match fate {
            None => found.unreached += 1,
            Some(true) => found.noticed += 1,
            Some(false) => found.survivors.push(Survivor { span: mutant.span, change: mutant.told }),
        }
    }
    found.survivors.sort_by_key(|survivor| survivor.span);
    Ok(found)
}

/// How many changes there are to try.
pub fn changes_to_try(program: &Program) -> usize {
    all(program).len()
}

/// What a change changes, as the rest of a sentence about the condition.
fn told(expr: &Expr, change: Change) -> String {
    let windows = match &expr.kind {
        ExprKind::Aggregate(aggregate) => aggregate.windows.len(),
        ExprKind::Followed(step) => step.windows.len(),
        ExprKind::InWindows(_, windows) => windows.len(),
        _ => 0,
    };
    match (change, &expr.kind) {
        (Change::TurnedRound, _) => "turned round".to_owned(),
        (Change::LeftOut(_), _) => "left out".to_owned(),
        (Change::Border, ExprKind::Compare(comparison, ..)) => {
            let (was, is) = match comparison {
                Comparison::Less => ("less", "at most"),
                Comparison::AtMost => ("at most", "less"),
                Comparison::Greater => ("more", "at least"),
                Comparison::AtLeast => ("at least", "more"),
            };
            format!("with `{is}` in the place of `{was}`: nothing is tested at the border")
        }
        (Change::WithoutWindow(_), _) if windows == 1 => "without its window".to_owned(),
        (Change::WithoutWindow(at), _) => format!("without window {} of {windows}", at + 1),
        (Change::WithoutOccasion(_), _) => "without its occasion".to_owned(),
        (Change::WithoutWithin, _) => "without `within`".to_owned(),
        (Change::WithoutSame(_), _) => "without `with the same`".to_owned(),
        (Change::Border, _) => String::new(),
    }
}
