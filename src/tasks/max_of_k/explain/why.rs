/// What is to be said of inputs: that they are proven, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// They are proven.
    Proven,
    /// A sub-cubic proof's gap leaves them out.
    Gap,
    /// Some token in them is not one of those that are proven.
    Tokens,
    /// The test fails, most by the bound on the direct path.
    Direct,
    /// The test fails, most by positions.
    Positions,
    /// The test fails, most by what other tokens write to wrong outputs.
    Output,
    /// The test fails, most by the error of approximating attention.
    Attention,
    /// A count of those that may be wrong does not exclude them.
    NotExcluded,
    /// The proof leaves the case out, to be shorter.
    Left,
    /// Rounding decides.
    Rounding,
    /// They are proven wrong.
    Wrong,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Proven,
        Self::Gap,
        Self::Tokens,
        Self::Direct,
        Self::Positions,
        Self::Output,
        Self::Attention,
        Self::NotExcluded,
        Self::Left,
        Self::Rounding,
        Self::Wrong,
    ];

    /// An identifier.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Gap => "gap",
            Self::Tokens => "tokens",
            Self::Direct => "direct",
            Self::Positions => "positions",
            Self::Output => "output",
            Self::Attention => "attention",
            Self::NotExcluded => "not-excluded",
            Self::Left => "left",
            Self::Rounding => "rounding",
            Self::Wrong => "wrong",
        }
    }

    /// A few words for a person.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Proven => "Proven",
            Self::Gap => "Left out by the gap",
            Self::Tokens => "Tokens that are not proven harmless",
            Self::Direct => "Test fails: direct path",
            Self::Positions => "Test fails: positions",
            Self::Output => "Test fails: what tokens write",
            Self::Attention => "Test fails: error of attention",
            Self::NotExcluded => "May be wrong",
            Self::Left => "Not tried",
            Self::Rounding => "Lost to rounding",
            Self::Wrong => "Answered wrong",
        }
    }

    /// A sentence for a student.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Proven => "The proof shows that the network answers these inputs right.",
            Self::Gap => {
                "Some other token is too close to the largest one: the proof keeps a gap between them, and is silent \
                 about inputs inside it."
            }
            Self::Tokens => {
                "Some token of these inputs is not one of those that the proof shows to do no harm in this case."
            }
            Self::Direct => {
                "The inequality fails, and its largest term is the bound on what the last token adds to the logits \
                 directly, without attention."
            }
            Self::Positions => {
                "The inequality fails, and its largest term is the bound on what attended positions write to the logits."
            }
            Self::Output => {
                "The inequality fails, and its largest term is the bound on what attended tokens write to wrong logits."
            }
            Self::Attention => {
                "The inequality fails, and its largest term is what may be wrong with the approximated attention."
            }
            Self::NotExcluded => {
                "The proof only counts how many inputs of a case may be wrong at most, and these may."
            }
            Self::Left => "The proof does not try these cases, so that it is shorter.",
            Self::Rounding => {
                "The proof would hold if computers calculated exactly; the room it leaves for rounding is too large."
            }
            Self::Wrong => {
                "The network's answer to these inputs is wrong: no proof can cover them."
            }
        }
    }
}
