//! The words of the language, each construct declared once: how it is written, what it means, an example.
//!
//! What an editor shows over a word, `segue explain "followed by"` and `docs/language/words.md` are all taken from here. What a
//! construct means is said in two or three sentences from the language's rules: what becomes of missing values, which ends of a
//! stretch count, how ties are settled. Functions such as `month of` are declared in [`crate::builtins`] and found here too.

pub(in crate::ide) mod conditions;
pub(in crate::ide) mod declarations;
pub(in crate::ide) mod fields;
mod look_up;
pub(in crate::ide) mod occasions;
mod of_tree;
pub(in crate::ide) mod population;
pub(in crate::ide) mod rows;
pub(in crate::ide) mod sequences;
pub(in crate::ide) mod time;
mod values;

pub use look_up::{Explanation, Found, find};
pub(in crate::ide) use look_up::{longest, read};
pub(in crate::ide) use of_tree::{of_compared, of_day, of_expression, of_kind, of_label, of_table, of_window};

/// A construct of the language.
#[derive(Debug)]
pub struct Construct {
    /// As it is written, with values for an example: `in the last 30 days`.
    pub written: &'static str,
    /// Its words, as they follow one another: `followed by no`. In them `#` is any number and `UNIT` any unit of time. Several
    /// where it is worded in several ways, or where something stands between its words.
    pub words: &'static [&'static str],
    /// What it is about.
    pub theme: Theme,
    /// Where the example stands.
    pub place: Place,
    /// One line, which checks in the project that the tests declare.
    pub example: &'static str,
    /// What it means, in one sentence.
    pub short: &'static str,
    /// The rules that go with it.
    pub more: &'static str,
}

/// What constructs are about, in the order of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// What a file is made of.
    Declarations,
    /// Fields of tables.
    Fields,
    /// Comparing, and joining conditions.
    Conditions,
    /// Values and arithmetic.
    Values,
    /// What customers did.
    Rows,
    /// One event after another.
    Sequences,
    /// Stretches of time.
    Time,
    /// Days that come back.
    Occasions,
    /// Ranks, figures and shares of all customers.
    Population,
}

/// Where an example stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is a line of a segment.
    Condition,
    /// It is the value of a trait.
    Value,
    /// It is a declaration.
    Declaration,
    /// It is made of fields of records.
    Field,
    /// It is a file of its own.
    Alone,
}

impl Theme {
    /// All of them, in the order of the documentation.
    pub const ALL: [Theme; 9] = [
        Theme::Declarations,
        Theme::Fields,
        Theme::Conditions,
        Theme::Values,
        Theme::Rows,
        Theme::Sequences,
        Theme::Time,
        Theme::Occasions,
        Theme::Population,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Theme::Declarations => "Declarations",
            Theme::Fields => "Fields",
            Theme::Conditions => "Conditions",
            Theme::Values => "Values",
            Theme::Rows => "What customers did",
            Theme::Sequences => "One event after another",
            Theme::Time => "Windows of time",
            Theme::Occasions => "Days that come back",
            Theme::Population => "All customers",
        }
    }

    /// The page of `docs/language` that says more.
    pub fn page(self) -> &'static str {
        match self {
            Theme::Declarations => "declarations.md",
            Theme::Fields => "fields.md",
            Theme::Conditions => "conditions.md",
            Theme::Values => "values.md",
            Theme::Rows => "events.md",
            Theme::Sequences => "sequences.md",
            Theme::Time => "time.md",
            Theme::Occasions => "occasions.md",
            Theme::Population => "ranks.md",
        }
    }

    /// Its constructs.
    pub fn constructs(self) -> &'static [&'static Construct] {
        match self {
            Theme::Declarations => declarations::ALL,
            Theme::Fields => fields::ALL,
            Theme::Conditions => conditions::ALL,
            Theme::Values => values::ALL,
            Theme::Rows => rows::ALL,
            Theme::Sequences => sequences::ALL,
            Theme::Time => time::ALL,
            Theme::Occasions => occasions::ALL,
            Theme::Population => population::ALL,
        }
    }
}

impl Construct {
    /// What it means: the sentence and the rules.
    pub fn meaning(&self) -> String {
        format!("{} {}", self.short, self.more).trim_end().to_owned()
    }
}

/// All constructs, theme by theme.
pub fn constructs() -> impl Iterator<Item = &'static Construct> {
    Theme::ALL.into_iter().flat_map(Theme::constructs).copied()
}

/// Declares the constructs of a theme: a name for each, by which the tree finds it, and the list of them all.
macro_rules! declare {
    ($theme:ident; $($name:ident $written:literal $words:tt $place:ident $example:literal $short:literal $more:literal;)+) => {
        $(
            #[doc = $written]
            pub(in crate::ide) static $name: $crate::ide::words::Construct = $crate::ide::words::Construct {
                written: $written,
                words: &$words,
                theme: $crate::ide::words::Theme::$theme,
                place: $crate::ide::words::Place::$place,
                example: $example,
                short: $short,
                more: $more,
            };
        )+

        /// All constructs of the theme.
        pub(super) static ALL: &[&$crate::ide::words::Construct] = &[$(&$name),+];
    };
}
use declare;
