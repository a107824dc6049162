//! The last values of a series in a ring: that of bar `b` at place `b % length`, so that the bar says where it begins.

/// The values in the ring, oldest first, in two pieces; `bar` is the next one.
#[inline]
pub fn in_order<T>(ring: &[T], bar: usize) -> (&[T], &[T]) {
    let (newer, older) = ring.split_at(place(ring.len(), bar));
    (older, newer)
}

/// Puts the values of the bars from `bar` on into the ring; they take the places of the oldest.
pub fn push<T: Copy>(ring: &mut [T], bar: usize, block: &[T]) {
    let skipped = block.len().saturating_sub(ring.len());
    let (block, at) = (&block[skipped..], place(ring.len(), bar + skipped));
    let (front, back) = block.split_at(block.len().min(ring.len() - at));
    ring[at..at + front.len()].copy_from_slice(front);
    ring[..back.len()].copy_from_slice(back);
}

/// What a series was as many bars ago as the ring is long, and the ring moved on.
pub fn lag<T: Copy>(ring: &mut [T], bar: usize, block: &[T], out: &mut [T]) {
    let (from_ring, from_block) = out.split_at_mut(ring.len().min(block.len()));
    let (older, newer) = in_order(ring, bar);
    let (front, back) = from_ring.split_at_mut(older.len().min(from_ring.len()));
    front.copy_from_slice(&older[..front.len()]);
    back.copy_from_slice(&newer[..back.len()]);
    from_block.copy_from_slice(&block[..from_block.len()]);
    push(ring, bar, block);
}

fn place(length: usize, bar: usize) -> usize {
    bar.checked_rem(length).unwrap_or(0)
}
