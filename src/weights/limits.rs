//! The limits of the readers. Within them, reading takes time about linear in the file's size, and
//! at most [`MEMORY_RATIO`] times that size and [`MEMORY_ALLOWANCE`] bytes of memory, whatever the
//! file claims.

/// Memory that reading takes beside the file itself, as a multiple of the file's size; reading may
/// take [`MEMORY_ALLOWANCE`] bytes more. `tests/memory.rs` measures it.
///
/// * JSON: its numbers, eight bytes for each, of which the text has at least two.
/// * Compressed files: the inflated members ([`INFLATION_RATIO`]) and the directory.
/// * Torch files: the values in the pickles ([`PICKLE_RATIO`]) and the directory.
/// * Tensors of all other files stay in the file's bytes.
pub const MEMORY_RATIO: usize = 4;

/// See [`MEMORY_RATIO`]: room for small compressed files, or for the list of [`MAX_TENSORS`]
/// tensors with [`MAX_DIMS`] dimensions, some 400 bytes each.
pub const MEMORY_ALLOWANCE: usize = 2 << 20;

/// Largest file, in bytes: hundreds of one-layer transformers, yet small for a browser tab.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// Largest header of safetensors and `.npy`, in bytes.
pub const MAX_HEADER_BYTES: usize = 1 << 20;

/// Most instructions in one pickle. A tensor takes some 40, a number in a list one or two.
pub const MAX_PICKLE_STEPS: usize = 1 << 21;

/// Most tensors in one file: far more than a one-layer model has, so that the files of larger
/// models are still listed and the message can say what they hold.
pub const MAX_TENSORS: usize = 4096;

/// Most entries in the metadata of one file.
pub const MAX_METADATA: usize = 4096;

/// Longest name of a tensor or a storage, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 512;

/// Most dimensions of one tensor. Attention weights have three.
pub const MAX_DIMS: usize = 8;

/// Most elements of a tensor that is listed. Only strides that visit bytes twice give a tensor more
/// elements than the largest file has bytes.
pub const MAX_LISTED_ELEMENTS: usize = MAX_FILE_BYTES;

/// Most elements of a tensor whose numbers are read: a 1024 × 1024 matrix.
pub const MAX_TENSOR_ELEMENTS: usize = 1 << 20;

/// Most fields of one configuration, and most configurations in one file.
pub const MAX_CONFIG_FIELDS: usize = 256;

/// Longest text that is read as a configuration in JSON, in bytes.
pub const MAX_CONFIG_BYTES: usize = 1 << 16;

/// Most dictionaries around the state dict: `checkpoint["model"]["state_dict"]` has two.
pub const MAX_NESTING: usize = 3;

/// Most objects around an object of JSON. Configurations may lie deeper than tensors.
pub const MAX_OBJECT_NESTING: usize = 8;

/// Bytes that the compressed members of a zip archive may inflate to, all together, as a multiple
/// of the archive's size; they may take [`INFLATION_ALLOWANCE`] bytes more. Trained weights hardly
/// compress at all; deflate reaches 1032 : 1.
pub const INFLATION_RATIO: usize = 3;

/// See [`INFLATION_RATIO`]: room for small archives of biases and masks, which are mostly zeros.
pub const INFLATION_ALLOWANCE: usize = 1 << 20;

/// Memory for the values in pickles, as a multiple of the file's size; they may take
/// [`PICKLE_ALLOWANCE`] bytes more. The description of a tensor takes some 200 bytes of pickle and
/// some 1500 bytes of values, but the tensor's numbers mostly take more than that.
pub const PICKLE_RATIO: usize = 3;

/// See [`PICKLE_RATIO`]: room for hundreds of tensors of a few numbers each.
pub const PICKLE_ALLOWANCE: usize = 1 << 19;

/// Longest piece of a file that an error message repeats, in characters.
pub const MAX_QUOTED_CHARS: usize = 200;

/// Most names that an error message lists.
pub const MAX_NAMES_SHOWN: usize = 12;

/// First bytes that the message about a file of unknown format shows.
pub const MAX_START_BYTES: usize = 16;
