//! Ten thousand files that were good and are no longer: whatever they hold, all that is done with a rule file ends, quickly,
//! without a panic, and what is said of it lies inside it. Reading, checking, drawing messages, laying out, mending, lowering.
//!
//! `SEGUE_MUTATIONS` sets how many (default 10,000) and `SEGUE_MUTATIONS_SEED` the seed, which is printed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod mutate;
mod pipeline;
mod samples;

use mutate::{Numbers, mutated};
use samples::Sample;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Far longer than any file here takes, on a machine that is busy with other things.
const MOST: Duration = Duration::from_secs(30);

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// A thread that takes texts and says what became of them. It is never waited for, so one that hangs hangs nobody else.
struct Worker {
    texts: Sender<String>,
    results: Receiver<Result<bool, String>>,
}

impl Worker {
    fn start() -> Worker {
        let (texts, waiting) = channel::<String>();
        let (done, results) = channel();
        let work = move || {
            for text in waiting {
                let result = std::panic::catch_unwind(|| pipeline::everything(&text));
                let result = result.unwrap_or_else(|_| Err("it panics".to_owned()));
                if done.send(result).is_err() {
                    return;
                }
            }
        };
        // The stack of a program's first thread, where rule files are read in earnest.
        std::thread::Builder::new().stack_size(8 << 20).spawn(work).unwrap();
        Worker { texts, results }
    }

    /// Whether a text could be lowered, or what is wrong with what is done with it.
    fn result(&self, text: &str) -> Result<bool, String> {
        self.texts.send(text.to_owned()).unwrap();
        self.results.recv_timeout(MOST).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(format!("it is not done after {} seconds", MOST.as_secs())),
            RecvTimeoutError::Disconnected => Err("its thread is gone".to_owned()),
        })
    }
}

/// The text of a round. Each has random numbers of its own, so the order of threads does not matter.
fn text_of(samples: &[Sample], seed: u64, round: usize) -> String {
    let mut numbers = Numbers::new(seed, round as u64);
    let sample = &samples[numbers.below(samples.len())];
    let text = sample.some(&mut numbers);
    mutated(&text, &mut numbers)
}

#[test]
fn good_files_pass() {
    let worker = Worker::start();
    let samples = samples::all();
    assert!(samples.len() >= 150, "only {} files", samples.len());
    let mut numbers = Numbers::new(1, 1);
    for sample in &samples {
        if let Err(fault) = worker.result(&sample.some(&mut numbers)) {
            panic!("{}: {fault}", sample.name);
        }
    }
}

#[test]
fn ten_thousand_mutations_neither_panic_nor_hang() {
    let rounds = setting("SEGUE_MUTATIONS", 10_000) as usize;
    let seed = setting("SEGUE_MUTATIONS_SEED", 0x5e60e);
    println!("mutations: {rounds} from seed {seed}");
    let samples = samples::all();
    let (next, sound) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures: Mutex<Vec<String>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let worker = Worker::start();
                loop {
                    let round = next.fetch_add(1, Ordering::Relaxed);
                    if round >= rounds || !failures.lock().unwrap().is_empty() {
                        return;
                    }
                    let text = text_of(&samples, seed, round);
                    match worker.result(&text) {
                        Ok(lowered) => drop(sound.fetch_add(usize::from(lowered), Ordering::Relaxed)),
                        Err(fault) => failures.lock().unwrap().push(format!("round {round}: {fault}\n{text}")),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    // Or the later steps are hardly tried.
    let sound = sound.into_inner();
    println!("{sound} of them still check");
    assert!(sound * 20 >= rounds, "only {sound} of {rounds} still check");
}
