//! Names files that are not read, so that the message can say what to do: files of other formats,
//! told by their content, and files that were damaged by a program that took them for text.
//!
//! Every file that comes here is refused in any case. A wrong name costs a misleading message,
//! nothing else.

use std::str;

use super::ReadError;
use super::limits::MAX_START_BYTES;
use super::text::{quoted, without_mark};

const NUMPY: &str = "save all tensors in one file with numpy.savez(path, **tensors)";
const PYTHON: &str = "load it in Python and save the tensors with safetensors, \
                      torch.save(model.state_dict(), path) or numpy.savez(path, **tensors)";
const UNPACK: &str = "unpack it and open the weights file that is in it";
const WEIGHTS: &str = "choose the file that the weights were saved in";
const RAW: &str = "what was saved is a page about the file, or an error; download the file itself \
                   (its \"raw\" or \"download\" link)";
const SHARDS: &str = "it names the files that hold the tensors; load the whole model and save its \
                      state dict in one file";
const DICT: &str = "load it with numpy.load(path, allow_pickle=True).item() and save it with \
                    numpy.savez(path, **tensors)";
const STATE_DICT: &str = "save model.state_dict() with torch.save, or with safetensors";
const DISTRIBUTED: &str =
    "make one file of the folder with torch.distributed.checkpoint.format_utils.dcp_to_torch_save";

/// What tells a kind of file.
enum Sign {
    /// The first bytes.
    Start(&'static [u8]),
    /// The bytes at an offset.
    At(usize, &'static [u8]),
    /// A test of all bytes.
    Is(fn(&[u8]) -> bool),
}
use Sign::{At, Is, Start};

impl Sign {
    fn fits(&self, bytes: &[u8]) -> bool {
        match *self {
            Start(magic) => bytes.starts_with(magic),
            At(at, magic) => bytes.get(at..).is_some_and(|rest| rest.starts_with(magic)),
            Is(test) => test(bytes),
        }
    }
}

/// Sign, name and advice for each kind of file. The first sign that fits decides.
const KINDS: [(Sign, &str, &str); 62] = [
    (Is(is_zeros), "nothing but zero bytes", "its copy or download did not finish; copy it again"),
    // Weights of other programs.
    (
        Is(is_npy_of_objects),
        "a .npy file of pickled Python objects (numpy.save of a dictionary)",
        DICT,
    ),
    (Start(b"\x93NUMPY"), "a .npy file, which holds one array without a name", NUMPY),
    (Start(b"GGUF"), "a GGUF file (llama.cpp)", PYTHON),
    (Start(b"lmgg"), "a GGML file (llama.cpp)", PYTHON),
    (Start(b"fmgg"), "a GGML file (llama.cpp)", PYTHON),
    (Start(b"tjgg"), "a GGML file (llama.cpp)", PYTHON),
    (Start(b"MATLAB 7.3 MAT-file"), "a MATLAB 7.3 file (HDF5)", PYTHON),
    (
        Start(b"MATLAB 5.0 MAT-file"),
        "a MATLAB file",
        "load it with scipy.io.loadmat and save it with numpy.savez(path, **tensors)",
    ),
    (Start(b"\x89HDF\r\n\x1a\n"), "an HDF5 file (Keras, h5py)", PYTHON),
    (Start(b"CDF\x01"), "a NetCDF file", PYTHON),
    (Start(b"CDF\x02"), "a NetCDF file", PYTHON),
    (At(4, b"TFL3"), "a TensorFlow Lite model", PYTHON),
    (At(4, b"PTMF"), "a PyTorch Mobile model", STATE_DICT),
    (At(4, b"ET12"), "an ExecuTorch program", STATE_DICT),
    (Start(b"\x08\x01\x12"), "a TensorFlow SavedModel, or another protobuf", PYTHON),
    (Is(is_protobuf), "an ONNX model, or another protobuf", PYTHON),
    (Is(is_level_table), "the index of a TensorFlow checkpoint", PYTHON),
    (Start(b"model_checkpoint_path:"), "the list of the checkpoints of TensorFlow", PYTHON),
    (Is(is_msgpack), "a msgpack file (Flax)", PYTHON),
    (Start(b"RDX"), "a file of R", PYTHON),
    (Start(b"PAR1"), "a Parquet file", PYTHON),
    (Start(b"ARROW1"), "an Arrow file", PYTHON),
    (Start(b"SQLite format 3\0"), "an SQLite database", WEIGHTS),
    // Pickles that torch.save did not write. (The torch reader asks.)
    (Is(is_distributed), "the `.metadata` of a torch.distributed.checkpoint", DISTRIBUTED),
    (
        Is(is_joblib),
        "a file of joblib.dump",
        "load it with joblib.load and save it with numpy.savez(path, **tensors)",
    ),
    (Is(is_pickle), "a pickle that torch.save did not write (pickle.dump)", PYTHON),
    // Archives.
    (Start(b"\x1f\x8b"), "compressed with gzip", UNPACK),
    (Start(b"BZh"), "compressed with bzip2", UNPACK),
    (Start(b"\xfd7zXZ\0"), "compressed with xz", UNPACK),
    (Start(b"\x28\xb5\x2f\xfd"), "compressed with Zstandard", UNPACK),
    (Start(b"\x04\x22\x4d\x18"), "compressed with LZ4", UNPACK),
    (Start(b"x\x9c"), "compressed with zlib (joblib does so)", PYTHON),
    (Start(b"x\xda"), "compressed with zlib (joblib does so)", PYTHON),
    (At(257, b"ustar"), "a tar archive", UNPACK),
    (Start(b"7z\xbc\xaf\x27\x1c"), "a 7z archive", UNPACK),
    (Start(b"Rar!\x1a\x07"), "a RAR archive", UNPACK),
    (Start(b"PK\x07\x08"), "a zip archive in several volumes", UNPACK),
    // Programs, images, documents.
    (Start(b"\x7fELF"), "a program", WEIGHTS),
    (Start(b"\0asm"), "a WebAssembly module", WEIGHTS),
    (Start(b"\x89PNG\r\n\x1a\n"), "a PNG image", WEIGHTS),
    (Start(b"\xff\xd8\xff"), "a JPEG image", WEIGHTS),
    (Start(b"GIF8"), "a GIF image", WEIGHTS),
    (At(8, b"WEBP"), "a WebP image", WEIGHTS),
    (Start(b"II*\0"), "a TIFF image", WEIGHTS),
    (Start(b"MM\0*"), "a TIFF image", WEIGHTS),
    (Start(b"%PDF-"), "a PDF document", WEIGHTS),
    (Start(b"%!PS"), "a PostScript document", WEIGHTS),
    (Start(b"\xd0\xcf\x11\xe0"), "an old Office document", WEIGHTS),
    // Text.
    (
        Start(b"\xff\xfe"),
        "text in UTF-16, as PowerShell's `>` writes it",
        "copy the file itself; JSON must be UTF-8",
    ),
    (Start(b"\xfe\xff"), "text in UTF-16", "copy the file itself; JSON must be UTF-8"),
    (
        Start(b"version https://git-lfs"),
        "a Git LFS pointer, which stands for the file",
        "run `git lfs pull`, then open it",
    ),
    (Is(|bytes| has_tag(bytes, "<svg")), "an SVG image", WEIGHTS),
    (
        Is(|bytes| {
            ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| has_tag(bytes, tag))
        }),
        "an HTML page",
        RAW,
    ),
    (Is(|bytes| has_tag(bytes, "<")), "XML", RAW),
    (Is(is_python), "Python source", "run it, and save the tensors of its model"),
    (
        Is(is_json_array),
        "JSON without names (an array)",
        "write an object from the tensors' names to nested arrays",
    ),
    (Is(is_table), "a table of numbers as text, which holds one matrix without a name", NUMPY),
    (Is(is_text), "plain text", WEIGHTS),
    // Signs of two bytes, with which text may start.
    (Start(b"x\x01"), "compressed with zlib (joblib does so)", PYTHON),
    (Start(b"MZ"), "a program", WEIGHTS),
    (Start(b"BM"), "a BMP image", WEIGHTS),
];

/// The error for a file that no reader understands: its kind, or its first bytes.
pub(super) fn refusal(bytes: &[u8]) -> ReadError {
    if let Some(&(_, what, advice)) = KINDS.iter().find(|(sign, ..)| sign.fits(bytes)) {
        return ReadError::Foreign { what: what.into(), advice };
    }
    let start = &bytes[..bytes.len().min(MAX_START_BYTES)];
    let hex: String = start.iter().map(|byte| format!("{byte:02x}")).collect();
    ReadError::UnknownFormat { start: format!("0x{hex} (\"{}\")", start.escape_ascii()) }
}

// ---- tests of a file's bytes --------------------------------------------------------------------

/// Bytes at the start of a file that are searched for words.
const START: usize = 4096;

fn start(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(START)]
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    start(bytes).windows(word.len()).any(|window| window == word)
}

fn is_zeros(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

fn is_npy_of_objects(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x93NUMPY") && contains(bytes, b"'|O'")
}

/// A first field with a small number (the version of the format), then any of ONNX's fields.
fn is_protobuf(bytes: &[u8]) -> bool {
    matches!(bytes, [0x08, 1..=20, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..])
}

/// A table of LevelDB, told by its last bytes.
fn is_level_table(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb")
}

/// A map whose first key is a string.
fn is_msgpack(bytes: &[u8]) -> bool {
    matches!(bytes, [0x81..=0x8f, 0xa1..=0xbf | 0xd9, ..] | [0xde, _, _, 0xa1..=0xbf | 0xd9, ..])
}

fn is_distributed(bytes: &[u8]) -> bool {
    is_pickle(bytes) && contains(bytes, b"torch.distributed.checkpoint")
}

fn is_joblib(bytes: &[u8]) -> bool {
    is_pickle(bytes) && contains(bytes, b"joblib")
}

/// Protocols 0 and 1 have no mark: they start with a dictionary, a list or a class, and end with a
/// dot.
fn is_pickle(bytes: &[u8]) -> bool {
    let object = [
        &b"(d"[..],
        b"(l",
        b"}q",
        b"]q",
        b"ccol",
        b"ccopy_reg",
        b"c__main__",
        b"cnumpy",
        b"ctorch",
    ];
    match bytes {
        [0x80, 0..=5, ..] => true,
        _ => bytes.ends_with(b".") && object.iter().any(|start| bytes.starts_with(start)),
    }
}

/// The file as text; `None` if it is not UTF-8 or has control characters other than white space and
/// the escapes of terminals.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(without_mark(bytes)).ok()?;
    let written = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    text.chars().all(written).then_some(text)
}

fn is_text(bytes: &[u8]) -> bool {
    text(bytes).is_some()
}

/// Whether the file is markup with `tag` near its start, in upper or lower case.
fn has_tag(bytes: &[u8], tag: &str) -> bool {
    let bytes = without_mark(bytes).trim_ascii_start();
    bytes.starts_with(b"<") && contains(&start(bytes).to_ascii_lowercase(), tag.as_bytes())
}

/// Whether one of the first lines is a statement that most Python programs have.
fn is_python(bytes: &[u8]) -> bool {
    let is_statement = |line: &str| {
        ["import ", "def ", "#!/usr/bin/env python"].iter().any(|start| line.starts_with(start))
            || line.starts_with("from ") && line.contains(" import ")
    };
    text(bytes).is_some_and(|text| text.lines().take(60).any(is_statement))
}

fn is_json_array(bytes: &[u8]) -> bool {
    let inside = text(bytes).and_then(|text| text.trim_start().strip_prefix('['));
    inside.is_some_and(|inside| {
        inside.trim_start().starts_with(|c: char| "[{\"-]".contains(c) || c.is_ascii_digit())
    })
}

/// Whether one of the first two lines has only numbers. The first may be a header.
fn is_table(bytes: &[u8]) -> bool {
    let is_number = |field: &str| field.trim().parse::<f64>().is_ok();
    let is_row = |line: &str| {
        let mut fields =
            line.split([',', ';', '\t', ' ']).filter(|field| !field.trim().is_empty()).peekable();
        fields.peek().is_some() && fields.all(is_number)
    };
    text(bytes)
        .is_some_and(|text| text.lines().filter(|line| !line.starts_with('#')).take(2).any(is_row))
}

// ---- containers that hold something else --------------------------------------------------------

/// Kinds of zip archives: the end of a member's name, what the archive is, and advice.
const ARCHIVES: [(&str, &str, &str); 14] = [
    ("archive_format", "a program of torch.export (.pt2)", STATE_DICT),
    ("serialized_exported_program.json", "a program of torch.export (.pt2)", STATE_DICT),
    ("model.weights.h5", "a Keras model (.keras)", PYTHON),
    ("saved_model.pb", "a TensorFlow SavedModel, in a zip archive", PYTHON),
    ("[Content_Types].xml", "an Office document", WEIGHTS),
    ("META-INF/MANIFEST.MF", "a Java archive", WEIGHTS),
    ("mimetype", "an OpenDocument or an e-book", WEIGHTS),
    ("constants.pkl", "a TorchScript program without its data", STATE_DICT),
    (".safetensors", "a zip archive with weights in it", UNPACK),
    (".pt", "a zip archive with weights in it", UNPACK),
    (".pth", "a zip archive with weights in it", UNPACK),
    (".ckpt", "a zip archive with weights in it", UNPACK),
    (".npz", "a zip archive with weights in it", UNPACK),
    (".json", "a zip archive with JSON in it", UNPACK),
];

/// The error for a zip archive without arrays and without the pickle of `torch.save`, if the
/// `names` of its members tell what it is.
pub(super) fn archive<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Option<ReadError> {
    ARCHIVES.iter().find_map(|&(end, what, advice)| {
        let member = names.clone().find(|name| name.ends_with(end))?;
        Some(ReadError::Foreign { what: format!("{what}: `{}`", quoted(member)), advice })
    })
}

/// Kinds of JSON objects: one of their keys, what the object is, and advice.
const OBJECTS: [(&str, &str, &str); 8] = [
    ("weight_map", "an index of shards", SHARDS),
    ("weightsManifest", "a TensorFlow.js model", PYTHON),
    (
        "theorem",
        "a certificate",
        "choose the weights that it is about; certificates are checked beside them",
    ),
    ("nbformat", "a Jupyter notebook", "run it, and save the tensors of its model"),
    ("architectures", "the configuration of a model, without its weights", WEIGHTS),
    ("model_type", "the configuration of a model, without its weights", WEIGHTS),
    ("n_layers", "the configuration of a model, without its weights", WEIGHTS),
    ("strategy", "a proof object", "choose the weights that it is about"),
];

/// The error for a JSON object with the key `name`, if that tells what the object is.
pub(super) fn object(name: &str) -> Option<ReadError> {
    let &(key, what, advice) = OBJECTS.iter().find(|(key, ..)| *key == name)?;
    Some(ReadError::Foreign { what: format!("{what} (it has `{key}`)"), advice })
}

// ---- binary files that were taken for text ------------------------------------------------------

/// Returns [`ReadError::SavedAsText`] if `bytes` show that a program took the file for text and
/// changed them; else `error`, the reader's own complaint.
///
/// Only files with a zero byte are examined: files of every binary format have some, text has none.
pub(super) fn damage(bytes: &[u8], error: ReadError) -> ReadError {
    let found = bytes.contains(&0).then(|| decoded(bytes).or_else(|| lines(bytes))).flatten();
    found.map_or(error, |found| ReadError::SavedAsText { found })
}

/// The trace of a program that decoded bytes as characters and wrote the characters as UTF-8. The
/// whole file is UTF-8 then, which binary data of any length never is by chance.
fn decoded(bytes: &[u8]) -> Option<String> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        // The last character is cut short.
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let count = |of: fn(&char) -> bool| text.chars().filter(of).count();
    let (replaced, controls) =
        (count(|&c| c == '\u{fffd}'), count(|c| ('\u{80}'..='\u{9f}').contains(c)));
    match (replaced, controls) {
        (0, 0) => None,
        (0, _) => {
            Some("every byte from 0x80 up was written as two, as if Latin-1 became UTF-8".into())
        }
        _ => Some(format!(
            "{replaced} times, bytes were replaced by U+FFFD, which stands for what is no character"
        )),
    }
}

/// The trace of a program that converted line ends.
fn lines(bytes: &[u8]) -> Option<String> {
    /// With fewer line feeds, all of them may follow a carriage return by chance. Two do in one of
    /// 65 536 files.
    const LEAST_ENDS: usize = 2;
    /// Least number of bytes 0x0c and 0x0e. If 0x0d were as frequent as either, the chance of
    /// finding none beside 32 of them would be (2/3)³² = 2·10⁻⁶.
    const LEAST_NEIGHBOURS: usize = 32;
    let count = |wanted: u8| bytes.iter().filter(|&&byte| byte == wanted).count();
    let (feeds, returns, pairs) =
        (count(b'\n'), count(b'\r'), bytes.windows(2).filter(|pair| pair == b"\r\n").count());
    if feeds >= LEAST_ENDS && pairs == feeds {
        return Some(format!(
            "each of its {feeds} bytes 0x0a follows a 0x0d, as if line ends were converted"
        ));
    }
    let neighbours = count(b'\x0c') + count(b'\x0e');
    (returns == 0 && neighbours >= LEAST_NEIGHBOURS)
        .then(|| "it has no byte 0x0d at all, as if line ends were converted".into())
}
