//! Dates and instants: shifts, differences, parts, completed units, windows.

use super::{Task, Worked, truth_by_row, whole_by_row};
use crate::engine::EngineError;
use crate::engine::clocks::Clocks;
use crate::engine::prepare::Aid;
use segue_compiler::builtins::Function;
use segue_compiler::plan::Op;
use segue_compiler::program::Type;
use segue_compiler::syntax::tree::Sign;
use segue_compiler::values::arithmetic::{Failure, absolute};
use segue_compiler::values::calendar::{
    self, MICROS_PER_DAY, MICROS_PER_SECOND, Moments, shift_date, units_between_dates,
};
use segue_compiler::values::places::degrees;
use segue_compiler::values::{Value, text};

pub(super) fn evaluate(task: &Task<'_, '_>) -> Result<Worked<'static>, EngineError> {
    let operand_type = operand_type(task)?;
    let clock = &task.prepared.clock;
    let input = task.input(0)?;
    let whole = input.whole();
    match task.op()? {
        Op::Shift(_, sign, amount) => {
            let count = if *sign == Sign::Minus { -amount.count } else { amount.count };
            if *operand_type == Type::Date {
                let moved = |row: usize| shift_date(day(whole.at(row)), count, amount.unit).map(i64::from);
                return whole_by_row(task, |row| moved(row).ok_or(Failure::Overflow));
            }
            let clocks = Clocks::new(clock.zone);
            whole_by_row(task, |row| clocks.shift(whole.at(row), count, amount.unit).ok_or(Failure::Overflow))
        }
        Op::Difference(..) => {
            let earlier = task.input(1)?.whole();
            let is_date = *operand_type == Type::Date;
            whole_by_row(task, |row| {
                let difference = whole.at(row).checked_sub(earlier.at(row));
                let micros =
                    if is_date { difference.and_then(|days| days.checked_mul(MICROS_PER_DAY)) } else { difference };
                micros.ok_or(Failure::Overflow)
            })
        }
        Op::InWindows(..) => {
            let Aid::Time(filter) = task.aid() else { return Err(task.broken("its windows were not prepared")) };
            if filter.is_range() {
                return Ok(truth_by_row(task, |row| (filter.first..=filter.last).contains(&whole.at(row))));
            }
            if filter.moments == Moments::Instants {
                let clocks = Clocks::new(filter.zone);
                return Ok(truth_by_row(task, |row| clocks.contains(filter, whole.at(row))));
            }
            Ok(truth_by_row(task, |row| filter.contains(whole.at(row))))
        }
        Op::Call(function, _) => call(task, *function, operand_type),
        _ => Err(task.broken("it is no calendar's work")),
    }
}

fn operand_type<'t>(task: &Task<'t, '_>) -> Result<&'t Type, EngineError> {
    let mut first = None;
    task.op()?.for_each_operand(|operand| first = first.or(Some(operand)));
    let operand = first.ok_or_else(|| task.broken("an operand is missing"))?;
    Ok(&task.prepared.node(operand)?.ty)
}

/// A whole value that came from a day.
pub(super) fn day(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(0)
}

fn call(task: &Task<'_, '_>, function: Function, ty: &Type) -> Result<Worked<'static>, EngineError> {
    let clock = &task.prepared.clock;
    let input = task.input(0)?;
    let whole = input.whole();
    let (is_date, today) = (*ty == Type::Date, clock.today());
    let clocks = Clocks::new(clock.zone);
    let date = |row: usize| if is_date { day(whole.at(row)) } else { clocks.local(whole.at(row)).day };
    let of_clock = |unit: i64, per: i64| {
        whole_by_row(task, |row| Ok(clocks.local(whole.at(row)).micros / (unit * MICROS_PER_SECOND) % per))
    };
    let part = |part: &dyn Fn(i32) -> i64| whole_by_row(task, |row| Ok(part(date(row))));
    let counted =
        |count: &dyn Fn(i64) -> Option<i64>| whole_by_row(task, |row| count(whole.at(row)).ok_or(Failure::Overflow));
    match function {
        Function::YearOf => part(&calendar::year_of),
        Function::QuarterOf => part(&|day| calendar::quarter_of(day).into()),
        Function::MonthOf => part(&|day| calendar::month_of(day).into()),
        Function::DayOf => part(&|day| calendar::day_of_month(day).into()),
        Function::WeekdayOf => part(&|day| calendar::weekday_of(day).into()),
        Function::DateOf => part(&|day| day.into()),
        Function::HourOf => of_clock(3_600, 24),
        Function::MinuteOf => of_clock(60, 60),
        Function::LengthOf => {
            let Aid::Lengths(lengths) = task.aid() else { return Err(task.broken("its lengths were not prepared")) };
            let codes = input.codes();
            whole_by_row(task, |row| Ok(lengths.get(codes.at(row) as usize).copied().unwrap_or(0)))
        }
        Function::LatitudeOf => super::float_by_row(task, |row| Ok(degrees(whole.at(row)).0)),
        Function::LongitudeOf => super::float_by_row(task, |row| Ok(degrees(whole.at(row)).1)),
        Function::AbsoluteOf => match ty {
            Type::Number | Type::Percent => {
                let float = input.float();
                super::float_by_row(task, |row| match absolute(&Value::Number(float.at(row)))? {
                    Value::Number(size) => Ok(size),
                    _ => Err(Failure::Unsuited),
                })
            }
            _ => whole_by_row(task, |row| whole.at(row).checked_abs().ok_or(Failure::Overflow)),
        },
        Function::UnitsSince(unit) if is_date => counted(&|value| units_between_dates(unit, day(value), today)),
        Function::UnitsSince(unit) => counted(&|value| clock.units_since_instant(unit, value)),
        Function::UnitsUntil(unit) if is_date => counted(&|value| units_between_dates(unit, today, day(value))),
        Function::UnitsUntil(unit) => counted(&|value| clock.units_until_instant(unit, value)),
        Function::TimeSince if is_date => counted(&|value| clock.time_since_date(day(value))),
        Function::TimeSince => counted(&|value| clock.time_since_instant(value)),
        Function::TimeUntil if is_date => {
            counted(&|value| clock.time_since_date(day(value)).and_then(i64::checked_neg))
        }
        Function::TimeUntil => counted(&|value| value.checked_sub(clock.as_of)),
    }
}

/// How many characters each text of a dictionary has.
pub(crate) fn lengths(dictionary: &crate::data::Dictionary) -> Vec<i64> {
    crate::engine::shape::codes(dictionary).map(|code| text::length(&dictionary.text(code))).collect()
}
