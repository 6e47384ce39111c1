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
    let people = customers.len();
    for (at, stream) in customers.iter().enumerate() {
        let mut maker = Maker { choices: Choices::new(stream), now, people };
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
    let mut maker = Maker { choices: Choices::new(reference), now, people };
    tables.insert("companies", (1..=3).map(|at| maker.company(at)).collect());
    tables.insert("regions", (1..=2).map(|at| maker.region(at)).collect());
    tables.insert("shops", (1..=3).map(|at| maker.shop(at)).collect());
    tables.insert("products", (1..=4).map(|at| maker.product(at)).collect());
    tables
}

struct Maker<'a> {
    choices: Choices<'a>,
    now: i64,
    /// How many customers there are.
    people: usize,
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

    fn share(&mut self) -> Cell {
        Cell::Number(*self.choices.pick(SHARES))
    }

    fn length(&mut self) -> Cell {
        let pool = if self.choices.once_in(12) { DURATIONS } else { &DURATIONS[..10] };
        text(*self.choices.pick(pool))
    }

    /// One of `cells` again, once in a while: equal values are rare otherwise.
    fn or_again(&mut self, cell: Cell, cells: &[&Cell]) -> Cell {
        if self.choices.once_in(6) { (*self.choices.pick(cells)).clone() } else { cell }
    }

    fn place(&mut self) -> Cell {
        let pool = if self.choices.once_in(3) { PLACES } else { &PLACES[..5] };
        let written = *self.choices.pick(pool);
        let degrees = |text: &str| Cell::Number(text.trim().parse().unwrap_or_default());
        match written.split_once(',') {
            Some((north, east)) if self.choices.once_in(4) => {
                Cell::Record(vec![("lat", degrees(north)), ("lon", degrees(east))])
            }
            _ => text(written),
        }
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
        if self.choices.once_in(8) {
            return text(*self.choices.pick(INSTANTS));
        }
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

    /// Another customer's key; some are of nobody.
    fn friend(&mut self) -> Cell {
        if self.choices.once_in(3) { Cell::Missing } else { self.id(self.people) }
    }

    fn customer(&mut self, key: &str) -> Row {
        let (flag, sure) = (self.boolean(), self.boolean());
        let (n, m) = (self.integer(), self.integer());
        let (x, y) = (self.number(), self.optional_number());
        let (cash, tip) = (self.money(), self.money());
        let (rate, cut) = (self.share(), self.share());
        let (pause, wait) = (self.length(), self.length());
        let (city, nick) = (self.words(), self.words());
        let (since_day, born) = (self.date(), self.date());
        let (joined, left) = (self.instant(), self.instant());
        let (home_zone, zone) = (self.listed(DATA_ZONES), self.listed(DATA_ZONES));
        let (m, y, tip) = (self.or_again(m, &[&n]), self.or_again(y, &[&x]), self.or_again(tip, &[&cash]));
        let (wait, left) = (self.or_again(wait, &[&pause]), self.or_again(left, &[&joined]));
        let (nick, born) = (self.or_again(nick, &[&city]), self.or_again(born, &[&since_day]));
        let hundredths = match rate {
            Cell::Number(rate) => Cell::Number(rate * 100.0),
            other => other,
        };
        let plan = self.listed(&["free", "plus", "free trial", "unlisted"]);
        let nums = self.list(Maker::integer);
        let fees = self.list(Maker::money);
        let refs = self.list(|maker| maker.listed(&["1", "2", "x7"]));
        let bits = Cell::Integer(self.choices.below(8) as i64);
        let (home, spot) = (self.place(), self.place());
        vec![
            ("id", text(key)),
            ("flag", flag),
            ("maybe", self.maybe(sure)),
            ("n", n),
            ("m", self.maybe(m)),
            ("x", x),
            ("y", y),
            ("cash", cash),
            ("tip", self.maybe(tip)),
            ("rate", self.maybe(hundredths)),
            ("cut", cut),
            ("pause", pause),
            ("wait", self.maybe(wait)),
            ("city", city),
            ("nick", self.maybe(nick)),
            ("plan", self.maybe(plan)),
            ("tier", self.listed(&["gold", "silver", "bronze"])),
            ("born", self.maybe(born)),
            ("since_day", since_day),
            ("joined", joined),
            ("left", self.maybe(left)),
            ("zone", self.maybe(zone)),
            ("home_zone", home_zone),
            ("tags", self.list(Maker::words)),
            ("nums", self.maybe(nums)),
            ("sizes", self.list(Maker::number)),
            ("fees", self.maybe(fees)),
            ("feasts", self.list(Maker::date)),
            ("refs", self.maybe(refs)),
            ("hobby", self.list(|maker| maker.listed(&["hiking", "cycling", "chess"]))),
            ("skills", self.maybe(bits)),
            ("company", self.id(3)),
            ("friend", self.friend()),
            ("home", self.maybe(home)),
            ("spot", spot),
            ("homes", self.list(Maker::home)),
        ]
    }

    fn home(&mut self) -> Cell {
        let (rooms, rent, built, site) = (self.integer(), self.money(), self.date(), self.place());
        Cell::Record(vec![
            ("rooms", self.maybe(rooms)),
            ("town", self.words()),
            ("rent", self.maybe(rent)),
            ("built", self.maybe(built)),
            ("site", self.maybe(site)),
            ("marks", self.list(Maker::words)),
        ])
    }

    fn buy(&mut self, customer: &str, line: usize) -> Row {
        // Keys are given out of order and partly as text, so ties of time are settled by them.
        let key = if self.choices.once_in(6) { format!("k{line}") } else { (100_000 - line).to_string() };
        let (bought, paid_at) = (self.instant(), self.instant());
        let paid_at = self.or_again(paid_at, &[&bought]);
        let (price, note, due, gift) = (self.money(), self.words(), self.date(), self.boolean());
        let kind = self.listed(&["red", "green", "blue"]);
        let (tax, took, zone) = (self.share(), self.length(), self.listed(DATA_ZONES));
        let (marks, here) = (self.list(Maker::words), self.place());
        vec![
            ("buyer", text(customer)),
            ("bought", bought),
            ("line", text(key)),
            ("shop", self.id(3)),
            ("referrer", self.friend()),
            ("qty", self.integer()),
            ("disc", self.optional_number()),
            ("price", self.maybe(price)),
            ("tax", self.maybe(tax)),
            ("took", self.maybe(took)),
            ("note", self.maybe(note)),
            ("kind", self.maybe(kind)),
            ("due", self.maybe(due)),
            ("paid_at", self.maybe(paid_at)),
            ("gift", self.maybe(gift)),
            ("zone", self.maybe(zone)),
            ("marks", self.maybe(marks)),
            ("here", self.maybe(here)),
            ("codes", self.list(Maker::integer)),
            ("items", self.list(Maker::item)),
        ]
    }

    fn item(&mut self) -> Cell {
        let (count, cost, labels) = (self.integer(), self.money(), self.list(Maker::words));
        let sku = match self.id(4) {
            Cell::Missing => text("1"),
            known => known,
        };
        Cell::Record(vec![
            ("sku", sku),
            ("count", self.maybe(count)),
            ("cost", self.maybe(cost)),
            ("labels", self.maybe(labels)),
            ("parts", self.list(Maker::part)),
        ])
    }

    fn part(&mut self) -> Cell {
        let size = self.integer();
        Cell::Record(vec![("size", self.maybe(size)), ("maker", self.words())])
    }

    fn visit(&mut self, customer: &str) -> Row {
        let secs = self.integer();
        let (note, shop) = (self.words(), self.id(3));
        vec![
            ("buyer", text(customer)),
            ("day", self.date()),
            ("note", self.maybe(note)),
            ("shop", shop),
            ("page", self.words()),
            ("secs", self.maybe(secs)),
            ("score", self.number()),
            ("guide", self.friend()),
            ("length", self.length()),
        ]
    }

    fn pet(&mut self, customer: &str) -> Row {
        let (species, age) = (self.words(), self.integer());
        vec![
            ("buyer", text(customer)),
            ("species", self.maybe(species)),
            ("age", self.maybe(age)),
            ("weight", self.optional_number()),
            ("vet", self.friend()),
            ("toys", self.list(Maker::words)),
        ]
    }

    fn company(&mut self, at: usize) -> Row {
        let (industry, worth) = (self.words(), self.money());
        let codes = self.list(Maker::integer);
        vec![
            ("company", text(at.to_string())),
            ("industry", self.maybe(industry)),
            ("size", self.integer()),
            ("worth", self.maybe(worth)),
            ("region", self.id(2)),
            ("owner", self.friend()),
            ("codes", self.maybe(codes)),
            ("offices", self.list(Maker::office)),
        ]
    }

    fn office(&mut self) -> Cell {
        let place = self.words();
        Cell::Record(vec![("place", self.maybe(place)), ("desks", self.integer())])
    }

    fn region(&mut self, at: usize) -> Row {
        let (climate, fee) = (self.listed(&["warm", "cold"]), self.listed(&["45%", "10", "0.5%"]));
        vec![
            ("region", text(at.to_string())),
            ("title", self.words()),
            ("climate", self.maybe(climate)),
            ("area", self.optional_number()),
            ("fee", self.maybe(fee)),
            ("zone", self.listed(DATA_ZONES)),
        ]
    }

    fn shop(&mut self, at: usize) -> Row {
        let (opened, queue, place) = (self.date(), self.length(), self.place());
        vec![
            ("shop", text(at.to_string())),
            ("label", self.words()),
            ("region", self.id(2)),
            ("opened", self.maybe(opened)),
            ("manager", self.friend()),
            ("signs", self.list(Maker::words)),
            ("queue", self.maybe(queue)),
            ("place", self.maybe(place)),
        ]
    }

    fn product(&mut self, at: usize) -> Row {
        let (category, price, made) = (self.words(), self.money(), self.instant());
        vec![
            ("sku", text(at.to_string())),
            ("category", self.maybe(category)),
            ("weight", self.optional_number()),
            ("list_price", self.maybe(price)),
            ("made", self.maybe(made)),
            ("labels", self.list(Maker::words)),
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
