// The Participants tab: groups stay folded as they were, and moderators hear a knock.
(() => {
  const page = document.getElementById("live");
  if (!page) return;

  // --- groups --------------------------------------------------------------------------------------
  const folded = new Map();
  const groups = () => document.querySelectorAll("#people-list [data-group]");
  document.addEventListener(
    "toggle",
    (event) => {
      const { group } = event.target.dataset ?? {};
      if (group && event.target.isConnected) folded.set(group, event.target.open);
    },
    true,
  );
  document.addEventListener("htmx:afterSwap", () => {
    for (const group of groups())
      if (folded.has(group.dataset.group)) group.open = folded.get(group.dataset.group);
  });

  // --- somebody is at the door ---------------------------------------------------------------------
  if (!("moderates" in page.dataset)) return;
  const KEY = "foyer-knock-silent";
  const isSilent = () => {
    try {
      return localStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  };
  const showSwitch = () => {
    const knob = document.getElementById("knock-sound");
    if (knob) knob.checked = !isSilent();
  };
  showSwitch();
  document.addEventListener("htmx:afterSwap", showSwitch);
  document.addEventListener("change", (event) => {
    if (event.target.id !== "knock-sound") return;
    try {
      if (event.target.checked) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, "");
    } catch {
      // It holds for as long as the page is open, then.
    }
    if (event.target.checked) knock();
  });

  let audio = null;

  /** Two soft taps on wood. Browsers stay silent until the person has touched the page once. */
  async function knock() {
    if (isSilent()) return;
    audio ??= new AudioContext();
    try {
      if (audio.state !== "running") await Promise.race([audio.resume(), new Promise((_, no) => setTimeout(no, 500))]);
    } catch {
      return;
    }
    for (const after of [0, 0.18]) {
      const at = audio.currentTime + after;
      const tone = new OscillatorNode(audio, { type: "triangle", frequency: 190 });
      const loudness = new GainNode(audio, { gain: 0 });
      loudness.gain.setValueAtTime(0.25, at);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.14);
      tone.frequency.exponentialRampToValueAtTime(90, at + 0.12);
      tone.connect(loudness).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.15);
    }
  }

  // Ten at once are one knock.
  let lastKnock = 0;
  document.body.addEventListener("live:knock", () => {
    document.body.dispatchEvent(new CustomEvent("live:session"));
    if (Date.now() - lastKnock < 3000) return;
    lastKnock = Date.now();
    const { knock: words } = document.getElementById("live-words").dataset;
    foyer.announce(words);
    foyer.toast(words, "info");
    knock();
  });
})();
