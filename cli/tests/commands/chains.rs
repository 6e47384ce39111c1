//! Every command on declarations that build on one another in long chains, and many times over.

use crate::shop::Shop;
use std::time::{Duration, Instant};

const LONG: usize = 2_000;

/// A chain of each kind, and fields each of which reads the one before three times.
fn rules() -> String {
    let chain = |next: &dyn Fn(usize) -> String| (1..LONG).map(next).collect::<String>();
    let fields: String = (1..=60).map(|at| format!("  c{at} = c{0} - c{0} + c{0}\n", at - 1)).collect();
    let names: String = (1..=60).map(|at| format!("  n{at} = n{0} otherwise n{0} otherwise n{0}\n", at - 1)).collect();
    let number = LONG - 1;
    format!(
        "customers {{\n  key who : id\n  a : integer\n  name : text?\n  c0 = a + 1\n{fields}  n0 = name otherwise name\n{names}}}\n\
         segment s0 {{ a >= 0 }}\n{}trait t0 = a >= 0\n{}{}\
         segment last {{\n  s{number}\n  t{number}\n  c60 > 2\n  n60 is \"Ann\"\n  m{number} is \"Ann\"\n}}\n",
        chain(&|at| format!("segment s{at} {{ s{} and a > {} }}\n", at - 1, at % 5)),
        chain(&|at| format!("trait t{at} = t{} and a > {}\n", at - 1, at % 5)),
        chain(&|at| format!("trait m{at} = {}\n", if at == 1 { "name".to_owned() } else { format!("m{}", at - 1) })),
    )
}

#[test]
fn no_command_runs_out_of_stack_or_time() {
    let shop = Shop::new();
    shop.write(
        "segue.toml",
        "[project]\nname = \"chains\"\nas_of = \"2026-01-01\"\n\n[data]\ncustomers = \"customers.csv\"\n",
    );
    shop.write("rules.segue", &rules());
    shop.write("customers.csv", "who,a,name\n1,1,Ann\n2,9,Ann\n3,9,Bob\n4,9,\n");
    let last = |arguments: &[&str]| {
        let started = Instant::now();
        let ended = shop.segue(arguments);
        assert_eq!(ended.status, 0, "{arguments:?}: {}", ended.err);
        assert!(started.elapsed() < Duration::from_secs(60), "{arguments:?} took {:?}", started.elapsed());
        assert!(ended.out.len() < 4 << 20, "{arguments:?} says {} bytes", ended.out.len());
        ended.out
    };
    for engine in ["jit", "interpreter"] {
        let run = last(&["run", "--engine", engine, "--only", "last"]);
        assert!(run.lines().any(|line| line.starts_with("last ") && line.contains(" 1 ")), "{run}");
    }
    assert!(last(&["explain", "last", "--customer", "3"]).contains("is not in last"));
    assert!(last(&["explain", "last", "--customer", "2"]).contains("is in last"));
    last(&["check"]);
    last(&["check", "--with-data"]);
    last(&["ir"]);
    last(&["graph"]);
    last(&["graph", "--format", "dot"]);
    last(&["fmt"]);
}
