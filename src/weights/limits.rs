//! Every limit of the readers, in one place. Within them, reading takes time about linear in the size of the file, and
//! at most [`MEMORY_RATIO`] times its size and [`MEMORY_ALLOWANCE`] bytes of memory, whatever the file claims.

/// Reading a file takes at most so many times its size, and [`MEMORY_ALLOWANCE`], beside the file itself: `tests/memory.rs`
/// counts. Of JSON that is what its numbers take, eight bytes for each two of text; of compressed files what they inflate to
/// ([`INFLATION_RATIO`]) and the directory; of torch files what the pickles hold ([`PICKLE_RATIO`]) and the directory. The
/// tensors of all other files stay where they are.
pub const MEMORY_RATIO: usize = 4;

/// See [`MEMORY_RATIO`]: room for the list of [`MAX_TENSORS`] tensors with [`MAX_DIMS`] dimensions each, some 400 bytes for
/// each of them, or for small compressed files.
pub const MEMORY_ALLOWANCE: usize = 2 << 20;

/// Largest file, in bytes: hundreds of times a one-layer transformer, and a browser tab still holds it with ease.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// Largest header (safetensors header, `.npy` header), in bytes.
pub const MAX_HEADER_BYTES: usize = 1 << 20;

/// Most instructions of one pickle. A tensor takes some 40, a number in a list one or two.
pub const MAX_PICKLE_STEPS: usize = 1 << 21;

/// Most tensors of one file. Far more than a one-layer model has, so that the files of other models can still be
/// listed, and the message can say what they hold.
pub const MAX_TENSORS: usize = 4096;

/// Most entries of the free text beside the tensors.
pub const MAX_METADATA: usize = 4096;

/// Longest name of a tensor or of a storage, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 512;

/// Most dimensions of one tensor. Attention weights have three.
pub const MAX_DIMS: usize = 8;

/// Most elements of a tensor that is listed. A tensor with more elements than the largest file has bytes is a trick
/// with strides.
pub const MAX_LISTED_ELEMENTS: usize = MAX_FILE_BYTES;

/// Most elements of a tensor that is turned into numbers: a 1024 × 1024 matrix.
pub const MAX_TENSOR_ELEMENTS: usize = 1 << 20;

/// Most fields of one configuration, and most configurations of one file.
pub const MAX_CONFIG_FIELDS: usize = 256;

/// Longest text that is read as a configuration in JSON, in bytes.
pub const MAX_CONFIG_BYTES: usize = 1 << 16;

/// How many dictionaries deep the state dict may lie (`checkpoint["model"]["state_dict"]` is 2).
pub const MAX_NESTING: usize = 3;

/// How many objects deep objects of JSON may lie: those of a configuration may lie deeper than tensors.
pub const MAX_OBJECT_NESTING: usize = 8;

/// All compressed members of a zip archive together may inflate to this many times the archive's size, and
/// [`INFLATION_ALLOWANCE`] bytes. Trained weights hardly compress at all; deflate itself reaches 1032 : 1.
pub const INFLATION_RATIO: usize = 3;

/// See [`INFLATION_RATIO`]: room for small archives of biases and masks, which are mostly zeros.
pub const INFLATION_ALLOWANCE: usize = 1 << 20;

/// What a pickle builds may take so many times the size of the whole file, and [`PICKLE_ALLOWANCE`] bytes. Describing a tensor
/// takes some 200 bytes of pickle and builds values of some 1500; its numbers mostly take more than that.
pub const PICKLE_RATIO: usize = 3;

/// See [`PICKLE_RATIO`]: room for hundreds of tensors of a few numbers each.
pub const PICKLE_ALLOWANCE: usize = 1 << 19;

/// Longest piece of a hostile file that an error message repeats, in characters.
pub const MAX_QUOTED_CHARS: usize = 200;

/// Most names that an error message lists.
pub const MAX_NAMES_SHOWN: usize = 12;

/// Of a file of no known format, so many bytes are shown.
pub const MAX_START_BYTES: usize = 16;
