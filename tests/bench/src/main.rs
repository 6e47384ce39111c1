//! Segue's worker in the benchmark: JSON lines in, JSON lines out, as the peers' workers speak them.
//!
//! First line out: `{"version": ...}`. Then for each line in, one line out:
//! - `{"cmd":"load","what":"w1"}` loads the workload's data as declared;
//! - `{"cmd":"prepare","what":"w1"}` prepares them, as `segue prepare` does;
//! - `{"cmd":"run","what":"w1_counts","n":200,"opt":null}` writes, reads and checks the rule files of the first 200
//!   definitions and works them out: `t` is the seconds from the checked program to the counts (planning, code generation
//!   and evaluation), `check` those of reading and checking the rule files, `res` the counts; with `..._bitmaps` those of
//!   the bitmaps that were kept, counted afterwards (their memory serves the next run again; with the option `cold` it does
//!   not). `..._disk` begins with the files of data, `..._unsorted` with those whose events stand by time, `..._prepared`
//!   with what was prepared from them (with the option `disk`, with the files again); that is part of the time then.

mod definitions;
mod memory;
mod mode;
mod workload;

use mode::Mode;
use segue_runtime::data::Loaded;
use segue_runtime::engine::Room;
use segue_runtime::outcome::Members;
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;
use workload::{Failure, From, Project, Workload};

#[derive(Debug, Deserialize)]
struct Command {
    cmd: String,
    what: String,
    n: Option<usize>,
    opt: Option<String>,
}

/// What the worker holds between commands.
struct Worker {
    data: PathBuf,
    threads: usize,
    mode: Mode,
    loaded: HashMap<Workload, Loaded>,
    /// Where memberships are kept, run after run.
    room: Room,
}

impl Worker {
    fn answer(&mut self, command: &Command) -> Result<serde_json::Value, Failure> {
        memory::reset_peak();
        let base = memory::resident();
        let mut answer = match command.cmd.as_str() {
            "load" => self.load(command)?,
            "prepare" => self.prepare(command)?,
            "run" => self.run(command)?,
            other => return Err(format!("there is no command {other}").into()),
        };
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("peak_mb".to_owned(), memory::peak().into());
            fields.insert("base_mb".to_owned(), base.into());
        }
        Ok(answer)
    }

    fn load(&mut self, command: &Command) -> Result<serde_json::Value, Failure> {
        let workload = Workload::named(&command.what)?;
        let project = Project::open(workload, &self.data, 1)?;
        let started = Instant::now();
        let loaded = project.load(workload, &self.data)?;
        let taken = started.elapsed();
        let rows: Vec<usize> = loaded.dataset.tables.iter().map(|table| table.rows).collect();
        self.loaded.insert(workload, loaded);
        Ok(serde_json::json!({ "t": taken.as_secs_f64(), "res": rows }))
    }

    fn prepare(&self, command: &Command) -> Result<serde_json::Value, Failure> {
        let workload = Workload::named(&command.what)?;
        let project = Project::open(workload, &self.data, 1)?;
        let started = Instant::now();
        let made = project.prepare(workload, &self.data)?;
        let taken = started.elapsed();
        let rows: Vec<u64> = made.tables.iter().map(|table| table.rows).collect();
        Ok(serde_json::json!({ "t": taken.as_secs_f64(), "bytes": made.bytes, "res": rows }))
    }

    fn run(&mut self, command: &Command) -> Result<serde_json::Value, Failure> {
        let workload = Workload::named(&command.what)?;
        let project = Project::open(workload, &self.data, command.n.ok_or("how many?")?)?;
        let from = match (command.what.rsplit_once('_'), command.opt.as_deref()) {
            (Some((_, "disk")), _) => Some(From::Sorted),
            (Some((_, "unsorted")), _) => Some(From::Unsorted),
            (Some((_, "prepared")), Some("disk")) => Some(From::Sorted),
            (Some((_, "prepared")), _) => Some(From::Prepared),
            _ => None,
        };
        let work = || {
            let started = Instant::now();
            let request = project.request(self.threads, command.what.ends_with("bitmaps"));
            let outcome = match from {
                Some(from) => project.run_from(workload, &self.data, from, &request, &self.mode)?,
                None => {
                    let loaded = self.loaded.get(&workload).ok_or("nothing is loaded")?;
                    let new = (command.opt.as_deref() == Some("cold")).then(Room::new);
                    self.mode.run(&project.program, &loaded.dataset, &request, new.as_ref().unwrap_or(&self.room))?
                }
            };
            Ok::<_, Failure>((request, outcome, started.elapsed()))
        };
        self.mode.make_ready(|| work().map(|_| ()))?;
        let (request, outcome, taken) = work()?;
        let mut counts = outcome.counts;
        if request.members {
            // Not what was counted on the way. As with the peers, what only serves to compare is not part of the time.
            counts = outcome.segments.iter().map(|members| members.to_bits().count()).collect();
            if counts != outcome.segments.iter().map(Members::count).collect::<Vec<usize>>() {
                return Err("members are not as many as they say".into());
            }
        }
        Ok(serde_json::json!({
            "t": taken.as_secs_f64(), "check": project.checked_in.as_secs_f64(), "res": counts,
        }))
    }
}

fn main() -> Result<(), Failure> {
    let threads = std::env::var("THREADS").ok().and_then(|threads| threads.parse().ok()).unwrap_or(2);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let data = PathBuf::from(std::env::var_os("SEGUE_DATA").unwrap_or_else(|| "data".into()));
    let mut worker = Worker { data, threads, mode: Mode::of_environment()?, loaded: HashMap::new(), room: Room::new() };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({ "version": env!("CARGO_PKG_VERSION") }))?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str::<Command>(&line?)
            .map_err(Into::into)
            .and_then(|command| worker.answer(&command))
            .unwrap_or_else(|error| serde_json::json!({ "err": error.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
