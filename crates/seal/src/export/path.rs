//! The names of an export's files (C2SP tlog-tiles).
//!
//! INVARIANT: one file has one name.

/// Hashes of a full tile, and entries of a full bundle.
pub(super) const TILE_WIDTH: u64 = 256;

pub(super) const CHECKPOINT_PATH: &str = "checkpoint";

/// `tile/<level>/<index>[.p/<width>]`.
pub(super) fn tile_path(level: u8, index: u64, width: u64) -> String {
    format!("tile/{level}/{}", file_name(index, width))
}

/// `tile/entries/<index>[.p/<width>]`.
pub(super) fn bundle_path(index: u64, width: u64) -> String {
    format!("tile/entries/{}", file_name(index, width))
}

/// The index in groups of three digits, all but the last marked `x`, and the
/// width unless it is full.
fn file_name(index: u64, width: u64) -> String {
    let mut name = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        name = format!("x{:03}/{name}", rest % 1000);
        rest /= 1000;
    }
    if width == TILE_WIDTH {
        name
    } else {
        format!("{name}.p/{width}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_specification() {
        assert_eq!(tile_path(0, 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile_path(2, 0, 1), "tile/2/000.p/1");
        assert_eq!(bundle_path(273, 112), "tile/entries/273.p/112");
        assert_eq!(bundle_path(1000, 256), "tile/entries/x001/000");
    }
}
