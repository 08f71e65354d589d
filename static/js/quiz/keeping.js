// @ts-check
/**
 * What is kept of answers on their way, by attempt and question. Each says which page gave it and how often that had sent:
 * given back on another page, it is sent as from there, so that it is no rival of what had arrived before it.
 */

/** @typedef {{ address: string, body: string, typed: string }} Given `typed`: of it what was typed and not chosen */
/** @typedef {Given & { page: string, count: number }} Kept */
/** @typedef {Record<string, Record<string, Kept>>} Attempts */

/**
 * @param {{ read: () => any, write: (all: Attempts | undefined) => unknown }} memory
 * @param {string} attempt
 */
export function kept(memory, attempt) {
  /** @returns {Attempts} */
  const attempts = () => memory.read()?.attempts ?? {};

  /** @returns {Record<string, Kept>} */
  const here = () => attempts()[attempt] ?? {};

  /** @param {Record<string, Kept>} answers */
  function write(answers) {
    const { [attempt]: _mine, ...others } = attempts();
    const all = Object.keys(answers).length ? { ...others, [attempt]: answers } : others;
    memory.write(Object.keys(all).length ? /** @type {any} */ ({ attempts: all }) : undefined);
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

    forgetAll: () => write({}),
  };
}
