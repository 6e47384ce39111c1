//! Random rules as text. Every value and condition is bracketed where precedence could matter, so the text means what the
//! generator meant. Each condition carries the kind of its outermost test, for the coverage count.

use crate::choices::Choices;
use crate::pools::*;
use crate::schema::Scope;
use std::collections::BTreeSet;

/// A rule file's generated part: traits, segments and partitions after the shared declarations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// The text.
    pub(crate) text: String,
    /// Names of the traits that are single conditions, with the kind of their test.
    pub(crate) atoms: Vec<(String, &'static str)>,
    /// How many segments.
    pub(crate) segments: usize,
    /// How many traits.
    pub(crate) traits: usize,
    /// How many partitions.
    pub(crate) partitions: usize,
}

/// What earlier rules a rule may use.
#[derive(Default)]
struct Earlier {
    integers: Vec<String>,
    numbers: Vec<String>,
    moneys: Vec<String>,
    booleans: Vec<String>,
    segments: Vec<String>,
    partitions: Vec<(String, Vec<String>)>,
}

/// Makes the rules, one from each stream of choices.
pub(crate) fn rules(streams: &[Vec<u32>]) -> Rules {
    let mut rules = Rules::default();
    let mut earlier = Earlier::default();
    for (at, stream) in streams.iter().enumerate() {
        let mut choices = Choices::new(stream);
        let mut writer = Writer { choices: &mut choices, earlier: &earlier };
        match writer.choices.below(12) {
            0..=4 => {
                let (kind, condition) = writer.atom(Scope::Customer, 2);
                let name = format!("atom_{at}");
                rules.text += &format!("trait {name} = {condition}\n");
                rules.atoms.push((name.clone(), kind));
                rules.traits += 1;
                earlier.booleans.push(name);
            }
            5 => {
                let value = writer.integer(Scope::Customer, 3);
                rules.text += &format!("trait whole_{at} = {value}\n");
                rules.traits += 1;
                earlier.integers.push(format!("whole_{at}"));
            }
            6 => {
                let value = writer.number(Scope::Customer, 3);
                rules.text += &format!("trait number_{at} = {value}\n");
                rules.traits += 1;
                earlier.numbers.push(format!("number_{at}"));
            }
            7 => {
                let value = writer.money(Scope::Customer, 3);
                rules.text += &format!("trait money_{at} = {value}\n");
                rules.traits += 1;
                earlier.moneys.push(format!("money_{at}"));
            }
            8 => {
                let value = writer.other_value();
                rules.text += &format!("trait other_{at} = {value}\n");
                rules.traits += 1;
            }
            9 => {
                let parts = 1 + writer.choices.below(3);
                let mut names = Vec::new();
                rules.text += &format!("partition parts_{at} {{\n");
                for part in 0..parts {
                    let condition = writer.condition(Scope::Customer, 3);
                    rules.text += &format!("  p{part} : {condition}\n");
                    names.push(format!("p{part}"));
                }
                rules.text += "  rest : otherwise\n}\n";
                names.push("rest".to_owned());
                rules.partitions += 1;
                earlier.partitions.push((format!("parts_{at}"), names));
            }
            _ => {
                let lines = 1 + writer.choices.below(2);
                rules.text += &format!("segment seg_{at} {{\n");
                for _ in 0..lines {
                    let condition = writer.condition(Scope::Customer, 4);
                    rules.text += &format!("  {condition}\n");
                }
                rules.text += "}\n";
                rules.segments += 1;
                earlier.segments.push(format!("seg_{at}"));
            }
        }
    }
    rules
}

/// Kinds of atoms that are never unknown (rules 6, 7, 8 of the language).
pub(crate) fn never_unknown(kind: &str) -> bool {
    ["known", "any", "no", "every", "count", "includes", "empty", "segment", "part"].contains(&kind)
}

/// All kinds of atoms the generator makes.
pub(crate) fn all_kinds() -> BTreeSet<&'static str> {
    [
        "compare integers",
        "compare numbers",
        "compare money",
        "compare dates",
        "compare instants",
        "range",
        "equal",
        "one of",
        "listed",
        "id",
        "text test",
        "known",
        "boolean",
        "includes",
        "empty",
        "window",
        "any",
        "no",
        "every",
        "count",
        "compare aggregate",
        "part of date",
        "units since",
        "segment",
        "part",
    ]
    .into_iter()
    .collect()
}

struct Writer<'a, 'b> {
    choices: &'a mut Choices<'b>,
    earlier: &'a Earlier,
}

const COMPARISONS: &[&str] = &[">=", ">", "<", "<="];

impl Writer<'_, '_> {
    fn name(&mut self, names: &[&'static str]) -> String {
        (*self.choices.pick(names)).to_owned()
    }

    fn written(&mut self, pool: &[&'static str]) -> String {
        (*self.choices.pick(pool)).to_owned()
    }

    fn literal_text(&mut self, pool: &[&'static str]) -> String {
        format!("\"{}\"", self.choices.pick(pool))
    }

    fn ignoring(&mut self) -> &'static str {
        if self.choices.once_in(3) { " ignoring case" } else { "" }
    }

    /// A condition of any form.
    fn condition(&mut self, scope: Scope, depth: usize) -> String {
        if depth == 0 {
            return self.atom(scope, 0).1;
        }
        match self.choices.below(10) {
            0..=4 => self.atom(scope, depth - 1).1,
            5 => self.joined("and", scope, depth - 1),
            6 => self.joined("or", scope, depth - 1),
            7 => format!("not ({})", self.condition(scope, depth - 1)),
            8 if scope == Scope::Customer => {
                let kind =
                    self.written(&["all of", "any of", "none of", "at least 2 of", "at least 1 of", "at least 3 of"]);
                let lines: Vec<String> =
                    (0..3).map(|_| format!("    {}\n", self.condition(scope, depth - 1))).collect();
                format!("{kind} {{\n{}  }}", lines.concat())
            }
            _ => self.joined("or", scope, depth - 1),
        }
    }

    fn joined(&mut self, word: &str, scope: Scope, depth: usize) -> String {
        let count = 2 + self.choices.below(2);
        let operands: Vec<String> = (0..count).map(|_| format!("({})", self.condition(scope, depth))).collect();
        operands.join(&format!(" {word} "))
    }

    /// A single test with its kind.
    fn atom(&mut self, scope: Scope, depth: usize) -> (&'static str, String) {
        let names = scope.names();
        let customer = scope == Scope::Customer;
        loop {
            return match self.choices.below(24) {
                0 => {
                    let name = self.name(names.boolean);
                    ("boolean", if self.choices.once_in(4) { format!("{name} is not true") } else { name })
                }
                1 => ("compare integers", self.compare(|writer| writer.integer(scope, depth))),
                2 => ("compare numbers", self.compare(|writer| writer.number(scope, depth))),
                3 => ("compare money", self.compare(|writer| writer.money(scope, depth))),
                4 => ("compare dates", self.compare(|writer| writer.date(scope))),
                5 => ("compare instants", self.compare(|writer| writer.instant(scope))),
                6 => ("range", self.range(scope, depth)),
                7 => {
                    let (left, right) = match self.choices.below(4) {
                        0 => (self.name(names.text), self.literal_text(TEXTS)),
                        1 => (self.name(names.text), self.name(names.text)),
                        2 => (self.integer(scope, depth), self.integer(scope, depth)),
                        _ => (self.money(scope, depth), self.money(scope, depth)),
                    };
                    let not = if self.choices.once_in(3) { " not" } else { "" };
                    let ignoring =
                        if left.contains(char::is_alphabetic) && right.starts_with('"') { self.ignoring() } else { "" };
                    ("equal", format!("{left} is{not} {right}{ignoring}"))
                }
                8 => {
                    let name = self.name(names.text);
                    let not = if self.choices.once_in(3) { " not" } else { "" };
                    if self.choices.once_in(3) {
                        ("one of", format!("{name} is{not} in sample"))
                    } else {
                        let values: Vec<String> =
                            (0..1 + self.choices.below(3)).map(|_| self.literal_text(TEXTS)).collect();
                        let ignoring = self.ignoring();
                        ("one of", format!("{name} is{not} one of {}{ignoring}", values.join(", ")))
                    }
                }
                9 => {
                    let (name, values) = self.choices.pick(names.listed).to_owned();
                    let not = if self.choices.once_in(3) { " not" } else { "" };
                    let value = self.written(values);
                    ("listed", format!("{name} is{not} {value}"))
                }
                10 => {
                    let name = self.name(names.id);
                    let value = self.written(&["\"1\"", "\"2\"", "\"3\"", "\"x7\"", "\"10\""]);
                    ("id", format!("{name} is {value}"))
                }
                11 => {
                    let name = self.name(names.text);
                    let ignoring = self.ignoring();
                    let test = match self.choices.below(7) {
                        0 => format!("contains {}", self.literal_text(FRAGMENTS)),
                        1 => format!("starts with {}", self.literal_text(FRAGMENTS)),
                        2 => format!("ends with {}", self.literal_text(FRAGMENTS)),
                        3 => format!("matches {}", self.literal_text(PATTERNS)),
                        4 => format!("does not contain {}", self.literal_text(FRAGMENTS)),
                        5 => format!("starts with {}", self.name(names.text)),
                        _ => format!("contains {}", self.name(names.text)),
                    };
                    ("text test", format!("{name} {test}{ignoring}"))
                }
                12 => {
                    let name = match self.choices.below(5) {
                        0 => self.name(names.integer),
                        1 => self.name(names.text),
                        2 => self.name(names.date),
                        3 => self.money(scope, depth),
                        _ => self.number(scope, depth),
                    };
                    let test = self.written(&["is known", "is missing", "is not known"]);
                    ("known", format!("({name}) {test}"))
                }
                13 if customer => {
                    let quantifier = self.written(&["any of", "all of", "none of"]);
                    match self.choices.below(3) {
                        0 => {
                            let values: Vec<String> =
                                (0..1 + self.choices.below(2)).map(|_| self.literal_text(TEXTS)).collect();
                            let ignoring = self.ignoring();
                            ("includes", format!("tags includes {quantifier} {}{ignoring}", values.join(", ")))
                        }
                        1 => {
                            let values: Vec<String> =
                                (0..1 + self.choices.below(2)).map(|_| self.written(&["1", "2", "0", "5"])).collect();
                            ("includes", format!("nums includes {quantifier} {}", values.join(", ")))
                        }
                        _ => {
                            let value = self.written(&["\"hiking\"", "\"chess\"", "\"cycling\""]);
                            ("includes", format!("hobby includes {value}"))
                        }
                    }
                }
                14 if customer => ("empty", format!("{} is empty", self.name(&["tags", "nums", "hobby"]))),
                15 => {
                    let on_date = self.choices.once_in(2);
                    let name = if on_date { self.name(names.date) } else { self.name(names.instant) };
                    let not = if self.choices.once_in(4) { " not" } else { "" };
                    let window = self.window(on_date, true);
                    ("window", format!("{name} is{not} {window}"))
                }
                16 if depth > 0 => {
                    let rows = self.rows(scope, depth, true);
                    let Some(rows) = rows else { continue };
                    ("any", format!("any {rows}"))
                }
                17 if depth > 0 => {
                    let Some(rows) = self.rows(scope, depth, true) else { continue };
                    ("no", format!("no {rows}"))
                }
                18 if depth > 0 => {
                    let Some((table, inner)) = self.source(scope) else { continue };
                    let windows = self.windows_for(inner, scope);
                    let condition = self.condition(inner, depth - 1);
                    ("every", format!("every {table}{windows} where ({condition})"))
                }
                19 if depth > 0 => {
                    let test = self.written(&[
                        "at least 1",
                        "at least 2",
                        "at most 1",
                        "exactly 1",
                        "more than 1",
                        "fewer than 2",
                        "exactly 0",
                    ]);
                    let Some(rows) = self.rows(scope, depth, true) else { continue };
                    ("count", format!("{test} {rows}"))
                }
                20 if depth > 0 && customer => ("compare aggregate", self.compare_aggregate(depth)),
                21 => ("part of date", self.part_of_date(scope)),
                22 => {
                    let unit = self.written(&["days", "weeks", "months", "years", "hours"]);
                    let way = self.written(&["since", "until"]);
                    let name = if unit == "hours" || self.choices.once_in(2) {
                        self.name(names.instant)
                    } else {
                        self.name(names.date)
                    };
                    let operator = self.written(COMPARISONS);
                    let bound = self.written(&["0", "1", "30", "7", "-1", "12", "365"]);
                    ("units since", format!("{unit} {way} {name} {operator} {bound}"))
                }
                23 if customer => {
                    if !self.earlier.segments.is_empty() && self.choices.once_in(2) {
                        ("segment", self.choices.pick(&self.earlier.segments).clone())
                    } else if !self.earlier.partitions.is_empty() {
                        let (name, parts) = self.choices.pick(&self.earlier.partitions).clone();
                        let part = self.choices.pick(&parts).clone();
                        (
                            "part",
                            if self.choices.once_in(2) {
                                format!("{name} is not {part}")
                            } else {
                                format!("{name} is {part}")
                            },
                        )
                    } else if !self.earlier.booleans.is_empty() {
                        ("boolean", self.choices.pick(&self.earlier.booleans).clone())
                    } else {
                        continue;
                    }
                }
                _ => ("boolean", self.name(names.boolean)),
            };
        }
    }

    fn compare(&mut self, mut value: impl FnMut(&mut Self) -> String) -> String {
        let left = value(self);
        let operator = self.written(COMPARISONS);
        let right = value(self);
        format!("{left} {operator} {right}")
    }

    fn range(&mut self, scope: Scope, depth: usize) -> String {
        match self.choices.below(3) {
            0 => format!("{} from -1 to 5", self.integer(scope, depth)),
            1 => format!("{} from 0 USD to 10 USD", self.money(scope, depth)),
            _ => format!("{} from 0.1 to 1.5", self.number(scope, depth)),
        }
    }

    /// A whole number.
    fn integer(&mut self, scope: Scope, depth: usize) -> String {
        let names = scope.names();
        let deeper = depth.saturating_sub(1);
        match self.choices.below(if depth == 0 { 4 } else { 11 }) {
            0 | 1 => self.name(names.integer),
            2 => self.written(WRITTEN_INTEGERS),
            3 if scope == Scope::Customer && !self.earlier.integers.is_empty() => {
                self.choices.pick(&self.earlier.integers).clone()
            }
            3 => self.name(names.integer),
            4 => format!("({} + {})", self.integer(scope, deeper), self.integer(scope, deeper)),
            5 => format!("({} - {})", self.integer(scope, deeper), self.integer(scope, deeper)),
            6 => format!("({} * {})", self.integer(scope, deeper), self.integer(scope, deeper)),
            7 => format!("({} otherwise {})", self.integer(scope, deeper), self.integer(scope, deeper)),
            8 => match self.choices.below(4) {
                0 => format!("(length of {})", self.name(names.text)),
                1 => format!("(absolute of {})", self.integer(scope, deeper)),
                2 => format!("(days since {})", self.name(names.date)),
                _ => format!("(-{})", self.name(names.integer)),
            },
            _ => match self.aggregate_integer(scope, deeper) {
                Some(aggregate) => format!("({aggregate})"),
                None => self.name(names.integer),
            },
        }
    }

    /// A divisor: a written zero is refused by the checker, a zero of the data is not.
    fn whole_divisor(&mut self, scope: Scope, depth: usize) -> String {
        Some(self.integer(scope, depth))
            .filter(|written| written != "0")
            .unwrap_or_else(|| self.name(scope.names().integer))
    }

    /// The same for numbers.
    fn divisor(&mut self, scope: Scope, depth: usize) -> String {
        Some(self.number(scope, depth))
            .filter(|written| written != "0.0")
            .unwrap_or_else(|| self.name(scope.names().number))
    }

    /// A number.
    fn number(&mut self, scope: Scope, depth: usize) -> String {
        let names = scope.names();
        let deeper = depth.saturating_sub(1);
        match self.choices.below(if depth == 0 { 4 } else { 11 }) {
            0 | 1 => self.name(names.number),
            2 => self.written(WRITTEN_NUMBERS),
            3 if scope == Scope::Customer && !self.earlier.numbers.is_empty() => {
                self.choices.pick(&self.earlier.numbers).clone()
            }
            3 => self.name(names.number),
            4 => format!("({} + {})", self.number(scope, deeper), self.number(scope, deeper)),
            5 => format!("({} - {})", self.number(scope, deeper), self.integer(scope, deeper)),
            6 => format!("({} * {})", self.number(scope, deeper), self.number(scope, deeper)),
            7 => match self.choices.below(3) {
                0 => format!("({} / {})", self.integer(scope, deeper), self.whole_divisor(scope, deeper)),
                1 => format!("({} / {})", self.number(scope, deeper), self.divisor(scope, deeper)),
                _ => format!("({} / {})", self.money(scope, deeper), self.name(names.money)),
            },
            8 => format!("({} otherwise {})", self.number(scope, deeper), self.number(scope, deeper)),
            9 => {
                let way = self.written(&[
                    "rounded",
                    "rounded up",
                    "rounded down",
                    "rounded to 1 decimals",
                    "rounded down to 2 decimals",
                ]);
                format!("({} {way})", self.number(scope, deeper))
            }
            _ if scope == Scope::Customer => {
                let aggregate =
                    self.written(&["sum of", "average of", "smallest", "largest", "first", "latest", "most frequent"]);
                let (table, field, inner) = self
                    .choices
                    .pick(&[
                        ("buys", "disc", Scope::Buys),
                        ("visits", "score", Scope::Visits),
                        ("pets", "weight", Scope::Pets),
                        ("buys", "unit_disc", Scope::Buys),
                    ])
                    .to_owned();
                let aggregate = if inner == Scope::Pets && ["first", "latest"].contains(&aggregate.as_str()) {
                    "largest".to_owned()
                } else {
                    aggregate
                };
                let tail = self.tail(inner, scope, deeper);
                format!("({aggregate} {table}.{field}{tail})")
            }
            _ => self.name(names.number),
        }
    }

    /// Money in dollars.
    fn money(&mut self, scope: Scope, depth: usize) -> String {
        let names = scope.names();
        let deeper = depth.saturating_sub(1);
        match self.choices.below(if depth == 0 { 4 } else { 12 }) {
            0 | 1 => self.name(names.money),
            2 => self.written(WRITTEN_MONEY),
            3 if scope == Scope::Customer && !self.earlier.moneys.is_empty() => {
                self.choices.pick(&self.earlier.moneys).clone()
            }
            3 => self.name(names.money),
            4 => format!("({} + {})", self.money(scope, deeper), self.money(scope, deeper)),
            5 => format!("({} - {})", self.money(scope, deeper), self.money(scope, deeper)),
            6 => format!("({} * {})", self.integer(scope, deeper), self.money(scope, deeper)),
            7 => format!("({} * {})", self.money(scope, deeper), self.number(scope, deeper)),
            8 => match self.choices.below(2) {
                0 => format!("({} / {})", self.money(scope, deeper), self.whole_divisor(scope, deeper)),
                _ => format!("({} / {})", self.money(scope, deeper), self.divisor(scope, deeper)),
            },
            9 => format!("({} otherwise {})", self.money(scope, deeper), self.money(scope, deeper)),
            10 => {
                let way =
                    self.written(&["rounded", "rounded up", "rounded down to 1 decimals", "rounded to 2 decimals"]);
                format!("({} {way})", self.money(scope, deeper))
            }
            _ if scope == Scope::Customer => {
                let aggregate =
                    self.written(&["sum of", "average of", "smallest", "largest", "first", "latest", "most frequent"]);
                let path = self.written(&["buys.price", "buys.paid", "buys.items.cost", "buys.items.sku.list_price"]);
                let nested = path.starts_with("buys.items");
                let tail = self.tail(if nested { Scope::Items } else { Scope::Buys }, scope, deeper);
                format!("({aggregate} {path}{tail})")
            }
            _ => self.name(names.money),
        }
    }

    fn date(&mut self, scope: Scope) -> String {
        let names = scope.names();
        match self.choices.below(6) {
            0..=2 => self.name(names.date),
            3 => self.written(&["2024-02-29", "2024-03-10", "2023-12-31", "2024-06-01", "1970-01-01"]),
            4 => self.written(&["today", "yesterday"]),
            _ => format!(
                "({} {} {} {})",
                self.name(names.date),
                self.written(&["+", "-"]),
                self.written(&["1", "2", "12", "0"]),
                self.written(&["months", "days", "weeks", "years"])
            ),
        }
    }

    fn instant(&mut self, scope: Scope) -> String {
        let names = scope.names();
        match self.choices.below(6) {
            0..=2 => self.name(names.instant),
            3 => self.written(&["2024-03-10 02:30", "2024-06-01 12:00", "2024-02-29 00:00", "2023-12-31 23:59:59"]),
            4 => "now".to_owned(),
            _ => format!(
                "({} {} {} {})",
                self.name(names.instant),
                self.written(&["+", "-"]),
                self.written(&["1", "2", "30", "0"]),
                self.written(&["hours", "days", "months", "minutes"])
            ),
        }
    }

    fn part_of_date(&mut self, scope: Scope) -> String {
        let names = scope.names();
        let instant = self.choices.once_in(2);
        let name = if instant { self.name(names.instant) } else { self.name(names.date) };
        match self.choices.below(7) {
            0 => format!(
                "month of {name} is one of {}",
                self.written(&["february, march", "december", "june, july, august"])
            ),
            1 => format!("weekday of {name} is {}", self.written(&["monday", "friday", "sunday"])),
            2 => format!("year of {name} {} 2024", self.written(COMPARISONS)),
            3 => format!("day of {name} {} {}", self.written(COMPARISONS), self.written(&["15", "29", "1"])),
            4 => format!("quarter of {name} is {}", self.written(&["1", "2", "4"])),
            5 => {
                let name = self.name(names.instant);
                format!("hour of {name} {} {}", self.written(COMPARISONS), self.written(&["12", "2", "0", "23"]))
            }
            _ => format!("date of {} is {}", self.name(names.instant), self.date(scope)),
        }
    }

    /// A window for a test after `is` (`test`) or after an aggregate.
    fn window(&mut self, only_date: bool, test: bool) -> String {
        let count = self.written(&["1", "2", "7", "30", "90", "12"]);
        let unit = if only_date {
            self.written(&["days", "weeks", "months", "years", "quarters"])
        } else {
            self.written(&["days", "weeks", "months", "hours", "years", "minutes", "quarters"])
        };
        match self.choices.below(15) {
            0..=2 => format!("in the last {count} {unit}"),
            3 => format!(
                "in the last {} whole {}",
                self.written(&["1", "2", "3"]),
                self.written(&["days", "weeks", "months", "quarters", "years"])
            ),
            4 => format!("more than {count} {unit} ago"),
            5 => format!(
                "from {} to {} {} ago",
                self.written(&["60", "30", "3"]),
                self.written(&["30", "2", "1", "0"]),
                if only_date { "days".to_owned() } else { unit }
            ),
            6 => format!("since {}", self.written(&["2024-03-01", "2024-02-29", "yesterday"])),
            7 => format!("before {}", self.written(&["2024-03-01", "2024-11-03", "today"])),
            8 => format!(
                "from {}",
                self.written(&["2024-01-01 to 2024-06-30", "2023-12-31 to 2024-03-10", "2024-03-10 to 2024-03-10"])
            ),
            9 => format!("this {}", self.written(&["month", "week", "year", "quarter", "day"])),
            10 => format!("last {}", self.written(&["month", "week", "year", "quarter", "day"])),
            11 => self.written(&["on weekdays", "on weekends", "on mondays, fridays"]),
            12 if !only_date => self.written(&["from 07:00 to 10:00", "from 22:00 to 06:00", "from 00:00 to 12:30"]),
            13 if test => format!("in the next {count} {unit}"),
            13 => format!("exactly {} days ago", self.written(&["1", "4", "7"])),
            14 => format!("after {}", self.written(&["2024-03-09", "2024-02-29", "2023-12-31"])),
            _ => format!("less than {count} {unit} ago"),
        }
    }

    /// Rows to ask about from a scope: the text and the rows' own scope.
    fn source(&mut self, scope: Scope) -> Option<(&'static str, Scope)> {
        match scope {
            Scope::Customer => Some(*self.choices.pick(&[
                ("buys", Scope::Buys),
                ("visits", Scope::Visits),
                ("pets", Scope::Pets),
                ("homes", Scope::Homes),
                ("buys.items", Scope::Items),
            ])),
            Scope::Buys => Some(("items", Scope::Items)),
            _ => None,
        }
    }

    fn windows_for(&mut self, inner: Scope, outer: Scope) -> String {
        let timed = outer == Scope::Customer && matches!(inner, Scope::Buys | Scope::Visits | Scope::Items);
        if !timed || self.choices.once_in(3) {
            return String::new();
        }
        let only_date = inner == Scope::Visits;
        let mut text = format!(" {}", self.window(only_date, false));
        if self.choices.once_in(4) {
            text += if only_date { " on weekdays" } else { " on weekends from 07:00 to 19:00" };
        }
        text
    }

    /// Windows and `where` after an aggregate's path.
    fn tail(&mut self, inner: Scope, outer: Scope, depth: usize) -> String {
        let mut text = self.windows_for(inner, outer);
        if self.choices.once_in(2) {
            text += &format!(" where ({})", self.condition(inner, depth.min(2)));
        }
        text
    }

    fn rows(&mut self, scope: Scope, depth: usize, _any: bool) -> Option<String> {
        let (table, inner) = self.source(scope)?;
        let tail = self.tail(inner, scope, depth - 1);
        Some(format!("{table}{tail}"))
    }

    fn aggregate_integer(&mut self, scope: Scope, depth: usize) -> Option<String> {
        if scope == Scope::Customer && self.choices.once_in(5) {
            return Some(self.written(&[
                "number of tags",
                "number of different nums",
                "sum of nums",
                "largest nums",
                "smallest nums",
                "number of hobby",
            ]));
        }
        let (table, inner) = self.source(scope)?;
        let field = match inner {
            Scope::Buys => {
                self.written(&["qty", "shop.region", "note", "kind", "price", "bought", "due", "disc", "gift"])
            }
            Scope::Visits => self.written(&["secs", "page", "day", "score"]),
            Scope::Pets => self.written(&["age", "species", "weight"]),
            Scope::Homes => self.written(&["rooms", "town", "rent"]),
            _ => self.written(&["count", "sku", "sku.category", "cost"]),
        };
        let whole = match inner {
            Scope::Buys => "qty",
            Scope::Visits => "secs",
            Scope::Pets => "age",
            Scope::Homes => "rooms",
            _ => "count",
        };
        let tail = self.tail(inner, scope, depth);
        Some(match self.choices.below(8) {
            0 | 1 => format!("number of {table}{tail}"),
            2 | 3 => format!("number of different {table}.{field}{tail}"),
            4 => format!("sum of {table}.{whole}{tail}"),
            5 => format!("smallest {table}.{whole}{tail}"),
            6 => format!("most frequent {table}.{whole}{tail}"),
            _ if scope == Scope::Customer && matches!(inner, Scope::Buys | Scope::Visits) => {
                format!("{} {table}.{whole}{tail}", self.written(&["first", "latest"]))
            }
            _ => format!("largest {table}.{whole}{tail}"),
        })
    }

    fn compare_aggregate(&mut self, depth: usize) -> String {
        let operator = self.written(COMPARISONS);
        match self.choices.below(3) {
            0 => {
                let aggregate = self.aggregate_integer(Scope::Customer, depth - 1).unwrap_or_default();
                format!("({aggregate}) {operator} {}", self.written(&["1", "2", "0", "3"]))
            }
            1 => {
                let tail = self.tail(Scope::Buys, Scope::Customer, depth - 1);
                format!(
                    "({} buys.price{tail}) {operator} 10 USD",
                    self.written(&["sum of", "average of", "largest", "smallest"])
                )
            }
            _ => {
                let tail = self.tail(Scope::Visits, Scope::Customer, depth - 1);
                format!("(average of visits.secs{tail}) {operator} {}", self.written(&["1.0", "2.5", "0.0"]))
            }
        }
    }

    /// A trait that is no number: text, date, instant, id, boolean, duration.
    fn other_value(&mut self) -> String {
        let tail = self.tail(Scope::Buys, Scope::Customer, 2);
        match self.choices.below(9) {
            0 => format!(
                "most frequent buys.{}{tail}",
                self.written(&["note", "shop.label", "kind", "shop.region", "shop.region.title", "due"])
            ),
            1 => format!("first buys.{}{tail}", self.written(&["note", "bought", "shop", "gift", "kind", "price"])),
            2 => format!(
                "latest buys.{}{tail}",
                self.written(&["note", "bought", "shop.region.title", "gift", "due", "disc"])
            ),
            3 => format!("largest buys.{}{tail}", self.written(&["bought", "due", "note", "line"])),
            4 => format!("smallest buys.{}{tail}", self.written(&["bought", "shop.opened", "note", "line"])),
            5 => format!("time since (latest buys.bought{tail})"),
            6 => format!("nick otherwise {}", self.written(&["city", "\"none\"", "company.industry"])),
            7 => self.date(Scope::Customer),
            _ => {
                let tail = self.tail(Scope::Items, Scope::Customer, 1);
                format!("most frequent buys.items.{}{tail}", self.written(&["sku", "sku.category", "count", "cost"]))
            }
        }
    }
}
