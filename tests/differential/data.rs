//! Random data for the shared declarations: a stream of choices for each customer gives the customer and all that is theirs.

use crate::choices::Choices;
use crate::pools::*;
use std::collections::BTreeMap;

/// A cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Missing,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    /// Text, id, date or instant.
    Text(String),
    List(Vec<Cell>),
    Record(Vec<(&'static str, Cell)>),
}

/// A row by column.
pub(crate) type Row = Vec<(&'static str, Cell)>;

/// Rows by table.
pub(crate) type Tables = BTreeMap<&'static str, Vec<Row>>;

/// Makes all rows. `now` is the instant of the run in microseconds UTC.
pub(crate) fn tables(reference: &[u32], customers: &[Vec<u32>], now: i64) -> Tables {
    let mut tables: Tables =
        ["customers", "buys", "visits", "pets"].into_iter().map(|name| (name, Vec::new())).collect();
    let mut line = 0;
    for (at, stream) in customers.iter().enumerate() {
        let mut maker = Maker { choices: Choices::new(stream), now };
        let key = maker.customer_key(at);
        let row = maker.customer(&key);
        tables.entry("customers").or_default().push(row);
        for _ in 0..maker.choices.below(6) {
            line += 1;
            let row = maker.buy(&key, line);
            tables.entry("buys").or_default().push(row);
        }
        for _ in 0..maker.choices.below(5) {
            let row = maker.visit(&key);
            tables.entry("visits").or_default().push(row);
        }
        for _ in 0..maker.choices.below(3) {
            let row = maker.pet(&key);
            tables.entry("pets").or_default().push(row);
        }
    }
    let mut maker = Maker { choices: Choices::new(reference), now };
    tables.insert("companies", (1..=3).map(|at| maker.company(at)).collect());
    tables.insert("regions", (1..=2).map(|at| maker.region(at)).collect());
    tables.insert("shops", (1..=3).map(|at| maker.shop(at)).collect());
    tables.insert("products", (1..=4).map(|at| maker.product(at)).collect());
    tables
}

struct Maker<'a> {
    choices: Choices<'a>,
    now: i64,
}

const DAY: i64 = 86_400_000_000;

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

impl Maker<'_> {
    /// Keys order as numbers where they can; some are text.
    fn customer_key(&mut self, at: usize) -> String {
        if self.choices.once_in(8) { format!("x{at}") } else { (at + 1).to_string() }
    }

    fn maybe(&mut self, cell: Cell) -> Cell {
        if self.choices.once_in(4) { Cell::Missing } else { cell }
    }

    fn boolean(&mut self) -> Cell {
        Cell::Boolean(self.choices.once_in(2))
    }

    fn integer(&mut self) -> Cell {
        // Extremes are rare, or they would drown everything in overflow.
        let pool = if self.choices.once_in(12) { INTEGERS } else { &INTEGERS[..8] };
        Cell::Integer(*self.choices.pick(pool))
    }

    fn number(&mut self) -> Cell {
        let pool = if self.choices.once_in(12) { NUMBERS } else { &NUMBERS[..10] };
        Cell::Number(*self.choices.pick(pool))
    }

    fn optional_number(&mut self) -> Cell {
        match self.choices.below(8) {
            6 => Cell::Missing,
            7 => Cell::Number(f64::NAN),
            _ => self.number(),
        }
    }

    fn money(&mut self) -> Cell {
        let pool = if self.choices.once_in(12) { MONEY } else { &MONEY[..10] };
        let units = *self.choices.pick(pool);
        let (sign, size) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
        text(format!("{sign}{}.{:04}", size / 10_000, size % 10_000))
    }

    fn words(&mut self) -> Cell {
        let pool = if self.choices.once_in(2) { TEXTS } else { &TEXTS[..6] };
        text(*self.choices.pick(pool))
    }

    fn listed(&mut self, values: &[&str]) -> Cell {
        text(*self.choices.pick(values))
    }

    fn days_ago(&mut self) -> i64 {
        let pool = if self.choices.once_in(2) { DAYS_AGO } else { &DAYS_AGO[..20] };
        *self.choices.pick(pool)
    }

    fn date(&mut self) -> Cell {
        let day = self.now.div_euclid(DAY) - self.days_ago();
        text(written_date(day))
    }

    fn instant(&mut self) -> Cell {
        let hours = [0, 1, 2, 5, 12, 23, -1, 7];
        let small = [0, 0, 0, 1, -1, 1_000_000, -1_000_000];
        let mut at =
            self.now - self.days_ago() * DAY - self.choices.pick(&hours) * (DAY / 24) + self.choices.pick(&small);
        if self.choices.once_in(4) {
            at = at.div_euclid(DAY) * DAY;
        }
        text(written_instant(at))
    }

    fn id(&mut self, count: usize) -> Cell {
        match self.choices.below(count + 2) {
            none if none == count => text("99"),
            missing if missing == count + 1 => Cell::Missing,
            at => text((at + 1).to_string()),
        }
    }

    fn list(&mut self, mut element: impl FnMut(&mut Self) -> Cell) -> Cell {
        let length = self.choices.below(4);
        Cell::List((0..length).map(|_| element(self)).collect())
    }

    fn customer(&mut self, key: &str) -> Row {
        let mut row: Row = vec![("id", text(key))];
        row.push(("flag", self.boolean()));
        let cell = self.boolean();
        row.push(("maybe", self.maybe(cell)));
        row.push(("n", self.integer()));
        let cell = self.integer();
        row.push(("m", self.maybe(cell)));
        row.push(("x", self.number()));
        row.push(("y", self.optional_number()));
        row.push(("cash", self.money()));
        let cell = self.money();
        row.push(("tip", self.maybe(cell)));
        let cell = Cell::Number(*self.choices.pick(&[45.0, 10.0, 0.0, 100.0, 33.3]));
        row.push(("rate", self.maybe(cell)));
        row.push(("city", self.words()));
        let cell = self.words();
        row.push(("nick", self.maybe(cell)));
        let cell = self.listed(&["free", "plus", "free trial", "unlisted"]);
        row.push(("plan", self.maybe(cell)));
        row.push(("tier", self.listed(&["gold", "silver"])));
        let cell = self.date();
        row.push(("born", self.maybe(cell)));
        row.push(("since_day", self.date()));
        row.push(("joined", self.instant()));
        let cell = self.instant();
        row.push(("left", self.maybe(cell)));
        row.push(("tags", self.list(Maker::words)));
        let cell = self.list(Maker::integer);
        row.push(("nums", self.maybe(cell)));
        row.push(("hobby", self.list(|maker| maker.listed(&["hiking", "cycling", "chess"]))));
        row.push(("company", self.id(3)));
        row.push(("homes", self.list(Maker::home)));
        row
    }

    fn home(&mut self) -> Cell {
        let rooms = self.integer();
        let rent = self.money();
        let built = self.date();
        Cell::Record(vec![
            ("rooms", self.maybe(rooms)),
            ("town", self.words()),
            ("rent", self.maybe(rent)),
            ("built", self.maybe(built)),
        ])
    }

    fn buy(&mut self, customer: &str, line: usize) -> Row {
        // Keys are given out of order and partly as text, so ties of time are settled by them.
        let key = if self.choices.once_in(6) { format!("k{line}") } else { (100_000 - line).to_string() };
        let mut row: Row = vec![("buyer", text(customer)), ("bought", self.instant()), ("line", text(key))];
        row.push(("shop", self.id(3)));
        row.push(("qty", self.integer()));
        row.push(("disc", self.optional_number()));
        let cell = self.money();
        row.push(("price", self.maybe(cell)));
        let cell = self.words();
        row.push(("note", self.maybe(cell)));
        let cell = self.listed(&["red", "green", "blue"]);
        row.push(("kind", self.maybe(cell)));
        let cell = self.date();
        row.push(("due", self.maybe(cell)));
        let cell = self.boolean();
        row.push(("gift", self.maybe(cell)));
        row.push(("items", self.list(Maker::item)));
        row
    }

    fn item(&mut self) -> Cell {
        let count = self.integer();
        let cost = self.money();
        let sku = match self.id(4) {
            Cell::Missing => text("1"),
            known => known,
        };
        Cell::Record(vec![("sku", sku), ("count", self.maybe(count)), ("cost", self.maybe(cost))])
    }

    fn visit(&mut self, customer: &str) -> Row {
        let cell = self.integer();
        vec![
            ("buyer", text(customer)),
            ("day", self.date()),
            ("page", self.words()),
            ("secs", self.maybe(cell)),
            ("score", self.number()),
        ]
    }

    fn pet(&mut self, customer: &str) -> Row {
        let species = self.words();
        let age = self.integer();
        vec![
            ("buyer", text(customer)),
            ("species", self.maybe(species)),
            ("age", self.maybe(age)),
            ("weight", self.optional_number()),
        ]
    }

    fn company(&mut self, at: usize) -> Row {
        let industry = self.words();
        let worth = self.money();
        vec![
            ("company", text(at.to_string())),
            ("industry", self.maybe(industry)),
            ("size", self.integer()),
            ("worth", self.maybe(worth)),
            ("region", self.id(2)),
        ]
    }

    fn region(&mut self, at: usize) -> Row {
        let climate = self.listed(&["warm", "cold"]);
        vec![
            ("region", text(at.to_string())),
            ("title", self.words()),
            ("climate", self.maybe(climate)),
            ("area", self.optional_number()),
        ]
    }

    fn shop(&mut self, at: usize) -> Row {
        let opened = self.date();
        vec![
            ("shop", text(at.to_string())),
            ("label", self.words()),
            ("region", self.id(2)),
            ("opened", self.maybe(opened)),
        ]
    }

    fn product(&mut self, at: usize) -> Row {
        let category = self.words();
        let price = self.money();
        vec![
            ("sku", text(at.to_string())),
            ("category", self.maybe(category)),
            ("weight", self.optional_number()),
            ("list_price", self.maybe(price)),
        ]
    }
}

/// A day since 1970-01-01 as `2024-02-29` (days to civil date after Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn written_date(day: i64) -> String {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// An instant as `2024-02-29T12:00:00.000000Z`.
pub(crate) fn written_instant(micros: i64) -> String {
    let (day, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let seconds = rest / 1_000_000;
    format!(
        "{}T{:02}:{:02}:{:02}.{:06}Z",
        written_date(day),
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        rest % 1_000_000
    )
}
