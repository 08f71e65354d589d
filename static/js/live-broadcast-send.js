// The sender's side of a live event: device check, then a recorder whose pieces are posted in order,
// one after the other. Whatever breaks, a piece is posted again until it is taken; what cannot be
// mended begins a new run.
(() => {
  const box = document.getElementById("broadcast");
  const sender = document.getElementById("sender");
  if (!box || !sender) return;
  const words = sender.querySelector("[data-words]").dataset;
  const find = (name) => sender.querySelector(`[data-${name}]`);
  const [preview, says, level, onAir] = ["preview", "says", "level", "on-air"].map(find);
  const [cameras, microphones, form] = ["camera", "microphone", "form"].map(find);
  const KBITS = Number(sender.dataset.kbits);
  const PIECE_MS = 1000;
  const [WIDTH, HEIGHT, FRAMES] = [1280, 720, 25];
  // So many seconds unsent, and what waits is given up for the present.
  const MOST_WAITING = 60;
  const TYPES = [
    "video/webm;codecs=h264,opus",
    "video/x-matroska;codecs=avc1,opus",
    "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
    "video/mp4;codecs=avc1,opus",
    "video/webm;codecs=vp8,opus",
    "video/webm",
  ];
  const KEPT = `foyer-run:${sender.dataset.start}`;

  let phase = "closed"; // closed, check, live, paused, taken
  let devices = null; // the camera and microphone as the browser gives them
  let screen = null;
  let sending = null; // the stream that is recorded
  let sound = null;
  let painter = null;
  let run = null;
  let muted = false;

  const say = (text) => (says.textContent = text);

  function enter(next) {
    phase = next;
    const open = next !== "closed";
    for (const part of sender.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "open") !== open;
    for (const act of sender.querySelectorAll("[data-in]")) act.hidden = !act.dataset.in.split(" ").includes(next);
    const fixed = next === "live";
    for (const control of form.querySelectorAll("select, input")) control.disabled = fixed;
    onAir.hidden = next !== "live";
    box.dataset.sender = next;
    box.dispatchEvent(new CustomEvent("broadcast:sender", { detail: { open } }));
  }

  // --- devices ---------------------------------------------------------------------------------

  const source = () => form.elements.source.value;
  const stopTracks = (stream) => stream?.getTracks().forEach((track) => track.stop());

  function wanted(select, more = {}) {
    if (select.value === "none") return false;
    return { ...more, ...(select.value ? { deviceId: { exact: select.value } } : {}) };
  }

  async function openDevices() {
    stopTracks(devices);
    const picture = wanted(cameras, { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: FRAMES } });
    const voice = wanted(microphones);
    devices = picture || voice ? await navigator.mediaDevices.getUserMedia({ video: picture, audio: voice }) : new MediaStream();
    await listDevices();
  }

  async function listDevices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const fill = (select, kind, none, current) => {
      const options = all
        .filter((one) => one.kind === kind && one.deviceId)
        .map((one, index) => new Option(one.label || `${index + 1}`, one.deviceId));
      options.push(new Option(none, "none"));
      const chosen = select.value === "none" ? "none" : (current?.getSettings().deviceId ?? "none");
      select.replaceChildren(...options);
      select.value = options.some((one) => one.value === chosen) ? chosen : options[0].value;
    };
    fill(cameras, "videoinput", words.noCamera, devices.getVideoTracks()[0]);
    fill(microphones, "audioinput", words.noMicrophone, devices.getAudioTracks()[0]);
  }

  function problem(error) {
    if (error.name === "NotAllowedError") return words.refused;
    if (["NotFoundError", "NotReadableError", "OverconstrainedError"].includes(error.name)) return words.noDevice;
    return words.tryAgain;
  }

  // --- what is sent: one picture of one size, and always a sound -------------------------------

  function mixSound() {
    sound?.context.close();
    const context = new AudioContext();
    const [out, gain, meter] = [context.createMediaStreamDestination(), context.createGain(), context.createAnalyser()];
    gain.gain.value = muted ? 0 : 1;
    gain.connect(out);
    gain.connect(meter);
    for (const stream of [devices, screen]) {
      if (stream?.getAudioTracks().length) context.createMediaStreamSource(stream).connect(stream === screen ? out : gain);
    }
    // Silence is a sound too: without one, a recorder that hears nothing would send a picture alone.
    const silence = context.createConstantSource();
    silence.offset.value = 0;
    silence.connect(out);
    silence.start();
    context.resume();
    sound = { context, gain, meter, track: out.stream.getAudioTracks()[0] };
  }

  const heard = new Float32Array(256);
  setInterval(() => {
    if (!sound || phase === "closed") return;
    sound.meter.getFloatTimeDomainData(heard);
    level.value = Math.min(1, Math.max(...heard.map(Math.abs)) * 1.4);
  }, 100);

  function shownBy(stream) {
    const element = document.createElement("video");
    element.muted = true;
    element.playsInline = true;
    element.srcObject = stream;
    element.play().catch(() => {});
    return element;
  }

  // The screen whole on black, the camera in the corner.
  function paint() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const pen = canvas.getContext("2d", { alpha: false });
    const [large, small] = [shownBy(screen), devices.getVideoTracks().length ? shownBy(devices) : null];
    const draw = () => {
      pen.fillStyle = "#000";
      pen.fillRect(0, 0, WIDTH, HEIGHT);
      if (large.videoWidth) {
        const scale = Math.min(WIDTH / large.videoWidth, HEIGHT / large.videoHeight);
        const [wide, high] = [large.videoWidth * scale, large.videoHeight * scale];
        pen.drawImage(large, (WIDTH - wide) / 2, (HEIGHT - high) / 2, wide, high);
      }
      if (small?.videoWidth) {
        const wide = WIDTH * 0.22;
        const high = (wide * small.videoHeight) / small.videoWidth;
        pen.drawImage(small, WIDTH - wide - 16, HEIGHT - high - 16, wide, high);
      }
    };
    const clock = new Worker(sender.dataset.clock);
    clock.addEventListener("message", draw);
    painter = { stream: canvas.captureStream(FRAMES), end: () => clock.terminate() };
    return painter.stream;
  }

  function endPainting() {
    painter?.end();
    painter = null;
  }

  async function shareScreen() {
    if (screen) return;
    try {
      screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: FRAMES }, audio: true });
      screen.getVideoTracks()[0].addEventListener("ended", screenEnded, { once: true });
    } catch {
      form.elements.source.value = "camera"; // thought better of it
    }
  }

  async function prepare() {
    endPainting();
    if (source() !== "screen") {
      stopTracks(screen);
      screen = null;
    }
    mixSound();
    const picture = screen ? paint() : devices;
    sending = new MediaStream([...picture.getVideoTracks(), sound.track]);
    preview.srcObject = picture;
    preview.play().catch(() => {});
  }

  function screenEnded() {
    if (!screen) return;
    screen = null;
    form.elements.source.value = "camera";
    say(words.noScreen);
    if (phase === "live") pause().then(() => say(words.noScreen));
    prepare().catch((error) => say(problem(error)));
  }

  async function check() {
    if (!globalThis.MediaRecorder || !navigator.mediaDevices?.getUserMedia) {
      say(words.noRecorder);
      return;
    }
    say(words.asking);
    try {
      // First, while the browser still counts this as the person's click.
      if (source() === "screen") await shareScreen();
      await openDevices();
      await prepare();
      say(words.ready);
    } catch (error) {
      say(problem(error));
    }
  }

  function close() {
    endPainting();
    for (const stream of [devices, screen]) stopTracks(stream);
    sound?.context.close();
    devices = screen = sending = sound = null;
    preview.srcObject = null;
    enter("closed");
    sender.querySelector('[data-act="open"]').focus();
  }

  // --- sending ---------------------------------------------------------------------------------

  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const post = (address, body, type) =>
    fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token(), ...(type ? { "Content-Type": type } : {}) } });
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));

  function recorderOf(stream) {
    const mimeType = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    return new MediaRecorder(stream, {
      mimeType,
      videoBitsPerSecond: KBITS * 1000,
      audioBitsPerSecond: 128_000,
      videoKeyFrameIntervalDuration: 2000,
    });
  }

  async function start({ takeOver = false, again = false } = {}) {
    if (!sending?.getVideoTracks().length) {
      say(words.noDevice);
      return;
    }
    const recorder = recorderOf(sending);
    const form = new FormData();
    form.set("type", recorder.mimeType || "video/webm");
    const kept = sessionStorage.getItem(KEPT);
    if (kept) form.set("replaces", kept);
    if (takeOver) form.set("take_over", "1");
    say(words.connecting);
    let answer;
    let said;
    try {
      answer = await post(sender.dataset.start, form);
      said = await answer.json();
    } catch {
      if (again) return retry();
      say(words.tryAgain);
      return;
    }
    if (!answer.ok) {
      refused(said);
      return;
    }
    sessionStorage.setItem(KEPT, said.run);
    record(recorder, said);
    say(again ? words.restarted : words.live);
    window.foyer?.announce(words.live);
  }

  function refused(said) {
    if (said.why === "somebody-sends") {
      say(said.is_me ? words.otherWindow : words.somebodySends.replace("{name}", said.name));
      enter(said.may_take_over ? "taken" : "check");
    } else {
      say(words[said.why.replace(/-(\w)/g, (_all, letter) => letter.toUpperCase())] ?? words.tryAgain);
      enter("check");
    }
  }

  function record(recorder, { run: id, chunks }) {
    const mine = { id, recorder, chunks, waiting: [], number: 0, ended: false, flushed: null };
    run = mine;
    const type = recorder.mimeType.split(";")[0] || "video/webm";
    recorder.addEventListener("dataavailable", (event) => {
      if (!event.data.size || mine.ended) return;
      mine.waiting.push(event.data);
      if (mine.waiting.length > MOST_WAITING) anew(mine);
      else mine.flushed = (mine.flushed ?? Promise.resolve()).then(() => flush(mine, type));
    });
    recorder.addEventListener("error", () => anew(mine));
    recorder.start(PIECE_MS);
    enter("live");
  }

  // Strictly in order: the next piece goes when the one before is on the server's disk.
  async function flush(mine, type) {
    for (let tries = 0; mine.waiting.length && !mine.ended; ) {
      let answer = null;
      try {
        answer = await post(`${mine.chunks}${mine.number}/`, mine.waiting[0], type);
      } catch {
        // no connection: the same piece again
      }
      if (mine.ended) return;
      if (answer?.ok) {
        if (tries || mine.waiting.length < 4) say(words.live);
        mine.waiting.shift();
        mine.number += 1;
        tries = 0;
        if (mine.waiting.length >= 4) say(words.slow.replace("{seconds}", mine.waiting.length));
        continue;
      }
      if (answer?.status === 409) return notTaken(mine, await answer.json());
      if (answer && answer.status < 500 && answer.status !== 429) return ended(words.pausedByOther);
      tries += 1;
      say(words.away);
      await rest(Math.min(8000, 500 * 2 ** tries));
    }
  }

  function notTaken(mine, { why }) {
    if (why === "gap") anew(mine);
    else if (why === "not-taken" || why === "no-room") ended(why === "no-room" ? words.noRoom : words.notTaken);
    else ended(words.pausedByOther);
  }

  function endRun(mine) {
    mine.ended = true;
    if (mine.recorder.state !== "inactive") mine.recorder.stop();
    if (run === mine) run = null;
  }

  function ended(text) {
    if (run) endRun(run);
    sessionStorage.removeItem(KEPT);
    enter("paused");
    say(text);
  }

  // What waits is given up; a new run begins with the present.
  function anew(mine) {
    endRun(mine);
    start({ again: true });
  }

  function retry() {
    say(words.away);
    setTimeout(() => phase === "live" && start({ again: true }), 3000);
  }

  async function pause() {
    const mine = run;
    if (!mine) return;
    const last = new Promise((done) => mine.recorder.addEventListener("stop", done, { once: true }));
    if (mine.recorder.state !== "inactive") mine.recorder.stop();
    await last;
    // What is still waiting gets a moment; then the pause is what counts.
    await Promise.race([mine.flushed, rest(4000)]);
    mine.ended = true;
    run = null;
    sessionStorage.removeItem(KEPT);
    enter("paused");
    say(words.paused);
    await post(sender.dataset.pause, new FormData()).catch(() => {});
  }

  // --- what people do --------------------------------------------------------------------------

  function mute() {
    muted = !muted;
    if (sound) sound.gain.gain.value = muted ? 0 : 1;
    const button = sender.querySelector('[data-act="mute"]');
    button.setAttribute("aria-pressed", String(muted));
    button.textContent = muted ? words.unmute : words.mute;
  }

  const acts = {
    open: () => {
      enter("check");
      sender.querySelector('[data-act="live"]').focus({ preventScroll: true });
      check();
    },
    live: () => start(),
    "take-over": () => start({ takeOver: true }),
    pause,
    mute,
    close,
  };
  sender.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act) acts[act]();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => check());
  if (!navigator.mediaDevices?.getDisplayMedia) find("screen-choice").hidden = true;

  // What is recorded already is sent before the broadcast is stopped, or the session ended.
  document.body.addEventListener("htmx:confirm", (event) => {
    const { verb, path, issueRequest } = event.detail;
    if (!run || verb !== "post" || ![sender.dataset.stop, sender.dataset.end].includes(path)) return;
    event.preventDefault();
    pause().then(() => issueRequest(true));
  });

  // Stopped from elsewhere: by a moderator, or for good.
  box.addEventListener("broadcast:picture", (event) => {
    if (event.detail.picture !== "over") return;
    if (run) endRun(run);
    sessionStorage.removeItem(KEPT);
    if (phase !== "closed") close();
    sender.hidden = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (run) event.preventDefault();
  });

  if (box.dataset.picture === "over") sender.hidden = true;
  enter("closed");
})();
