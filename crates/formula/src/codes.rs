//! The numbers in a plan's bytes. TypeScript has them from here: `npm run generate`.

/// What the bytes of a plan begin with, "MIR3" in little endian; bytes of another layout have another.
pub const MAGIC: u32 = u32::from_le_bytes(*b"MIR3");
/// What a node is; its place is its number, here and below.
pub const NODE_KINDS: [&str; 3] = ["constant", "column", "call"];
/// Columns that have the same number in every plan: the candle, its time, and its time as a clock in the job's zone shows
/// it. What else a plan reads it names, and numbers behind these.
pub const COLUMN_NAMES: [&str; 7] = ["open", "high", "low", "close", "volume", "time", "local_time"];
/// What a true value of a signal means: a hit of a scan, or a role.
pub const SIGNALS: [&str; 5] = ["scan", "entry", "exit", "short", "cover"];

/// A match has the place of its signal in a byte.
pub const MAX_SIGNALS: u32 = u8::MAX as u32 + 1;
/// As many nodes as a language front end may send; composition multiplies them by less than 20.
pub const MAX_NODES: u32 = 20_000;
/// Every output of every node, for who wants to see them all.
pub const MAX_REPORTS: u32 = 3 * MAX_NODES;
/// Columns that a plan may name, and bytes of one name.
pub const MAX_OPEN_COLUMNS: u32 = 256;
pub const MAX_COLUMN_NAME: u32 = 256;
