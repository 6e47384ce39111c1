//! What is written reads back as what it was, and nothing is ever there in part.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::tests::{TableDraft, draft_program, shown};
use crate::data::{
    BadRows, Bits, DatasetBuilder, LoadOptions, NeededFields, Quiet, Raw, Sources, Stored, UnknownCustomers, load,
};
use crate::outcome::{Members, NO_PART};
use segue_compiler::program::Type;

fn keys(ids: Vec<Raw<'static>>) -> Stored {
    let program = draft_program(vec![TableDraft::customers()]);
    let rows = ids.into_iter().map(|id| vec![id]);
    let loaded = DatasetBuilder::new(&program).rows("customers", &["customer_id"], rows).build().unwrap();
    loaded.dataset.tables[0].columns[0].clone().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn memberships_read_back_in_every_format_and_shape() {
    let numbers = keys(vec![7.into(), Raw::Integer(-1), 300.into()]);
    let texts = keys(vec!["a,\"b\"".into(), "ünï\ncode".into(), 5.into()]);
    let segments = Members::from_bits(&[Bits::zeros(3), Bits::from_bools([true, false, true])]);
    let (none, some) = (&segments[0], &segments[1]);
    let parts = [1, NO_PART, 0];
    let mut shown_files = Vec::new();
    for (keys, kind) in [(&numbers, "numbers"), (&texts, "texts")] {
        let memberships = Memberships {
            key_name: "customer_id",
            keys: CustomerKeys::of_column(keys),
            segments: vec![("nobody", none), ("some", some)],
            partitions: vec![("stage", vec!["new", "old"], &parts)],
            others: Vec::new(),
        };
        for shape in [OutputShape::Long, OutputShape::Wide] {
            let mut read_back = Vec::new();
            for format in [OutputFormat::Parquet, OutputFormat::Csv, OutputFormat::Ndjson] {
                let folder = tempfile::tempdir().unwrap();
                let written =
                    write_memberships(&folder.path().join("out/deep"), &memberships, format, shape, &[]).unwrap();
                let texts = written.iter().map(|path| {
                    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                    format!("{name}\n{}", read_table(path, &name))
                });
                read_back.push(texts.collect::<Vec<_>>().join("\n"));
                if format != OutputFormat::Parquet {
                    let texts = written.iter().map(|path| std::fs::read_to_string(path).unwrap());
                    shown_files.push(format!("-- {kind} {shape:?} {format:?}\n{}", texts.collect::<String>()));
                }
            }
            assert_eq!(read_back[0], read_back[1], "{kind} {shape:?}");
            assert_eq!(read_back[0], read_back[2], "{kind} {shape:?}");
            shown_files.push(format!("-- {kind} {shape:?} read back\n{}", read_back[0]));
        }
    }
    insta::assert_snapshot!(shown_files.join("\n"));
}

/// A written file's rows, loaded as a table of its own.
fn read_table(path: &Path, name: &str) -> String {
    let rows = TableDraft::records("rows");
    let rows = match name {
        "segments" => rows.field("segment", Type::Text, false),
        "stage" => rows.field("part", Type::Text, false),
        _ => rows.field("nobody", Type::Boolean, false).field("some", Type::Boolean, false).field(
            "stage",
            Type::Text,
            true,
        ),
    };
    let program = draft_program(vec![TableDraft::customers(), rows]);
    let mut sources = Sources::new();
    sources.set("rows", Path::new(""), &[path.to_str().unwrap().to_owned()]);
    let options = LoadOptions {
        needed: NeededFields::everything(&program),
        bad_rows: BadRows::Stop,
        unknown_customers: UnknownCustomers::Add,
        progress: &Quiet,
        prepared: None,
    };
    shown(&load(&program, &sources, &options).unwrap().dataset, 1)
}

#[test]
fn nothing_is_there_before_all_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.txt"), folder.path().join("two.txt"));
    std::fs::write(&one, "before").unwrap();

    let mut files = WholeFiles::new();
    write!(files.create(&one).unwrap(), "half").unwrap();
    files.create(&two).unwrap();
    assert_eq!(std::fs::read_to_string(&one).unwrap(), "before");
    drop(files);
    assert_eq!(names(folder.path()), ["one.txt"], "what was given up is gone");
    assert_eq!(std::fs::read_to_string(&one).unwrap(), "before");

    let mut files = WholeFiles::new();
    write!(files.create(&one).unwrap(), "after").unwrap();
    write!(files.create(&two).unwrap(), "new").unwrap();
    files.commit().unwrap();
    assert_eq!(names(folder.path()), ["one.txt", "two.txt"]);
    assert_eq!(std::fs::read_to_string(&one).unwrap(), "after");
}

#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where the folder of the partitions has to be.
    std::fs::write(folder.path().join("partitions"), "").unwrap();
    let keys = keys(vec![1.into()]);
    let members = &Members::from_bits(&[Bits::from_bools([true])])[0];
    let memberships = Memberships {
        key_name: "id",
        keys: CustomerKeys::of_column(&keys),
        segments: vec![("all", members)],
        partitions: vec![("stage", vec!["new"], &[0])],
        others: Vec::new(),
    };
    let refused =
        write_memberships(folder.path(), &memberships, OutputFormat::Csv, OutputShape::Long, &[]).unwrap_err();
    assert!(refused.to_string().contains("partitions"), "{refused}");
    assert_eq!(names(folder.path()), ["partitions"]);
}

#[test]
fn what_is_read_is_not_replaced_and_what_stands_in_the_way_is_told_first() {
    let folder = tempfile::tempdir().unwrap();
    let read = folder.path().join("customers.csv");
    std::fs::write(&read, "id\n1\n").unwrap();
    std::fs::create_dir_all(folder.path().join("partitions/stage.csv")).unwrap();
    let keys = keys(vec![1.into()]);
    let members = &Members::from_bits(&[Bits::from_bools([true])])[0];
    let memberships = Memberships {
        key_name: "Segment",
        keys: CustomerKeys::of_column(&keys),
        segments: vec![("all", members)],
        partitions: vec![("stage", vec!["new"], &[0])],
        others: Vec::new(),
    };
    let spared = [read.canonicalize().unwrap()];
    let write =
        |shape, spared: &[PathBuf]| write_memberships(folder.path(), &memberships, OutputFormat::Csv, shape, spared);
    let refused = write(OutputShape::Wide, &spared).unwrap_err().to_string();
    assert!(refused.contains("customers.csv") && refused.contains("holds data that are read"), "{refused}");
    assert_eq!(std::fs::read_to_string(&read).unwrap(), "id\n1\n");
    let refused = write(OutputShape::Long, &[]).unwrap_err().to_string();
    assert!(refused.contains("stage.csv"), "{refused}");
    assert_eq!(names(folder.path()), ["customers.csv", "partitions"], "no part of the set is there");
    std::fs::remove_dir(folder.path().join("partitions/stage.csv")).unwrap();
    write(OutputShape::Long, &spared).unwrap();
    // A key that has the name of the column beside it gets another.
    assert_eq!(std::fs::read_to_string(folder.path().join("segments.csv")).unwrap(), "customer,segment\n1,all\n");
    assert_eq!(std::fs::read_to_string(folder.path().join("partitions/stage.csv")).unwrap(), "Segment,part\n1,new\n");
}

#[test]
fn what_killed_runs_left_is_swept_away_after_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let [old, young, other] = [".segue-old.part", ".segue-young.part", "old.part"].map(|name| folder.path().join(name));
    for path in [&old, &young, &other] {
        let file = std::fs::File::create(path).unwrap();
        if *path != young {
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(7_200)).unwrap();
        }
    }
    let mut files = WholeFiles::new();
    files.create(&folder.path().join("new.csv")).unwrap();
    files.commit().unwrap();
    assert_eq!(names(folder.path()), [".segue-young.part", "new.csv", "old.part"]);
}

#[cfg(unix)]
#[test]
fn a_killed_writer_leaves_the_old_file_whole() {
    use std::os::unix::fs::PermissionsExt;
    // What a kill leaves behind is what is there before the commit: the old file, and a side file that no reader takes
    // for data.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segments.csv");
    std::fs::write(&path, "old").unwrap();
    let mut files = WholeFiles::new();
    write!(files.create(&path).unwrap(), "new").unwrap();
    let side = names(folder.path()).into_iter().find(|name| name != "segments.csv").unwrap();
    assert!(side.starts_with('.') && side.ends_with(".part"), "{side}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    files.commit().unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    std::fs::write(folder.path().join("other"), "").unwrap();
    let usual = std::fs::metadata(folder.path().join("other")).unwrap().permissions().mode();
    assert_eq!(mode, usual, "readable by whom any new file is readable");
}
