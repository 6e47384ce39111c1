//! The other engines, each given the values and the definitions in its own way, compiled before.

use crate::records::{Chosen, Customer};
use crate::{Failure, Side};
use serde_json::{Value, json};
use std::sync::Arc;

/// An expression language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Cel,
    Rhai,
    Evalexpr,
    Wirefilter,
}

fn number(atom: &Value) -> String {
    let value = atom["v"].as_f64().unwrap_or_default();
    match atom["col"].as_str() {
        Some("income") => ((value * 100.0) as i64).to_string(),
        Some("score") => format!("{value:?}"),
        _ => (value as i64).to_string(),
    }
}

fn sign(atom: &Value) -> &'static str {
    match atom["op"].as_str() {
        Some("ge") => ">=",
        Some("gt") => ">",
        Some("lt") => "<",
        _ => "<=",
    }
}

fn atom<'c>(tree: &Value, chosen: &'c Chosen) -> &'c Value {
    &chosen.atoms[tree["id"].as_u64().unwrap_or_default() as usize]
}

/// A tree in an expression language.
fn expression(tree: &Value, chosen: &Chosen, language: Language) -> String {
    let inner = |tree: &Value| expression(tree, chosen, language);
    match tree["op"].as_str() {
        Some("atom") => {
            let atom = atom(tree, chosen);
            let column = atom["col"].as_str().unwrap_or_default();
            match atom["k"].as_str() {
                // It has neither floats nor whole numbers of 64 bits: millionths, and seconds.
                Some("cmp") if language == Language::Wirefilter && column == "score" => {
                    format!("score {} {}", sign(atom), (atom["v"].as_f64().unwrap_or_default() * 1e6) as i64)
                }
                Some("cmp") if language == Language::Wirefilter && column == "last_seen" => {
                    format!("last_seen {} {}", sign(atom), atom["v"].as_i64().unwrap_or_default() / 1000)
                }
                Some("cmp") => format!("{column} {} {}", sign(atom), number(atom)),
                Some("bool") => column.to_owned(),
                _ => {
                    let values: Vec<String> =
                        atom["vals"].as_array().into_iter().flatten().map(ToString::to_string).collect();
                    match (values.as_slice(), language) {
                        ([one], _) => format!("{column} == {one}"),
                        (_, Language::Wirefilter) => format!("{column} in {{{}}}", values.join(" ")),
                        (_, Language::Evalexpr) => format!("contains(({}), {column})", values.join(", ")),
                        _ => format!("{column} in [{}]", values.join(", ")),
                    }
                }
            }
        }
        Some("not") if language == Language::Wirefilter => format!("not ({})", inner(&tree["arg"])),
        Some("not") => format!("!({})", inner(&tree["arg"])),
        operator => {
            let parts: Vec<String> =
                tree["args"].as_array().into_iter().flatten().map(|arg| format!("({})", inner(arg))).collect();
            parts.join(if operator == Some("and") { " && " } else { " || " })
        }
    }
}

/// A tree in JSON logic.
fn logic(tree: &Value, chosen: &Chosen) -> Value {
    match tree["op"].as_str() {
        Some("atom") => {
            let atom = atom(tree, chosen);
            let column = &atom["col"];
            match atom["k"].as_str() {
                Some("cmp") => {
                    let value: Value = serde_json::from_str(&number(atom)).unwrap_or_default();
                    json!({ sign(atom): [{"var": column}, value] })
                }
                Some("bool") => json!({"==": [{"var": column}, true]}),
                _ => match atom["vals"].as_array().map(Vec::as_slice) {
                    Some([one]) => json!({"==": [{"var": column}, one]}),
                    _ => json!({"in": [{"var": column}, atom["vals"]]}),
                },
            }
        }
        Some("not") => json!({"!": [logic(&tree["arg"], chosen)]}),
        operator => {
            let parts: Vec<Value> =
                tree["args"].as_array().into_iter().flatten().map(|arg| logic(arg, chosen)).collect();
            json!({ operator.unwrap_or("or"): parts })
        }
    }
}

pub(crate) fn sides<'a>(chosen: &'a Chosen, customers: &'a [Customer]) -> Result<Vec<Side<'a>>, Failure> {
    let texts = |language| chosen.segments.iter().map(move |tree| expression(tree, chosen, language));
    Ok(vec![
        wirefilter(texts(Language::Wirefilter).collect(), customers),
        cel(texts(Language::Cel).collect(), customers)?,
        rhai(texts(Language::Rhai).collect(), customers)?,
        evalexpr(texts(Language::Evalexpr).collect(), customers)?,
        datalogic(chosen, customers)?,
    ])
}

fn wirefilter(texts: Vec<String>, customers: &[Customer]) -> Side<'_> {
    use wirefilter::{ExecutionContext, Scheme};
    // Its filters borrow the scheme.
    let scheme: &'static Scheme = Box::leak(Box::new(Scheme! {
        age: Int, income: Int, country: Bytes, city: Bytes, plan: Bytes, signup_date: Int, last_seen: Int,
        email_consent: Bool, nps: Int, score: Int
    }));
    let texts: &'static [String] = texts.leak();
    let filters: Vec<_> =
        texts.iter().filter_map(|text| scheme.parse(text).ok()).map(|filter| filter.compile()).collect();
    let run = move |counts: &mut [u32]| -> Result<(), Failure> {
        for customer in customers {
            let mut context = ExecutionContext::new(scheme);
            context.set_field_value("age", customer.age as i32).map_err(|error| error.to_string())?;
            context.set_field_value("income", customer.income as i32).map_err(|error| error.to_string())?;
            context.set_field_value("country", &customer.country[..]).map_err(|error| error.to_string())?;
            context.set_field_value("city", &customer.city[..]).map_err(|error| error.to_string())?;
            context.set_field_value("plan", customer.plan).map_err(|error| error.to_string())?;
            context.set_field_value("signup_date", customer.signup_date as i32).map_err(|error| error.to_string())?;
            context
                .set_field_value("last_seen", (customer.last_seen / 1000) as i32)
                .map_err(|error| error.to_string())?;
            context.set_field_value("email_consent", customer.email_consent).map_err(|error| error.to_string())?;
            context.set_field_value("nps", customer.nps as i32).map_err(|error| error.to_string())?;
            context.set_field_value("score", (customer.score * 1e6) as i32).map_err(|error| error.to_string())?;
            for (filter, count) in filters.iter().zip(&mut *counts) {
                *count += u32::from(filter.execute(&context).map_err(|error| error.to_string())?);
            }
        }
        Ok(())
    };
    Side { name: "wirefilter-engine 0.6", from_json: false, run: Box::new(run) }
}

fn cel(texts: Vec<String>, customers: &[Customer]) -> Result<Side<'_>, Failure> {
    use cel::{Context, Env};
    let environment = Arc::new(Env::stdlib());
    let programs: Vec<_> = texts
        .iter()
        .map(|text| environment.compile(text).map_err(|error| format!("{error:?}")))
        .collect::<Result<_, _>>()?;
    let run = move |counts: &mut [u32]| -> Result<(), Failure> {
        let told = |error: &dyn std::fmt::Debug| format!("{error:?}");
        for customer in customers {
            let mut context = Context::with_env(environment.clone());
            context.add_variable("age", customer.age).map_err(|error| told(&error))?;
            context.add_variable("income", customer.income).map_err(|error| told(&error))?;
            context.add_variable("country", customer.country.clone()).map_err(|error| told(&error))?;
            context.add_variable("city", customer.city.clone()).map_err(|error| told(&error))?;
            context.add_variable("plan", customer.plan.to_owned()).map_err(|error| told(&error))?;
            context.add_variable("signup_date", customer.signup_date).map_err(|error| told(&error))?;
            context.add_variable("last_seen", customer.last_seen).map_err(|error| told(&error))?;
            context.add_variable("email_consent", customer.email_consent).map_err(|error| told(&error))?;
            context.add_variable("nps", customer.nps).map_err(|error| told(&error))?;
            context.add_variable("score", customer.score).map_err(|error| told(&error))?;
            for (program, count) in programs.iter().zip(&mut *counts) {
                *count += u32::from(program.execute(&context).map_err(|error| told(&error))? == true.into());
            }
        }
        Ok(())
    };
    Ok(Side { name: "cel 0.15", from_json: false, run: Box::new(run) })
}

fn rhai(texts: Vec<String>, customers: &[Customer]) -> Result<Side<'_>, Failure> {
    use rhai::{Engine, OptimizationLevel, Scope};
    let mut engine = Engine::new();
    engine.set_optimization_level(OptimizationLevel::Full);
    engine.set_max_expr_depths(0, 0);
    let programs: Vec<_> = texts.iter().map(|text| engine.compile_expression(text)).collect::<Result<_, _>>()?;
    let run = move |counts: &mut [u32]| -> Result<(), Failure> {
        for customer in customers {
            let mut scope = Scope::new();
            scope.push("age", customer.age);
            scope.push("income", customer.income);
            scope.push("country", customer.country.clone());
            scope.push("city", customer.city.clone());
            scope.push("plan", customer.plan.to_owned());
            scope.push("signup_date", customer.signup_date);
            scope.push("last_seen", customer.last_seen);
            scope.push("email_consent", customer.email_consent);
            scope.push("nps", customer.nps);
            scope.push("score", customer.score);
            for (program, count) in programs.iter().zip(&mut *counts) {
                let holds: bool = engine.eval_ast_with_scope(&mut scope, program).map_err(|error| error.to_string())?;
                *count += u32::from(holds);
            }
        }
        Ok(())
    };
    Ok(Side { name: "rhai 1", from_json: false, run: Box::new(run) })
}

fn evalexpr(texts: Vec<String>, customers: &[Customer]) -> Result<Side<'_>, Failure> {
    use evalexpr::{
        ContextWithMutableVariables, DefaultNumericTypes, HashMapContext, Node, Value, build_operator_tree,
    };
    let programs: Vec<Node<DefaultNumericTypes>> =
        texts.iter().map(|text| build_operator_tree(text)).collect::<Result<_, _>>()?;
    let run = move |counts: &mut [u32]| -> Result<(), Failure> {
        for customer in customers {
            let mut context = HashMapContext::<DefaultNumericTypes>::new();
            context.set_value("age".into(), Value::Int(customer.age))?;
            context.set_value("income".into(), Value::Int(customer.income))?;
            context.set_value("country".into(), Value::String(customer.country.clone()))?;
            context.set_value("city".into(), Value::String(customer.city.clone()))?;
            context.set_value("plan".into(), Value::String(customer.plan.to_owned()))?;
            context.set_value("signup_date".into(), Value::Int(customer.signup_date))?;
            context.set_value("last_seen".into(), Value::Int(customer.last_seen))?;
            context.set_value("email_consent".into(), Value::Boolean(customer.email_consent))?;
            context.set_value("nps".into(), Value::Int(customer.nps))?;
            context.set_value("score".into(), Value::Float(customer.score))?;
            for (program, count) in programs.iter().zip(&mut *counts) {
                *count += u32::from(program.eval_boolean_with_context(&context)?);
            }
        }
        Ok(())
    };
    Ok(Side { name: "evalexpr 13", from_json: false, run: Box::new(run) })
}

fn datalogic<'a>(chosen: &Chosen, customers: &'a [Customer]) -> Result<Side<'a>, Failure> {
    use datalogic_rs::{DataValue, Engine, bumpalo::Bump};
    let engine = Engine::new();
    let programs: Vec<_> = chosen
        .segments
        .iter()
        .map(|tree| engine.compile(&logic(tree, chosen).to_string()[..]).map_err(|error| format!("{error:?}")))
        .collect::<Result<_, _>>()?;
    let texts: Vec<String> = customers.iter().map(Customer::plain_json).collect();
    let mut arena = Bump::new();
    let run = move |counts: &mut [u32]| -> Result<(), Failure> {
        for text in &texts {
            arena.reset();
            let value = DataValue::from_str(text, &arena).map_err(|error| format!("{error:?}"))?;
            let value: &DataValue = arena.alloc(value);
            for (program, count) in programs.iter().zip(&mut *counts) {
                let holds = engine.evaluate(program, value, &arena).map_err(|error| format!("{error:?}"))?;
                *count += u32::from(holds.as_bool() == Some(true));
            }
        }
        Ok(())
    };
    Ok(Side { name: "datalogic-rs 5", from_json: true, run: Box::new(run) })
}
