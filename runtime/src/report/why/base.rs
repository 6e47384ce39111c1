//! Questions about the whole base in words, by the cut points of the run.

use super::leaf::Leaf;
use super::logic::Logic;
use super::tree::Tree;
use super::{Condition, Fact};
use crate::interpret::InterpretError;
use crate::report::value::{grouped, value_text};
use crate::shares::Dealer;
use segue_compiler::program::{
    Answer, Asked, BaseQuestion, Cut, End, Expr, ExprKind, Extent, Item, Kept, Program, SegmentId, Share, Type,
    WHOLE_SHARE,
};
use segue_compiler::syntax::tree::Comparison;
use segue_compiler::values::Value;

/// So many cut points are shown.
const CUTS: usize = 9;

/// The expression with constants in place of figures of all customers, and comparisons in place of top lists that no tie
/// cuts.
pub(super) fn plainly(program: &Program, expr: &Expr) -> Expr {
    let mut plain = expr.clone();
    plain.walk_mut(&mut |part| {
        let ExprKind::OverBase(question) = &part.kind else { return };
        let Some(Answer { kept, .. }) = program.answers.get(question.id) else { return };
        let kind = match (kept, question.asked) {
            (Kept::Statistic(Some(figure)), _) => ExprKind::Constant(figure.clone()),
            // Of no choices none is known: that is how a missing value is written.
            (Kept::Statistic(None), _) => ExprKind::Otherwise(Vec::new()),
            // Whether the customer is in the segment that is looked at is a condition of its own.
            (Kept::Cut(Cut::At { value, key: None }), Asked::Foremost(end, _)) => {
                let last = ExprKind::Constant(value.clone());
                let last = Expr { kind: last, may_be_missing: false, ..question.value.clone() };
                let comparison = if end == End::Top { Comparison::AtLeast } else { Comparison::AtMost };
                ExprKind::Compare(comparison, Box::new(question.value.clone()), Box::new(last))
            }
            _ => return,
        };
        part.kind = kind;
    });
    plain
}

impl Leaf {
    /// The words for a top list.
    pub(super) fn of_foremost(
        tree: &Tree<'_>,
        question: &BaseQuestion,
        (end, extent): (End, Extent),
    ) -> Result<Option<Leaf>, InterpretError> {
        let program = tree.setting.program;
        let Some(Answer { customers, kept: Kept::Cut(cut) }) = program.answers.get(question.id) else {
            return Ok(None);
        };
        let (zone, ty) = (program.settings.zone, &question.value.ty);
        let (name, shown) = (tree.name(&question.value), tree.value_text(&question.value)?);
        let list = format!("the {} of {} customers", extent_text(end, extent), grouped(&customers.to_string()));
        let among = match question.among.and_then(|id| program.segments.get(id.0 as usize)) {
            Some(segment) => format!(" in {}", segment.name),
            None => String::new(),
        };
        let is_top = end == End::Top;
        let [yes, no] = match cut {
            Cut::Nobody => ["what nobody has".to_owned(), "anything, as nobody is in it".to_owned()],
            Cut::Everybody => ["known".to_owned(), "missing".to_owned()],
            Cut::At { value, key } => {
                let last = value_text(Some(value), ty, zone);
                let words = match (is_top, matches!(ty, Type::Date | Type::Datetime)) {
                    (true, false) => ["at least X", "less than X", "more than X"],
                    (false, false) => ["at most X", "more than X", "less than X"],
                    (true, true) => ["X or later", "before X", "after X"],
                    (false, true) => ["X or earlier", "after X", "before X"],
                };
                let [yes, no, beyond] = words.map(|words| words.replace('X', &last));
                // Whose keys these are is nobody else's business.
                match key {
                    None => [yes, no],
                    Some(_) => [
                        format!("{beyond}, or {last} with one of the first keys"),
                        format!("{no}, or {last} with one of the later keys"),
                    ],
                }
            }
        };
        // Who has no value is out as well.
        let is_cut = matches!(cut, Cut::At { .. }) && question.value.may_be_missing;
        let no = if is_cut { format!("{no}, or missing") } else { no };
        let would = [format!("{name} were {yes}"), format!("{name} were {no}")];
        let to_be = if *cut == Cut::Everybody { "to be " } else { "" };
        let needs = [format!("{to_be}{yes} ({list}{among})"), format!("{to_be}{no} (not {list}{among})")];
        Ok(Some(Leaf::of_value(&name, &shown, needs, would)))
    }

    /// The words for a stable share.
    pub(super) fn of_share(
        tree: &Tree<'_>,
        (salt, key): (&str, &Expr),
        (from, to): (Share, Share),
    ) -> Result<Leaf, InterpretError> {
        let position = match tree.value(key)? {
            Some(Value::Text(key)) => Some(Dealer::new(salt).position(&key)),
            _ => None,
        };
        let at = position.map(|position| {
            let hundredths = (u128::from(position) * 10_000) >> 64;
            // Never rounded up: that could be the end of a share, which is outside.
            percent(Share(u64::try_from(hundredths).unwrap_or(0) * (WHOLE_SHARE / 10_000)), 2)
        });
        let name = format!("the customer's place in \"{salt}\"");
        let (from, to) = (percent(from, 8), percent(to, 8));
        let needs = [format!("from {from} to below {to}"), format!("below {from} or from {to} on")];
        let would = [
            format!("the share of \"{salt}\" took the customer in"),
            format!("the share of \"{salt}\" left the customer out"),
        ];
        Ok(Leaf::of_value(&name, &at.unwrap_or_else(|| "missing".to_owned()), needs, would))
    }
}

/// `top 10%`, `bottom 100`
fn extent_text(end: End, extent: Extent) -> String {
    let word = if end == End::Top { "top" } else { "bottom" };
    match (extent.customers, extent.share) {
        (customers, Share(0)) => format!("{word} {}", grouped(&customers.to_string())),
        (0, share) => format!("{word} {}", percent(share, 8)),
        (customers, share) => format!("{word} {} and {}", grouped(&customers.to_string()), percent(share, 8)),
    }
}

fn percent(share: Share, decimals: usize) -> String {
    let text = format!("{:.decimals$}", share.as_number() * 100.0);
    format!("{}%", if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text })
}

/// The question, asked of whoever the customer is: also of one who is not in the segment that is looked at.
pub(super) fn of_anybody(expr: &Expr) -> Expr {
    let mut expr = expr.clone();
    match &mut expr.kind {
        ExprKind::OverBase(question) => question.among = None,
        ExprKind::Not(inner) => **inner = of_anybody(inner),
        _ => {}
    }
    expr
}

/// Whether a condition hangs on a figure or a top list of nobody, which no change of this customer's data gives a member.
pub(super) fn nobody_counts(program: &Program, condition: &Expr) -> bool {
    let mut found = false;
    condition.walk(&mut |part| {
        let ExprKind::OverBase(question) = &part.kind else { return };
        let kept = program.answers.get(question.id).map(|answer| &answer.kept);
        found |= matches!(kept, Some(Kept::Statistic(None) | Kept::Cut(Cut::Nobody)));
    });
    found
}

/// Whether what is asked, or anything it builds on, looks at all customers.
pub(super) fn looks_at_all(program: &Program, asked: Item) -> bool {
    !program.questions([asked]).is_empty()
}

/// The segment that a top list is of, where it is not of all.
pub(super) fn listed_among(expr: &Expr) -> Option<SegmentId> {
    match &expr.kind {
        ExprKind::OverBase(question) if matches!(question.asked, Asked::Foremost(..)) => question.among,
        _ => None,
    }
}

impl<'a> Tree<'a> {
    /// A top list of a segment's members: being a member, and having the value.
    pub(super) fn top_among(&mut self, expr: &'a Expr, id: SegmentId) -> Result<(Condition, Logic), InterpretError> {
        let holds = self.truth(expr)?;
        let (member, is_member) = self.members(id)?;
        let (mut own, has_value) = self.leaf(expr)?;
        let text = own.text.clone();
        if let Some((before, _)) = text.rsplit_once(" among ") {
            own.text = before.to_owned();
        }
        let conditions = vec![member, own];
        let condition = Condition { text, holds, finding: None, rows: None, facts: Vec::new(), conditions };
        Ok((condition, Logic::all(vec![is_member, has_value])))
    }

    /// What a question about the whole base is worked out from: the customer's own value, and where all of them are cut.
    pub(super) fn of_base(&mut self, question: &'a BaseQuestion, expr: &Expr) -> Result<Vec<Fact>, InterpretError> {
        let answer = self.setting.program.answers.get(question.id);
        let plain = |name: String, value: String| Fact { name, value, missing: false, rows: None, from: Vec::new() };
        let customers = answer.map(|answer| grouped(&answer.customers.to_string())).unwrap_or_default();
        let mut from = match question.asked {
            // It says nothing of this customer.
            Asked::Statistic(_) => Vec::new(),
            Asked::Group(_) | Asked::Foremost(..) => self.facts(&question.value)?,
        };
        if let (Asked::Group(_), Some(id)) = (question.asked, question.among)
            && let Some(segment) = self.setting.program.segments.get(id.0 as usize)
        {
            let member = if self.is_in(id) { "yes" } else { "no, and only its members have a group" };
            from.push(plain(format!("whether the customer is in {}", segment.name), member.to_owned()));
        }
        match answer.map(|answer| &answer.kept) {
            Some(Kept::Cuts(cuts)) => {
                let (zone, ty) = (self.setting.program.settings.zone, &question.value.ty);
                let all: Vec<String> = cuts
                    .iter()
                    .zip(2..)
                    .map(|(cut, group)| format!("{group}: {}", value_text(Some(cut), ty, zone)))
                    .collect();
                let mut shown = all.iter().take(CUTS).cloned().collect::<Vec<_>>().join("; ");
                if all.len() > CUTS {
                    shown = format!("{shown} and {} more", all.len() - CUTS);
                }
                let shown = if all.is_empty() { "none".to_owned() } else { shown };
                from.push(plain(format!("where each group of {customers} customers begins"), shown));
            }
            Some(Kept::Statistic(_)) => from.push(plain("the number of customers with a value".to_owned(), customers)),
            Some(Kept::Cut(_)) | None => {}
        }
        if let Asked::Foremost(..) = question.asked {
            return Ok(from);
        }
        let missing = self.value(expr)?.is_none();
        Ok(vec![Fact { name: self.name(expr), value: self.value_text(expr)?, missing, rows: None, from }])
    }
}
