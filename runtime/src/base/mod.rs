//! Questions about the whole base, answered before all else: see docs/whole-base.md.
//!
//! The questions that a request reaches are answered level by level. Those of a level are asked in one run of their own: what
//! is ranked are values of it, whom among its segments, and what they came to is cut down to a few constants, which the next
//! level's program has. The last run is the request itself; for it nothing is left that looks at others.

mod cuts;
mod figure;
mod kept;
#[cfg(test)]
mod tests;

pub(crate) use figure::{Known, figure};
pub use kept::{CutPointsError, read_cut_points, write_cut_points};

use crate::data::Bits;
use crate::memory::Bound;
use crate::outcome::{Members, Outcome, Request};
use cuts::Ranked;
use rayon::prelude::*;
use segue_compiler::plan::Selection;
use segue_compiler::program::{
    Answer, Answers, Asked, BaseQuestion, ExprKind, FieldId, Item, Kept, Program, SegmentId, Trait, TraitId,
};
use std::sync::Arc;

/// The declarations that a request asks for.
pub(crate) fn wanted(request: &Request) -> impl Iterator<Item = Item> {
    let segments = request.segments.iter().map(|id| Item::Segment(*id));
    let partitions = request.partitions.iter().map(|id| Item::Partition(*id));
    segments.chain(partitions).chain(request.traits.iter().map(|id| Item::Trait(*id)))
}

/// Whether a request asks about the whole base what the program has no answer to.
pub(crate) fn asks(program: &Program, request: &Request) -> bool {
    let unanswered = |(_, question): &(u32, &BaseQuestion)| program.answers.get(question.id).is_none();
    program.questions(wanted(request)).iter().any(unanswered)
}

/// What a run of one level gave: the outcome of its request, and the keys of the customers by row.
pub(crate) struct Surveyed<'k> {
    /// Values and members.
    pub(crate) outcome: Outcome,
    /// The key of a customer by row.
    pub(crate) keys: Box<dyn Fn(usize) -> Arc<str> + Sync + 'k>,
}

/// Bytes of what a run of one level gives for so many customers: values as they are worked out, as a column, and in the order
/// of their size.
pub(crate) fn weight(request: &Request, customers: usize) -> u64 {
    let at_once = request.traits.len().min(request.threads.max(1)) as u64;
    (request.traits.len() as u64 * 2 * 9 + at_once * 8) * customers as u64
}

/// How many questions are asked in one run, where memory is bounded: the first time, when nobody knows how many customers there
/// are, and at most.
const FIRST_BATCH: usize = 2;
const LARGEST_BATCH: usize = 64;
/// What values of a run may take of the bound.
const OF_BOUND: u64 = 6;

/// How many questions one run may ask.
fn batch(bound: Option<Bound>, customers: Option<usize>) -> usize {
    let Some(bound) = bound else { return usize::MAX };
    let Some(customers) = customers else { return FIRST_BATCH };
    let each = 2 * 9 * customers.max(1) as u64;
    usize::try_from(bound.0 / OF_BOUND / each).unwrap_or(LARGEST_BATCH).clamp(1, LARGEST_BATCH)
}

/// The program with answers to all questions that the request reaches; `None` where it reaches none without one. Runs of
/// the levels are carried out by `run`; where memory is bounded, a level may take several.
///
/// # Errors
/// Those of the runs.
pub(crate) fn answered<'k, E>(
    program: &Program,
    request: &Request,
    bound: Option<Bound>,
    mut run: impl FnMut(&Program, &Request) -> Result<Surveyed<'k>, E>,
) -> Result<Option<Program>, E> {
    let questions = program.questions(wanted(request));
    let open: Vec<&(u32, &BaseQuestion)> =
        questions.iter().filter(|(_, question)| program.answers.get(question.id).is_none()).collect();
    let Some(highest) = open.iter().map(|(level, _)| *level).max() else { return Ok(None) };
    let (mut answers, mut customers) = (program.answers.clone(), None);
    for level in 0..=highest {
        let asked: Vec<&BaseQuestion> =
            open.iter().filter(|(of, _)| *of == level).map(|(_, question)| *question).collect();
        let mut rest = asked.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(batch(bound, customers).min(rest.len()));
            let survey = Survey::new(program, &answers, now, request);
            let surveyed = run(&survey.program, &survey.request)?;
            customers = Some(surveyed.outcome.customers);
            survey.judge(&surveyed, now, &mut answers);
            rest = later;
        }
    }
    Ok(Some(program.answered(answers)))
}

/// The run of one level.
struct Survey {
    /// With a trait for each value that is ranked.
    program: Program,
    request: Request,
    /// By question: the place of its value among the request's traits, and of its segment among the request's segments.
    places: Vec<(usize, Option<usize>)>,
}

/// What tells two values apart that are ranked: the same trait or field is worked out once.
fn same(one: &ExprKind, other: &ExprKind) -> bool {
    let named = |kind: &ExprKind| match kind {
        ExprKind::Trait(TraitId(id)) => Some((0, *id)),
        ExprKind::Field { field: FieldId(id), .. } => Some((1, *id)),
        _ => None,
    };
    named(one).is_some() && named(one) == named(other)
}

impl Survey {
    fn new(program: &Program, answers: &Answers, asked: &[&BaseQuestion], request: &Request) -> Survey {
        let mut program = program.answered(answers.clone());
        let mut values: Vec<&BaseQuestion> = Vec::new();
        let mut segments: Vec<SegmentId> = Vec::new();
        let mut places = Vec::with_capacity(asked.len());
        let declared = program.traits.len();
        for question in asked {
            let known = values.iter().position(|other| same(&other.value.kind, &question.value.kind));
            let value = known.unwrap_or_else(|| {
                values.push(question);
                values.len() - 1
            });
            let among = question.among.map(|id| {
                segments.iter().position(|other| *other == id).unwrap_or_else(|| {
                    segments.push(id);
                    segments.len() - 1
                })
            });
            places.push((value, among));
        }
        let mut traits = Vec::with_capacity(values.len());
        for (question, at) in values.into_iter().zip(declared..) {
            let id = TraitId(u32::try_from(at).unwrap_or(u32::MAX));
            program.traits.push(Trait {
                name: "".into(),
                title: None,
                documentation: None,
                value: question.value.clone(),
                labels: Vec::new(),
                span: question.value.span,
            });
            program.order.push(Item::Trait(id));
            traits.push(id);
        }
        let selection = Selection { segments, traits, ..Selection::default() };
        let request = Request::of(selection, request.as_of).on(request.threads);
        Survey { program, request, places }
    }

    /// Cuts values down to answers.
    fn judge(&self, surveyed: &Surveyed<'_>, asked: &[&BaseQuestion], answers: &mut Answers) {
        let Outcome { traits, segments, .. } = &surveyed.outcome;
        let among: Vec<Bits> = segments.iter().map(Members::to_bits).collect();
        let judged = |(question, (value, segment)): (&&BaseQuestion, &(usize, Option<usize>))| {
            let asked = cuts::Asked { column: traits.get(*value)?, among: segment.and_then(|at| among.get(at)) };
            Some((question.id, answer(question, asked, &*surveyed.keys)))
        };
        // As many at once as there are threads, so that no more of them are in order at a time.
        for some in asked.iter().zip(&self.places).collect::<Vec<_>>().chunks(self.request.threads.max(1)) {
            let found: Vec<_> = match some {
                [one] => vec![judged(*one)],
                several => several.par_iter().map(|one| judged(*one)).collect(),
            };
            found.into_iter().flatten().for_each(|(id, answer)| answers.insert(id, answer));
        }
    }
}

/// What a question came to over a column of values.
fn answer(question: &BaseQuestion, asked: cuts::Asked<'_>, keys: &dyn Fn(usize) -> Arc<str>) -> Answer {
    let mut ranked = Ranked::new(asked);
    let customers = ranked.count();
    let ty = &question.value.ty;
    let kept = match question.asked {
        Asked::Group(groups) => Kept::Cuts(ranked.groups(groups, ty)),
        Asked::Statistic(statistic) => Kept::Statistic(figure(statistic, &mut ranked.known(), ty)),
        Asked::Foremost(end, extent) => Kept::Cut(ranked.cut((end, extent.of(customers)), ty, asked, keys)),
    };
    Answer { customers, kept }
}
