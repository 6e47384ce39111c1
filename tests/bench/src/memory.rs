//! This process's memory as the system counts it, in MiB. Only Linux tells; elsewhere all is 0.

use std::fs;

/// Starts a new peak where the system can.
pub(crate) fn reset_peak() {
    // Refused in some sandboxes: the peak is then that of the whole life of the process, which is never too low.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The highest since the last reset.
pub(crate) fn peak() -> u64 {
    line("VmHWM:")
}

/// What is resident now.
pub(crate) fn resident() -> u64 {
    line("VmRSS:")
}

fn line(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok());
    kibibytes.map_or(0, |kibibytes: u64| kibibytes / 1024)
}
