//! Questions about the whole base: what a customer's value is among those of all customers, or of a segment's members.
//!
//! A program asks them; what they come to is a matter of the data: [`Answer`]s, a few constants of a run each, which a run
//! works out before all else and puts into its copy of the program ([`Program::answered`]).

use super::{Expr, ExprKind, Item, Program, SegmentId, Type};
pub use crate::syntax::tree::End;
use crate::values::Value;
use rustc_hash::FxHashMap;

/// Number of a question in a program: each has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u32);

/// A question about the whole base. Who has no value, or is not in the segment, is not looked at; `n` are those who are.
#[derive(Debug, Clone)]
pub struct BaseQuestion {
    /// Its number.
    pub id: QuestionId,
    /// What is asked.
    pub asked: Asked,
    /// The value, in the scope of a customer: an integer, number, percentage, money, date, datetime or duration.
    pub value: Expr,
    /// Only members of this segment are looked at.
    pub among: Option<SegmentId>,
}

/// What is asked of the values of all customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// In which of so many groups of equal size the customer is: 1 + floor(groups (rank - 1) / n), where rank is 1 + how
    /// many values are smaller (rule 13). Missing for those who are not looked at.
    Group(u32),
    /// A figure of all values; the same for everybody, missing where nobody has a value.
    Statistic(Statistic),
    /// Whether the customer is among the first of the ranking; no for those who are not looked at.
    Foremost(End, Extent),
}

/// A figure of many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Their sum through their number.
    Average,
    /// The root of the average square of their distances from the average: the population's standard deviation.
    Deviation,
    /// The value below which this share of them lies, interpolated linearly between neighbours (`percentile_cont` of SQL);
    /// the median is that of a half.
    Percentile(Share),
}

/// A share, exactly as written: in units of 10^-10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Share(pub u64);

/// How many units make up the whole.
pub const WHOLE_SHARE: u64 = 10_000_000_000;

impl Share {
    /// The smallest whole number that is not below this share of `of`.
    pub fn ceiling(self, of: u64) -> u64 {
        let product = u128::from(self.0) * u128::from(of);
        u64::try_from(product.div_ceil(u128::from(WHOLE_SHARE))).unwrap_or(u64::MAX)
    }

    /// As a number; 0.1 for 10%.
    pub fn as_number(self) -> f64 {
        self.0 as f64 / WHOLE_SHARE as f64
    }
}

/// How many customers stand at an end of a ranking: so many, and a share of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extent {
    /// So many.
    pub customers: u64,
    /// With a share of all, rounded up.
    pub share: Share,
}

impl Extent {
    /// How many of `n` they are.
    pub fn of(self, n: u64) -> u64 {
        self.customers.saturating_add(self.share.ceiling(n)).min(n)
    }
}

/// What a question came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How many customers were looked at: those with a value.
    pub customers: u64,
    /// What is kept of them.
    pub kept: Kept,
}

/// What is kept of the values of all customers.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// The smallest value of each group from the second on, ascending: the group is 1 + how many are at most the value.
    /// Groups that nobody is in or above have none; groups that ties leave empty have that of the next one.
    Cuts(Vec<Value>),
    /// The figure.
    Statistic(Option<Value>),
    /// Where the ranking is cut.
    Cut(Cut),
}

/// Where a ranking is cut.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// Nobody is in.
    Nobody,
    /// Everybody with a value is in.
    Everybody,
    /// Those before this value are in, and of those who have it the ones whose key is not behind `key`; all of them where
    /// there is none.
    At {
        /// The value of the last one who is in.
        value: Value,
        /// The key of the last one who is in, where others with this value are not.
        key: Option<Value>,
    },
}

/// What the questions of a program came to, at one moment over one set of data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    answers: FxHashMap<QuestionId, Answer>,
}

impl Answers {
    /// The answer of a question, where it is there.
    pub fn get(&self, question: QuestionId) -> Option<&Answer> {
        self.answers.get(&question)
    }

    /// Adds one.
    pub fn insert(&mut self, question: QuestionId, answer: Answer) {
        self.answers.insert(question, answer);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

impl Program {
    /// The program with answers to its questions, in the place of those it had.
    pub fn answered(&self, answers: Answers) -> Program {
        Program { answers, ..self.clone() }
    }

    /// The program with answers in which every cut and figure is 0, to show what a run would do with real ones.
    pub fn answered_by_zeros(&self, wanted: impl IntoIterator<Item = Item>) -> Program {
        let mut answers = Answers::default();
        for (_, question) in self.questions(wanted) {
            let zero = zero(&question.value.ty);
            let kept = match question.asked {
                Asked::Group(groups) => Kept::Cuts(vec![zero; groups.saturating_sub(1) as usize]),
                Asked::Statistic(_) if question.value.ty == Type::Integer => Kept::Statistic(Some(Value::Number(0.0))),
                Asked::Statistic(_) => Kept::Statistic(Some(zero)),
                Asked::Foremost(..) => Kept::Cut(Cut::At { value: zero, key: None }),
            };
            answers.insert(question.id, Answer { customers: 0, kept });
        }
        self.answered(answers)
    }

    /// The questions about the whole base that these declarations and all they use ask, each once, every one behind those
    /// that its value or its segment asks; with its level: 0 for those that need no other, else one more than the highest
    /// of those it needs.
    pub fn questions(&self, wanted: impl IntoIterator<Item = Item>) -> Vec<(u32, &BaseQuestion)> {
        // Most programs ask none, and need not be walked through for that.
        if !self.asks_base {
            return Vec::new();
        }
        let mut reached = rustc_hash::FxHashSet::default();
        let mut waiting: Vec<Item> = wanted.into_iter().collect();
        while let Some(item) = waiting.pop() {
            if reached.insert(item) {
                waiting.extend(self.uses(item));
            }
        }
        let mut found = Vec::new();
        // By item: how many levels its questions take.
        let mut levels: FxHashMap<Item, u32> = FxHashMap::default();
        for item in self.order.iter().filter(|item| reached.contains(item)) {
            let mut height = 0;
            for expr in self.expressions(*item) {
                height = height.max(height_of(expr, &levels, &mut found));
            }
            levels.insert(*item, height);
        }
        found
    }
}

fn zero(ty: &Type) -> Value {
    match ty {
        Type::Number | Type::Percent => Value::Number(0.0),
        Type::Money(_) => Value::Money(0),
        Type::Date => Value::Date(0),
        Type::Datetime => Value::Instant(0),
        Type::Duration => Value::Duration(0),
        _ => Value::Integer(0),
    }
}

/// How many levels of questions an expression takes; those met are listed, inner ones first.
fn height_of<'p>(expr: &'p Expr, levels: &FxHashMap<Item, u32>, found: &mut Vec<(u32, &'p BaseQuestion)>) -> u32 {
    let of = |item: Item| levels.get(&item).copied().unwrap_or(0);
    let mut height = match &expr.kind {
        ExprKind::Trait(id) => of(Item::Trait(*id)),
        ExprKind::Segment(id) => of(Item::Segment(*id)),
        ExprKind::InParts { partition, .. } => of(Item::Partition(*partition)),
        ExprKind::OverBase(question) => question.among.map_or(0, |id| of(Item::Segment(id))),
        _ => 0,
    };
    expr.for_each_part(&mut |part| height = height.max(height_of(part, levels, found)));
    if let ExprKind::OverBase(question) = &expr.kind {
        if !found.iter().any(|(_, known)| known.id == question.id) {
            found.push((height, question));
        }
        height += 1;
    }
    height
}
