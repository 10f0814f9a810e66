//! The second theorem: about networks that multiply in a finite group.
//!
//! A certificate claims a number of right inputs among all `order²` pairs `x, y`. An input is right
//! if the logit of `x · y` is strictly the largest, in exact real arithmetic on the numbers that
//! the weights file stores. Whatever the certificate proves it by, the checker runs the network on
//! every input in interval arithmetic, left token by left token, and counts those whose right logit
//! is certainly above all others. What cancels to the last digits counts as unproven.

mod group;
mod network;
mod read;

use super::Verdict;
use super::coins::{self, Coins};
use super::interval::Interval;
use super::json::{Object, shown};
use super::weights::File;
use group::Group;
use network::Network;
use read::Read;
use sha2::{Digest, Sha256};

/// The most steps, a product and a sum each, that a network may take: some minutes.
const MAX_STEPS: u64 = 1 << 36;

/// A certificate about group operations being checked.
pub(super) struct Pairs {
    group: Group,
    /// `None` if there is a reason against the claim: then nothing is counted.
    network: Option<Network>,
    verdict: Verdict,
    /// Whether the claim may fail, because coins give it.
    is_of_coins: bool,
    claimed: u64,
    derived: u64,
    /// The next left token.
    x: usize,
}

impl Pairs {
    /// See [`Checker::new`](super::Checker::new).
    pub(super) fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Self, String> {
        let in_certificate = |problem: String| format!("the certificate: {problem}");
        let mut fields = Object::read(certificate).map_err(in_certificate)?;
        let stated = Stated::read(&mut fields).map_err(in_certificate)?;
        fields.nothing_else().map_err(in_certificate)?;
        let Stated { group, read, coins, .. } = stated;
        let network = File::read(bytes)
            .and_then(|tensors| Network::new(tensors, &read))
            .map_err(|problem| format!("{file}: {problem}"))?;

        let order = group.order;
        let sha256: String =
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let total = (order * order).to_string();
        let claimed = stated.correct.parse::<u64>().unwrap_or(0);
        let theorem = format!(
            "Of the {total} pairs x, y of elements of {}, the network whose weights file has the \
             SHA-256 {sha256}{} answers at least {claimed} with x · y: in exact real arithmetic, \
             its logit exceeds every other.",
            group.name,
            read.in_theorem()
        );
        let of_coins = coins.as_ref().map(|coins| {
            coins.claim_of_samples("group-operations", &sha256, &total, &stated.correct)
        });
        let expected = of_coins.as_ref().unwrap_or(&theorem);
        let mut reasons = Vec::new();
        let mut compare = |what: &str, found: &str, expected: &str| {
            if found != expected {
                let (found, expected) = (shown(found), shown(expected));
                reasons.push(format!("{what}: found {found}, expected {expected}"));
            }
        };
        let Network { left, right, unembed, .. } = &network;
        compare("left tokens", &left.rows.to_string(), &order.to_string());
        compare("right tokens", &right.rows.to_string(), &order.to_string());
        compare("task", &stated.task, "group-operations");
        compare("SHA-256 of the weights file", &stated.sha256, &sha256);
        compare("inputs", &stated.total, &total);
        compare("theorem", &stated.theorem, expected);
        compare("claimed count, a decimal number", &stated.correct, &claimed.to_string());
        if unembed.rows < order {
            reasons.push(format!("{} outputs, expected at least {order}", unembed.rows));
        }
        let of_heads = network.heads.len() * (unembed.rows + unembed.columns);
        let of_input = unembed.rows * unembed.columns + of_heads;
        let steps = (order * order) as u64 * of_input as u64;
        if steps > MAX_STEPS {
            reasons.push(format!("the network takes {steps} steps, the limit is {MAX_STEPS}"));
        }
        let verdict = Verdict {
            theorem,
            network: read.network(),
            claimed: claimed.to_string(),
            sequences: total,
            flops: stated.flops,
            reasons,
            ..Verdict::default()
        };
        let network = verdict.reasons.is_empty().then_some(network);
        let is_of_coins = coins.is_some();
        Ok(Self { group, network, verdict, is_of_coins, claimed, derived: 0, x: 0 })
    }

    /// Checks the next left token. Returns false if there was none left.
    pub(super) fn step(&mut self) -> bool {
        let (checked, all) = self.cells();
        if checked < all {
            if let Some(network) = &self.network {
                let ys = 0..self.group.order;
                let right =
                    ys.filter(|&y| is_right(network, self.x, y, self.group.product(self.x, y)));
                self.derived += right.count() as u64;
            }
            self.x += 1;
        }
        checked < all
    }

    /// The number of checked left tokens, and of those to check in all.
    pub(super) fn cells(&self) -> (usize, usize) {
        let is_open = self.network.is_some() && self.derived < self.claimed;
        (self.x, if is_open { self.group.order } else { self.x })
    }

    /// The verdict, or `None` while there are left tokens to check.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let (checked, all) = self.cells();
        if checked < all {
            return None;
        }
        let mut verdict = Verdict { derived: self.derived.to_string(), ..self.verdict.clone() };
        if verdict.reasons.is_empty() && self.claimed > self.derived {
            let Self { derived, claimed, .. } = self;
            verdict.reasons.push(format!("right inputs: {derived} derived, {claimed} claimed"));
            if self.is_of_coins {
                verdict.reasons.push(coins::UNTOSSED.into());
            }
        }
        verdict.accepted = verdict.reasons.is_empty();
        Some(verdict)
    }
}

/// Whether the logit of `answer` is certainly larger than all others.
fn is_right(network: &Network, x: usize, y: usize, answer: usize) -> bool {
    let Network { left, right, unembed, direct, heads } = network;
    let relu = |t: Interval| Interval { low: t.low.max(0.0), high: t.high.max(0.0) };
    let inputs = left.row(x).iter().zip(right.row(y)).enumerate();
    let active: Vec<_> = inputs
        .map(|(i, (&l, &r))| {
            relu(heads.iter().fold(l + r, |input, head| input + head.on_neuron(x, y, i)))
        })
        .collect();
    let (of_x, of_y) = (direct[0].row(x), direct[1].row(y));
    // The logit of `answer` less that of `z`, neuron by neuron: what they share cancels.
    let own = unembed.row(answer);
    (0..unembed.rows).filter(|&z| z != answer).all(|z| {
        let start = (of_x[answer] - of_x[z]) + (of_y[answer] - of_y[z]);
        let start = heads.iter().fold(start, |sum, head| sum + head.on_margin(x, y, answer, z));
        let terms = active.iter().zip(own.iter().zip(unembed.row(z)));
        let margin = terms.fold(start, |sum, (&a, (&right, &wrong))| sum + a * (right - wrong));
        margin.low > 0.0
    })
}

/// The fields of a certificate.
struct Stated {
    task: String,
    theorem: String,
    sha256: String,
    correct: String,
    total: String,
    flops: f64,
    group: Group,
    read: Read,
    /// The coins of a claim that may fail.
    coins: Option<Coins>,
}

impl Stated {
    /// Reads a certificate of version 2 or 4.
    fn read(fields: &mut Object) -> Result<Self, String> {
        let theorem = fields.text("theorem")?;
        let ((group, read), coins) = match fields.take("certificate")? {
            2 => {
                fields.text("strategy")?;
                (network_in(fields.take("claim")?)?, None)
            }
            4 => {
                let network = fields.text("network")?;
                let coins = Coins::of_samples(fields, &theorem)?;
                (network_in(Object::read(&network)?)?, Some(coins))
            }
            version => return Err(format!("version {version}, expected 2 or 4")),
        };
        Ok(Self {
            coins,
            task: fields.text("task")?,
            theorem,
            sha256: fields.text("sha256")?,
            correct: fields.text("correct")?,
            total: fields.text("total")?,
            flops: fields.take("flops")?,
            group,
            read,
        })
    }
}

/// The group, and how the weights file is read, of a claim.
fn network_in(mut claim: Object) -> Result<(Group, Read), String> {
    let group = Group::read(claim.take("group")?)?;
    let read = Read::new(claim.take("read")?)?;
    // How the count was proven does not matter here.
    claim.optional_json("proof");
    claim.nothing_else()?;
    Ok((group, read))
}
