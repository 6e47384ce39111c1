//! Which file holds the customers, which ones events, records and tables, and which ids point at which table.
#![expect(clippy::indexing_slicing, reason = "the places in a role are of that file's columns")]

use super::look::FileProfile;
use super::profile::{ColumnProfile, DATE, INTEGER, LIST, MOMENT, RECORD, TEXT};
use super::words;
use std::cmp::Reverse;

/// What a file holds; columns by their place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    Customers {
        key: usize,
    },
    Events {
        by: usize,
        at: usize,
        key: Option<usize>,
    },
    Records {
        by: usize,
        key: Option<usize>,
    },
    Table {
        key: usize,
    },
    /// Nothing that rules could use.
    Nothing,
}

/// The roles of all files.
#[derive(Debug, Clone)]
pub(crate) struct Roles {
    /// By file.
    pub(crate) roles: Vec<Role>,
    /// The customers' key as files call it.
    pub(crate) customer: String,
    /// Rows of events and records whose customer is not in the customers' file, and of how many.
    pub(crate) unknown: Option<(u64, u64)>,
}

impl Roles {
    /// The file that holds the customers.
    pub(crate) fn customers(&self) -> Option<usize> {
        self.roles.iter().position(|role| matches!(role, Role::Customers { .. }))
    }
}

/// Finds the roles; `wanted` names the column of the customer where the user did. `None` where no column names one.
pub(crate) fn roles(files: &[FileProfile], wanted: Option<&str>) -> Option<Roles> {
    let customer = match wanted {
        Some(name) => {
            files.iter().flat_map(|file| &file.columns).find(|column| crate::data::same_name(&column.name, name))?
        }
        None => customer_column(files)?,
    };
    let wanted_words = words::words(&customer.name);
    let customers = customers_file(files, &wanted_words);
    let by_values = |file: &FileProfile| {
        let (customers, key) = customers?;
        people_column(file, &files.get(customers)?.columns.get(key)?.distinct)
    };
    let named = |file: &FileProfile| place_of(file, &wanted_words).or_else(|| by_values(file));
    let role = |(at, file): (usize, &FileProfile)| {
        if let Some((_, key)) = customers.filter(|(customers, _)| *customers == at) {
            return Role::Customers { key };
        }
        let ids = key_columns(file);
        match named(file) {
            Some(by) => {
                let key = ids.into_iter().find(|key| *key != by);
                match time_column(file) {
                    Some(time) => Role::Events { by, at: time, key },
                    None => Role::Records { by, key },
                }
            }
            None => ids.first().map_or(Role::Nothing, |key| Role::Table { key: *key }),
        }
    };
    let roles: Vec<Role> = files.iter().enumerate().map(role).collect();
    let unknown = customers.map(|(at, key)| {
        let keys = &files[at].columns[key];
        let (mut rows, mut all) = (0, 0);
        for (file, role) in files.iter().zip(&roles) {
            if let Role::Events { by, .. } | Role::Records { by, .. } = role {
                let column = &file.columns[*by];
                let unknown = column.distinct.difference(&keys.distinct).count() as u64;
                // Rows are not counted by customer; the share of the customers stands for that of the rows.
                rows += file.rows * unknown / (column.distinct.len() as u64).max(1);
                all += file.rows;
            }
        }
        (rows, all)
    });
    Some(Roles { roles, customer: customer.name.clone(), unknown })
}

/// The column of this name, capitals and separators aside.
fn place_of(file: &FileProfile, wanted: &[String]) -> Option<usize> {
    file.columns.iter().position(|column| words::words(&column.name) == wanted && names_rows(column))
}

/// A column that is called after people, and whose values are mostly keys of the customers.
fn people_column(file: &FileProfile, keys: &rustc_hash::FxHashSet<u64>) -> Option<usize> {
    let share = |column: &ColumnProfile| if column.distinct.is_empty() { 0.0 } else { share_in(column, keys) };
    let fitting = file.columns.iter().enumerate().filter(|(_, column)| {
        names_rows(column) && words::is_people(&words::words(&column.name)) && share(column) >= 0.5
    });
    fitting.max_by(|(_, one), (_, other)| share(one).total_cmp(&share(other))).map(|(at, _)| at)
}

fn names_rows(column: &ColumnProfile) -> bool {
    column.is(INTEGER | TEXT) && !column.is(LIST) && !column.is(RECORD)
}

/// The column that most likely names the customer: an id whose name speaks of people, in as many files as possible.
fn customer_column(files: &[FileProfile]) -> Option<&ColumnProfile> {
    let mut best: Option<(i64, &ColumnProfile)> = None;
    for column in files.iter().flat_map(|file| &file.columns).filter(|column| names_rows(column)) {
        let name = words::words(&column.name);
        if !words::is_id(&name) {
            continue;
        }
        let places = || files.iter().filter_map(|file| place_of(file, &name).map(|at| (file, &file.columns[at])));
        let mut score = i64::try_from(places().count()).unwrap_or(0) * 10;
        if words::is_people(&name) {
            score += 1000;
        }
        // Events repeat it, and a file of its own does not.
        if places().any(|(file, column)| !column.is_unique() && time_column(file).is_some()) {
            score += 30;
        }
        if places().any(|(file, column)| column.is_unique() && words::is_people(&words::words(&file.stem))) {
            score += 500;
        }
        let least = places().map(|(_, column)| column.missing * 100 / column.rows.max(1)).max().unwrap_or(0);
        score -= i64::try_from(least).unwrap_or(0);
        if best.is_none_or(|(other, _)| score > other) {
            best = Some((score, column));
        }
    }
    best.map(|(_, column)| column)
}

/// The file with a row for each customer, and its key.
fn customers_file(files: &[FileProfile], customer: &[String]) -> Option<(usize, usize)> {
    let named = files.iter().enumerate().filter_map(|(at, file)| {
        let place = place_of(file, customer).filter(|place| file.columns[*place].is_unique())?;
        let about_people = words::is_people(&words::words(&file.stem));
        Some((about_people, time_column(file).is_none(), file.columns.len(), Reverse(at), place))
    });
    if let Some((.., Reverse(at), place)) = named.max() {
        return Some((at, place));
    }
    // A file called after the column whose key has another name: `users` with the key `id` for the column `user_id`.
    let base: Vec<&String> = customer.iter().filter(|word| !words::is_id(&["x".to_owned(), (*word).clone()])).collect();
    let used: Vec<&ColumnProfile> =
        files.iter().filter_map(|file| place_of(file, customer).map(|place| &file.columns[place])).collect();
    files.iter().enumerate().find_map(|(at, file)| {
        let key = *key_columns(file).first()?;
        let keys = &file.columns[key].distinct;
        let stem: Vec<String> = words::words(&file.stem).iter().map(|word| words::singular(word)).collect();
        let named_so = !base.is_empty() && stem.iter().collect::<Vec<_>>() == base;
        let shares: Vec<bool> = used.iter().map(|column| share_in(column, keys) >= 0.5).collect();
        (named_so && !shares.is_empty() && shares.iter().all(|most| *most)).then_some((at, key))
    })
}

/// Columns that tell rows apart, the likeliest key first.
fn key_columns(file: &FileProfile) -> Vec<usize> {
    let stem: Vec<String> = words::words(&file.stem).iter().map(|word| words::singular(word)).collect();
    let mut found: Vec<(Reverse<u32>, usize)> = Vec::new();
    for (at, column) in file.columns.iter().enumerate() {
        let name = words::words(&column.name);
        if !column.is_unique() || !names_rows(column) || column.is(DATE) || column.is(MOMENT) || !words::is_id(&name) {
            continue;
        }
        let mut score = 1;
        if name.first().is_some_and(|first| stem.contains(first)) || name.len() == 1 {
            score += 4;
        }
        if at == 0 {
            score += 2;
        }
        found.push((Reverse(score), at));
    }
    found.sort();
    found.into_iter().map(|(_, at)| at).collect()
}

/// The column that says when something happened.
fn time_column(file: &FileProfile) -> Option<usize> {
    let moments = file.columns.iter().enumerate().filter(|(_, column)| column.is(MOMENT | DATE));
    let scored = moments.map(|(at, column)| {
        let missing = i32::try_from(column.missing * 20 / column.rows.max(1)).unwrap_or(20);
        let precise = if column.is(DATE) { 0 } else { 2 };
        (words::time_score(&words::words(&column.name)) + precise - missing, Reverse(at))
    });
    scored.filter(|(score, _)| *score > -10).max().map(|(_, Reverse(at))| at)
}

/// The share of a column's different values that are among the keys.
fn share_in(column: &ColumnProfile, keys: &rustc_hash::FxHashSet<u64>) -> f64 {
    let found = column.distinct.iter().filter(|value| keys.contains(value)).count();
    found as f64 / column.distinct.len().max(1) as f64
}

/// Where a column points at, and how many of its different values are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    /// The file of the table.
    pub(crate) file: usize,
    pub(crate) distinct: u64,
    pub(crate) absent: u64,
}

/// The table whose rows a column names.
pub(crate) fn pointer(files: &[FileProfile], roles: &Roles, own: usize, column: &ColumnProfile) -> Option<Pointer> {
    if !names_rows(column) {
        return None;
    }
    let name = words::words(&column.name);
    let mut best: Option<(bool, f64, Pointer)> = None;
    for (at, (file, role)) in files.iter().zip(&roles.roles).enumerate() {
        let Role::Table { key } = role else { continue };
        if at == own {
            continue;
        }
        let keys = &file.columns[*key];
        let key_name = words::words(&keys.name);
        let of_table: Vec<String> = words::words(&file.stem).iter().map(|word| words::singular(word)).collect();
        let base: Vec<String> = name.iter().filter(|word| !words::is_id(std::slice::from_ref(word))).cloned().collect();
        let by_name = name == key_name && name.len() > 1 || !base.is_empty() && base == of_table;
        let share = share_in(column, &keys.distinct);
        let (own_count, key_count) = (column.distinct.len(), keys.distinct.len());
        let by_values = words::is_id(&name) && share >= 0.95 && own_count >= 10 && own_count * 5 >= key_count;
        if by_name && share >= 0.5 || by_values {
            let distinct = own_count as u64;
            let absent = column.distinct.difference(&keys.distinct).count() as u64;
            let found = (by_name, share, Pointer { file: at, distinct, absent });
            if best.as_ref().is_none_or(|best| (found.0, found.1) > (best.0, best.1)) {
                best = Some(found);
            }
        }
    }
    best.map(|(.., pointer)| pointer)
}
