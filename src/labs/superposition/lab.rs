use super::measures::{Match, cosine, directions, measured_tokens};
use super::proof::{self, Certificate, Method, ProofError, ProofSettings, Proven};
use super::{
    Dictionary, DictionaryTraining, LabSettings, Maps, Measures, REPRESENTED, SettingError, Token,
    ToyTraining,
};
use crate::linalg::matmul;
use serde::Serialize;

/// A toy model and its dictionaries, in training: first the toy, then all dictionaries in turn.
/// What is trained depends on the number of steps alone.
pub struct Lab {
    settings: LabSettings,
    toy: ToyTraining,
    /// Empty until the toy is finished.
    dictionaries: Vec<DictionaryTraining>,
    measured: Vec<Token>,
}

/// What is being trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The toy model.
    Toy,
    /// The dictionaries.
    Dictionaries,
    /// Nothing is left.
    Done,
}

/// How far the training of one part is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Steps done.
    pub step: u32,
    /// All steps.
    pub steps: u32,
    /// The squared error of the last batch.
    pub loss: f64,
    /// The penalty of the last batch; none for the toy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalty: Option<f64>,
}

/// How far training is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// What is being trained.
    pub stage: Stage,
    /// Steps done, of all parts.
    pub done: u32,
    /// All steps.
    pub of: u32,
    /// The toy model.
    pub toy: Part,
    /// The dictionaries.
    pub dictionaries: Vec<Part>,
}

/// The toy model, for a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToyState {
    features: usize,
    hidden: usize,
    finished: bool,
    columns: Vec<f64>,
    bias: Vec<f64>,
    norms: Vec<f64>,
    dimensionality: Vec<f64>,
    represented: Vec<bool>,
    gram: Vec<f64>,
}

/// A dictionary, for a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DictionaryState {
    latents: usize,
    width: usize,
    hidden: usize,
    encoder: Vec<f64>,
    decoder: Vec<f64>,
    bias: Vec<f64>,
    cosines: Vec<f64>,
    gram: Vec<f64>,
    firing: Vec<f64>,
    feature: Vec<Option<usize>>,
    recovered: Vec<bool>,
}

impl Lab {
    /// Starts with random weights.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn new(settings: LabSettings) -> Result<Self, SettingError> {
        settings.check()?;
        let toy = ToyTraining::new(settings.toy.clone());
        let measured = measured_tokens(&settings.toy);
        Ok(Self { settings, toy, dictionaries: Vec::new(), measured })
    }

    /// Takes one step of the toy, or once it is finished, one of each dictionary. Returns false if
    /// none was left.
    pub fn advance(&mut self) -> bool {
        if !self.toy.is_done() {
            self.toy.advance();
            return true;
        }
        self.start();
        let toy = &self.toy.toy;
        let before = self.dictionaries.iter().any(|training| !training.is_done());
        self.dictionaries.iter_mut().for_each(|training| training.advance(toy));
        before
    }

    /// Makes the dictionaries, once the toy is finished.
    fn start(&mut self) {
        if self.dictionaries.is_empty() {
            let of = &self.settings.toy;
            let all = self.settings.dictionaries.iter().cloned();
            let new = |settings| DictionaryTraining::new(settings, &self.toy.toy, of);
            self.dictionaries = all.map(new).collect();
        }
    }

    /// How far training is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let toy = Part {
            step: self.toy.step,
            steps: self.settings.toy.steps,
            loss: self.toy.loss,
            penalty: None,
        };
        let part = |(place, settings): (usize, &super::DictionarySettings)| {
            let training = self.dictionaries.get(place);
            let losses = training.map_or_else(Default::default, |training| training.losses);
            Part {
                step: training.map_or(0, |training| training.step),
                steps: settings.steps,
                loss: losses.error,
                penalty: Some(losses.penalty),
            }
        };
        let dictionaries: Vec<_> =
            self.settings.dictionaries.iter().enumerate().map(part).collect();
        let total = |of: fn(&Part) -> u32| of(&toy) + dictionaries.iter().map(of).sum::<u32>();
        let (done, of) = (total(|part| part.step), total(|part| part.steps));
        let stage = match (self.toy.is_done(), done == of) {
            (false, _) => Stage::Toy,
            (true, false) => Stage::Dictionaries,
            (true, true) => Stage::Done,
        };
        Progress { stage, done, of, toy, dictionaries }
    }

    /// The toy model as it is trained.
    #[must_use]
    pub fn toy(&self) -> &ToyTraining {
        &self.toy
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &LabSettings {
        &self.settings
    }

    /// A dictionary as it is trained; none before the toy is finished, and none at a place past the
    /// last.
    #[must_use]
    pub fn dictionary(&mut self, place: usize) -> Option<&DictionaryTraining> {
        if self.toy.is_done() {
            self.start();
        }
        self.dictionaries.get(place)
    }

    /// The toy model for a picture.
    #[must_use]
    pub fn toy_state(&self) -> ToyState {
        let toy = &self.toy.toy;
        let norms = toy.norms();
        let gram = matmul(toy.columns.view(), toy.columns.t()).into_iter().collect::<Vec<_>>();
        ToyState {
            features: toy.features(),
            hidden: toy.hidden(),
            finished: self.toy.is_done(),
            columns: toy.columns.iter().copied().collect(),
            bias: toy.bias.iter().copied().collect(),
            represented: norms.iter().map(|norm| *norm > REPRESENTED).collect(),
            dimensionality: dimensionality(&gram, &norms),
            norms,
            gram,
        }
    }

    /// The prefixes of a dictionary that each reconstruct alone, the whole last: of any but a
    /// Matryoshka dictionary, one. None as with [`Self::dictionary`].
    fn prefixes(&mut self, place: usize) -> Option<Vec<Dictionary>> {
        let training = self.dictionary(place)?;
        let sizes = training.settings().prefixes();
        Some(sizes.into_iter().map(|size| training.dictionary.prefix(size)).collect())
    }

    /// A prefix of a dictionary; none as with [`Self::dictionary`], nor past the last prefix.
    fn prefix(&mut self, place: usize, prefix: usize) -> Option<Dictionary> {
        self.prefixes(place)?.into_iter().nth(prefix)
    }

    /// A prefix of a dictionary for a picture, by default the whole; none as with
    /// [`Self::dictionary`].
    #[must_use]
    pub fn dictionary_state(
        &mut self,
        place: usize,
        prefix: Option<usize>,
    ) -> Option<DictionaryState> {
        let dictionary = &match prefix {
            Some(prefix) => self.prefix(place, prefix)?,
            None => self.dictionary(place)?.dictionary.clone(),
        };
        let toy = &self.toy.toy;
        let codes = dictionary.encode(&dictionary.activations(toy, &self.measured));
        let found = Match::new(toy, dictionary, &codes);
        let rows = directions(dictionary);
        let gram = rows.iter().flat_map(|x| rows.iter().map(|y| cosine(x, y))).collect();
        Some(DictionaryState {
            latents: dictionary.latents(),
            width: dictionary.decoder.ncols(),
            hidden: dictionary.hidden,
            encoder: dictionary.encoder.iter().copied().collect(),
            decoder: dictionary.decoder.iter().copied().collect(),
            bias: dictionary.bias.iter().copied().collect(),
            cosines: found.cosines.iter().copied().collect(),
            gram,
            firing: found.firing,
            feature: found.feature,
            recovered: found.recovered,
        })
    }

    /// What is measured of each prefix of a dictionary; none as with [`Self::dictionary`].
    #[must_use]
    pub fn measures(&mut self, place: usize) -> Option<Vec<Measures>> {
        let prefixes = self.prefixes(place)?;
        let measure = |prefix| Measures::new(&self.toy.toy, prefix, &self.measured);
        Some(prefixes.iter().map(measure).collect())
    }

    /// How latents of a prefix meet in neurons; none as with [`Self::dictionary`].
    #[must_use]
    pub fn maps(&mut self, place: usize, prefix: usize) -> Option<Maps> {
        let dictionary = self.prefix(place, prefix)?;
        Some(Maps::new(&self.toy.toy, &dictionary, &self.measured))
    }

    /// What each method proves by each prefix of a dictionary; none as with [`Self::dictionary`].
    #[must_use]
    pub fn prove(
        &mut self,
        place: usize,
        settings: &ProofSettings,
    ) -> Option<Result<Vec<Proven>, ProofError>> {
        let prefixes = self.prefixes(place)?;
        let (toy, of) = (&self.toy.toy, &self.settings.toy);
        Some(prefixes.iter().map(|prefix| proof::prove(toy, of, prefix, settings)).collect())
    }

    /// The certificate of what `method` proves by a prefix of a dictionary; none as with
    /// [`Self::dictionary`].
    #[must_use]
    pub fn certificate(
        &mut self,
        (place, prefix): (usize, usize),
        settings: &ProofSettings,
        method: Method,
    ) -> Option<Result<Certificate, ProofError>> {
        let dictionary = self.prefix(place, prefix)?;
        let prepared = proof::prepare(&self.toy.toy, &self.settings.toy, &dictionary, settings);
        Some(prepared.map(|(statement, hints)| Certificate::new(statement, hints, method)))
    }
}

/// The share of a dimension that each feature has: `‖W_i‖² / Σ_j (W_i · W_j / ‖W_i‖)²`.
fn dimensionality(gram: &[f64], norms: &[f64]) -> Vec<f64> {
    let share = |(row, norm): (&[f64], &f64)| {
        let squares = row.iter().fold(0.0, |sum, x| sum + x * x);
        let square = norm * norm;
        if squares > 0.0 { square * square / squares } else { 0.0 }
    };
    gram.chunks(norms.len()).zip(norms).map(share).collect()
}
