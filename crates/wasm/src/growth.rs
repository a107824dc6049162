//! The memory grows in large steps.
//!
//! The allocator asks for the pages it lacks and no more, and a memory takes longer to grow the larger it is: in V8 400 MiB
//! took 2,900 ms a page at a time and 5 ms in steps of 16 MiB.

use std::hint::black_box;

const STEP: usize = 16 << 20;

/// What is made, and room for more of it where the memory had to grow for it.
pub fn with_room_for_more<T>(make: impl FnOnce() -> T) -> T {
    let before = pages();
    let made = make();
    if pages() > before {
        // The allocator never gives memory back: what is freed is what it has next. Without so much memory left it goes on
        // page by page.
        let mut ahead = Vec::<u8>::new();
        let _ = ahead.try_reserve_exact(STEP);
        drop(black_box(ahead));
    }
    made
}

#[cfg(target_arch = "wasm32")]
fn pages() -> usize {
    core::arch::wasm32::memory_size(0)
}

#[cfg(not(target_arch = "wasm32"))]
fn pages() -> usize {
    0
}
