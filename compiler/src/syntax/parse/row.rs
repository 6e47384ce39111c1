//! The flat row of operands and operators of one expression, as the grammar reads it. [`super::climb`] makes a tree of it.

use super::places::Nearness;
use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{
    Amount, CallShape, Comparison, Expr, ExprKind, IsTest, Literal, Moment, Path, Quantifier, Rounding, Step, TextTest,
    ValueSet, Window, WindowKind, Word,
};
use segue_grammar::Rule;

/// One piece of a row.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it stands.
    pub(super) span: Span,
    /// What it is.
    pub(super) kind: ItemKind,
}

/// What a piece of a row is.
#[derive(Debug)]
pub(super) enum ItemKind {
    /// A value or condition that is whole in itself.
    Operand(Expr),
    /// `not`
    Not,
    /// `month of`, `days since`
    Call { function: Word, shape: CallShape },
    /// `and`
    And,
    /// `or`
    Or,
    /// `+`
    Plus,
    /// `-`, before or between values
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
    /// `otherwise`
    Otherwise,
    /// `<` and its like
    Compare(Comparison),
    /// `is`, `is not` before a value; how it was written where it was written otherwise.
    Is { negated: bool, habit: Option<String> },
    /// `contains` and its like
    Text { test: TextTest, negated: bool },
    /// `from`
    From,
    /// `to`
    To,
    /// `where`
    Where,
    /// `is missing`, `is one of ...`
    IsTest { negated: bool, test: IsTest },
    /// `includes ...`
    Includes { quantifier: Quantifier, values: ValueSet },
    /// `within 10 km of point(...)`, `within the box from point(...) to point(...)`
    Place(Nearness),
    /// The same worded in another way.
    PlaceMistake { negated: bool, nearness: Nearness },
    /// `rounded ...`
    Rounded { direction: Rounding, decimals: Option<(u32, Span)> },
    /// `ignoring case`
    IgnoringCase,
    /// `between A and B`
    Between { negated: bool, from: Expr, to: Expr },
    /// `in (...)` without `is`
    In { negated: bool, values: ValueSet },
    /// `< 30 days ago`
    Ago { comparison: Comparison, amount: Amount },
    /// a window that stands right behind a value
    Windows(Vec<Window>),
    /// `followed by ...`, without its `where`
    Followed(Box<Step>),
}

impl Reader<'_> {
    /// Builds the expression a pair holds, and says how deep it is.
    pub(super) fn row(&mut self, pair: Pair<'_>, span: Span) -> (Expr, usize) {
        if pair.as_rule() == Rule::broken {
            return (self.error_node(span), 0);
        }
        let mut items = Vec::new();
        let mut deepest = 0;
        let mut prefixes = 0_usize;
        let mut most_prefixes = 0;
        let mut wheres = 0_usize;
        self.in_steps = pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::followed);
        for inner in pair.into_inner() {
            let (item, depth) = self.item(inner);
            deepest = deepest.max(depth);
            let is_prefix = matches!(item.kind, ItemKind::Not | ItemKind::Call { .. } | ItemKind::Minus);
            prefixes = if is_prefix { prefixes + 1 } else { 0 };
            most_prefixes = most_prefixes.max(prefixes);
            wheres += usize::from(matches!(item.kind, ItemKind::Where));
            items.push(item);
        }
        let depth = deepest + most_prefixes + wheres;
        if depth > super::MAXIMUM_NESTING {
            return (self.error_node(span), depth);
        }
        let items = self.take_stretches(items);
        let items = self.take_steps(items);
        (self.climb(items, span), depth)
    }

    fn item(&mut self, pair: Pair<'_>) -> (Item, usize) {
        let span = self.span(&pair);
        let mut depth = 0;
        let kind = match pair.as_rule() {
            Rule::not_word => ItemKind::Not,
            Rule::bang_mistake => {
                self.report(messages::bang(span));
                ItemKind::Not
            }
            Rule::and_word => ItemKind::And,
            Rule::or_word => ItemKind::Or,
            Rule::plus => ItemKind::Plus,
            Rule::minus => ItemKind::Minus,
            Rule::times => ItemKind::Times,
            Rule::over => ItemKind::Over,
            Rule::otherwise_word => ItemKind::Otherwise,
            Rule::from_word => ItemKind::From,
            Rule::to_word => ItemKind::To,
            Rule::where_word => ItemKind::Where,
            Rule::call => self.call(pair),
            Rule::comparison => ItemKind::Compare(comparison(pair.as_str())),
            Rule::sign_mistake => self.sign_mistake(span, pair.as_str().trim()),
            Rule::is_value => self.is_value(pair),
            Rule::text_test => text_test(pair),
            Rule::is_test => self.is_test(pair),
            Rule::includes => self.includes(pair),
            Rule::near_place => ItemKind::Place(self.near_place(pair)),
            Rule::in_box => ItemKind::Place(self.in_box(pair)),
            Rule::place_mistake => {
                let (negated, nearness) = self.place_mistake(pair);
                ItemKind::PlaceMistake { negated, nearness }
            }
            Rule::rounded => self.rounding(pair),
            Rule::followed => self.followed(pair),
            Rule::ignoring_case => ItemKind::IgnoringCase,
            Rule::between_mistake => self.between(pair),
            Rule::in_mistake => self.in_mistake(pair),
            Rule::ago_mistake => self.ago_mistake(pair),
            Rule::window_mistake => {
                ItemKind::Windows(self.windows(pair.into_inner().filter(|inner| inner.as_rule() == Rule::window)))
            }
            _ => {
                let (operand, inner_depth) = self.operand(pair);
                depth = inner_depth;
                ItemKind::Operand(operand)
            }
        };
        (Item { span, kind }, depth)
    }

    pub(super) fn windows<'i>(&mut self, pairs: impl Iterator<Item = Pair<'i>>) -> Vec<Window> {
        pairs.map(|pair| self.window(pair)).collect()
    }

    fn operand(&mut self, pair: Pair<'_>) -> (Expr, usize) {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::bracketed => self.bracketed(pair),
            Rule::point => self.point(pair),
            Rule::block => self.block(pair),
            Rule::aggregate => (self.aggregate(pair), 0),
            Rule::over_base => self.over_base(pair),
            Rule::in_share => (self.in_share(pair), 0),
            Rule::boolean => {
                let value = pair.into_inner().next().is_some_and(|word| word.as_rule() == Rule::true_word);
                (self.literal_node(span, Some(Literal::Boolean(value))), 0)
            }
            Rule::moment => {
                let moment = moment_of(&pair);
                (self.node(span, ExprKind::Moment(moment)), 0)
            }
            Rule::path => {
                let path = self.path(pair);
                (self.node(span, ExprKind::Name(path)), 0)
            }
            _ => {
                let literal = self.literal(pair);
                (self.literal_node(span, literal), 0)
            }
        }
    }

    /// `( ... )`. Several values between the brackets mean nothing here; what may hold several asks for them itself.
    fn bracketed(&mut self, pair: Pair<'_>) -> (Expr, usize) {
        let span = self.span(&pair);
        let inner: Vec<Pair<'_>> = pair.into_inner().collect();
        let [only] = &inner[..] else {
            self.report(messages::several_in_brackets(span));
            inner.iter().for_each(|inner| {
                self.take(inner);
            });
            return (self.error_node(span), 0);
        };
        let (expression, depth) = self.take(only);
        (self.node(span, ExprKind::Bracketed(Box::new(expression))), depth + 1)
    }

    pub(super) fn path(&mut self, pair: Pair<'_>) -> Path {
        let span = self.span(&pair);
        let mut words: Vec<Word> = pair.into_inner().map(|word| self.word(&word)).collect();
        // Keywords ignore capitals; names keep theirs.
        if let Some(first) = words.first_mut().filter(|first| first.text.eq_ignore_ascii_case("customer")) {
            first.text = "customer".into();
        }
        Path { words, span }
    }

    fn call(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        let mut function = Word { text: "".into(), span };
        let mut shape = CallShape::Of;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::of_word => shape = CallShape::Of,
                Rule::since_word => shape = CallShape::Since,
                Rule::until_word => shape = CallShape::Until,
                _ => function = self.word(&inner),
            }
        }
        ItemKind::Call { function, shape }
    }

    fn sign_mistake(&mut self, span: Span, sign: &str) -> ItemKind {
        match sign {
            "=>" | "=<" => {
                let comparison = if sign == "=>" { Comparison::AtLeast } else { Comparison::AtMost };
                self.report(messages::comparison_sign(span, sign));
                ItemKind::Compare(comparison)
            }
            "&&" | "&" => {
                self.report(messages::joining_sign(self.source, span, sign, "and"));
                ItemKind::And
            }
            "||" | "|" => {
                self.report(messages::joining_sign(self.source, span, sign, "or"));
                ItemKind::Or
            }
            "=" if self.in_claim => ItemKind::Is { negated: false, habit: None },
            _ => ItemKind::Is { negated: matches!(sign, "!=" | "!==" | "<>" | "≠"), habit: Some(sign.to_owned()) },
        }
    }

    fn is_value(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_word => return ItemKind::Is { negated: true, habit: None },
                Rule::spoken_mistake => {
                    let written = self.source.slice(span).to_owned();
                    let word = inner.into_inner().next().map(|word| word.as_rule());
                    let (sign, comparison) = match word {
                        Some(Rule::at_least) => (">=", Some(Comparison::AtLeast)),
                        Some(Rule::at_most) => ("<=", Some(Comparison::AtMost)),
                        Some(Rule::exactly | Rule::equal_word) => ("is", None),
                        Some(
                            Rule::less_word
                            | Rule::fewer_word
                            | Rule::lower_word
                            | Rule::smaller_word
                            | Rule::under_word
                            | Rule::below_word,
                        ) => ("<", Some(Comparison::Less)),
                        _ => (">", Some(Comparison::Greater)),
                    };
                    self.report(messages::spoken_comparison(span, &written, sign));
                    return match comparison {
                        Some(comparison) => ItemKind::Compare(comparison),
                        None => ItemKind::Is { negated: false, habit: None },
                    };
                }
                _ => {}
            }
        }
        ItemKind::Is { negated: false, habit: None }
    }

    fn is_test(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        let mut negated = false;
        let mut windows = Vec::new();
        let mut test = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_word => negated = true,
                Rule::missing_word => test = Some(IsTest::Missing),
                Rule::known_word => test = Some(IsTest::Known),
                Rule::empty_word => test = Some(IsTest::Empty),
                Rule::is_one_of => negated ^= self.is_one_of(inner, negated),
                Rule::value_list => test = Some(IsTest::OneOf(self.value_set(inner))),
                Rule::list_name => test = Some(IsTest::OneOf(self.list_name(inner, span, true, negated))),
                Rule::window => windows.push(self.window(inner)),
                _ => {}
            }
        }
        let test = test.unwrap_or(IsTest::Windows(windows));
        ItemKind::IsTest { negated, test }
    }

    /// Reports `is any of` and `is none of`; says whether it turns the answer round.
    fn is_one_of(&mut self, pair: Pair<'_>, negated: bool) -> bool {
        let span = self.span(&pair);
        match pair.into_inner().next().map(|word| word.as_rule()) {
            Some(Rule::any_word) => {
                self.report(messages::is_any_of(span, self.source.slice(span), "one of"));
                false
            }
            Some(Rule::none_word) => {
                let mend = if negated { "one of" } else { "not one of" };
                self.report(messages::is_any_of(span, self.source.slice(span), mend));
                true
            }
            _ => false,
        }
    }

    fn rounding(&mut self, pair: Pair<'_>) -> ItemKind {
        let mut direction = Rounding::Nearest;
        let mut decimals = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::up_word => direction = Rounding::Up,
                Rule::down_word => direction = Rounding::Down,
                Rule::digits => {
                    let span = self.span(&inner);
                    match inner.as_str().parse() {
                        Ok(count) => decimals = Some((count, span)),
                        Err(_) => self.report(messages::number_too_large(span)),
                    }
                }
                _ => {}
            }
        }
        ItemKind::Rounded { direction, decimals }
    }

    fn between(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        let mut negated = false;
        let mut ends = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_word => negated = true,
                Rule::bound => ends.push(self.take(&inner).0),
                _ => {}
            }
        }
        let mut ends = ends.into_iter();
        let from = ends.next().unwrap_or_else(|| self.error_node(span));
        let to = ends.next().unwrap_or_else(|| self.error_node(span));
        ItemKind::Between { negated, from, to }
    }

    fn in_mistake(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        let negated = pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::not_word);
        let list = pair.into_inner().find(|inner| inner.as_rule() == Rule::list_name);
        let values = match list {
            Some(list) => self.list_name(list, span, false, negated),
            None => ValueSet::Values { values: Vec::new(), span },
        };
        ItemKind::In { negated, values }
    }

    fn ago_mistake(&mut self, pair: Pair<'_>) -> ItemKind {
        let mut found = Comparison::Less;
        let mut amount = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::comparison => found = comparison(inner.as_str()),
                Rule::amount => amount = Some(self.amount(inner)),
                _ => {}
            }
        }
        let amount = amount.unwrap_or(Amount { count: 1, unit: crate::syntax::tree::Unit::Day });
        ItemKind::Ago { comparison: found, amount }
    }
}

/// What `is today` means: the day, for dates and instants alike.
pub(super) fn day_window(moment: Moment) -> Option<WindowKind> {
    match moment {
        Moment::Today => Some(WindowKind::Today),
        Moment::Yesterday => Some(WindowKind::Yesterday),
        Moment::Now => None,
    }
}

pub(super) fn moment_of(pair: &Pair<'_>) -> Moment {
    match pair.clone().into_inner().next().map(|word| word.as_rule()) {
        Some(Rule::today_word) => Moment::Today,
        Some(Rule::yesterday_word) => Moment::Yesterday,
        _ => Moment::Now,
    }
}

fn comparison(sign: &str) -> Comparison {
    match sign.trim() {
        "<" => Comparison::Less,
        "<=" | "≤" => Comparison::AtMost,
        ">" => Comparison::Greater,
        _ => Comparison::AtLeast,
    }
}

fn text_test(pair: Pair<'_>) -> ItemKind {
    let mut negated = false;
    let mut test = TextTest::Contains;
    let mut waiting: Vec<Pair<'_>> = pair.into_inner().collect();
    while let Some(inner) = waiting.pop() {
        match inner.as_rule() {
            Rule::denied_test => waiting.extend(inner.into_inner()),
            Rule::does_not => negated = true,
            Rule::contains_word | Rule::denied_contain => test = TextTest::Contains,
            Rule::starts_word | Rule::denied_start => test = TextTest::StartsWith,
            Rule::ends_word | Rule::denied_end => test = TextTest::EndsWith,
            Rule::matches_word | Rule::denied_match => test = TextTest::Matches,
            _ => {}
        }
    }
    ItemKind::Text { test, negated }
}
