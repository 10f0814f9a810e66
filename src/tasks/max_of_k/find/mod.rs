//! Searches all inputs for one of a kind.
//!
//! Nothing is sampled. Fix the last token, the largest token and a wrong output: by how much the
//! output wins is a sum with one term for each position (see [`super::additive`]), so the worst
//! input is found position by position, at any length. `worst` does that; `uncovered` goes through
//! what a proof leaves out, input by input; `wrong` counts all that are wrong.

mod uncovered;
mod worst;
mod wrong;

use self::uncovered::Search;
pub(super) use self::wrong::WrongInputs;

use self::worst::{Searched, Worst};
use super::covered::{CoveredError, Decider};
use super::{Look, MaxOfK, Strategy, grouped};
use serde::Serialize;
use std::ops::ControlFlow;

/// What to look for among all inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// An input that the network gets wrong.
    Wrong,
    /// An input that the network gets right, and a proof does not count.
    Uncovered(Strategy),
    /// The input with the smallest margin.
    Closest,
}

/// What a search through all inputs found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// The input, if one was found.
    pub look: Option<Look>,
    /// What was found or, if nothing was, what was searched: a sentence.
    pub said: String,
}

impl MaxOfK {
    /// Searches all inputs; what could not be searched in a few seconds is said.
    ///
    /// # Errors
    /// If the strategy that is asked about cannot be run on this model.
    pub fn find(&self, sought: Sought) -> Result<Found, CoveredError> {
        match sought {
            Sought::Wrong => Ok(self.find_wrong()),
            Sought::Closest => Ok(self.find_closest()),
            Sought::Uncovered(strategy) => self.find_uncovered(strategy),
        }
    }

    fn find_wrong(&self) -> Found {
        let decider = Decider::new(self);
        // Twice the slack for rounding: once for theorem 3 of `crate::rounding`, and once for three
        // more roundings of a term, which amount to less.
        let slack = 2.0 * decider.answers.slack;
        let (mut wrong, mut near, mut open) = (None, 0, false);
        let searched = Worst::new(&decider.answers, self.shape()).search(slack, |output, slack| {
            let Some(tokens) = output.worst(*slack) else { return ControlFlow::Continue(()) };
            if decider.decide(&tokens) == Some(false) {
                wrong = Some(tokens);
                return ControlFlow::Break(());
            }
            // The worst input is close to a tie: so may be others.
            output.not_below(*slack, |tokens| {
                near += 1;
                match decider.decide(tokens) {
                    Some(false) => wrong = Some(tokens.to_vec()),
                    Some(true) => {}
                    None => open = true,
                }
                open |= near == MOST_NEAR;
                if wrong.is_some() || near == MOST_NEAR {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            })
        });
        let said = match (&wrong, searched) {
            (Some(_), _) => "The network gets this input wrong.".into(),
            (None, _) if open => {
                "None was found, but some inputs are too close to a tie to tell.".into()
            }
            (None, Searched::All) => {
                format!("None: the network gets all {} inputs right.", grouped(self.sequences()))
            }
            (None, part) => format!("None was found among {part}; there was no time for others."),
        };
        Found { look: wrong.map(|tokens| self.seen(&tokens)), said }
    }

    fn find_closest(&self) -> Found {
        let decider = Decider::new(self);
        let mut closest = self.seen(&vec![self.shape().v - 1; self.shape().n]);
        let least = closest.margin;
        let searched = Worst::new(&decider.answers, self.shape()).search(least, |output, least| {
            // Each round finds an input with a smaller margin, until there is none: Dinkelbach's
            // method for the least ratio of two sums.
            while let Some(tokens) = output.worst(*least) {
                let look = self.seen(&tokens);
                if look.margin.total_cmp(least).is_ge() {
                    break;
                }
                (*least, closest) = (look.margin, look);
            }
            ControlFlow::Continue(())
        });
        let all = grouped(self.sequences());
        let said = match searched {
            Searched::All if closest.example.right => {
                format!("Of all {all} inputs this one is answered most narrowly, up to rounding.")
            }
            Searched::All => {
                format!("Of all {all} inputs this one is the most wrong, up to rounding.")
            }
            part => format!("The smallest margin among {part}; there was no time for others."),
        };
        Found { look: Some(closest), said }
    }

    fn find_uncovered(&self, strategy: Strategy) -> Result<Found, CoveredError> {
        let coverage = self.coverage(strategy)?;
        let mut search = Search::new(self, coverage.as_ref());
        let found = search.run();
        let label = strategy.label();
        let said = match &found {
            Some(tokens) => {
                let because = self.covered_by(coverage.as_ref(), tokens).because;
                format!("The network gets this input right. {because}")
            }
            None if search.left_out() == 0 => {
                format!("None: {label} counts every input that the network gets right.")
            }
            None if search.is_finished() => format!(
                "None: none of the {} inputs that {label} does not count is proven right.",
                grouped(search.left_out())
            ),
            None => format!(
                "None was found among {} inputs that {label} does not count; there was no time for \
                 others.",
                grouped(search.left_out())
            ),
        };
        Ok(Found { look: found.map(|tokens| self.seen(&tokens)), said })
    }

    fn seen(&self, tokens: &[usize]) -> Look {
        self.look(tokens).expect("a search goes through inputs of the model")
    }
}

/// The most inputs close to a tie that are decided one by one: most of a second.
const MOST_NEAR: u64 = 1000;

#[cfg(test)]
mod tests {
    use super::super::covered::tests::inputs;
    use super::*;
    use crate::models::transformer::tests::random;
    use crate::models::transformer::{Shape, Transformer};

    /// Models that are mostly wrong, and some that are mostly right: attention to large tokens,
    /// each of which writes itself, and noise.
    fn models() -> Vec<Transformer> {
        let mut models = Vec::new();
        for (v, n) in [(2, 1), (5, 1), (2, 2), (6, 2), (4, 3), (6, 3), (5, 4), (3, 4)] {
            for (noise, seed) in [0.0, 0.02, 0.1, 0.2, 0.3, 0.4].into_iter().zip(0..) {
                models.push(random(Shape { v, d: 3, h: 2, n }, 3.0, seed));
                let mut model = random(Shape { v, d: v + 1, h: v + 1, n }, noise, seed);
                for t in 0..v {
                    model.W_E[[t, t]] += 1.0;
                    model.W_E[[t, v]] += t as f64;
                    model.W_U[[t, t]] += 9.0;
                    model.W_O[[t, t]] += 1.0;
                    model.W_V[[t, t]] += 9.0;
                    model.W_Q[[t, 0]] += 4.0;
                }
                model.W_K[[v, 0]] += 1.0;
                models.push(model);
            }
        }
        models
    }

    #[test]
    fn a_wrong_input_is_found_if_there_is_one() {
        let (mut with, mut without) = (0, 0);
        for model in models() {
            let Shape { v, n, .. } = model.shape();
            let task = MaxOfK::new(model).unwrap();
            let decider = Decider::new(&task);
            let is_wrong = |tokens: &[usize]| decider.decide(tokens) == Some(false);
            let Found { look, said } = task.find(Sought::Wrong).unwrap();
            let exists = inputs(v, n).any(|tokens| is_wrong(&tokens));
            assert_eq!(look.is_some(), exists, "{said}");
            assert!(look.as_ref().is_none_or(|look| is_wrong(&look.example.tokens)), "{look:?}");
            assert_eq!(look.is_none(), said.starts_with("None: the network gets all"), "{said}");
            if exists { with += 1 } else { without += 1 }
        }
        assert!(with > 20 && without > 20, "{with} models with a wrong input, {without} without");
    }

    #[test]
    fn no_input_has_a_smaller_margin() {
        for model in models() {
            let Shape { v, n, .. } = model.shape();
            let task = MaxOfK::new(model).unwrap();
            let margin = |tokens: Vec<usize>| task.look(&tokens).unwrap().margin;
            let least = inputs(v, n).map(margin).fold(f64::INFINITY, f64::min);
            let Found { look, said } = task.find(Sought::Closest).unwrap();
            let found = look.unwrap().margin;
            assert!((found - least).abs() < 1e-12 * least.abs().max(1.0), "{found}, {least}");
            let says = if found > 0.0 { "most narrowly" } else { "most wrong" };
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn what_is_not_covered_is_found_if_it_is_right() {
        let (mut with, mut without) = (0, 0);
        for model in models().into_iter().step_by(3) {
            let Shape { v, n, .. } = model.shape();
            let task = MaxOfK::new(model).unwrap();
            let decider = Decider::new(&task);
            for strategy in Strategy::all().step_by(7).chain([Strategy::BruteForce]) {
                let Found { look, said } = task.find(Sought::Uncovered(strategy)).unwrap();
                let is_found = |tokens: &[usize]| {
                    decider.decide(tokens) == Some(true)
                        && !task.covered(strategy, tokens).unwrap().covered
                };
                match look {
                    Some(look) => assert!(is_found(&look.example.tokens), "{strategy} {look:?}"),
                    None => {
                        assert!(said.starts_with("None: "), "{said}");
                        assert!(!inputs(v, n).any(|tokens| is_found(&tokens)), "{strategy}");
                        without += 1;
                        continue;
                    }
                }
                with += 1;
            }
        }
        assert!(with > 20 && without > 20, "{with} proofs with such an input, {without} without");
    }

    #[test]
    fn ties_and_weights_out_of_range_end_the_search() {
        let mut model = random(Shape { v: 6, d: 3, h: 2, n: 6 }, 1.0, 1);
        model.W_U.fill(0.0);
        let Found { look, said } = MaxOfK::new(model).unwrap().find(Sought::Wrong).unwrap();
        assert_eq!(look, None, "nothing is certain of exact ties");
        assert_eq!(said, "None was found, but some inputs are too close to a tie to tell.");
        let model = random(Shape { v: 6, d: 3, h: 2, n: 6 }, 1e30, 1);
        let task = MaxOfK::new(model).unwrap();
        for sought in [Sought::Wrong, Sought::Closest, Sought::Uncovered(Strategy::Cubic)] {
            assert!(!task.find(sought).unwrap().said.is_empty());
        }
    }
}
