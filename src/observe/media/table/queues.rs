//! Takes the packets of a wave with the streams that they belong to; gives them stream by stream, each in its order. Knows
//! packets by their place only.

/// Packets in line behind each other, stream by stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues {
    /// By stream: place in `lines` and one more, 0 for none.
    of_stream: Vec<u32>,
    lines: Vec<Line>,
    /// By packet: the next one of its stream, the number of packets for none.
    pub(super) next: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) stream: u32,
    pub(super) first: u32,
    last: u32,
}

impl Queues {
    pub(super) fn begin(&mut self, packets: usize) {
        self.next.clear();
        self.next.resize(packets, packets as u32);
    }

    pub(super) fn add(&mut self, stream: usize, packet: u32) {
        if self.of_stream.len() <= stream {
            self.of_stream.resize(stream + 1, 0);
        }
        let Some(place) = self.of_stream.get_mut(stream) else { return };
        match (*place as usize).checked_sub(1).and_then(|at| self.lines.get_mut(at)) {
            Some(line) => {
                if let Some(next) = self.next.get_mut(line.last as usize) {
                    *next = packet;
                }
                line.last = packet;
            }
            None => {
                self.lines.push(Line { stream: stream as u32, first: packet, last: packet });
                *place = self.lines.len() as u32;
            }
        }
    }

    /// Takes the next line out.
    pub(super) fn pop(&mut self) -> Option<Line> {
        let line = self.lines.pop()?;
        if let Some(place) = self.of_stream.get_mut(line.stream as usize) {
            *place = 0;
        }
        Some(line)
    }
}
