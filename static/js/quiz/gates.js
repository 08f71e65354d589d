// @ts-check
/** Where a film with questions waits. */

/** @typedef {{ at: number, of: string }} Gate milliseconds, and the id of the question */

/**
 * The first moment that was come to since the film was last looked at, and was not passed before.
 * @param {Gate[]} gates in the order of the film
 * @param {Set<string>} passed
 * @param {number} before milliseconds
 * @param {number} now milliseconds
 * @returns {Gate | undefined}
 */
export const nextGate = (gates, passed, before, now) =>
  gates.find(({ at, of }) => !passed.has(of) && at <= now && at > before - 1000);
