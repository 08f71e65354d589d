// @ts-check
/** How good a line is, by what the browser counts. Rules only: nothing here asks a connection. */

/**
 * @typedef {object} Counts so far, of one connection
 * @property {number} received packets
 * @property {number} lost of those sent to us
 * @property {number | null} lostByThem share of ours, 0 to 1, as they say
 * @property {number | null} roundTrip in seconds
 */

/** @typedef {"good" | "poor"} Quality */

// From here on speech has holes and pictures stand still.
const POOR_LOSS = 0.05;
const POOR_ROUND_TRIP_S = 0.6;
// Fewer packets than that say nothing: somebody is silent and has no camera.
const FEWEST = 20;

/**
 * @param {Iterable<Record<string, any>>} stats as RTCPeerConnection gives them
 * @returns {Counts}
 */
export function countsIn(stats) {
  /** @type {Counts} */
  const counts = { received: 0, lost: 0, lostByThem: null, roundTrip: null };
  for (const one of stats) {
    if (one.type === "inbound-rtp") {
      counts.received += one.packetsReceived ?? 0;
      counts.lost += one.packetsLost ?? 0;
    }
    if (one.type === "remote-inbound-rtp") {
      counts.lostByThem = Math.max(counts.lostByThem ?? 0, one.fractionLost ?? 0);
    }
    if (one.type === "candidate-pair" && one.nominated && one.currentRoundTripTime !== undefined) {
      counts.roundTrip = Math.max(counts.roundTrip ?? 0, one.currentRoundTripTime);
    }
  }
  return counts;
}

/**
 * `theirs` is what we get of them, `ours` what they get of us.
 * @param {Counts | null} before
 * @param {Counts} now
 * @returns {{ theirs: Quality, ours: Quality }}
 */
export function qualityOf(before, now) {
  const received = now.received - (before?.received ?? now.received);
  const lost = Math.max(0, now.lost - (before?.lost ?? now.lost));
  const isSlow = (now.roundTrip ?? 0) > POOR_ROUND_TRIP_S;
  const hasHoles = received + lost >= FEWEST && lost / (received + lost) > POOR_LOSS;
  return {
    theirs: isSlow || hasHoles ? "poor" : "good",
    ours: isSlow || (now.lostByThem ?? 0) > POOR_LOSS ? "poor" : "good",
  };
}

/**
 * Whether it is our own line, and not theirs: most of those we are connected to get us badly, or we get most of them
 * badly.
 * @param {{ theirs: Quality, ours: Quality }[]} lines
 */
export function isOwnLinePoor(lines) {
  const half = lines.length / 2;
  /** @param {"theirs" | "ours"} whose */
  const poor = (whose) => lines.filter((one) => one[whose] === "poor").length;
  return poor("ours") > half || (lines.length > 1 && poor("theirs") > half);
}
