//! Tensors: checked views of a file's bytes, turned into numbers on demand.

use std::fmt;
use std::ops::Deref;

use half::{bf16, f16};
use ndarray::{ArrayD, Dimension, IxDyn};
use thiserror::Error;

use super::limits::{MAX_DIMS, MAX_LISTED_ELEMENTS, MAX_TENSOR_ELEMENTS};
use super::text::dimensions;

/// The type of a tensor's elements, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Dtype {
    F16,
    BF16,
    F32,
    F64,
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    Complex64,
    Complex128,
    /// Any other type, by its name: its tensors are listed, but never turned into numbers.
    Other(&'static str),
}

impl Dtype {
    /// Size of one element in bytes; 0 for [`Dtype::Other`].
    pub fn size(self) -> usize {
        match self {
            Self::Other(_) => 0,
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::F16 | Self::BF16 | Self::U16 | Self::I16 => 2,
            Self::F32 | Self::U32 | Self::I32 => 4,
            Self::F64 | Self::U64 | Self::I64 | Self::Complex64 => 8,
            Self::Complex128 => 16,
        }
    }

    /// Whether this is a real floating-point type. [`Tensor::to_array`] reads no others.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::BF16 | Self::F32 | Self::F64)
    }

    /// Decodes the little-endian float at the start of `bytes`, exactly; `None` for other types.
    fn decode(self, bytes: &[u8]) -> Option<f64> {
        Some(match self {
            Self::F16 => f16::from_le_bytes(*bytes.first_chunk()?).to_f64(),
            Self::BF16 => bf16::from_le_bytes(*bytes.first_chunk()?).to_f64(),
            Self::F32 => f32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::F64 => f64::from_le_bytes(*bytes.first_chunk()?),
            _ => return None,
        })
    }

    /// Decodes the little-endian number at the start of `bytes`; integers beyond 2⁵³ are rounded.
    /// `None` for complex and unknown types.
    pub(super) fn real(self, bytes: &[u8]) -> Option<f64> {
        Some(match self {
            Self::Bool | Self::U8 => (*bytes.first()?).into(),
            Self::I8 => i8::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U16 => u16::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::I16 => i16::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U32 => u32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::I32 => i32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::U64 => u64::from_le_bytes(*bytes.first_chunk()?) as f64,
            Self::I64 => i64::from_le_bytes(*bytes.first_chunk()?) as f64,
            _ => return self.decode(bytes),
        })
    }

    /// The type that NumPy calls `descr` (`<f4`); `None` for big-endian and other types.
    pub(super) fn numpy(descr: &str) -> Option<Self> {
        Some(match descr {
            "|b1" => Self::Bool,
            "|i1" => Self::I8,
            "|u1" => Self::U8,
            "<i2" => Self::I16,
            "<u2" => Self::U16,
            "<i4" => Self::I32,
            "<u4" => Self::U32,
            "<i8" => Self::I64,
            "<u8" => Self::U64,
            "<f2" => Self::F16,
            "<f4" => Self::F32,
            "<f8" => Self::F64,
            "<c8" => Self::Complex64,
            "<c16" => Self::Complex128,
            _ => return None,
        })
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F16 => "float16",
            Self::BF16 => "bfloat16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::Bool => "bool",
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::U64 => "uint64",
            Self::I64 => "int64",
            Self::Complex64 => "complex64",
            Self::Complex128 => "complex128",
            Self::Other(name) => name,
        })
    }
}

/// What can be wrong with one tensor.
#[derive(Clone, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum TensorError {
    #[error("has {found} dimensions, the limit is {limit}")]
    TooManyDims { found: usize, limit: usize },
    #[error("{} elements are more than the limit of {limit}", dimensions(.shape))]
    TooManyElements { shape: Vec<u64>, limit: usize },
    /// `needed` counts from the start of the storage to the end of the last element; it saturates.
    #[error("{} {dtype} needs {needed} bytes, its storage has {available}", dimensions(.shape))]
    OutOfBounds { shape: Vec<u64>, dtype: Dtype, needed: u64, available: usize },
    #[error(
        "its elements are {dtype}; expected float16, bfloat16, float32 or float64: convert it, by \
         tensor.float() in torch or array.astype(numpy.float32) in NumPy, if its numbers are \
         weights"
    )]
    NotFloat { dtype: Dtype },
    #[error("element {index:?} is {}; expected finite numbers", not_finite(*value))]
    NotFinite { index: Vec<usize>, value: f64 },
}

/// What a number that is not finite is called: what prints floats takes much code.
fn not_finite(value: f64) -> &'static str {
    match value {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => "NaN",
    }
}

/// The bytes in which the elements of a tensor lie.
#[derive(Clone)]
pub(super) enum Bytes<'a> {
    /// Bytes of the file.
    File(&'a [u8]),
    /// A range of bytes that the reader made, shared between tensors so that none are held twice.
    Made(std::sync::Arc<Vec<u8>>, std::ops::Range<usize>),
}

impl Deref for Bytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Self::File(bytes) => bytes,
            Self::Made(bytes, range) => bytes.get(range.clone()).unwrap_or_default(),
        }
    }
}

/// A tensor of a weights file: element type, shape and strides over bytes, which are borrowed from
/// the file where possible. Every element lies within the bytes: the constructors check that.
#[derive(Clone)]
pub struct Tensor<'a> {
    dtype: Dtype,
    shape: Vec<usize>,
    /// In elements; 0 along dimensions of length 0 and 1.
    strides: Vec<usize>,
    /// In elements.
    offset: usize,
    data: Bytes<'a>,
}

impl fmt::Debug for Tensor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", dimensions(&self.shape), self.dtype)
    }
}

impl<'a> Tensor<'a> {
    /// A tensor of `shape` over `data`; `strides` and `offset` count elements. All of them are
    /// untrusted.
    pub(super) fn strided(
        dtype: Dtype,
        shape: &[u64],
        strides: &[u64],
        offset: u64,
        data: Bytes<'a>,
    ) -> Result<Self, TensorError> {
        debug_assert_eq!(shape.len(), strides.len());
        if shape.len() > MAX_DIMS {
            return Err(TensorError::TooManyDims { found: shape.len(), limit: MAX_DIMS });
        }
        check_elements(shape, MAX_LISTED_ELEMENTS)?;
        // If the sum saturates, it exceeds any storage.
        let last = shape.iter().zip(strides).fold(offset, |at, (&n, &stride)| {
            at.saturating_add(n.saturating_sub(1).saturating_mul(stride))
        });
        let size = dtype.size();
        let needed =
            if shape.contains(&0) { 0 } else { last.saturating_add(1).saturating_mul(size as u64) };
        let out_of_bounds = || TensorError::OutOfBounds {
            shape: shape.to_vec(),
            dtype,
            needed,
            available: data.len(),
        };
        if needed > data.len() as u64 {
            return Err(out_of_bounds());
        }
        let index = |n: u64| usize::try_from(n).map_err(|_| out_of_bounds());
        Ok(Self {
            dtype,
            shape: shape.iter().map(|&n| index(n)).collect::<Result<_, _>>()?,
            strides: shape
                .iter()
                .zip(strides)
                .map(|(&n, &stride)| index(if n > 1 { stride } else { 0 }))
                .collect::<Result<_, _>>()?,
            offset: index(offset)?,
            data,
        })
    }

    /// A tensor without gaps, in row-major order or, if `fortran`, in column-major order.
    pub(super) fn contiguous(
        dtype: Dtype,
        shape: &[u64],
        fortran: bool,
        data: Bytes<'a>,
    ) -> Result<Self, TensorError> {
        let mut strides = vec![0; shape.len()];
        let mut next = 1_u64;
        for step in 0..shape.len() {
            let axis = if fortran { step } else { shape.len() - 1 - step };
            strides[axis] = next;
            next = next.saturating_mul(shape[axis]);
        }
        Self::strided(dtype, shape, &strides, 0, data)
    }

    /// The stored type of the elements.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// The length of each dimension; empty for a scalar.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The element at `index`, which has one number for each dimension; true counts as 1. `None` if
    /// the index is outside of the shape, or the type is complex or unknown.
    pub fn real(&self, index: &[usize]) -> Option<f64> {
        let is_inside =
            index.len() == self.shape.len() && index.iter().zip(&self.shape).all(|(i, n)| i < n);
        let at =
            index.iter().zip(&self.strides).fold(self.offset, |at, (i, stride)| at + i * stride);
        is_inside.then(|| self.dtype.real(self.data.get(at * self.dtype.size()..)?)).flatten()
    }

    /// All elements, exactly.
    ///
    /// # Errors
    /// [`TensorError::NotFloat`] unless [`Dtype::is_float`], [`TensorError::TooManyElements`] above
    /// [`MAX_TENSOR_ELEMENTS`], [`TensorError::NotFinite`] at the first NaN or infinity.
    pub fn to_array(&self) -> Result<ArrayD<f64>, TensorError> {
        if !self.dtype.is_float() {
            return Err(TensorError::NotFloat { dtype: self.dtype });
        }
        let shape: Vec<u64> = self.shape.iter().map(|&n| n as u64).collect();
        check_elements(&shape, MAX_TENSOR_ELEMENTS)?;
        let array = ArrayD::from_shape_fn(IxDyn(&self.shape), |index| {
            let at = index
                .slice()
                .iter()
                .zip(&self.strides)
                .fold(self.offset, |at, (i, stride)| at + i * stride);
            // `strided` checked that the element exists.
            self.data
                .get(at * self.dtype.size()..)
                .and_then(|bytes| self.dtype.decode(bytes))
                .unwrap_or(f64::NAN)
        });
        match array.indexed_iter().find(|(_, value)| !value.is_finite()) {
            Some((index, &value)) => {
                Err(TensorError::NotFinite { index: index.slice().to_vec(), value })
            }
            None => Ok(array),
        }
    }
}

/// Refuses shapes of more than `limit` elements. Empty dimensions count as 1, because `ndarray`
/// limits the product of the others, too.
fn check_elements(shape: &[u64], limit: usize) -> Result<(), TensorError> {
    let elements = shape.iter().fold(1_u64, |product, &n| product.saturating_mul(n.max(1)));
    if elements > limit as u64 {
        return Err(TensorError::TooManyElements { shape: shape.to_vec(), limit });
    }
    Ok(())
}
