//! The rows of a sweep as a Parquet file, which pandas, Polars, DuckDB and Arrow read.

use super::record::{COLUMNS, Holds};
use crate::cli::results::Failure;
use csv::StringRecord;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fs::File;
use std::sync::Arc;

/// Rows that are written at once.
const GROUP: usize = 1 << 16;

/// A file that grows by rows.
pub(super) struct Parquet {
    writer: SerializedFileWriter<File>,
    rows: Vec<StringRecord>,
}

impl Parquet {
    /// Begins a file: columns as in the CSV file, in which an empty field is a null.
    pub(super) fn new(file: File) -> Result<Self, Failure> {
        let fields = COLUMNS.map(|(name, holds)| match holds {
            Holds::Text => format!("optional binary {name} (UTF8);"),
            Holds::Whole => format!("optional int64 {name};"),
            Holds::Real => format!("optional double {name};"),
        });
        let schema = parse_message_type(&format!("message sweep {{ {} }}", fields.join(" ")))?;
        let properties =
            WriterProperties::builder().set_created_by("compact-proofs".into()).build();
        let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer, rows: Vec::with_capacity(GROUP) })
    }

    /// Adds the rows of a model.
    pub(super) fn add(&mut self, rows: &[StringRecord]) -> Result<(), Failure> {
        self.rows.extend_from_slice(rows);
        if self.rows.len() < GROUP { Ok(()) } else { self.flush() }
    }

    /// Writes what is left, and the end of the file.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.flush()?;
        self.writer.into_inner()?.sync_all()?;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        let mut at = 0;
        while let Some(mut column) = group.next_column()? {
            let fields = || rows.iter().map(|row| &row[at]);
            let there: Vec<i16> = fields().map(|field| i16::from(!field.is_empty())).collect();
            let values = || fields().filter(|field| !field.is_empty());
            match column.untyped() {
                ColumnWriter::ByteArrayColumnWriter(writer) => {
                    let values: Vec<_> = values().map(ByteArray::from).collect();
                    writer.write_batch(&values, Some(&there), None)?;
                }
                ColumnWriter::Int64ColumnWriter(writer) => {
                    let values = values().map(str::parse).collect::<Result<Vec<i64>, _>>()?;
                    writer.write_batch(&values, Some(&there), None)?;
                }
                ColumnWriter::DoubleColumnWriter(writer) => {
                    let values = values().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
                    writer.write_batch(&values, Some(&there), None)?;
                }
                _ => unreachable!("columns hold text, whole numbers and real numbers"),
            }
            column.close()?;
            at += 1;
        }
        group.close()?;
        Ok(())
    }
}
