//! Listening quality by the E-model, ITU-T G.107, with the codec values of G.113.
//!
//! A capture at one point does not know the delay from mouth to ear, so the delay impairment is left out unless it is
//! given: what comes out is MOS-LQ, how good it sounds, not how well one can talk.

/// Rating without any impairment, default values of G.107.
const BASE: f64 = 93.2;

/// How a codec stands loss, G.113 appendix I.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Codec {
    /// Equipment impairment without loss.
    pub impairment: f64,
    /// Packet-loss robustness.
    pub robustness: f64,
}

/// G.711 with packet loss concealment, as every current phone has it.
pub const G711: Codec = Codec { impairment: 0.0, robustness: 25.1 };
/// G.711 without concealment.
pub const G711_PLAIN: Codec = Codec { impairment: 0.0, robustness: 4.3 };
/// G.729 annex A.
pub const G729A: Codec = Codec { impairment: 11.0, robustness: 19.0 };

/// The values for an encoding name. G.722, Opus and others have none on this (narrowband) scale.
#[must_use]
pub fn codec(name: &str) -> Option<Codec> {
    match name {
        "PCMU" | "PCMA" => Some(G711),
        "G729" => Some(G729A),
        _ => None,
    }
}

/// Rating and opinion score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// R, at most 93.2.
    pub rating: f64,
    /// MOS, 1 to 4.5.
    pub mos: f64,
}

/// Fewer packets say nothing about quality.
pub const LEAST: u64 = 10;

/// Mean length of the loss bursts against that of random loss, `BurstR` of G.107; at least 1.
#[must_use]
pub fn burst_ratio(lost: u64, expected: u64, bursts: u64) -> f64 {
    if lost == 0 || bursts == 0 || lost >= expected {
        return 1.0;
    }
    let share = lost as f64 / expected as f64;
    (lost as f64 / bursts as f64 * (1.0 - share)).max(1.0)
}

/// Rates a stream: `loss` in percent, `burst_ratio` at least 1, one-way `delay` in ms if it is known.
#[must_use]
pub fn rate(codec: Codec, loss: f64, burst_ratio: f64, delay: Option<f64>) -> Quality {
    let equipment = codec.impairment
        + (95.0 - codec.impairment) * loss / (loss / burst_ratio.max(1.0) + codec.robustness);
    let rating = BASE - delay.map_or(0.0, delay_impairment) - equipment;
    Quality { rating, mos: opinion(rating) }
}

fn delay_impairment(delay: f64) -> f64 {
    0.024 * delay + 0.11 * (delay - 177.3).max(0.0)
}

fn opinion(rating: f64) -> f64 {
    match rating {
        r if r <= 0.0 => 1.0,
        r if r >= 100.0 => 4.5,
        r => (1.0 + 0.035 * r + 7e-6 * r * (r - 60.0) * (100.0 - r)).max(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_reference_values() {
        // (codec, loss, BurstR, delay) -> (R, MOS), computed from the formulas of G.107.
        let cases = [
            (G711, 0.0, 1.0, 0.0, 93.200, 4.409),
            (G711, 1.0, 1.0, 0.0, 89.560, 4.328),
            (G711, 3.0, 1.0, 0.0, 83.058, 4.134),
            (G711, 5.0, 1.0, 0.0, 77.419, 3.923),
            (G711_PLAIN, 1.0, 1.0, 0.0, 75.275, 3.834),
            (G711_PLAIN, 5.0, 1.0, 0.0, 42.125, 2.169),
            (G729A, 0.0, 1.0, 0.0, 82.200, 4.104),
            (G729A, 1.0, 1.0, 0.0, 78.000, 3.946),
            (G711, 1.0, 2.0, 0.0, 89.489, 4.326),
            (G711, 0.0, 1.0, 150.0, 89.600, 4.329),
            (G711, 0.0, 1.0, 250.0, 79.203, 3.994),
            (G711, 1.0, 1.0, 50.0, 88.360, 4.297),
        ];
        for (codec, loss, burst, delay, rating, mos) in cases {
            let quality = rate(codec, loss, burst, Some(delay));
            assert!((quality.rating - rating).abs() < 5e-4, "{codec:?} {loss} {burst} {delay}: {quality:?}");
            assert!((quality.mos - mos).abs() < 5e-4, "{codec:?} {loss} {burst} {delay}: {quality:?}");
        }
    }

    #[test]
    fn stays_within_the_scale() {
        assert_eq!(rate(G711_PLAIN, 100.0, 1.0, Some(1e6)).mos, 1.0);
        for tenths in 0..=1000 {
            let mos = rate(G711_PLAIN, f64::from(tenths) / 10.0, 1.0, None).mos;
            assert!((1.0..=4.5).contains(&mos), "{tenths}: {mos}");
        }
    }

    #[test]
    fn random_loss_has_ratio_one() {
        assert_eq!(burst_ratio(0, 100, 0), 1.0);
        assert_eq!(burst_ratio(10, 100, 10), 1.0);
        assert_eq!(burst_ratio(20, 100, 2), 8.0);
        assert_eq!(burst_ratio(5, 5, 1), 1.0);
    }
}
