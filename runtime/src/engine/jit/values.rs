//! A row's values inside the loop: the same results, to the bit, as the kernels' and the interpreter's.
//!
//! Everything is worked out for every row; where arithmetic fails the row's bit is set in a branch that is hardly ever taken.

use super::reads::{Emitted, Emitter, Slot, changing};
use crate::engine::EngineError;
use crate::engine::prepare::Aid;
use cranelift::prelude::*;
use segue_compiler::plan::{NodeId, Op};
use segue_compiler::program::Conversion;
use segue_compiler::syntax::tree::{Factor, Sign};

impl Emitter<'_, '_, '_> {
    /// Works a node out in the loop; its operands were worked out or are read.
    pub(crate) fn work(&mut self, id: NodeId) -> Result<(), EngineError> {
        let node = self.prepared.node(id)?;
        let broken = |what| Err(EngineError::Broken(id.0, what));
        let value = match &node.op {
            Op::Convert(conversion, operand) => self.convert(*conversion, *operand)?,
            Op::Negate(operand) => match self.read(*operand)? {
                Emitted::Whole { value, known } => {
                    let negated = self.code.ins().ineg(value);
                    let failed = self.code.ins().icmp_imm_s(IntCC::Equal, value, i64::MIN);
                    let known = self.fails(Slot::Overflow(id), failed, known)?;
                    Emitted::Whole { value: negated, known }
                }
                Emitted::Float { value, known } => {
                    let negated = self.code.ins().fneg(value);
                    Emitted::Float { value: self.positive_zero(negated), known }
                }
                _ => return broken("a loop cannot negate it"),
            },
            Op::Sum(terms) => self.sum(id, terms)?,
            Op::Product(factors) => self.product(id, factors)?,
            Op::Less(left, right) => self.compare(*left, *right, IntCC::SignedLessThan, FloatCC::LessThan)?,
            Op::Equal { left, right, .. } => self.compare(*left, *right, IntCC::Equal, FloatCC::Equal)?,
            Op::Otherwise(choices) => self.otherwise(choices)?,
            Op::IsKnown(operand) => {
                let known = match self.read(*operand)? {
                    Emitted::Truth { yes, no } => no.map(|no| self.code.ins().bor(yes, no)),
                    Emitted::Whole { known, .. } | Emitted::Float { known, .. } | Emitted::Code { known, .. } => known,
                };
                let yes = known.unwrap_or_else(|| self.code.ins().iconst(types::I8, 1));
                Emitted::Truth { yes, no: None }
            }
            Op::InWindows(moment, _) => {
                let Emitted::Whole { value, known } = self.read(*moment)? else {
                    return broken("its moment is none");
                };
                if !matches!(self.prepared.aid(id), Aid::Time(filter) if filter.is_range() || filter.is_empty()) {
                    return broken("a loop cannot tell weekdays and clock times");
                }
                let (first, last) = (self.slot(Slot::First(id))?, self.slot(Slot::Last(id))?);
                let after = self.code.ins().icmp(IntCC::SignedGreaterThanOrEqual, value, first);
                let before = self.code.ins().icmp(IntCC::SignedLessThanOrEqual, value, last);
                let inside = self.code.ins().band(after, before);
                self.truth(inside, known)
            }
            Op::Not(operand) => {
                let (yes, no) = self.read_truth(*operand)?;
                match no {
                    Some(no) => Emitted::Truth { yes: no, no: Some(yes) },
                    None => Emitted::Truth { yes: self.no(yes, None), no: None },
                }
            }
            Op::And(operands) => self.joined(operands, true)?,
            Op::Or(operands) => self.joined(operands, false)?,
            Op::AtLeastOf(count, operands) => self.at_least(*count, operands)?,
            Op::Certain(operand) => Emitted::Truth { yes: self.read_truth(*operand)?.0, no: None },
            _ => return broken("a loop cannot work it out"),
        };
        self.values.insert(id, value);
        Ok(())
    }

    fn read_truth(&mut self, id: NodeId) -> Result<(Value, Option<Value>), EngineError> {
        match self.read(id)? {
            Emitted::Truth { yes, no } => Ok((yes, no)),
            _ => Err(EngineError::Broken(id.0, "it is no yes/no value")),
        }
    }

    fn convert(&mut self, conversion: Conversion, operand: NodeId) -> Result<Emitted, EngineError> {
        let value = self.read(operand)?;
        Ok(match (conversion, value) {
            (Conversion::IntegerToNumber, Emitted::Whole { value, known }) => {
                Emitted::Float { value: self.code.ins().fcvt_from_sint(types::F64, value), known }
            }
            (Conversion::ToText | Conversion::PercentNumber, same) => same,
            _ => return Err(EngineError::Broken(operand.0, "it cannot be converted")),
        })
    }

    /// Sets the row's bit where the operands are known and `failed` is 1; gives where the result is known.
    fn fails(&mut self, slot: Slot, failed: Value, known: Option<Value>) -> Result<Option<Value>, EngineError> {
        let failed = known.map_or(failed, |known| self.code.ins().band(failed, known));
        let (cold, next) = (self.code.create_block(), self.code.create_block());
        self.code.set_cold_block(cold);
        self.code.ins().brif(failed, cold, &[], next, &[]);
        self.code.switch_to_block(cold);
        let words = self.slot(slot)?;
        let at = self.code.ins().ushr_imm_u(self.local, 6);
        let offset = self.code.ins().ishl_imm_u(at, 3);
        let address = self.code.ins().iadd(words, offset);
        let word = self.code.ins().load(types::I64, changing(), address, 0);
        let one = self.code.ins().iconst(types::I64, 1);
        let bit = self.code.ins().ishl(one, self.local);
        let word = self.code.ins().bor(word, bit);
        self.code.ins().store(changing(), word, address, 0);
        self.code.ins().jump(next, &[]);
        self.code.switch_to_block(next);
        let good = self.code.ins().bxor_imm_u(failed, 1);
        Ok(Some(match known {
            Some(known) => self.code.ins().band(known, good),
            None => good,
        }))
    }

    /// -0.0 as 0.0.
    fn positive_zero(&mut self, value: Value) -> Value {
        let zero = self.code.ins().f64const(0.0);
        self.code.ins().fadd(value, zero)
    }

    /// 1 where a float is infinite or not a number.
    fn not_finite(&mut self, value: Value) -> Value {
        let size = self.code.ins().fabs(value);
        let infinity = self.code.ins().f64const(f64::INFINITY);
        let finite = self.code.ins().fcmp(FloatCC::LessThan, size, infinity);
        self.code.ins().bxor_imm_u(finite, 1)
    }

    fn sum(&mut self, id: NodeId, terms: &[(Sign, NodeId)]) -> Result<Emitted, EngineError> {
        let read: Vec<(Sign, Emitted)> =
            terms.iter().map(|(sign, term)| Ok((*sign, self.read(*term)?))).collect::<Result<_, EngineError>>()?;
        let known = self.all_known(read.iter().map(|(_, term)| match term {
            Emitted::Whole { known, .. } | Emitted::Float { known, .. } => *known,
            _ => None,
        }));
        let broken = EngineError::Broken(id.0, "its terms cannot be added");
        match read.first() {
            Some((_, Emitted::Float { .. })) => {
                let mut total = self.code.ins().f64const(0.0);
                for (sign, term) in read {
                    let Emitted::Float { value, .. } = term else { return Err(broken) };
                    total = match sign {
                        Sign::Plus => self.code.ins().fadd(total, value),
                        Sign::Minus => self.code.ins().fsub(total, value),
                    };
                }
                let failed = self.not_finite(total);
                let known = self.fails(Slot::Overflow(id), failed, known)?;
                Ok(Emitted::Float { value: self.positive_zero(total), known })
            }
            Some((_, Emitted::Whole { .. })) => {
                let zero = self.code.ins().iconst(types::I64, 0);
                let mut total = self.code.ins().sextend(types::I128, zero);
                for (sign, term) in read {
                    let Emitted::Whole { value, .. } = term else { return Err(broken) };
                    let wide = self.code.ins().sextend(types::I128, value);
                    total = match sign {
                        Sign::Plus => self.code.ins().iadd(total, wide),
                        Sign::Minus => self.code.ins().isub(total, wide),
                    };
                }
                let (low, high) = self.code.ins().isplit(total);
                let fitting = self.code.ins().sshr_imm_u(low, 63);
                let failed = self.code.ins().icmp(IntCC::NotEqual, high, fitting);
                let known = self.fails(Slot::Overflow(id), failed, known)?;
                Ok(Emitted::Whole { value: low, known })
            }
            _ => Err(broken),
        }
    }

    fn product(&mut self, id: NodeId, factors: &[(Factor, NodeId)]) -> Result<Emitted, EngineError> {
        let read: Vec<(Factor, Emitted)> = factors
            .iter()
            .map(|(side, factor)| Ok((*side, self.read(*factor)?)))
            .collect::<Result<_, EngineError>>()?;
        let known = self.all_known(read.iter().map(|(_, factor)| match factor {
            Emitted::Whole { known, .. } | Emitted::Float { known, .. } => *known,
            _ => None,
        }));
        let broken = EngineError::Broken(id.0, "its factors cannot be multiplied in a loop");
        let mut read = read.into_iter();
        match read.next() {
            Some((_, Emitted::Whole { value, .. })) => {
                let mut product = value;
                let mut failed: Option<Value> = None;
                for (side, factor) in read {
                    let (Factor::Times, Emitted::Whole { value, .. }) = (side, factor) else { return Err(broken) };
                    let low = self.code.ins().imul(product, value);
                    let high = self.code.ins().smulhi(product, value);
                    let fitting = self.code.ins().sshr_imm_u(low, 63);
                    let wide = self.code.ins().icmp(IntCC::NotEqual, high, fitting);
                    failed = Some(failed.map_or(wide, |before| self.code.ins().bor(before, wide)));
                    product = low;
                }
                let known = match failed {
                    Some(failed) => self.fails(Slot::Overflow(id), failed, known)?,
                    None => known,
                };
                Ok(Emitted::Whole { value: product, known })
            }
            Some((_, Emitted::Float { value, .. })) => {
                let mut product = value;
                let (mut division, mut overflow): (Option<Value>, Option<Value>) = (None, None);
                for (side, factor) in read {
                    let Emitted::Float { value, .. } = factor else { return Err(broken) };
                    product = match side {
                        Factor::Times => self.code.ins().fmul(product, value),
                        Factor::Over => {
                            let zero = self.code.ins().f64const(0.0);
                            let by_zero = self.code.ins().fcmp(FloatCC::Equal, value, zero);
                            division = Some(division.map_or(by_zero, |before| self.code.ins().bor(before, by_zero)));
                            self.code.ins().fdiv(product, value)
                        }
                    };
                    let large = self.not_finite(product);
                    overflow = Some(overflow.map_or(large, |before| self.code.ins().bor(before, large)));
                }
                // A division by zero is one, whatever else went wrong.
                let mut known = known;
                if let Some(division) = division {
                    known = self.fails(Slot::Division(id), division, known)?;
                }
                if let Some(overflow) = overflow {
                    known = self.fails(Slot::Overflow(id), overflow, known)?;
                }
                Ok(Emitted::Float { value: self.positive_zero(product), known })
            }
            _ => Err(broken),
        }
    }

    fn compare(&mut self, left: NodeId, right: NodeId, whole: IntCC, float: FloatCC) -> Result<Emitted, EngineError> {
        let (first, second) = (self.read(left)?, self.read(right)?);
        Ok(match (first, second) {
            (Emitted::Whole { value: left, known: first }, Emitted::Whole { value: right, known: second }) => {
                let yes = self.code.ins().icmp(whole, left, right);
                let known = self.all_known([first, second]);
                self.truth(yes, known)
            }
            (Emitted::Float { value: left, known: first }, Emitted::Float { value: right, known: second }) => {
                let yes = self.code.ins().fcmp(float, left, right);
                let known = self.all_known([first, second]);
                self.truth(yes, known)
            }
            (Emitted::Truth { yes: left, no: no_left }, Emitted::Truth { yes: right, no: no_right }) => {
                let known_left = no_left.map(|no| self.code.ins().bor(left, no));
                let known_right = no_right.map(|no| self.code.ins().bor(right, no));
                let yes = match whole {
                    IntCC::Equal => {
                        let different = self.code.ins().bxor(left, right);
                        self.code.ins().bxor_imm_u(different, 1)
                    }
                    // No before yes.
                    _ => {
                        let no = self.code.ins().bxor_imm_u(left, 1);
                        self.code.ins().band(no, right)
                    }
                };
                let known = self.all_known([known_left, known_right]);
                self.truth(yes, known)
            }
            _ => return Err(EngineError::Broken(left.0, "a loop cannot compare it")),
        })
    }

    /// The first known one.
    fn otherwise(&mut self, choices: &[NodeId]) -> Result<Emitted, EngineError> {
        let mut choices = choices.iter();
        let Some(first) = choices.next() else { return Err(EngineError::Broken(0, "there is no choice")) };
        let mut chosen = self.read(*first)?;
        for choice in choices {
            let next = self.read(*choice)?;
            chosen = match (chosen, next) {
                (Emitted::Whole { known: None, .. } | Emitted::Float { known: None, .. }, _)
                | (Emitted::Truth { no: None, .. }, _) => chosen,
                (
                    Emitted::Whole { value: first, known: Some(known) },
                    Emitted::Whole { value: second, known: other },
                ) => Emitted::Whole {
                    value: self.code.ins().select(known, first, second),
                    known: other.map(|other| self.code.ins().bor(known, other)),
                },
                (
                    Emitted::Float { value: first, known: Some(known) },
                    Emitted::Float { value: second, known: other },
                ) => Emitted::Float {
                    value: self.code.ins().select(known, first, second),
                    known: other.map(|other| self.code.ins().bor(known, other)),
                },
                (Emitted::Truth { yes, no: Some(no) }, Emitted::Truth { yes: next_yes, no: next_no }) => {
                    let known = self.code.ins().bor(yes, no);
                    let next_no = self.no(next_yes, next_no);
                    Emitted::Truth {
                        yes: self.code.ins().select(known, yes, next_yes),
                        no: Some(self.code.ins().select(known, no, next_no)),
                    }
                }
                _ => return Err(EngineError::Broken(choice.0, "a loop cannot choose it")),
            };
        }
        Ok(chosen)
    }

    /// Kleene's and (`all`) or or.
    fn joined(&mut self, operands: &[NodeId], all: bool) -> Result<Emitted, EngineError> {
        let mut joined: Option<(Value, Option<Value>)> = None;
        for operand in operands {
            let (yes, no) = self.read_truth(*operand)?;
            joined = Some(match joined {
                None => (yes, no),
                Some((before_yes, before_no)) => {
                    let optional = before_no.is_some() || no.is_some();
                    let both = |emitter: &mut Self, and: bool, left, right| {
                        if and { emitter.code.ins().band(left, right) } else { emitter.code.ins().bor(left, right) }
                    };
                    let no = if optional {
                        let (left, right) = (self.no(before_yes, before_no), self.no(yes, no));
                        Some(both(self, !all, left, right))
                    } else {
                        None
                    };
                    (both(self, all, before_yes, yes), no)
                }
            });
        }
        let (yes, no) = joined.ok_or(EngineError::Broken(0, "there is nothing to join"))?;
        Ok(Emitted::Truth { yes, no })
    }

    fn at_least(&mut self, count: u32, operands: &[NodeId]) -> Result<Emitted, EngineError> {
        let mut held = self.code.ins().iconst(types::I32, 0);
        let mut refused = held;
        for operand in operands {
            let (yes, no) = self.read_truth(*operand)?;
            let no = self.no(yes, no);
            let yes = self.code.ins().uextend(types::I32, yes);
            let no = self.code.ins().uextend(types::I32, no);
            held = self.code.ins().iadd(held, yes);
            refused = self.code.ins().iadd(refused, no);
        }
        let all = i64::try_from(operands.len()).map_err(EngineError::code)?;
        let yes = self.code.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, held, i64::from(count));
        // Fewer than `count` can hold where more than `all - count` do not.
        let no = self.code.ins().icmp_imm_s(IntCC::SignedGreaterThan, refused, all - i64::from(count));
        Ok(Emitted::Truth { yes, no: Some(no) })
    }
}
