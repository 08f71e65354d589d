// @ts-check
/**
 * What somebody has typed into the forms of a page, or of a dialog on it, and not sent: kept in the storage of this tab,
 * and given back when they come by Back or Forward, load or open the page anew, open the dialog again, or come back to a
 * panel.
 * Why, for whom, and what is not kept: docs/adr/0026.
 */
import { toast } from "./notices.js";
import { all, comesAgain, digest, placeOfDialog, windowMemory, word } from "./page.js";
import { changesIn, formsIn, giveBack, missingIn, noteGiven, noteTaken, textsIn } from "./typed.js";

/** @typedef {import("./typed.js").Fields} Fields */
/** @typedef {import("./typed.js").Forms} Forms */
/** @typedef {{ account: string, pages: [string, Forms][], sent: [string, string][], isSending: boolean, lost: string[] }} Kept */

export const MOST_CHARACTERS = 200_000;
export const MOST_PAGES = 8;
const WAIT_MS = 300;

/**
 * As much as is kept of a page; the rest is not.
 * @param {Forms} forms
 * @param {number} [most] characters
 */
export function bounded(forms, most = MOST_CHARACTERS) {
  /** @type {Forms} */
  const kept = {};
  let taken = 0;
  for (const [form, fields] of Object.entries(forms))
    for (const [field, values] of Object.entries(fields)) {
      const more = field.length + values[0].length + values[1].length;
      if (taken + more > most) continue;
      taken += more;
      kept[form] = { ...kept[form], [field]: values };
    }
  return kept;
}

/** The drafts of this tab. A form that was sent is on its way until the next page says how it was answered. */
export class Drafts {
  /**
   * @param {string} account whose page this is
   * @param {{ get: (key: string) => any, set: (key: string, value: unknown) => void, forget: (key: string) => void }} [memory]
   * @param {string} [key] where in it
   * @param {boolean} [comesAnew] whether it comes back however one comes to the page
   */
  constructor(account, memory = windowMemory, key = "foyer-drafts", comesAnew = true) {
    this.account = account;
    this.comesAnew = comesAnew;
    this.memory = memory;
    this.key = key;
  }

  /** @returns {Kept} */
  #read() {
    const kept = this.memory.get(this.key);
    if (kept?.account === this.account) return kept;
    return { account: this.account, pages: [], sent: [], isSending: false, lost: [] };
  }

  /** @param {Kept} kept */
  #write(kept) {
    if (kept.pages.length || kept.sent.length) this.memory.set(this.key, kept);
    else this.memory.forget(this.key);
  }

  /**
   * A page has come.
   * @param {{ address: string, type: string, status: number, isFollowed?: boolean }} how
   *   `type`: of the navigation; `status`: of the answer, 0 where the browser does not tell; `isFollowed`: from a page of
   *   the site, as the answer to a form is
   * @returns {{ back: Forms, before: Forms, isAnew: boolean }} what is given back to it; what the form it refuses held
   *   before it was sent; whether it was asked for anew, so that its person has to be told
   */
  arrive({ address, type, status, isFollowed = true }) {
    const kept = this.#read();
    const [sentFrom] = kept.sent.at(-1) ?? [];
    // By Back, as the same page anew, or typed in, it does not answer what was sent: that did not arrive.
    const isSame = type === "reload" && sentFrom === address;
    const isAnswer =
      kept.isSending && type !== "back_forward" && !isSame && (isFollowed || type === "reload");
    // The browser's own page about it has taken the place of the form: Back does not lead there any more.
    if (kept.isSending && !isAnswer && sentFrom) kept.lost = [...kept.lost, sentFrom];
    const isLost = kept.lost.includes(address);
    kept.lost = kept.lost.filter((one) => one !== address).slice(-MOST_PAGES);
    const isRefused = isAnswer && status >= 400;
    if (isAnswer && !isRefused) for (const [page, form] of kept.sent) this.#drop(kept, page, form);
    // A refused form comes again on the page that refuses it: both are over when it is taken.
    if (!isRefused) kept.sent = [];
    kept.isSending = false;
    this.#write(kept); // over what another account typed
    const own = kept.pages.find(([page]) => page === address)?.[1] ?? {};
    const isBack = type === "back_forward" || isLost || (type === "reload" && !isAnswer);
    const isAnew = !isBack && !isRefused && this.comesAnew;
    return { back: isBack || isAnew ? own : {}, before: isRefused ? own : {}, isAnew };
  }

  /**
   * @param {Kept} kept
   * @param {string} address
   * @param {string} form
   */
  #drop(kept, address, form) {
    for (const [page, forms] of kept.pages) if (page === address) delete forms[form];
    kept.pages = kept.pages.filter(([, forms]) => Object.keys(forms).length);
  }

  /** @param {string} address @returns {Forms} what is kept of it, however one has come there */
  of(address) {
    return this.#read().pages.find(([page]) => page === address)?.[1] ?? {};
  }

  /**
   * @param {string} address
   * @param {Forms} forms all of the page that is not sent
   */
  keep(address, forms) {
    const kept = this.#read();
    const others = kept.pages.filter(([page]) => page !== address);
    const own = bounded(forms);
    kept.pages = Object.keys(own).length ? [...others, [address, own]] : others;
    kept.pages = kept.pages.slice(-MOST_PAGES);
    kept.isSending = false; // whoever goes on typing has not left
    this.#write(kept);
  }

  /**
   * A script has sent the form and it was taken, or somebody has discarded it.
   * @param {string} address
   * @param {string} form
   */
  end(address, form) {
    const kept = this.#read();
    this.#drop(kept, address, form);
    this.#write(kept);
  }

  /**
   * The page is on its way to its own person once more: what is kept of it is given back however it comes.
   * @param {string} address
   */
  await(address) {
    const kept = this.#read();
    if (kept.pages.some(([page]) => page === address))
      this.#write({ ...kept, lost: [...kept.lost, address], isSending: false });
  }

  /**
   * @param {string} address
   * @param {string} form
   */
  send(address, form) {
    const kept = this.#read();
    this.#write({ ...kept, sent: [...kept.sent, [address, form]], isSending: true });
  }
}

/**
 * Where the forms stand whose typing is kept together. The panels of a live page are one page, whatever the address says.
 *
 * SECURITY: addresses of links are secrets, so what is kept names digests of them.
 */
function pageAddress() {
  const [whole] = all(document, "[data-drafts]");
  return digest(whole?.dataset.drafts ?? location.pathname + location.search);
}

/** Forms that are taken, given up, or given theirs, in this page and in the dialog on it. */
class Keeper {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  #isOver = false;
  /** @type {WeakSet<HTMLFormElement>} */
  #sent = new WeakSet();
  /** @type {WeakSet<HTMLFormElement>} */
  #seen = new WeakSet();
  /** @type {WeakMap<HTMLFormElement, Fields>} of fields that have not come yet */
  #awaited = new WeakMap();
  /** @type {WeakSet<HTMLElement>} */
  #asked = new WeakSet();
  /** @type {Forms} of this page, also of forms that no panel shows just now */
  #own = {};

  /** @param {Drafts} drafts */
  constructor(drafts) {
    this.drafts = drafts;
    const dialog = document.getElementById("dialog");
    this.dialog = dialog instanceof HTMLDialogElement ? dialog : null;
  }

  get #dialogAddress() {
    const address = this.dialog?.open && this.dialog.dataset.address;
    return address ? placeOfDialog(address) : "";
  }

  /** @param {ParentNode} root */
  #formsIn = (root) => [...formsIn(root)].map(([name, form]) => /** @type {const} */ ([digest(name), form]));

  /** @returns {{ address: string, name: string } | undefined} @param {EventTarget | null} form */
  #placeOf(form) {
    const inDialog = form instanceof Node && this.dialog?.contains(form);
    const root = inDialog && this.dialog ? this.dialog : document;
    const name = this.#formsIn(root).find(([, one]) => one === form)?.[0];
    return name ? { address: inDialog ? this.#dialogAddress : pageAddress(), name } : undefined;
  }

  /** @param {HTMLFormElement} form */
  #changesIn = (form) => (this.#sent.has(form) ? {} : { ...this.#awaited.get(form), ...changesIn(form) });

  keep = () => {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (this.#isOver) return;
    this.#keepOfPage(this.#changesIn);
    if (!this.dialog || !this.#dialogAddress) return;
    const inDialog = this.#formsIn(this.dialog).map(([name, form]) => [name, this.#changesIn(form)]);
    this.drafts.keep(this.#dialogAddress, Object.fromEntries(inDialog));
  };

  /** @param {(form: HTMLFormElement) => Fields} whatIn */
  #keepOfPage(whatIn) {
    for (const [name, form] of this.#formsIn(document)) this.#own[name] = whatIn(form);
    this.drafts.keep(pageAddress(), this.#own);
  }

  /** The page is asked for once more, in another language: also what stands in it only as the answer to a form. */
  comeAgain() {
    this.keep();
    this.#keepOfPage((form) => ({ ...textsIn(form), ...this.#changesIn(form) }));
    this.drafts.await(pageAddress());
  }

  keepLater = () => {
    this.#later ??= setTimeout(this.keep, WAIT_MS);
  };

  flush = () => this.#later && this.keep();

  /** @param {EventTarget | null} target what somebody types in */
  typedIn(target) {
    const form = target instanceof Element && "form" in target && target.form;
    if (!(form instanceof HTMLFormElement)) return;
    this.#sent.delete(form);
    this.keepLater();
  }

  /**
   * It was taken, or is given up: nothing of it is kept, until somebody types in it again.
   * @param {EventTarget | null} form
   */
  end(form) {
    const place = this.#placeOf(form);
    if (!place || !(form instanceof HTMLFormElement)) return;
    this.flush();
    noteTaken(form);
    this.#sent.add(form);
    this.#awaited.delete(form);
    if (!this.dialog?.contains(form)) delete this.#own[place.name];
    this.drafts.end(place.address, place.name);
  }

  /** The page sends it, and the next one says how it was answered. @param {EventTarget | null} form */
  send(form) {
    this.flush();
    const place = this.#placeOf(form);
    if (place) this.drafts.send(place.address, place.name);
  }

  /** Whoever signs out, leaves or erases has no drafts, what is on this page included. */
  leave() {
    this.#isOver = true;
  }

  arrive() {
    const [arrival] = /** @type {PerformanceNavigationTiming[]} */ (
      performance.getEntriesByType("navigation")
    );
    const address = pageAddress();
    const { back, before, isAnew } = this.drafts.arrive({
      address,
      type: arrival?.type ?? "",
      status: arrival?.responseStatus ?? 0,
      isFollowed: document.referrer !== "",
    });
    const isOnePage = Boolean(document.querySelector("[data-drafts]"));
    this.#own = isOnePage ? this.drafts.of(address) : back;
    for (const [name, form] of this.#formsIn(document)) {
      const given = Object.entries(before[name] ?? {}).map(([key, [value]]) => [key, value]);
      if (given.length) noteGiven(form, Object.fromEntries(given));
    }
    this.giveBack(isAnew && !isOnePage);
    // What was typed before this came, too.
    const forms = [document, this.dialog].flatMap((root) => (root ? this.#formsIn(root) : []));
    if (forms.some(([, form]) => Object.keys(changesIn(form)).length)) this.keepLater();
  }

  /**
   * To the forms that have come into the page, or into the dialog, meanwhile.
   * @param {boolean} [isTold] also of the page
   */
  giveBack(isTold = false) {
    const given = this.#giveTo(document, this.#own);
    if (given.length && isTold) this.#tell(given);
    if (!this.dialog || !this.#dialogAddress) return;
    if (this.#giveTo(this.dialog, this.drafts.of(this.#dialogAddress)).length) toast(word("draftIsBack"));
  }

  /** Whoever opens the page anew may have meant to begin anew. @param {string[]} given names of forms */
  #tell(given) {
    const discard = () => {
      for (const [name, form] of this.#formsIn(document)) if (given.includes(name)) this.end(form);
      location.reload();
    };
    toast(word("draftIsBack"), "info", { text: word("discardDraft"), act: discard });
  }

  /**
   * @param {ParentNode} root
   * @param {Forms} drafts
   * @returns names of those that were given something
   */
  #giveTo(root, drafts) {
    const given = [];
    for (const [name, form] of this.#formsIn(root)) {
      const draft = (this.#seen.has(form) ? this.#awaited.get(form) : drafts[name]) ?? {};
      this.#seen.add(form);
      if (giveBack(form, draft)) given.push(name);
      this.#await(form, missingIn(form, draft));
    }
    return given;
  }

  /**
   * Fields that somebody had asked for are asked for again, with the form's button for more.
   * @param {HTMLFormElement} form
   * @param {Fields} missing
   */
  #await(form, missing) {
    const [button] = all(form, "[data-more-fields]");
    if (!button || !Object.keys(missing).length) {
      this.#awaited.delete(form);
      return;
    }
    this.#awaited.set(form, missing);
    if (this.#asked.has(button)) return;
    this.#asked.add(button);
    // htmx takes up the page once it is there; of its own event no form is sent.
    const ask = () => globalThis.htmx?.trigger(button, "click");
    if (document.readyState === "complete") ask();
    else addEventListener("load", ask, { once: true });
  }
}

/** @param {{ key: string, owner: string, comesAnew: boolean }} keeper whose drafts (keeping.js) */
export function start({ key, owner, comesAnew }) {
  const typing = new Keeper(new Drafts(owner, windowMemory, key, comesAnew));

  for (const name of ["input", "change"])
    document.addEventListener(name, ({ target }) => typing.typedIn(target));
  document.addEventListener("visibilitychange", typing.flush);
  addEventListener("pagehide", typing.flush);
  document.addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
    if (comesAgain(target)) return typing.comeAgain();
    // A script sends it, or nobody; or it only takes along to another form what was typed.
    const isKept = defaultPrevented || submitter?.getAttribute("name") === "fill";
    if (!isKept) typing.send(target);
    else typing.flush();
  });
  document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
    if (xhr.status >= 200 && xhr.status < 400) typing.end(elt);
  });
  for (const name of ["foyer:sent", "foyer:discarded"])
    document.addEventListener(name, ({ target }) => typing.end(target));
  document.addEventListener("foyer:left", () => typing.leave());
  document.addEventListener("htmx:beforeSwap", typing.flush);
  document.addEventListener("htmx:afterSettle", () => typing.giveBack());
  typing.arrive();
}
