// @ts-check
/**
 * What media-chrome lacks, loaded before it. It writes <style> into its own elements, which the site's policy refuses:
 * those styles get this answer's nonce, and nothing else does.
 */
import { need } from "../shared/page.js";

const { nonce } = need(document, "script[data-player-styles]", HTMLScriptElement);
const attach = Element.prototype.attachShadow;
const innerHTML = Object.getOwnPropertyDescriptor(ShadowRoot.prototype, "innerHTML");
const set = innerHTML?.set ?? (() => {});
const parse = ShadowRoot.prototype.setHTMLUnsafe ?? set;
/** @param {unknown} html */
const marked = (html) => String(html).replaceAll("<style", `<style nonce="${nonce}"`);

Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  if (!this.localName.startsWith("media-")) return root;
  /** @param {unknown} html */
  const parseMarked = (html) => parse.call(root, marked(html));
  /** @param {unknown} html */
  const setMarked = (html) => set.call(root, marked(html));
  Object.defineProperty(root, "setHTMLUnsafe", { value: parseMarked });
  Object.defineProperty(root, "innerHTML", { set: setMarked });
  return root;
};
