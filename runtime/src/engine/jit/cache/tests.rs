//! What is kept is found again, and nothing else is believed.
#![expect(clippy::unwrap_used, reason = "a test that panics fails, which is its purpose")]

use super::*;
use std::path::PathBuf;
use tempfile::TempDir;

const KEY: [u8; 32] = [0xa5; 32];
const CODE: [u8; 300] = [7; 300];

fn folder() -> (TempDir, CodeCache) {
    let above = tempfile::tempdir().unwrap();
    let cache = CodeCache::at(above.path().join("segue").join("code"));
    (above, cache)
}

fn age(path: &Path, by: Duration) {
    File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - by).unwrap();
}

fn names(cache: &CodeCache) -> Vec<String> {
    let entries = fs::read_dir(cache.folder()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_kept_is_found_by_its_key() {
    let (_above, cache) = folder();
    let opened = cache.open().unwrap();
    assert_eq!(opened.read(&KEY), None);
    opened.write(&KEY, &CODE).unwrap();
    assert_eq!(opened.read(&KEY).unwrap(), CODE);
    assert_eq!(cache.open().unwrap().read(&KEY).unwrap(), CODE);
    assert_eq!(opened.read(&[0xa6; 32]), None);
    assert_eq!(names(&cache), ["a5".repeat(32)]);
}

#[test]
fn torn_changed_and_moved_files_are_not_believed() {
    let (_above, cache) = folder();
    let opened = cache.open().unwrap();
    opened.write(&KEY, &CODE).unwrap();
    let path = opened.path(&KEY);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(opened.read(&KEY), None, "{length} bytes");
    }
    for at in 0..whole.len() {
        let mut other = whole.clone();
        other[at] ^= 1;
        fs::write(&path, other).unwrap();
        assert_eq!(opened.read(&KEY), None, "byte {at}");
    }
    fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
    assert_eq!(opened.read(&KEY), None);
    // Under another key it is another's code.
    fs::write(opened.path(&[1; 32]), &whole).unwrap();
    assert_eq!(opened.read(&[1; 32]), None);
    // What is written anew is whole again.
    opened.write(&KEY, &CODE).unwrap();
    assert_eq!(opened.read(&KEY).unwrap(), CODE);
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_and_only_the_owners_is_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (above, cache) = folder();
    let opened = cache.open().unwrap();
    opened.write(&KEY, &CODE).unwrap();
    let path = opened.path(&KEY);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!((mode(&path), mode(cache.folder())), (0o600, 0o700));
    for exposed in [0o620, 0o602] {
        set(&path, exposed);
        assert_eq!(opened.read(&KEY), None, "{exposed:o}");
    }
    set(&path, 0o600);
    assert!(opened.read(&KEY).is_some());
    // A link to the very same file is none of ours.
    let moved = above.path().join("moved");
    fs::rename(&path, &moved).unwrap();
    symlink(&moved, &path).unwrap();
    assert_eq!(opened.read(&KEY), None);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(opened.read(&KEY), None);
    assert!(opened.write(&KEY, &CODE).is_err());
    set(cache.folder(), 0o770);
    assert!(cache.open().is_none());
    set(cache.folder(), 0o700);
    assert!(cache.open().is_some());
    let link = above.path().join("link");
    symlink(cache.folder(), &link).unwrap();
    assert!(CodeCache::at(&link).open().is_none());
}

#[test]
fn where_no_folder_can_be_there_is_no_cache() {
    let above = tempfile::tempdir().unwrap();
    let file = above.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(CodeCache::at(file.join("code")).open().is_none());
    assert!(CodeCache::at(&file).open().is_none());
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let (_above, mut cache) = folder();
    let one = (HEAD + CODE.len()) as u64;
    cache.most = one * 4;
    let opened = cache.open().unwrap();
    let key = |number: u8| [number; 32];
    for number in 0..4 {
        opened.write(&key(number), &CODE).unwrap();
        age(&opened.path(&key(number)), Duration::from_secs(3600 * 24 * (10 - u64::from(number))));
    }
    opened.written.store(true, Ordering::Relaxed);
    // As many as may be.
    opened.close();
    assert_eq!(names(&cache).len(), 4);
    // Used now, though written first.
    assert!(opened.read(&key(0)).is_some());
    opened.write(&key(4), &CODE).unwrap();
    let stranger = cache.folder().join("notes.txt");
    fs::write(&stranger, [0; 4000]).unwrap();
    let (left, at_work) = (cache.folder().join("new-left"), cache.folder().join("new-at-work"));
    fs::write(&left, "").unwrap();
    fs::write(&at_work, "").unwrap();
    age(&left, LEFT * 2);
    opened.close();
    for (number, kept) in [(0, true), (1, false), (2, false), (3, true), (4, true)] {
        assert_eq!(opened.read(&key(number)).is_some(), kept, "{number}");
    }
    assert!(stranger.exists() && at_work.exists() && !left.exists());
}

#[test]
fn nothing_is_removed_where_nothing_was_added() {
    let (_above, mut cache) = folder();
    cache.most = 0;
    cache.open().unwrap().write(&KEY, &CODE).unwrap();
    let opened = cache.open().unwrap();
    assert!(opened.read(&KEY).is_some());
    opened.close();
    assert_eq!(names(&cache).len(), 1);
}

#[test]
fn many_write_and_read_at_once() {
    let (_above, cache) = folder();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let opened = cache.open().unwrap();
                for number in 0..40_u8 {
                    let code = vec![number; 50 + usize::from(number) * 97];
                    assert!(opened.read(&[number; 32]).is_none_or(|found| found == code));
                    opened.write(&[number; 32], &code).unwrap();
                    assert!(opened.read(&[number; 32]).is_some_and(|found| found == code));
                }
            });
        }
    });
    assert_eq!(names(&cache).len(), 40);
}

#[test]
fn the_folder_is_the_users() {
    if let Some(cache) = CodeCache::of_user() {
        assert!(cache.folder().is_absolute());
        assert!(cache.folder().ends_with(PathBuf::from("segue").join("code")));
    }
}
