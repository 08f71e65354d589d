// @ts-check
/**
 * How far a viewer is behind live. What the player says comes from its last good moment; while the picture stands
 * still, for whatever reason, each second is one more.
 */
export class Latency {
  #position = Number.NaN;
  #seconds = 0;
  #movedAt = 0;

  /**
   * @param {number} position of the picture, in seconds
   * @param {number} told what the player says, in seconds
   * @param {number} nowMs of a clock that is never put back
   */
  seconds(position, told, nowMs) {
    if (position !== this.#position) {
      this.#position = position;
      this.#seconds = told;
      this.#movedAt = nowMs;
    }
    return Math.max(told, this.#seconds + (nowMs - this.#movedAt) / 1000);
  }
}
