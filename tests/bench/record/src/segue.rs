//! Segue's sides: rule files, the front end, single records.

use crate::records::{Chosen, Customer, TODAY};
use crate::{Failure, Side, definitions};
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_runtime::data::Dataset;
use segue_runtime::project::Location;
use segue_runtime::single::{Bind, Compiled, Field, Record, SingleError, amount, date, instant};

/// The fields that the rules read.
pub(crate) struct Fields {
    id: Field,
    age: Field,
    income: Field,
    country: Field,
    city: Field,
    plan: Field,
    signup_date: Field,
    last_seen: Field,
    email_consent: Field,
    nps: Field,
    score: Field,
}

impl Bind for Customer {
    type Fields = Fields;

    fn fields(compiled: &Compiled) -> Result<Fields, SingleError> {
        Ok(Fields {
            id: compiled.field("id")?,
            age: compiled.field("age")?,
            income: compiled.field("income")?,
            country: compiled.field("country")?,
            city: compiled.field("city")?,
            plan: compiled.field("plan")?,
            signup_date: compiled.field("signup_date")?,
            last_seen: compiled.field("last_seen")?,
            email_consent: compiled.field("email_consent")?,
            nps: compiled.field("nps")?,
            score: compiled.field("score")?,
        })
    }

    fn write(&self, fields: &Fields, record: &mut Record) -> Result<(), SingleError> {
        record.set(fields.id, self.id)?;
        record.set(fields.age, self.age)?;
        record.set(fields.income, amount(self.income * 100))?;
        record.set(fields.country, self.country.as_str())?;
        record.set(fields.city, self.city.as_str())?;
        record.set(fields.plan, self.plan)?;
        record.set(fields.signup_date, date(self.signup_date as i32))?;
        record.set(fields.last_seen, instant(self.last_seen * 1000))?;
        record.set(fields.email_consent, self.email_consent)?;
        record.set(fields.nps, self.nps)?;
        record.set(fields.score, self.score)
    }
}

/// A project of rule files, read and checked as any is.
pub(crate) fn program(name: &str, declarations: &str, rules: &str) -> Result<Program, Failure> {
    let root = std::env::temp_dir().join(format!("segue-bench-record-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&root)?;
    std::fs::write(root.join("segue.toml"), "[project]\nname = \"benchmark\"\n")?;
    std::fs::write(root.join("declarations.segue"), declarations)?;
    std::fs::write(root.join("segments.segue"), rules)?;
    let location = Location::find(&root)?;
    let checked = location.read()?.check(&location);
    std::fs::remove_dir_all(&root)?;
    let first = checked.diagnostics.first().map(|message| message.message.clone());
    checked.program.ok_or_else(|| format!("the rules do not check: {first:?}").into())
}

/// 2026-01-01T00:00Z in microseconds.
pub(crate) const AS_OF: i64 = TODAY * 86_400_000_000;

pub(crate) fn sides<'a>(chosen: &Chosen, customers: &'a [Customer]) -> Result<Vec<Side<'a>>, Failure> {
    let file = serde_json::json!({ "atoms": chosen.atoms, "segments": chosen.segments });
    let segments: definitions::Segments = serde_json::from_value(file)?;
    let program = program("customers", &definitions::customers(), &segments.rules(chosen.segments.len()))?;
    let compiled = Compiled::new(&program, &Selection::everything(&program), &Dataset::default())?;
    let moment = compiled.at(AS_OF);
    let fields = Customer::fields(&compiled)?;
    let mut record = compiled.record();
    let by_struct = move |counts: &mut [u32]| -> Result<(), Failure> {
        for customer in customers {
            record.clear();
            customer.write(&fields, &mut record)?;
            moment.evaluate(&mut record)?.segments().for_each(|segment| counts[segment] += 1);
        }
        Ok(())
    };
    let moment = compiled.at(AS_OF);
    let texts: Vec<String> = customers.iter().map(Customer::written_json).collect();
    let mut record = compiled.record();
    let by_json = move |counts: &mut [u32]| -> Result<(), Failure> {
        for text in &texts {
            moment.evaluate_json(&mut record, text)?.segments().for_each(|segment| counts[segment] += 1);
        }
        Ok(())
    };
    Ok(vec![
        Side { name: "Segue", from_json: false, run: Box::new(by_struct) },
        Side { name: "Segue", from_json: true, run: Box::new(by_json) },
    ])
}
