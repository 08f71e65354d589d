// media-chrome writes <style> into its own elements, which the site's policy refuses. It is loaded
// before media-chrome and gives those styles this answer's nonce; nothing else gets it.
(() => {
  const { nonce } = document.currentScript;
  const attach = Element.prototype.attachShadow;
  const { set } = Object.getOwnPropertyDescriptor(ShadowRoot.prototype, "innerHTML");
  const parse = ShadowRoot.prototype.setHTMLUnsafe ?? set;
  const marked = (html) => String(html).replaceAll("<style", `<style nonce="${nonce}"`);

  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    if (!this.localName.startsWith("media-")) return root;
    Object.defineProperty(root, "setHTMLUnsafe", { value: (html) => parse.call(root, marked(html)) });
    Object.defineProperty(root, "innerHTML", { set: (html) => set.call(root, marked(html)) });
    return root;
  };
})();
