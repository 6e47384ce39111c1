//! Random rules over random data: the engine must give what the interpreter gives, floats to the bit, problems included.
//!
//! `SEGUE_DIFFERENTIAL_CASES` sets how many cases run (default 1500) and `SEGUE_DIFFERENTIAL_SEED` the seed, which is printed.
//! A case that differs is shrunk and written to `kept/` as a page with its rules and rows; every run tries those pages too.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod base;
mod build;
mod cases;
mod choices;
mod conditions;
mod coverage;
mod data;
mod kept;
mod kinds;
mod nodes;
mod others;
mod pools;
mod ranges;
mod rows;
mod rules;
mod schema;
mod scores;
mod values;

use cases::{Case, strategy};
use coverage::Coverage;
use kept::Kept;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn kept_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("differential/kept")
}

/// Runs a case, a panic of either engine being a difference too.
fn difference(case: &Case, coverage: &mut Coverage) -> Option<String> {
    let run = std::panic::AssertUnwindSafe(|| case.difference(coverage));
    match std::panic::catch_unwind(run) {
        Ok(difference) => difference,
        Err(_) => Some("an engine panicked".to_owned()),
    }
}

/// Shrinks a failing case as far as it goes within a bound on tries.
fn shrink(mut tree: impl ValueTree<Value = Case>) -> Case {
    let mut smallest = tree.current();
    let mut tries = 0;
    let most = setting("SEGUE_DIFFERENTIAL_SHRINKS", 600);
    while tries < most {
        tries += 1;
        let simpler = if difference(&tree.current(), &mut Coverage::default()).is_some() {
            smallest = tree.current();
            tree.simplify()
        } else {
            tree.complicate()
        };
        if !simpler {
            break;
        }
    }
    smallest
}

/// Cases kept from earlier failures.
#[test]
fn kept_cases_agree() {
    for file in segue_tests::page::pages_below(&kept_folder()) {
        for kept in Kept::read(&file) {
            let difference = kept.difference().unwrap_or_else(|messages| panic!("{}: {messages}", file.display()));
            assert_eq!(difference, None, "{}", file.display());
        }
    }
}

/// The generator writes only rules that check, so a refusal is a mistake of it or of the checker.
#[test]
fn generated_rules_check() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let mut refused = std::collections::BTreeMap::new();
    for _ in 0..setting("SEGUE_DIFFERENTIAL_CASES", 400) {
        let case = strategy().new_tree(&mut runner).unwrap().current();
        if let Err(messages) = case.program() {
            for message in messages.lines() {
                refused.entry(message.to_owned()).or_insert_with(|| case.rules_text());
            }
        }
    }
    let listed: Vec<String> = refused.keys().take(40).cloned().collect();
    assert!(refused.is_empty(), "{}", listed.join("\n"));
}

#[test]
fn engines_agree() {
    let cases = setting("SEGUE_DIFFERENTIAL_CASES", 1500) as usize;
    let seed = setting("SEGUE_DIFFERENTIAL_SEED", 20_261_123);
    println!("differential: {cases} cases from seed {seed}");
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Coverage::default());
    let failure: Mutex<Option<(Case, String)>> = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut coverage = Coverage::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= cases || failure.lock().unwrap().is_some() {
                        break;
                    }
                    // Each case has a seed of its own, so the order of threads does not matter.
                    let mut bytes = [0; 32];
                    bytes[..8].copy_from_slice(&seed.to_le_bytes());
                    bytes[8..16].copy_from_slice(&(at as u64).to_le_bytes());
                    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
                    let mut runner = TestRunner::new_with_rng(Config::default(), random);
                    let tree = strategy().new_tree(&mut runner).unwrap();
                    coverage.cases += 1;
                    if difference(&tree.current(), &mut coverage).is_some() {
                        let small = shrink(tree);
                        let what = difference(&small, &mut Coverage::default())
                            .unwrap_or_else(|| "it differs only sometimes".to_owned());
                        failure.lock().unwrap().get_or_insert((small, format!("case {at}: {what}")));
                        break;
                    }
                }
                total.lock().unwrap().add(&coverage);
            });
        }
    });
    if let Some((case, what)) = failure.into_inner().unwrap() {
        let name = format!("seed_{seed}_{}.md", what.split(':').next().unwrap_or("case").replace(' ', "_"));
        let kept = case.kept().shrink(Duration::from_secs(setting("SEGUE_DIFFERENTIAL_SHRINK_SECONDS", 120)));
        let title = kept.difference().ok().flatten().unwrap_or_else(|| what.clone());
        let page = kept.page(title.lines().next().unwrap_or_default());
        std::fs::write(kept_folder().join(&name), &page).expect("the failing case can be kept");
        panic!("{what}\nkept as differential/kept/{name}\n{page}");
    }
    let coverage = total.into_inner().unwrap();
    println!("{}", coverage.table());
    let gaps = coverage.gaps();
    assert!(
        gaps.is_empty() || cases < 1000,
        "the random rules do not bite:\n{}\n{}",
        gaps.join("\n"),
        coverage.table()
    );
}
