//! What the surroundings of a process let it have: control groups, as containers have them, and limits of its own.

use super::{kilobytes, status};
use std::fs::read_to_string;
use std::path::Path;

/// Memory that may still be taken, in bytes, where anything limits it.
pub(super) fn left() -> Option<u64> {
    let groups = read_to_string("/proc/self/cgroup").ok();
    let groups = groups.and_then(|groups| left_in_groups(&groups, Path::new("/sys/fs/cgroup")));
    let own = [(libc::RLIMIT_DATA, "VmData:"), (libc::RLIMIT_AS, "VmSize:")];
    let own = own.into_iter().filter_map(|(limit, taken)| {
        let mut found = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: it writes the two numbers it is given.
        let is_found = unsafe { libc::getrlimit(limit, &raw mut found) } == 0;
        let limit = (is_found && found.rlim_cur != libc::RLIM_INFINITY).then_some(found.rlim_cur)?;
        Some(limit.saturating_sub(status(taken)?))
    });
    groups.into_iter().chain(own).min()
}

/// What the groups of a process leave, from the lines of `/proc/PID/cgroup` and where groups are mounted. A group is within
/// those above it, each of which may have a limit; within a container its own is the topmost that can be seen.
fn left_in_groups(lines: &str, mounted: &Path) -> Option<u64> {
    let left = lines.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        let (root, names) = match controllers {
            "" => (mounted.to_owned(), V2),
            _ if controllers.split(',').any(|name| name == "memory") => (mounted.join("memory"), V1),
            _ => return None,
        };
        let path = root.join(path.trim_start_matches('/'));
        path.ancestors().take_while(|folder| folder.starts_with(&root)).filter_map(|group| names.left(group)).min()
    });
    left.min()
}

/// Names of what a group tells.
#[derive(Clone, Copy)]
struct Names {
    most: &'static str,
    taken: &'static str,
    /// In `memory.stat`: files that were read and can be forgotten, which count as taken.
    files: &'static str,
}

const V2: Names = Names { most: "memory.max", taken: "memory.current", files: "inactive_file " };
const V1: Names =
    Names { most: "memory.limit_in_bytes", taken: "memory.usage_in_bytes", files: "total_inactive_file " };

impl Names {
    fn left(self, group: &Path) -> Option<u64> {
        let number = |name: &str| read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
        // `max` is none.
        let most = number(self.most)?;
        let stat = read_to_string(group.join("memory.stat")).unwrap_or_default();
        let files = stat.lines().find_map(|line| line.strip_prefix(self.files)?.trim().parse::<u64>().ok());
        Some(most.saturating_sub(number(self.taken)?.saturating_sub(files.unwrap_or(0))))
    }
}

/// Memory that the whole system could give.
pub(super) fn of_system() -> Option<u64> {
    kilobytes(&read_to_string("/proc/meminfo").ok()?, "MemAvailable:")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that panics fails, which is its purpose")]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_group_counts() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        let left = |lines: &str| left_in_groups(lines, root.path());
        assert_eq!(left("0::/"), None);
        write("shop/memory.max", "max\n");
        write("shop/memory.current", "900\n");
        write("shop/job/memory.max", "1000\n");
        write("shop/job/memory.current", "700\n");
        assert_eq!(left("0::/shop/job\n"), Some(300));
        assert_eq!(left("0::/shop\n"), None);
        // Files that were read do not count.
        write("shop/job/memory.stat", "anon 500\ninactive_file 150\nactive_file 50\n");
        assert_eq!(left("0::/shop/job\n"), Some(450));
        // The group above is narrower.
        write("shop/memory.max", "1100\n");
        assert_eq!(left("0::/shop/job\n"), Some(200));
        // A container sees its own group as the topmost.
        write("memory.max", "70\n");
        write("memory.current", "90\n");
        assert_eq!(left("0::/nowhere/else\n"), Some(0));
        // The older way, beside the newer one.
        write("memory/old/memory.limit_in_bytes", "80\n");
        write("memory/old/memory.usage_in_bytes", "60\n");
        assert_eq!(left("11:cpu,cpuacct:/x\n5:memory:/old\n"), Some(20));
    }

    #[test]
    fn what_is_left_is_no_more_than_a_limit() {
        assert!(of_system() > Some(0));
        assert!(left().is_none_or(|left| left > 0));
    }
}
