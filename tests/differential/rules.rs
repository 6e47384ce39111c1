//! The generated part of a rule file: traits, segments and partitions, each from a stream of choices of its own. Each test is
//! kept as a trait as well, for the count of what the tests really gave.

use crate::choices::Choices;
use crate::kinds::{Kind, Place, Ty};
use crate::rows::{SOURCES, Source};
use crate::schema::Scope;
use crate::values::Writer;

/// A single test, with the traits that tell what it gave.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    /// What it asks.
    pub(crate) kind: Kind,
    /// Where it stands.
    pub(crate) place: Place,
    /// The trait that holds the test; behind `where`: whether it is true of any row.
    pub(crate) name: String,
    /// Behind `where`: the trait that says whether it is unknown of any row.
    pub(crate) unknown: Option<String>,
}

/// A rule file's generated part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// The text.
    pub(crate) text: String,
    /// Single tests.
    pub(crate) atoms: Vec<Atom>,
}

/// What earlier rules a rule may use.
#[derive(Default)]
pub(crate) struct Earlier {
    traits: Vec<(Ty, Vec<String>)>,
    pub(crate) segments: Vec<String>,
    pub(crate) partitions: Vec<(String, Vec<String>)>,
    /// Segments of other tables' rows, with their table.
    pub(crate) others: Vec<(String, &'static str)>,
}

impl Earlier {
    /// Traits of a type.
    pub(crate) fn traits(&self, ty: Ty) -> &[String] {
        self.traits.iter().find(|(of, _)| *of == ty).map_or(&[], |(_, names)| names)
    }

    fn add(&mut self, ty: Ty, name: String) {
        match self.traits.iter_mut().find(|(of, _)| *of == ty) {
            Some((_, names)) => names.push(name),
            None => self.traits.push((ty, vec![name])),
        }
    }
}

/// Makes the rules, one from each stream of choices.
pub(crate) fn rules(streams: &[Vec<u32>]) -> Rules {
    let mut rules = Rules::default();
    let mut earlier = Earlier::default();
    for (at, stream) in streams.iter().enumerate() {
        let mut choices = Choices::new(stream);
        let mut writer = Writer { choices: &mut choices, earlier: &earlier, elsewhere: None };
        match writer.choices.below(22) {
            0..=3 => {
                let (kind, test) = writer.single(Scope::Customer);
                let name = format!("atom_{at}");
                rules.text += &format!("trait {name} = {test}\n");
                rules.atoms.push(Atom { kind, place: Place::Customer, name: name.clone(), unknown: None });
                earlier.add(Ty::Boolean, name);
            }
            4..=7 => {
                let (source, kind, test) = writer.single_of_row();
                let (name, unknown) = (format!("atom_{at}"), format!("unsure_{at}"));
                let path = source.path;
                rules.text += &format!("trait {name} = any {path} where ({test})\n");
                rules.text += &format!(
                    "trait {unknown} = (number of {path} where ({test})) + (number of {path} where (not ({test}))) < (number of {path})\n"
                );
                rules.atoms.push(Atom { kind, place: Place::Where, name: name.clone(), unknown: Some(unknown) });
                earlier.add(Ty::Boolean, name);
            }
            8..=10 => {
                let ty = *writer.choices.pick(&Ty::ALL);
                let value = writer.value(ty, Scope::Customer, 3);
                rules.text += &format!("trait value_{at} = {value}\n");
                // What values a listed trait may hold depends on the field; rules do not compare it with written ones.
                earlier.add(ty, format!("value_{at}"));
            }
            11 => {
                let parts = 1 + writer.choices.below(3);
                let mut names = Vec::new();
                rules.text += &format!("partition parts_{at} {{\n");
                for part in 0..parts {
                    let condition = writer.condition(Scope::Customer, 3);
                    rules.text += &format!("  p{part} : {condition}\n");
                    names.push(format!("p{part}"));
                }
                if writer.choices.once_in(4) {
                    rules.text += "}\n";
                } else {
                    rules.text += "  rest : otherwise\n}\n";
                    names.push("rest".to_owned());
                }
                earlier.partitions.push((format!("parts_{at}"), names));
            }
            16 => {
                let (is_whole, score) = writer.score();
                rules.text += &format!("score score_{at}{score}\n");
                earlier.add(if is_whole { Ty::Integer } else { Ty::Number }, format!("score_{at}"));
            }
            17 => {
                let (ty, value) = writer.of_base();
                rules.text += &format!("trait of_base_{at} = {value}\n");
                earlier.add(ty, format!("of_base_{at}"));
            }
            18 => {
                let (partition, names) = writer.by_rank();
                rules.text += &format!("partition ranked_{at}{partition}\n");
                earlier.partitions.push((format!("ranked_{at}"), names));
            }
            19 => {
                let condition = writer.in_base();
                rules.text += &format!("segment in_base_{at} {{ {condition} }}\n");
                earlier.segments.push(format!("in_base_{at}"));
            }
            20 | 21 => {
                let (text, table) = writer.other_segment(at);
                rules.text += &text;
                earlier.others.push((format!("other_{at}"), table));
                earlier.segments.push(format!("via_{at}"));
            }
            _ => {
                let lines = 1 + writer.choices.below(2);
                rules.text += &format!("segment seg_{at} {{\n");
                for _ in 0..lines {
                    let condition = writer.condition(Scope::Customer, 4);
                    rules.text += &format!("  {condition}\n");
                }
                rules.text += "}\n";
                earlier.segments.push(format!("seg_{at}"));
            }
        }
    }
    rules
}

impl Writer<'_, '_> {
    /// One test, every kind as often as every other.
    fn single(&mut self, scope: Scope) -> (Kind, String) {
        let kinds = Kind::all();
        loop {
            let kind = *self.choices.pick(&kinds);
            if let Some(text) = self.atom_of(kind, scope, 2) {
                return (kind, text);
            }
        }
    }

    /// The same of a row: a kind that the rows chosen first know nothing about is asked of others.
    fn single_of_row(&mut self) -> (Source, Kind, String) {
        let kinds = Kind::all();
        loop {
            let kind = *self.choices.pick(&kinds);
            let first = self.choices.below(SOURCES.len());
            for source in SOURCES.iter().cycle().skip(first).take(SOURCES.len()) {
                if let Some(text) = self.atom_of(kind, source.inner, 2) {
                    return (*source, kind, text);
                }
            }
        }
    }
}
