//! Members in rooms that are used again, and in rooms that are too small.

use super::{data, everything, program};
use crate::engine::{EngineError, Manner, Room, run, run_with};
use crate::memory::Bound;
use serde_json::json;

const RULES: &str = "customers {
  key id : id
}

segment few { id starts with \"77\" }
segment half { id starts with \"1\" or id ends with \"2\" or id ends with \"3\" }
segment most { not few }
segment everybody { few or most }
";

#[test]
fn rooms_are_used_again_and_bounded() {
    let program = program(RULES);
    let rows: Vec<_> = (0..20_000).map(|id| json!({ "id": id })).collect();
    let data = data(&program, &json!({ "customers": rows }));
    let request = everything(&program, 0, 2);
    let right = run(&program, &data, &request).unwrap();
    let interpreted = crate::interpret::run(&program, &data, &request).unwrap();
    assert_eq!((&right.counts, &right.segments), (&interpreted.counts, &interpreted.segments));
    assert_eq!(right.counts[3], 20_000);

    let room = Room::new();
    let mut earlier = Vec::new();
    for round in 0..5 {
        let found = run_with(&program, &data, &request, Manner::default(), &room).unwrap();
        assert_eq!(found.segments, right.segments, "round {round}");
        // Some outcomes stay, and must not be written over.
        if round % 2 == 0 {
            earlier.push(found);
        }
    }
    for found in &earlier {
        assert_eq!(found.segments, right.segments);
    }

    #[cfg(target_os = "linux")]
    for (bound, fits) in [(1 << 20, false), (1 << 40, true)] {
        let room = Room::bounded(Some(Bound(bound)));
        match run_with(&program, &data, &request, Manner::default(), &room) {
            Err(EngineError::Full { needed, members, work }) => assert!(!fits && needed > bound && members + work > 0),
            other => assert!(fits && other.unwrap().segments == right.segments),
        }
    }
}
