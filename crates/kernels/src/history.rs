//! The last values of a series, in a ring: that of bar `b` stands at place `b % length`, so that the bar says where the
//! ring begins. One that is no longer than a block is kept in order instead: moving it is one copy.

use crate::block::BLOCK;

/// The values, oldest first, in two pieces; `bar` is the next one.
pub fn in_order<T>(ring: &[T], bar: usize) -> (&[T], &[T]) {
    let (newer, older) = ring.split_at(if ring.len() <= BLOCK { 0 } else { bar % ring.len() });
    (older, newer)
}

/// Takes the values of the bars from `bar` on, a block at most, for as many of the oldest.
pub fn push<T: Copy>(ring: &mut [T], bar: usize, block: &[T]) {
    let length = ring.len();
    if length <= BLOCK {
        let block = &block[block.len().saturating_sub(length)..];
        let kept = length - block.len();
        if kept > 0 {
            ring.copy_within(length - kept.., 0);
        }
        ring[kept..].copy_from_slice(block);
    } else {
        let (back, front) = ring.split_at_mut(bar % length);
        let (older, newer) = block.split_at(block.len().min(front.len()));
        front[..older.len()].copy_from_slice(older);
        if !newer.is_empty() {
            back[..newer.len()].copy_from_slice(newer);
        }
    }
}

/// What a series was as many bars ago as the ring is long; the ring takes the block.
pub fn lag<T: Copy>(ring: &mut [T], bar: usize, block: &[T], out: &mut [T]) {
    let (from_ring, from_block) = out.split_at_mut(ring.len().min(block.len()));
    let (older, newer) = in_order(ring, bar);
    let (front, back) = from_ring.split_at_mut(older.len().min(from_ring.len()));
    front.copy_from_slice(&older[..front.len()]);
    // A copy of nothing is a call too.
    if !back.is_empty() {
        back.copy_from_slice(&newer[..back.len()]);
    }
    if !from_block.is_empty() {
        from_block.copy_from_slice(&block[..from_block.len()]);
    }
    push(ring, bar, block);
}
