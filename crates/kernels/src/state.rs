//! What one symbol or one group of eight carries from call to call: plain memory in two kinds, laid down by the kernels
//! of a program one behind the other.
//!
//! Kernels have no other place to remember anything. So copying, saving, comparing, and moving a symbol into or out of
//! eight lanes are written here, once, and no kernel can forget a part of itself.

use std::fmt;

use crate::lane::{Lane, WIDTH, Wide};

#[derive(Clone)]
pub struct State<L> {
    /// The identity of the program it belongs to.
    program: u64,
    /// The number of the next bar: the one count that kernels need, and for all of them the same.
    bar: usize,
    /// Numbers, one per symbol each.
    lanes: Vec<L>,
    /// Bytes with a bit per symbol.
    bits: Vec<u8>,
}

/// Why a state is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum BadState {
    NotAState,
    Version {
        found: u32,
    },
    OtherProgram,
    /// Of so many symbols side by side.
    Width {
        found: u32,
        wanted: u32,
    },
    Length {
        found: usize,
        wanted: usize,
    },
    /// Symbols that are to run side by side are about to read different bars.
    Apart {
        bars: [usize; 2],
    },
    /// No lane is there for so many symbols.
    Symbols {
        found: usize,
    },
}

impl fmt::Display for BadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadState::NotAState => write!(f, "these bytes are not a saved state"),
            BadState::Version { found } => {
                write!(
                    f,
                    "the state was saved in version {found}, this build reads version {VERSION}: run the history again"
                )
            }
            BadState::OtherProgram => write!(f, "the state is of another formula: run the history again"),
            BadState::Width { found, wanted } => {
                write!(f, "the state is of {found} symbols side by side, the program runs {wanted}: take a lane out")
            }
            BadState::Length { found, wanted } => {
                write!(f, "the state has {found} bytes, that of this formula has {wanted}: it was cut off or changed")
            }
            BadState::Apart { bars: [first, other] } => {
                write!(f, "symbols side by side must stand at the same bar, not at {first} and {other}")
            }
            BadState::Symbols { found } => write!(f, "{found} symbols do not fit side by side, 1 to {WIDTH} do"),
        }
    }
}

impl std::error::Error for BadState {}

const MAGIC: u32 = 0x5352_494d;
/// To be raised when a kernel remembers something else, or puts out other values, than before under the same name and
/// parameters: what was saved or kept by a key is then not taken for what it is now.
pub const VERSION: u32 = 1;
/// Magic, version, program, width, bar.
const HEADER: usize = 4 + 4 + 8 + 4 + 8;

/// The part of a state that is one kernel's own.
pub struct Own<'a, L> {
    /// The number of the call's first bar in the series.
    pub bar: usize,
    pub lanes: &'a mut [L],
    pub bits: &'a mut [u8],
    /// Room for the length of a call; what is in it is nobody's.
    pub spare: &'a mut Vec<L>,
}

/// A slice that is known to have `N` places, as an array to be taken apart by name: what a kernel has laid down.
#[inline(always)]
pub fn exact<T, const N: usize>(slice: &mut [T]) -> &mut [T; N] {
    slice.try_into().expect("a kernel finds what it has laid down")
}

impl<L: Lane> State<L> {
    /// Nothing yet, of a program by its identity: the first bar that is run will be number `bar` of the series.
    /// `room` is how many lanes and bits will be laid down.
    pub fn new(program: u64, bar: usize, room: (usize, usize)) -> Self {
        State { program, bar, lanes: Vec::with_capacity(room.0), bits: Vec::with_capacity(room.1) }
    }

    /// Lays down `count` numbers, to be changed from this value to others at once.
    pub fn add_lanes(&mut self, count: usize, value: L) -> &mut [L] {
        let start = self.lanes.len();
        self.lanes.resize(start + count, value);
        &mut self.lanes[start..]
    }

    /// Lays down `count` bytes of a bit per symbol, all with this bit.
    pub fn add_bits(&mut self, count: usize, bit: bool) -> &mut [u8] {
        let start = self.bits.len();
        self.bits.resize(start + count, if bit { L::full_bits() } else { 0 });
        &mut self.bits[start..]
    }

    pub fn program(&self) -> u64 {
        self.program
    }
    /// The number of the next bar.
    pub fn bar(&self) -> usize {
        self.bar
    }
    /// All that has been laid down.
    pub fn laid(&self) -> (&[L], &[u8]) {
        (&self.lanes, &self.bits)
    }

    /// The next call is `bars` bars further on.
    pub fn advance(&mut self, bars: usize) {
        self.bar += bars;
    }

    pub fn laid_mut(&mut self) -> (&mut [L], &mut [u8]) {
        (&mut self.lanes, &mut self.bits)
    }

    /// Bytes of a saved state.
    pub fn saved_size(&self) -> usize {
        HEADER + self.lanes.len() * L::WIDTH * size_of::<f64>() + self.bits.len()
    }

    /// The state as bytes, the same on every machine; [`load`](Self::load) reads them.
    pub fn save(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.saved_size());
        bytes.extend(MAGIC.to_le_bytes());
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.program.to_le_bytes());
        bytes.extend((L::WIDTH as u32).to_le_bytes());
        bytes.extend((self.bar as u64).to_le_bytes());
        for number in self.numbers() {
            bytes.extend(number.to_bits().to_le_bytes());
        }
        bytes.extend(&self.bits);
        bytes
    }

    /// Becomes the state that was saved, when that is one of the same program. After an error it is what it was.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), BadState> {
        let (header, body) = bytes.split_first_chunk::<HEADER>().ok_or(BadState::NotAState)?;
        let u32_at = |at: usize| u32::from_le_bytes(*exact_at(header, at));
        let u64_at = |at: usize| u64::from_le_bytes(*exact_at(header, at));
        let (version, width, wanted) = (u32_at(4), u32_at(16), L::WIDTH as u32);
        if u32_at(0) != MAGIC {
            return Err(BadState::NotAState);
        }
        if version != VERSION {
            return Err(BadState::Version { found: version });
        }
        if u64_at(8) != self.program {
            return Err(BadState::OtherProgram);
        }
        if width != wanted {
            return Err(BadState::Width { found: width, wanted });
        }
        if bytes.len() != self.saved_size() {
            return Err(BadState::Length { found: bytes.len(), wanted: self.saved_size() });
        }
        self.bar = usize::try_from(u64_at(20)).map_err(|_| BadState::NotAState)?;
        let (numbers, bits) = body.split_at(body.len() - self.bits.len());
        let numbers = numbers.as_chunks::<8>().0;
        for (lane, numbers) in self.lanes.iter_mut().zip(numbers.chunks_exact(L::WIDTH)) {
            *lane = L::from_fn(|at| f64::from_bits(u64::from_le_bytes(numbers[at])));
        }
        self.bits.copy_from_slice(bits);
        Ok(())
    }

    fn numbers(&self) -> impl Iterator<Item = f64> {
        self.lanes.iter().flat_map(|value| (0..L::WIDTH).map(|lane| value.lane(lane)))
    }
}

fn exact_at<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    bytes[at..at + N].try_into().expect("the slice has N bytes")
}

/// The same program, bar and bits, those of unknown numbers too.
impl<L: Lane> PartialEq for State<L> {
    fn eq(&self, other: &Self) -> bool {
        (self.program, self.bar, &self.bits) == (other.program, other.bar, &other.bits)
            && self.lanes.len() == other.lanes.len()
            && self.numbers().zip(other.numbers()).all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

impl State<Wide> {
    /// The state of the symbol in one lane, to go on alone.
    pub fn lane(&self, lane: usize) -> State<f64> {
        State {
            program: self.program,
            bar: self.bar,
            lanes: self.lanes.iter().map(|value| value.lane(lane)).collect(),
            bits: self.bits.iter().map(|bits| bits >> lane & 1).collect(),
        }
    }

    /// One to eight symbols of one program, all at the same bar, to go on side by side. Free lanes repeat the first.
    pub fn side_by_side(symbols: &[&State<f64>]) -> Result<Self, BadState> {
        let &[first, ..] = symbols else { return Err(BadState::Symbols { found: 0 }) };
        if symbols.len() > WIDTH {
            return Err(BadState::Symbols { found: symbols.len() });
        }
        for symbol in symbols {
            if symbol.program != first.program {
                return Err(BadState::OtherProgram);
            }
            if symbol.bar != first.bar {
                return Err(BadState::Apart { bars: [first.bar, symbol.bar] });
            }
        }
        let of_lane = |lane: usize| symbols.get(lane).unwrap_or(&first);
        let bits = |at: usize| (0..WIDTH).fold(0, |bits, lane| bits | of_lane(lane).bits[at] << lane);
        Ok(State {
            program: first.program,
            bar: first.bar,
            lanes: (0..first.lanes.len()).map(|at| Wide::from_fn(|lane| of_lane(lane).lanes[at])).collect(),
            bits: (0..first.bits.len()).map(bits).collect(),
        })
    }
}
