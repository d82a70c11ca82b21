//! The ladder of a call as inline SVG: requests solid, answers dashed, refusals bold; and as a list for narrow screens.

use maud::{Markup, html};

use super::pictures::{WIDTH, px, short};
use crate::report::paper::{Ladder, LadderStep};

/// Where the first and the last column stand: left of them the time, right of them mark and packet.
const FIRST: f64 = 130.0;
const LAST: f64 = 560.0;
/// Height of the heads and of a message.
const HEAD: f64 = 40.0;
const STEP: f64 = 26.0;
/// Width of a character, for texts that must not run into the next column.
const CHARACTER: f64 = 6.6;
/// Length of an arrow from a column to itself.
const LOOP: f64 = 46.0;

/// The drawing, with the call as its caption.
pub(super) fn ladder(ladder: &Ladder) -> Markup {
    let columns = ladder.ends.len();
    let apart = (LAST - FIRST) / columns.saturating_sub(1).max(1) as f64;
    let x = |column: usize| FIRST + apart * column as f64;
    let most = (if columns > 2 { apart } else { 250.0 } / CHARACTER) as usize;
    let gaps = ladder.steps.iter().filter(|step| step.gap.is_some()).count();
    let bottom = HEAD + STEP * (ladder.steps.len() + gaps) as f64 + 8.0;
    let mut line = 0.75;
    let mut next = || {
        let y = HEAD + STEP * line;
        line += 1.0;
        y
    };
    html! {
        figure.ladder {
            p.title { (ladder.title) }
            svg.drawing viewBox={ "0 0 " (WIDTH) " " (px(bottom)) } role="img" aria-label=(ladder.title) {
                @for (column, (title, address)) in ladder.ends.iter().enumerate() {
                    text x=(px(x(column))) y="12" text-anchor="middle" { (short(title, most)) }
                    text.soft x=(px(x(column))) y="28" text-anchor="middle" { (short(address, most)) }
                    line.life x1=(px(x(column))) y1="34" x2=(px(x(column))) y2=(px(bottom)) {}
                }
                @for step in &ladder.steps {
                    @if let Some(gap) = &step.gap {
                        text.soft x=(px((FIRST + LAST) / 2.0)) y=(px(next() + 4.0)) text-anchor="middle" { (gap) }
                    }
                    // Right of the last column stand mark and packet.
                    @let side = if step.from > 0 && step.from + 1 == columns { -1.0 } else { 1.0 };
                    (message(step, (x(step.from), x(step.to)), side, next()))
                }
            }
            (list(ladder))
            @if let Some(more) = &ladder.more { figcaption { (more) } }
        }
    }
}

/// The same for a screen that is too narrow for columns.
fn list(ladder: &Ladder) -> Markup {
    let end = |column: usize| ladder.ends.get(column).map_or("", |(_, address)| address);
    html! {
        ol.narrow {
            @for step in &ladder.steps {
                @if let Some(gap) = &step.gap { li.soft { (gap) } }
                li {
                    span.soft { (step.time) } " " (end(step.from)) " → " (end(step.to)) br;
                    span.bad[step.is_bad] { (step.text) } " " span.soft { (step.note) }
                }
            }
        }
    }
}

/// `side`: to which side what a device tells itself is drawn.
fn message(step: &LadderStep, (from, to): (f64, f64), side: f64, y: f64) -> Markup {
    let is_loop = step.from == step.to;
    let (to, way) = if is_loop { (from + LOOP * side, -side) } else { (to, (to - from).signum()) };
    // The point of the arrow is where the line ends.
    let tip = if is_loop { from } else { to };
    let head = [(tip, y), (tip - 9.0 * way, y - 4.5), (tip - 9.0 * way, y + 4.5)];
    let points: Vec<String> = head.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
    let (middle, anchor) = if is_loop {
        (to + 6.0 * side, if side < 0.0 { "end" } else { "start" })
    } else {
        ((from + to) / 2.0, "middle")
    };
    let most = if is_loop { 30 } else { ((to - from).abs() / CHARACTER) as usize };
    html! {
        text.soft x="66" y=(px(y + 4.0)) text-anchor="end" { (step.time) }
        line.message.answer[step.is_answer].bad[step.is_bad] x1=(px(from)) y1=(px(y)) x2=(px(to)) y2=(px(y)) {}
        polygon.head.bad[step.is_bad] points=(points.join(" ")) {}
        text.bad[step.is_bad] x=(px(middle)) y=(px(if is_loop { y + 4.0 } else { y - 4.0 })) text-anchor=(anchor) {
            (short(&step.text, most))
        }
        text.soft x=(px(WIDTH)) y=(px(y + 4.0)) text-anchor="end" { (step.note) }
    }
}
