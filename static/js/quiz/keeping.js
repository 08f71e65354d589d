// @ts-check
/**
 * What is kept of answers on their way, by attempt and question, and of a hand in that waits. Each says which page gave it and how often that had sent:
 * given back on another page, it is sent as from there, so that it is no rival of what had arrived before it.
 */

/** @typedef {{ address: string, body: string, typed: string }} Given `typed`: of it what was typed and not chosen */
/** @typedef {Given & { page: string, count: number }} Kept */
/** @typedef {Record<string, Record<string, Kept>>} Attempts */
/** @typedef {Record<string, boolean>} HandIns that wait, by attempt: whether without all answers, too */

/** @param {object} of */
const isAny = (of) => Object.keys(of).length > 0;

/**
 * @param {{ read: () => any, write: (all: Attempts | undefined) => unknown }} memory
 * @param {string} attempt
 */
export function kept(memory, attempt) {
  /** @returns {Attempts} */
  const attempts = () => memory.read()?.attempts ?? {};

  /** @returns {Record<string, Kept>} */
  const here = () => attempts()[attempt] ?? {};

  /** @returns {HandIns} */
  const handIns = () => memory.read()?.handIns ?? {};

  /** @param {Attempts} attempts @param {HandIns} handIns */
  function store(attempts, handIns) {
    const all = { ...(isAny(attempts) && { attempts }), ...(isAny(handIns) && { handIns }) };
    memory.write(isAny(all) ? /** @type {any} */ (all) : undefined);
  }

  /** @param {Record<string, Kept>} answers */
  function write(answers) {
    const { [attempt]: _mine, ...others } = attempts();
    store(isAny(answers) ? { ...others, [attempt]: answers } : others, handIns());
  }

  function waitNoMore() {
    const { [attempt]: waiting, ...others } = handIns();
    if (waiting !== undefined) store(attempts(), others);
  }

  return {
    here,

    /** @param {string} question @param {Given} given @param {{ name: string, count: number }} page */
    keep(question, given, page) {
      const before = here()[question];
      const from =
        before && before.page !== page.name
          ? { page: before.page, count: before.count }
          : { page: page.name, count: page.count };
      write({ ...here(), [question]: { ...given, ...from } });
    },

    /**
     * It is sent once more: under which name, and which time that is.
     * @param {string} question
     * @param {{ name: string, count: number }} page counts up, too
     */
    countUp(question, page) {
      page.count += 1;
      const before = here()[question];
      if (!before) return { page: page.name, count: page.count };
      const count = before.page === page.name ? page.count : before.count + 1;
      write({ ...here(), [question]: { ...before, count } });
      return { page: before.page, count };
    },

    /** @param {string} question */
    drop(question) {
      const { [question]: _sent, ...others } = here();
      write(others);
    },

    /** A hand in. @param {boolean} isAgreed also without all answers */
    wait: (isAgreed) => store(attempts(), { ...handIns(), [attempt]: isAgreed }),
    waitNoMore,
    /** @returns {boolean | undefined} what was agreed to; nothing where none waits */
    waiting: () => handIns()[attempt],

    forgetAll() {
      write({});
      waitNoMore();
    },
  };
}
