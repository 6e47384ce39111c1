//! A small project with data, made anew for each test, and the command run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The rules of the shop.
pub(crate) const RULES: &str = r#"customers {
  key customer_id : id
  country : text?
}

events purchases by customer_id at bought_at {
  price    : money USD
  quantity : integer
}

# What the customer spent in all.
trait spend = sum of purchases.price
trait average = spend / (number of purchases)

segment french "From France" { country is "France" }
segment big_spenders {
  spend >= 100 USD
  average > 10 USD
}
segment nobody { country is "Atlantis" }

partition stage "Stage" {
  active   : any purchases in the last 30 days
  lapsed   : any purchases
  prospect : otherwise
}
"#;

const SETTINGS: &str = r#"[project]
name = "shop"
time_zone = "Europe/Paris"
as_of = "2026-03-01"

[data]
customers = "customers.csv"
purchases = "purchases.csv"
"#;

const CUSTOMERS: &str = "customer_id,country\n1,France\n2,Spain\n3,\n4,France\n";

const PURCHASES: &str = "customer_id,bought_at,price,quantity
1,2026-02-20 10:00,80.00,1
1,2026-01-20 10:00,30.00,2
2,2025-11-05 09:00,120.50,1
3,2026-03-02 09:00,500.00,1
9,2026-02-01 09:00,5.00,1
";

/// A folder with the shop in it.
pub(crate) struct Shop {
    folder: TempDir,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Shop {
    pub(crate) fn new() -> Shop {
        let shop = Shop { folder: tempfile::tempdir().unwrap() };
        shop.write("segue.toml", SETTINGS);
        shop.write("rules.segue", RULES);
        shop.write("customers.csv", CUSTOMERS);
        shop.write("purchases.csv", PURCHASES);
        shop
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// The command, to be run in the shop's folder, in surroundings that say nothing about colour.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
        command.current_dir(self.path()).args(arguments);
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS", "TERM"] {
            command.env_remove(name);
        }
        // What is kept for a user is kept there, and not where whoever runs the tests keeps it.
        command.env("XDG_CACHE_HOME", self.file("kept"));
        command
    }

    pub(crate) fn segue(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// The names of the files in a folder of the shop, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.file(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}
