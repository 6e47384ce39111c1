//! One customer at a time through 100 segments: Segue, and the expression engines that people embed for it.
//!
//! `segue-bench-record FOLDER` with the folder of `segments.json` and `conditions.json` (`generate.py defs` writes them);
//! with `alone` after it only Segue runs, for longer; with `alone struct` or `alone json` only that one of its two sides,
//! so that a profiler sees nothing else.
//! Every side gets the same customers, made from a seed, and the same definitions in its own language, compiled before. What is
//! timed is what a service does for each request: giving the engine the customer's values, or its JSON text, and asking
//! for all segments. All sides are asked in turn, round by round; the medians are printed, and all must find the same.
//!
//! A side's turn is a pass over the customers that is not timed, and then passes for 20 ms or, where it takes longer, one. A
//! pass is a millisecond for the quickest side and half a second for the slowest, which leaves nothing of the others in
//! the caches: without the first pass the quick ones would be timed while they are fetching their data.

mod constructs;
#[path = "../../src/definitions.rs"]
#[expect(dead_code, reason = "the benchmark of runs, whose they are, uses more of them")]
mod definitions;
mod events;
mod peers;
mod records;
mod segue;

use records::Customer;
use std::time::{Duration, Instant};

/// What can go wrong, in words.
type Failure = Box<dyn std::error::Error>;

/// A side: works all customers out and gives how many memberships there are, by segment.
struct Side<'a> {
    name: &'static str,
    from_json: bool,
    run: Box<dyn FnMut(&mut [u32]) -> Result<(), Failure> + 'a>,
}

const SEGMENTS: usize = 100;
const CUSTOMERS: usize = 2000;
const ROUNDS: usize = 15;
/// What is timed at once takes at least so long.
const TURN: Duration = Duration::from_millis(20);

/// Microseconds that a pass takes, in its turn.
fn turn(mut pass: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    pass()?;
    let started = Instant::now();
    let mut passes = 0;
    while passes == 0 || started.elapsed() < TURN {
        pass()?;
        passes += 1;
    }
    Ok(started.elapsed().as_secs_f64() * 1e6 / f64::from(passes))
}

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("which folder holds segments.json and conditions.json?")?;
    let text = std::fs::read_to_string(format!("{folder}/segments.json"))?;
    let definitions: serde_json::Value = serde_json::from_str(&text)?;
    let chosen = records::chosen(&definitions, SEGMENTS)?;
    let customers: Vec<Customer> = records::customers(&definitions, CUSTOMERS)?;
    let mut sides = segue::sides(&chosen, &customers)?;
    let alone = std::env::args().nth(2).is_some_and(|word| word == "alone");
    match std::env::args().nth(3).as_deref() {
        _ if !alone => sides.extend(peers::sides(&chosen, &customers)?),
        Some("struct") => sides.retain(|side| !side.from_json),
        Some("json") => sides.retain(|side| side.from_json),
        _ => {}
    }

    let mut times = vec![Vec::new(); sides.len()];
    let mut found: Option<Vec<u32>> = None;
    let rounds = if alone { 40 * ROUNDS } else { ROUNDS };
    for _ in 0..rounds {
        for (side, times) in sides.iter_mut().zip(&mut times) {
            let mut counts = vec![0; SEGMENTS];
            let pass = turn(|| {
                counts.fill(0);
                (side.run)(&mut counts)
            })?;
            times.push(pass / CUSTOMERS as f64);
            match &found {
                Some(found) if *found != counts => return Err(format!("{} finds others", side.name).into()),
                _ => found = Some(counts),
            }
        }
    }
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    let own = |from_json: bool| {
        let mut both = sides.iter().zip(&medians);
        both.find(|(side, _)| side.from_json == from_json).map_or(f64::NAN, |(_, median)| *median)
    };
    println!(
        "{SEGMENTS} segments, {CUSTOMERS} customers, {rounds} rounds in turn; microseconds a record, median (least)"
    );
    for ((side, median), times) in sides.iter().zip(&medians).zip(&times) {
        let form = if side.from_json { "JSON" } else { "struct" };
        let least = times.first().copied().unwrap_or(f64::NAN);
        let times = median / own(side.from_json);
        println!("{:24} {form:6} {median:9.3} ({least:.3})   {times:6.1} times Segue", side.name);
    }
    let members: u32 = found.iter().flatten().sum();
    println!("all sides agree on {members} memberships");
    if alone {
        return Ok(());
    }
    events::print(&folder)?;
    constructs::print()
}
