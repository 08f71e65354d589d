// The buttons and keys of whoever is on stage, and telling the others what is on.
(() => {
  const stage = document.getElementById("stage");
  if (!stage) return;
  const { media, word, post } = foyerStage;
  const { dataset } = stage;

  foyerStage.drawOwn = () => {
    document.getElementById("stage-own").hidden = !foyerStage.isOnStage();
    button("microphone", media.microphoneOn, "M");
    button("camera", media.cameraOn, "V");
    button("screen", media.screenOn);
    document.getElementById("stage-screen").hidden = !navigator.mediaDevices?.getDisplayMedia;
  };

  function button(name, on, key = "") {
    const it = document.getElementById(`stage-${name}`);
    it.dataset.state = on ? "on" : "off";
    it.querySelector(".stage-button-label").textContent = on ? it.dataset.on : it.dataset.off;
    if (!key) return;
    it.querySelector(".stage-key").hidden = !media.choice.keys;
    if (media.choice.keys) it.setAttribute("aria-keyshortcuts", key);
    else it.removeAttribute("aria-keyshortcuts");
  }

  // One telling at a time: an older one that overtook a newer would have the last word.
  let telling = null;
  let underWay = false;
  async function told() {
    telling = null;
    if (!foyerStage.isOnStage()) return;
    if (underWay) return void (telling = setTimeout(told, 150));
    underWay = true;
    const now = { microphone: media.microphoneOn || "", camera: media.cameraOn || "", screen: media.screenOn || "" };
    try {
      const answer = await post(dataset.media, now);
      if (!answer.ok) document.body.dispatchEvent(new CustomEvent("live:stage"));
    } catch {
      telling ??= setTimeout(told, 3000);
    } finally {
      underWay = false;
    }
  }

  media.addEventListener("change", () => {
    if (foyerStage.isOnStage()) telling ??= setTimeout(told, 150);
  });

  async function turn(kind) {
    try {
      if (kind === "screen") return await media.shareScreen(!media.screenOn);
      const on = kind === "camera" ? !media.cameraOn : !media.microphoneOn;
      await (kind === "camera" ? media.setCamera(on) : media.setMicrophone(on));
      foyer.announce(word(`${kind}Is${on ? "On" : "Off"}`));
    } catch (refusal) {
      foyer.toast(refusal.message, "error");
    }
  }

  /** A moderator has: at once, and said. Unmuting is the person's own. */
  foyerStage.beMuted = async () => {
    if (!media.microphoneOn) return;
    await media.setMicrophone(false);
    foyer.toast(word("mutedByHost"));
  };

  for (const kind of ["microphone", "camera", "screen"]) {
    document.getElementById(`stage-${kind}`).addEventListener("click", () => turn(kind));
  }

  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const other = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;
    if (other || !["m", "v"].includes(key) || !media.choice.keys || !foyerStage.isOnStage()) return;
    if (event.target.closest("input, textarea, select, [contenteditable], [role=menu], dialog")) return;
    event.preventDefault();
    turn(key === "m" ? "microphone" : "camera");
  });
  document.addEventListener("stage-keys", foyerStage.drawOwn);
})();
