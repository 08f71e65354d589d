// The tiles: one for each person on stage, with name, microphone and whoever speaks marked.
// What a row says is off is neither shown nor played here, whatever the other browser sends.
(() => {
  const { media, word } = foyerStage;
  const TICK_MS = 200;
  const LOUD = 0.03;
  const HOLD_MS = 900; // a breath between two words is not silence

  class Tile {
    #loudAt = 0;

    constructor(person) {
      this.node = document.createElement("li");
      this.node.className = "stage-tile";
      this.node.dataset.seat = person.seat;
      this.video = document.createElement("video");
      this.video.autoplay = this.video.playsInline = true;
      this.video.muted = person.mine;
      this.video.disablePictureInPicture = true;
      this.dark = document.createElement("div");
      this.dark.className = "stage-dark";
      if (person.avatar) this.dark.append(person.avatar);
      this.note = document.createElement("p");
      this.note.className = "stage-note";
      this.caption = document.createElement("p");
      this.caption.className = "stage-caption";
      this.name = document.createElement("bdi");
      this.marks = document.createElement("span");
      this.marks.className = "stage-marks";
      this.caption.append(this.name, this.marks);
      this.node.append(this.video, this.dark, this.note, this.caption);
    }

    /** `peer` is absent for oneself. */
    show(person, peer) {
      this.person = person;
      this.peer = peer;
      const stream = person.mine ? media.stream : peer?.stream;
      if (stream && this.video.srcObject !== stream) this.video.srcObject = stream;
      const camera = person.mine ? media.cameraOn || media.screenOn : person.camera || person.screen;
      const microphone = person.mine ? media.microphoneOn : person.microphone;
      const screen = person.mine ? media.screenOn : person.screen;
      this.video.hidden = !camera || Boolean(peer && peer.state !== "connected");
      this.dark.hidden = !this.video.hidden;
      this.video.classList.toggle("stage-mirrored", person.mine && !screen);
      this.node.classList.toggle("stage-tile-screen", Boolean(screen));
      this.video.muted = person.mine || !microphone;
      this.video.setAttribute("aria-label", person.name);
      this.name.textContent = person.mine ? `${person.name} (${word("you")})` : person.name;
      this.note.textContent = !peer || peer.state === "connected" ? "" : word(peer.state === "lost" ? "connectionLost" : "connecting");
      this.muted = !microphone;
      this.screen = Boolean(screen);
      this.mark();
      if (stream?.getTracks().length) this.play();
    }

    play() {
      this.video.play().catch((error) => {
        if (error.name === "NotAllowedError") document.dispatchEvent(new CustomEvent("stage-silent"));
      });
    }

    mark() {
      const marks = [];
      if (this.screen) marks.push(["screen", "sharesScreen"]);
      if (this.muted) marks.push(["microphone-off", "muted"]);
      else if (this.speaks) marks.push(["sound", "speaking"]);
      const key = marks.join();
      if (this.marked === key) return;
      this.marked = key;
      this.marks.replaceChildren(
        ...marks.flatMap(([icon, says]) => {
          const words = document.createElement("span");
          words.className = "visually-hidden";
          words.textContent = word(says);
          return [foyer.icon(icon), words];
        }),
      );
      this.node.classList.toggle("stage-tile-speaks", Boolean(this.speaks && !this.muted));
    }

    listen(now) {
      const level = this.person?.mine ? media.level() : (this.peer?.level() ?? 0);
      if (level > LOUD) this.#loudAt = now;
      this.speaks = now - this.#loudAt < HOLD_MS;
      this.mark();
    }
  }

  class Tiles {
    #tiles = new Map();
    #clock = null;

    constructor(list) {
      this.list = list;
    }

    /** `people` in the order of coming; `peerOf(seat)`. */
    show(people, peerOf) {
      for (const [seat, tile] of this.#tiles) {
        if (people.some((person) => person.seat === seat)) continue;
        tile.video.srcObject = null;
        tile.node.remove();
        this.#tiles.delete(seat);
      }
      for (const person of people) {
        let tile = this.#tiles.get(person.seat);
        if (!tile) {
          tile = new Tile(person);
          this.#tiles.set(person.seat, tile);
          this.list.append(tile.node);
        }
        tile.show(person, peerOf(person.seat));
      }
      this.list.hidden = !people.length;
      this.list.dataset.count = people.length;
      this.list.classList.toggle("stage-tiles-screen", people.some((person) => this.#tiles.get(person.seat).screen));
      this.#clock = people.length ? (this.#clock ?? setInterval(() => this.#listen(), TICK_MS)) : (clearInterval(this.#clock) ?? null);
    }

    playAll() {
      for (const tile of this.#tiles.values()) tile.play();
    }

    #listen() {
      const now = performance.now();
      for (const tile of this.#tiles.values()) tile.listen(now);
    }
  }

  foyerStage.Tiles = Tiles;
})();
