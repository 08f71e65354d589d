// The camera, microphone and screen of this page: switched on and off, chosen, remembered.
// Says "change" whenever what goes out changes; what it sends where is not its business.
(() => {
  const REMEMBERED = "foyer-devices";
  const AGAIN_MS = 800;
  const words = () => document.getElementById("stage-words")?.dataset ?? {};

  globalThis.foyerStage = {
    /** A translated sentence from _words.html, with {name} filled in. */
    word: (key, values = {}) => (words()[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole),
  };

  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}");
    } catch {
      return {}; // no storage in this browser, or something else wrote there
    }
  }

  class Media extends EventTarget {
    /** Which devices, and what was on when somebody last came on stage. */
    choice = { camera: "", microphone: "", cameraOn: true, microphoneOn: true, keys: true, ...remembered() };
    tracks = { camera: null, microphone: null, screen: null };
    /** What goes out and what one sees of oneself: always the same stream. */
    stream = new MediaStream();
    picture = { width: 640, height: 360, rate: 24 };
    #context = null;
    #meter = null;
    #turn = Promise.resolve();

    remember(change) {
      Object.assign(this.choice, change);
      try {
        localStorage.setItem(REMEMBERED, JSON.stringify(this.choice));
      } catch {
        // Remembered until the page is left, then.
      }
    }

    /** "640x360@24" */
    setPicture(text) {
      const [width, height, rate] = (text ?? "").split(/[x@]/).map(Number);
      if (rate) this.picture = { width, height, rate };
    }

    get microphoneOn() {
      return Boolean(this.tracks.microphone?.enabled);
    }
    get cameraOn() {
      return Boolean(this.tracks.camera);
    }
    get screenOn() {
      return Boolean(this.tracks.screen);
    }
    /** One picture a person: a shared screen takes the camera's place. */
    get outgoing() {
      return { audio: this.tracks.microphone, video: this.tracks.screen ?? this.tracks.camera };
    }

    /** One after the other, so that two quick clicks do not open a camera twice. */
    #queued(act) {
      const turn = this.#turn.then(act);
      this.#turn = turn.catch(() => {});
      return turn;
    }

    /** Rejects with the sentence to show when the browser does not give the camera. */
    setCamera(on) {
      return this.#queued(async () => {
        if (on === this.cameraOn) return;
        if (!on) return this.#drop("camera");
        const { width, height, rate } = this.picture;
        const wish = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: rate, max: rate } };
        this.#hold("camera", await this.#open("camera", { video: wish }));
      });
    }

    /** Off keeps the device, so that on is instant; off on the way in never opens it. */
    setMicrophone(on) {
      return this.#queued(async () => {
        if (on === this.microphoneOn) return;
        if (this.tracks.microphone) {
          this.tracks.microphone.enabled = on;
          this.#changed();
        } else if (on) {
          const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
          this.#hold("microphone", await this.#open("microphone", { audio: wish }));
        }
      });
    }

    /** False when the person thought better of it. Rejects with the sentence to show. */
    shareScreen(on) {
      return this.#queued(async () => {
        if (on === this.screenOn) return on;
        if (!on) return this.#drop("screen");
        try {
          const given = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
          const [track] = given.getVideoTracks();
          track.contentHint = "detail";
          this.#hold("screen", track);
          return true;
        } catch (error) {
          if (error.name === "NotAllowedError") return false;
          throw new Error(foyerStage.word("screenFailed"));
        }
      });
    }

    /** Another camera or microphone; what is on stays on. */
    async choose(kind, id) {
      this.remember({ [kind]: id });
      const on = kind === "camera" ? this.cameraOn : this.microphoneOn;
      if (this.tracks[kind]) await this.#queued(async () => this.#drop(kind));
      if (on) await (kind === "camera" ? this.setCamera(true) : this.setMicrophone(true));
    }

    /** The camera's light goes off. */
    stop() {
      return this.#queued(async () => {
        for (const kind of Object.keys(this.tracks)) this.#drop(kind, true);
        this.#changed();
      });
    }

    async devices() {
      const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      return {
        camera: all.filter((one) => one.kind === "videoinput"),
        microphone: all.filter((one) => one.kind === "audioinput"),
      };
    }

    /** How loud the microphone is, 0 to 1. */
    level() {
      if (!this.#meter || !this.microphoneOn) return 0;
      const samples = new Float32Array(this.#meter.fftSize);
      this.#meter.getFloatTimeDomainData(samples);
      return Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 3);
    }

    async #open(kind, wish, again = true) {
      if (!navigator.mediaDevices?.getUserMedia) throw new Error(foyerStage.word("insecure"));
      const [of] = Object.keys(wish);
      const id = this.choice[kind];
      const exact = id ? { [of]: { ...wish[of], deviceId: { exact: id } } } : wish;
      try {
        return (await navigator.mediaDevices.getUserMedia(exact)).getTracks()[0];
      } catch (error) {
        // The remembered one is not plugged in today: any other will do.
        if (id && ["OverconstrainedError", "NotFoundError"].includes(error.name)) {
          this.remember({ [kind]: "" });
          return this.#open(kind, wish);
        }
        // The page before this one may be about to let go of it.
        if (again && ["NotReadableError", "AbortError"].includes(error.name)) {
          await new Promise((later) => setTimeout(later, AGAIN_MS));
          return this.#open(kind, wish, false);
        }
        const why = { NotAllowedError: "Refused", SecurityError: "Refused", NotFoundError: "Missing", NotReadableError: "Busy" };
        throw new Error(foyerStage.word(`${kind}${why[error.name] ?? "Failed"}`));
      }
    }

    #hold(kind, track) {
      this.tracks[kind] = track;
      // Unplugged, or “Stop sharing” in the browser's own bar.
      track.addEventListener("ended", () => this.tracks[kind] === track && this.#drop(kind));
      if (kind === "microphone") this.#listen(track);
      this.#changed();
    }

    #drop(kind, quietly = false) {
      this.tracks[kind]?.stop();
      this.tracks[kind] = null;
      if (kind === "microphone") {
        this.#context?.close();
        this.#context = this.#meter = null;
      }
      if (!quietly) this.#changed();
      return false;
    }

    #listen(track) {
      this.#context = new AudioContext();
      this.#context.resume().catch(() => {}); // without a click yet, it sleeps: no level, all else works
      this.#meter = this.#context.createAnalyser();
      this.#meter.fftSize = 1024;
      this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#meter);
    }

    #changed() {
      const wanted = Object.values(this.outgoing).filter(Boolean);
      for (const track of this.stream.getTracks()) if (!wanted.includes(track)) this.stream.removeTrack(track);
      for (const track of wanted) this.stream.addTrack(track);
      this.dispatchEvent(new Event("change"));
    }
  }

  foyerStage.media = new Media();
})();
