//! The parts of a run, timed one by one on small cases: reading rules, planning, loading, and each way of working out.
//!
//!     cargo bench --package segue-bench

#![expect(clippy::unwrap_used, reason = "a case that does not work should stop at the line that failed")]

use divan::Bencher;
use segue_bench::{AS_OF, events, passes, segments};
use segue_compiler::plan::{Plan, Selection};
use segue_compiler::program::Program;
use segue_runtime::data::prepared::prepare;
use segue_runtime::data::{BadRows, Dataset, LoadOptions, NeededFields, Quiet, Sources, UnknownCustomers, load};
use segue_runtime::engine::{CodeCache, Instructions, Manner, Truths, run_in};
use segue_runtime::interpret;
use segue_runtime::outcome::Request;
use std::fmt::Write;
use std::path::Path;
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// Customers, or events.
#[derive(Debug, Clone, Copy)]
enum Case {
    Segments,
    Events,
}

const CASES: [Case; 2] = [Case::Segments, Case::Events];

impl Case {
    fn make(self) -> (Program, Dataset) {
        match self {
            Case::Segments => segments().unwrap(),
            Case::Events => events().unwrap(),
        }
    }
}

fn request(program: &Program, members: bool) -> Request {
    let Selection { segments, .. } = Selection::everything(program);
    Request { members, ..Request::of(Selection { segments, ..Selection::default() }, AS_OF) }
}

/// Lowering a checked program.
#[divan::bench(args = CASES)]
fn plan(bencher: Bencher<'_, '_>, case: Case) {
    let (program, _) = case.make();
    bencher.bench(|| Plan::new(&program, &Selection::everything(&program)));
}

/// Everything after loading, in the usual manner.
#[divan::bench(args = CASES)]
fn engine(bencher: Bencher<'_, '_>, case: Case) {
    let (program, data) = case.make();
    let request = request(&program, false);
    bencher.bench(|| run_in(&program, &data, &request, Manner::default()).unwrap());
}

/// The same with everybody's membership kept.
#[divan::bench(args = CASES)]
fn members(bencher: Bencher<'_, '_>, case: Case) {
    let (program, data) = case.make();
    let request = request(&program, true);
    bencher.bench(|| run_in(&program, &data, &request, Manner::default()).unwrap());
}

/// The same by generated code wherever it can do.
#[divan::bench(args = CASES)]
fn generated_code(bencher: Bencher<'_, '_>, case: Case) {
    let (program, data) = case.make();
    let request = request(&program, false);
    let manner = Manner { truths: Truths::Code, ..Manner::default() };
    bencher.bench(|| run_in(&program, &data, &request, manner.clone()).unwrap());
}

/// What needs code, of so few customers that making it is most of the time: anew each time, from a cache, and customer by
/// customer.
const FEW: [usize; 5] = [1, 10, 100, 1000, 10_000];

#[divan::bench(args = FEW)]
fn passes_anew(bencher: Bencher<'_, '_>, customers: usize) {
    let (program, data) = passes(customers).unwrap();
    let request = request(&program, false);
    bencher.bench(|| run_in(&program, &data, &request, Manner::default()).unwrap());
}

#[divan::bench(args = FEW)]
fn passes_kept(bencher: Bencher<'_, '_>, customers: usize) {
    let (program, data) = passes(customers).unwrap();
    let request = request(&program, false);
    let folder = tempfile::tempdir().unwrap();
    let manner = Manner { code_cache: Some(CodeCache::at(folder.path().join("code"))), ..Manner::default() };
    run_in(&program, &data, &request, manner.clone()).unwrap();
    bencher.bench(|| run_in(&program, &data, &request, manner.clone()).unwrap());
}

#[divan::bench(args = FEW, sample_count = 10, sample_size = 1)]
fn passes_interpreted(bencher: Bencher<'_, '_>, customers: usize) {
    let (program, data) = passes(customers).unwrap();
    let request = request(&program, false);
    bencher.bench(|| interpret::run(&program, &data, &request).unwrap());
}

/// The same with no instructions that some processor lacks.
#[divan::bench(args = CASES)]
fn portable(bencher: Bencher<'_, '_>, case: Case) {
    let (program, data) = case.make();
    let request = request(&program, false);
    let manner = Manner { truths: Truths::Loops, instructions: Some(Instructions::Portable), ..Manner::default() };
    bencher.bench(|| run_in(&program, &data, &request, manner.clone()).unwrap());
}

/// Customer by customer.
#[divan::bench(args = CASES, sample_count = 5, sample_size = 1)]
fn interpreter(bencher: Bencher<'_, '_>, case: Case) {
    let (program, data) = case.make();
    let request = request(&program, false);
    bencher.bench(|| interpret::run(&program, &data, &request).unwrap());
}

/// Customers in a file: 50,000 rows of four columns.
struct Filed {
    program: Program,
    folder: TempDir,
}

impl Filed {
    fn new() -> Filed {
        let rules = "customers {\n  key id : id\n  age : integer?\n  country : text\n  income : money USD\n}\n\n\
                     segment rich { income > 5000 USD and age >= 40 }\n";
        let program = segue_bench::checked(rules).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut rows = String::from("id,age,country,income\n");
        for id in 0_u64..50_000 {
            writeln!(rows, "{id},{},c{},{}.{:02}", 16 + id * 7 % 60, id * 31 % 40, id * 7919 % 9973, id % 100).unwrap();
        }
        std::fs::write(folder.path().join("customers.csv"), rows).unwrap();
        Filed { program, folder }
    }

    fn sources(&self) -> Sources {
        let mut sources = Sources::new();
        sources.set("customers", self.folder.path(), &["customers.csv".to_owned()]);
        sources
    }

    fn options<'o>(&self, prepared: Option<&'o Path>) -> LoadOptions<'o> {
        LoadOptions {
            needed: NeededFields::everything(&self.program),
            bad_rows: BadRows::Stop,
            unknown_customers: UnknownCustomers::Report,
            progress: &Quiet,
            prepared,
        }
    }
}

#[divan::bench]
fn load_csv(bencher: Bencher<'_, '_>) {
    let filed = Filed::new();
    bencher.bench(|| load(&filed.program, &filed.sources(), &filed.options(None)).unwrap());
}

#[divan::bench]
fn open_prepared(bencher: Bencher<'_, '_>) {
    let filed = Filed::new();
    let store = filed.folder.path().join("prepared");
    prepare(&store, &filed.program, &filed.sources(), &filed.options(None), (false, None)).unwrap();
    bencher.bench(|| load(&filed.program, &filed.sources(), &filed.options(Some(&store))).unwrap());
}
