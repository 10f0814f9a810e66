use super::NetworkError;
use crate::linalg::Matrix;
use crate::weights::{Tensor, WeightsFile};

/// Reads the numbers of a file's tensors.
#[derive(Clone, Copy)]
pub(super) struct Tensors<'a, 'f> {
    pub(super) weights: &'a WeightsFile<'f>,
    /// What the tensors belong to, for messages.
    pub(super) layout: &'static str,
}

impl<'a, 'f> Tensors<'a, 'f> {
    /// Refuses a file with tensors beside the `known` ones.
    pub(super) fn refuse_others(self, known: &[&str]) -> Result<(), NetworkError> {
        let names = self.weights.tensors.keys();
        let found: Vec<_> = names.filter(|name| !known.contains(&name.as_str())).cloned().collect();
        match found.is_empty() {
            true => Ok(()),
            false => Err(NetworkError::Extra { layout: self.layout, found }),
        }
    }

    /// The tensor of that name.
    fn tensor(self, name: &str) -> Result<&'a Tensor<'f>, NetworkError> {
        self.weights.tensors.get(name).ok_or_else(|| NetworkError::Missing {
            tensor: name.into(),
            layout: self.layout,
            found: self.weights.tensors.keys().cloned().collect(),
        })
    }

    /// The shape of the tensor of that name.
    pub(super) fn shape(self, name: &str) -> Result<&'a [usize], NetworkError> {
        self.tensor(name).map(Tensor::shape)
    }

    /// The complaint about the shape of a tensor that the file has.
    pub(super) fn other_shape(self, name: &str, expected: String) -> NetworkError {
        let found = self.shape(name).map(<[usize]>::to_vec).unwrap_or_default();
        NetworkError::Shape { tensor: name.into(), found, expected }
    }

    /// A matrix. The tensor may have a leading dimension, of which the matrix with the number
    /// `lead` is taken.
    pub(super) fn matrix(self, name: &str, lead: usize) -> Result<Matrix<f64>, NetworkError> {
        let (start, size) = match *self.shape(name)? {
            [rows, columns] => (vec![], (rows, columns)),
            [leading, rows, columns] if lead < leading => (vec![lead], (rows, columns)),
            _ => {
                let expected = format!("[rows, columns], or [more than {lead}, rows, columns]");
                return Err(self.other_shape(name, expected));
            }
        };
        self.numbers(name, &start, size)
    }

    /// A bias of `length`, zero if the file has none. The tensor may have a leading dimension.
    pub(super) fn bias(
        self,
        name: &str,
        lead: usize,
        length: usize,
    ) -> Result<Vec<f64>, NetworkError> {
        if !self.weights.tensors.contains_key(name) {
            return Ok(vec![0.0; length]);
        }
        let number = |start: &[usize], i| {
            let index = [start, &[i]].concat();
            self.number(name, &index)
        };
        match *self.shape(name)? {
            [found] if found == length => (0..length).map(|i| number(&[], i)).collect(),
            [leading, found] if found == length && lead < leading => {
                (0..length).map(|i| number(&[lead], i)).collect()
            }
            _ => Err(self.other_shape(name, format!("[{length}]"))),
        }
    }

    /// The numbers of a matrix whose elements' indices begin with `start`.
    fn numbers(
        self,
        name: &str,
        start: &[usize],
        (rows, columns): (usize, usize),
    ) -> Result<Matrix<f64>, NetworkError> {
        let places = (0..rows).flat_map(|i| (0..columns).map(move |j| [i, j]));
        let numbers: Result<Vec<_>, _> =
            places.map(|place| self.number(name, &[start, &place].concat())).collect();
        Matrix::from_shape_vec((rows, columns), numbers?)
            .map_err(|_| self.other_shape(name, "[rows, columns]".into()))
    }

    /// One element, a finite number in the range of float32.
    fn number(self, name: &str, index: &[usize]) -> Result<f64, NetworkError> {
        let tensor = self.tensor(name)?;
        if !tensor.dtype().is_float() {
            let (tensor, dtype) = (name.into(), tensor.dtype().to_string());
            return Err(NetworkError::NotFloat { tensor, dtype });
        }
        let value = tensor.real(index).unwrap_or(f64::NAN);
        match value.abs() <= f64::from(f32::MAX) {
            true => Ok(value),
            false => {
                Err(NetworkError::Element { tensor: name.into(), index: index.to_vec(), value })
            }
        }
    }
}
