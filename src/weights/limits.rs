//! Every limit of the readers, in one place. Within them, reading takes time about linear in the size of the file, and
//! memory of a small multiple of that size plus a constant, whatever the headers claim: the multiple is what compressed
//! members inflate to ([`INFLATION_RATIO`]), the constant some hundred bytes for each byte of a pickle
//! ([`MAX_HEADER_BYTES`]).

/// Largest file, in bytes: hundreds of times a one-layer transformer, and a browser tab still holds it with ease.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// Largest header (safetensors header, one pickle, `.npy` header), in bytes. A pickle is a program with one step a
/// byte, so this also bounds its steps, its objects and its memo.
pub const MAX_HEADER_BYTES: usize = 1 << 20;

/// Most tensors of one file. Far more than a one-layer model has, so that the files of other models can still be
/// listed, and the message can say what they hold.
pub const MAX_TENSORS: usize = 4096;

/// Longest name of a tensor or of a storage, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 512;

/// Most dimensions of one tensor. Attention weights have three.
pub const MAX_DIMS: usize = 8;

/// Most elements of a tensor that is listed. A tensor with more elements than the largest file has bytes is a trick
/// with strides.
pub const MAX_LISTED_ELEMENTS: usize = MAX_FILE_BYTES;

/// Most elements of a tensor that is turned into numbers: a 1024 × 1024 matrix.
pub const MAX_TENSOR_ELEMENTS: usize = 1 << 20;

/// How many dictionaries deep the state dict may lie (`checkpoint["model"]["state_dict"]` is 2).
pub const MAX_NESTING: usize = 3;

/// All compressed members of a zip archive together may inflate to this many times the archive's size, and
/// [`INFLATION_ALLOWANCE`] bytes. Trained weights hardly compress at all; deflate itself reaches 1032 : 1.
pub const INFLATION_RATIO: usize = 8;

/// See [`INFLATION_RATIO`]: room for small archives of biases and masks, which are mostly zeros.
pub const INFLATION_ALLOWANCE: usize = 1 << 20;

/// Longest piece of a hostile file that an error message repeats, in characters.
pub const MAX_QUOTED_CHARS: usize = 200;
