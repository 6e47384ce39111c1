//! Finds what can be taken out of rules: every line, every side of an `and` or `or`, every part, `where` and window.

use segue_compiler::source::{FileId, SourceFile, Span};
use segue_compiler::syntax::tree::{
    Aggregate, DeclarationKind, Expr, ExprKind, FieldKind, IsTest, PartRule, Ranked, Score, ScoreWhat, Step, Table,
    TypeRefKind, Window,
};
use segue_compiler::syntax::{NodeIds, parse};
use std::ops::Range;

/// A stretch of the rules, and what stands there once the condition is out.
pub(crate) struct Cut {
    replaced: Range<usize>,
    condition: Range<usize>,
    by: String,
}

impl Cut {
    /// The rules without the condition.
    pub(crate) fn apply(&self, rules: &str) -> String {
        format!("{}{}{}", &rules[..self.replaced.start], self.by, &rules[self.replaced.end..])
    }

    /// The condition.
    pub(crate) fn what<'r>(&self, rules: &'r str) -> &'r str {
        rules[self.condition.clone()].trim()
    }
}

/// All cuts of some rules.
pub(crate) fn of(rules: &str) -> Vec<Cut> {
    let parsed = parse(FileId(0), &SourceFile::new("rules", rules.to_owned()), &mut NodeIds::default());
    let mut finder = Finder { rules, cuts: Vec::new() };
    for declaration in &parsed.file.declarations {
        match &declaration.kind {
            DeclarationKind::Table(table) => finder.table(table),
            DeclarationKind::Let { value, .. }
            | DeclarationKind::Trait { value, .. }
            | DeclarationKind::Score { value, .. } => finder.expression(value),
            DeclarationKind::Segment { lines, .. } => finder.lines(lines),
            DeclarationKind::Partition { body, .. } => {
                body.by.iter().for_each(|by| finder.ranked(by));
                for part in &body.parts {
                    finder.remove(part.span);
                    if let PartRule::Condition(condition) = &part.rule {
                        finder.expression(condition);
                    }
                }
            }
            DeclarationKind::Content { choices, .. } => {
                for choice in choices {
                    finder.remove(choice.span);
                    choice.condition.iter().for_each(|condition| finder.expression(condition));
                }
            }
            DeclarationKind::List { .. }
            | DeclarationKind::Occasion { .. }
            | DeclarationKind::Test(_)
            | DeclarationKind::Broken { .. } => {}
        }
    }
    finder.cuts
}

struct Finder<'r> {
    rules: &'r str,
    cuts: Vec<Cut>,
}

impl Finder<'_> {
    fn remove(&mut self, span: Span) {
        self.cuts.push(Cut { replaced: span.range(), condition: span.range(), by: String::new() });
    }

    fn table(&mut self, table: &Table) {
        let mut fields: Vec<_> = table.fields.iter().collect();
        while let Some(field) = fields.pop() {
            match &field.kind {
                FieldKind::Computed { value } => self.expression(value),
                FieldKind::Stored { ty, .. } => {
                    if let TypeRefKind::Records(inner) = &ty.kind {
                        fields.extend(inner);
                    }
                }
                FieldKind::Error => {}
            }
        }
    }

    fn lines(&mut self, lines: &[Expr]) {
        for line in lines {
            self.remove(line.span);
            self.expression(line);
        }
    }

    /// One side out of the sides of an `and` or `or`.
    fn sides(&mut self, whole: Span, sides: &[Expr], word: &str) {
        for (at, side) in sides.iter().enumerate() {
            let rest = sides.iter().enumerate().filter(|(other, _)| *other != at);
            let rest: Vec<&str> = rest.map(|(_, other)| &self.rules[other.span.range()]).collect();
            self.cuts.push(Cut { replaced: whole.range(), condition: side.span.range(), by: rest.join(word) });
            self.expression(side);
        }
    }

    fn windows(&mut self, windows: &[Window]) {
        windows.iter().for_each(|window| self.remove(window.span));
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.windows(&aggregate.windows);
        aggregate.steps.iter().for_each(|step| self.step(step));
        let Some(filter) = &aggregate.filter else { return };
        let before = aggregate.windows.last().map_or(aggregate.source.span, |window| window.span);
        self.remove(Span { start: before.end, ..filter.span });
        self.expression(filter);
    }

    /// The whole step, its windows, its time, its ties, its `where`.
    fn step(&mut self, step: &Step) {
        self.remove(step.span);
        self.windows(&step.windows);
        step.within.iter().for_each(|(_, span)| self.remove(*span));
        if let (Some(first), Some(last)) = (step.same.first(), step.same.last())
            && let Some(start) = self.rules[..first.span.range().start].rfind("with the same")
        {
            let tie = start..last.span.range().end;
            self.cuts.push(Cut { replaced: tie.clone(), condition: tie, by: String::new() });
        }
        let Some(filter) = &step.filter else { return };
        let start = self.rules[..filter.span.range().start].rfind("where").unwrap_or(filter.span.range().start);
        let cut = start..filter.span.range().end;
        self.cuts.push(Cut { replaced: cut.clone(), condition: cut, by: String::new() });
        self.expression(filter);
    }

    fn ranked(&mut self, ranked: &Ranked) {
        self.expression(&ranked.value);
        if let Some(among) = &ranked.among {
            self.remove(Span { start: ranked.value.span.end, ..among.span });
        }
    }

    fn score(&mut self, score: &Score) {
        for line in &score.lines {
            self.remove(line.span);
            line.cap.iter().for_each(|cap| self.remove(cap.span));
            match &line.what {
                ScoreWhat::If(asked) | ScoreWhat::Each(asked) => self.expression(asked),
            }
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::And(sides) => self.sides(expr.span, sides, " and "),
            ExprKind::Or(sides) => self.sides(expr.span, sides, " or "),
            ExprKind::Block { lines, .. } => self.lines(lines),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Bracketed(inner) | ExprKind::Negate(inner) | ExprKind::Not(inner) => self.expression(inner),
            ExprKind::Call { argument, .. } => self.expression(argument),
            ExprKind::Rounded { value, .. } => self.expression(value),
            ExprKind::Sum(terms) => terms.iter().for_each(|(_, term)| self.expression(term)),
            ExprKind::Product(factors) => factors.iter().for_each(|(_, factor)| self.expression(factor)),
            ExprKind::Otherwise(choices) => choices.iter().for_each(|choice| self.expression(choice)),
            ExprKind::Compare { left, right, .. } | ExprKind::Text { left, right, .. } => {
                self.expression(left);
                self.expression(right);
            }
            ExprKind::Point(north, east) => [north, east].into_iter().for_each(|side| self.expression(side)),
            ExprKind::Within { left, of, .. } => [left, of].into_iter().for_each(|side| self.expression(side)),
            ExprKind::InBox { left, .. } => self.expression(left),
            ExprKind::Range { value, from, to } => [value, from, to].into_iter().for_each(|side| self.expression(side)),
            ExprKind::Is { left, test, .. } => {
                self.expression(left);
                match test {
                    IsTest::Value(value) => self.expression(value),
                    IsTest::Windows(windows) if windows.len() > 1 => self.windows(windows),
                    _ => {}
                }
            }
            ExprKind::Includes { left, .. } => self.expression(left),
            ExprKind::Score(score) => self.score(score),
            ExprKind::OverBase(question) => self.ranked(&question.ranked),
            ExprKind::InShare(_) => {}
            ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Moment(_) | ExprKind::Error => {}
        }
    }
}
