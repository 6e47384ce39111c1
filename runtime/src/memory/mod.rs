//! How much memory the process holds, and how much it may.

#[cfg(target_os = "linux")]
mod limits;

use std::fmt;
use std::str::FromStr;

/// A bound on memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound(pub u64);

impl Bound {
    /// Whether what the process holds and would hold next keeps to it, as it is told when asked; what was freed and the
    /// allocator keeps for later is in no use, and goes back to the system before the answer is no.
    ///
    /// # Errors
    /// It does not: so many bytes.
    pub(crate) fn keeps(self, needed: impl Fn() -> u64) -> Result<(), u64> {
        if needed() <= self.0 {
            return Ok(());
        }
        give_back();
        let needed = needed();
        if needed <= self.0 { Ok(()) } else { Err(needed) }
    }
}

/// Units of memory, the longer names first: those of thousands, and those of 1024.
const UNITS: [(&str, u64); 9] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// A text is no bound on memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a number and a unit, such as 512MB, 4GB or 4GiB")]
pub struct NoBound;

impl FromStr for Bound {
    type Err = NoBound;

    /// Reads `512MB`, `1.5 GB`, `4GiB`, in any capitals.
    fn from_str(text: &str) -> Result<Bound, NoBound> {
        let text = text.trim();
        let digits = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(digits).ok_or(NoBound)?;
        let of = |(name, _): &&(&str, u64)| unit.trim().eq_ignore_ascii_case(name);
        let (_, bytes) = UNITS.iter().find(of).ok_or(NoBound)?;
        let bytes = number.parse::<f64>().map_err(|_| NoBound)? * *bytes as f64;
        // No bound worth the name is smaller, and no memory larger.
        if (1.0..9e18).contains(&bytes) { Ok(Bound(bytes as u64)) } else { Err(NoBound) }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.0))
    }
}

/// So many bytes for people: `41 MB`.
pub fn shown(bytes: u64) -> String {
    match bytes {
        10_000_000_000.. => format!("{} GB", bytes / 1_000_000_000),
        1_000_000_000.. => format!("{:.1} GB", bytes as f64 / 1e9),
        1_000_000.. => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{} KB", bytes.div_ceil(1_000)),
    }
}

/// The most memory the process has held so far, in bytes; `None` where the system does not tell.
pub fn peak() -> Option<u64> {
    status("VmHWM:")
}

/// The memory the process holds now, in bytes, what its allocator keeps for later included; `None` where the system does
/// not tell.
pub fn held() -> Option<u64> {
    status("VmRSS:")
}

/// Memory that the system could give without taking it from anybody, in bytes, within the limits of the process and of the
/// groups that it belongs to, such as a container; `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub fn available() -> Option<u64> {
    limits::of_system().into_iter().chain(limits::left()).min()
}

/// Memory that the system could give without taking it from anybody, in bytes; `None` where it does not tell.
#[cfg(not(target_os = "linux"))]
pub fn available() -> Option<u64> {
    None
}

/// Gives the system what was freed and the allocator keeps for later. Worth it once, after much was put together that is to
/// be held for long.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: any thread may call it at any time; it touches nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// From here on the allocator gives the system back what is freed, if it is much at once, for the whole process and at some
/// cost of time: for those who may hold little. Otherwise it keeps what was freed for whoever asks next, the more the larger
/// the pieces were, and keeps it apart for each thread.
pub(crate) fn keep_little() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it may be called at any time, and these say only where later allocations come from.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 17);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 1 << 20);
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

#[cfg(target_os = "linux")]
fn status(name: &str) -> Option<u64> {
    kilobytes(&std::fs::read_to_string("/proc/self/status").ok()?, name)
}

/// The bytes of a line such as `VmRSS:  1234 kB`.
#[cfg(target_os = "linux")]
fn kilobytes(lines: &str, name: &str) -> Option<u64> {
    let line = lines.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(not(target_os = "linux"))]
fn status(_name: &str) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_have_units() {
        for (text, bytes) in [
            ("512MB", 512_000_000),
            ("4GB", 4_000_000_000),
            ("4GiB", 4 << 30),
            ("1.5 gb", 1_500_000_000),
            (" 64mib ", 64 << 20),
            ("100000000B", 100_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Bound(bytes)), "{text}");
        }
        for text in ["", "4", "GB", "4 G", "-4GB", "0GB", "4GB2", "1e3MB", "..GB", "many", "4 ĢB"] {
            assert_eq!(text.parse::<Bound>(), Err(NoBound), "{text}");
        }
        assert_eq!(Bound(512_000_000).to_string(), "512 MB");
        assert_eq!(Bound(4_000_000_000).to_string(), "4.0 GB");
        for (bytes, text) in [(0, "0 KB"), (1, "1 KB"), (999_000, "999 KB"), (1_000_001, "2 MB")] {
            assert_eq!(shown(bytes), text);
        }
    }

    #[test]
    fn what_is_in_use_is_not_given_back() {
        let mut all: Vec<Vec<u8>> = (0..4096_u32).map(|number| vec![number as u8; 4096]).collect();
        let mut number = 0;
        all.retain(|_| {
            number += 1;
            number % 64 == 0
        });
        give_back();
        assert!(all.iter().zip(0_usize..).all(|(bytes, at)| *bytes == vec![(at * 64 + 63) as u8; 4096]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_peak_is_never_below_what_is_held() {
        let before = held();
        assert!(before > Some(100_000) && peak() >= before, "{before:?} {:?}", peak());
    }
}
