//! Takes the heads and cells of a table and a width, gives the columns that fit and how wide each is.

use unicode_width::UnicodeWidthStr;

use crate::report::{Head, Row};

/// Spaces between columns.
pub(super) const GAP: usize = 2;

/// Index and width of each column that is shown, in order.
pub(super) fn fit(heads: &[Head], rows: &[Row], room: usize) -> Vec<(usize, usize)> {
    let mut shown: Vec<(usize, usize)> = heads
        .iter()
        .enumerate()
        .map(|(at, head)| {
            let cells = rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.text.width());
            // The mark of sorting stands behind the title.
            (at, cells.max().unwrap_or(0).max(head.text.width() + 1))
        })
        .collect();
    // Too wide even where every wide column has shrunk: the least wanted goes.
    let least_of = |at: usize| heads.get(at).map_or(0, |head| head.least);
    let least = |shown: &[(usize, usize)]| {
        shown.iter().map(|(at, width)| (*width).min(least_of(*at))).sum::<usize>()
            + GAP * shown.len().saturating_sub(1)
    };
    let rank = |at: usize| heads.get(at).map_or(0, |head| head.rank);
    while least(&shown) > room {
        let goes = shown
            .iter()
            .enumerate()
            .max_by_key(|(_, (at, _))| rank(*at))
            .map(|(index, (at, _))| (index, rank(*at)));
        match goes {
            Some((index, 1..)) => {
                shown.remove(index);
            }
            _ => break,
        }
    }
    loop {
        let all = shown.iter().map(|(_, width)| width).sum::<usize>() + GAP * shown.len().saturating_sub(1);
        // Those that can spare something first.
        let widest = shown.iter_mut().max_by_key(|(at, width)| (*width > least_of(*at), *width));
        let widest = widest.map(|(_, width)| width);
        match widest {
            Some(width) if all > room && *width > 1 => *width -= (all - room).min((*width / 8).max(1)),
            _ => break,
        }
    }
    shown
}

/// `text` in exactly `width` columns.
pub(super) fn cut(text: &str, width: usize, is_number: bool) -> String {
    let wide = text.width();
    if wide <= width {
        let gap = " ".repeat(width - wide);
        return if is_number { gap + text } else { text.to_owned() + &gap };
    }
    let mut shown = String::new();
    for c in text.chars() {
        if shown.width() + c.to_string().width() + 1 > width {
            break;
        }
        shown.push(c);
    }
    if width > 0 {
        shown.push('…');
    }
    let gap = width.saturating_sub(shown.width());
    shown + &" ".repeat(gap)
}
