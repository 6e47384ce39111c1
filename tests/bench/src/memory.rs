//! This process's memory, in MiB. Only Linux tells; elsewhere all is 0.

use segue_runtime::memory;
use std::fs;

/// Starts a new peak where the system can.
pub(crate) fn reset_peak() {
    // Refused in some sandboxes: the peak is then that of the whole life of the process, which is never too low.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The highest since the last reset.
pub(crate) fn peak() -> u64 {
    mebibytes(memory::peak())
}

/// What is resident now.
pub(crate) fn resident() -> u64 {
    mebibytes(memory::held())
}

fn mebibytes(bytes: Option<u64>) -> u64 {
    bytes.map_or(0, |bytes| bytes >> 20)
}
