// @ts-check
/**
 * One connection of the mesh to one other browser. The newer of two on stage makes the first offer; somebody on stage
 * makes all offers to those who watch, who only answer. After that either side on stage may offer (perfect
 * negotiation): the older gives way when both do at once.
 */

/** @typedef {import("./engine.js").Seat} Seat */
/** @typedef {import("./engine.js").Tracks} Tracks */
/** @typedef {import("./engine.js").Connection} Connection */
/** @typedef {{ iceServers: RTCIceServer[] }} WaysThrough */

/**
 * @typedef {object} Line what a peer needs of the page
 * @property {(kind: string, payload: object) => unknown} say to the other browser
 * @property {(fresh: boolean) => Promise<WaysThrough>} configure
 * @property {() => Tracks} outgoing
 * @property {MediaStream} stream the outgoing tracks belong to it
 * @property {() => number} ceiling bits a second for a picture
 */

const BATCH_MS = 120; // candidates come in bursts; they go out together
const WAIT_MS = 12_000; // for a connection, before it is tried again
const PAUSE_MS = 4000; // “disconnected” often mends itself
const MORE_EACH_TIME_MS = 2000;
const MOST_TRIES = 6;

/** @implements {Connection} */
export class Peer extends EventTarget {
  /** @type {Connection["state"]} */
  state = "connecting";
  stream = new MediaStream();
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  #link = ""; // which attempt: what is said of another one is over
  #isMaking = false;
  #isIgnoring = false;
  /** @type {RTCIceCandidateInit[]} theirs, before there is a description to which they belong */
  #early = [];
  /** @type {RTCIceCandidateInit[]} ours, for the next batch */
  #found = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #batch;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #clock;
  #tries = 0;
  #isClosed = false;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {Seat} mine
   * @param {Seat} theirs
   * @param {Line} line
   */
  constructor(mine, theirs, line) {
    super();
    this.line = line;
    this.sends = mine.kind === "stage";
    this.receives = theirs.kind === "stage";
    this.leads = this.sends && (!this.receives || mine.seat > theirs.seat);
    if (this.leads) this.#queue(() => this.#begin());
    else this.#wait();
  }

  /**
   * Signals and attempts one after the other.
   * @param {() => unknown} act
   */
  #queue(act) {
    this.#turn = this.#turn
      .then(() => !this.#isClosed && act())
      .catch((error) => {
        if (!this.#isClosed) console.warn("stage:", error);
      });
    return this.#turn;
  }

  async #begin(fresh = false) {
    const pc = await this.#open(crypto.randomUUID(), fresh);
    const direction = this.receives ? "sendrecv" : "sendonly";
    const { audio, video } = this.line.outgoing();
    const streams = [this.line.stream];
    pc.addTransceiver(audio ?? "audio", { direction, streams });
    pc.addTransceiver(video ?? "video", {
      direction,
      streams,
      sendEncodings: [{ maxBitrate: this.line.ceiling() }],
    });
    this.#wait();
  }

  /** @param {string} link */
  async #open(link, fresh = false) {
    const { iceServers } = await this.line.configure(fresh);
    if (this.#isClosed) throw new Error("closed meanwhile");
    this.#shut();
    this.#link = link;
    this.#early = [];
    this.#found = [];
    this.#isIgnoring = false;
    this.#isMaking = false;
    const pc = new RTCPeerConnection({ iceServers });
    this.#pc = pc;
    pc.onnegotiationneeded = () => this.#offer(pc);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate && pc === this.#pc) this.#collect(candidate);
    };
    pc.ontrack = ({ track }) => this.#receive(track);
    pc.onconnectionstatechange = () => {
      if (pc === this.#pc) this.#watch(pc.connectionState);
    };
    return pc;
  }

  /** @param {RTCPeerConnection} pc */
  async #offer(pc) {
    if (pc !== this.#pc || !this.sends) return;
    // Not before the first offer of the leading side has been answered.
    if (!this.leads && !pc.remoteDescription) return;
    this.#isMaking = true;
    try {
      await pc.setLocalDescription();
      const made = pc.localDescription;
      if (made?.type === "offer") this.line.say("offer", { link: this.#link, sdp: made.sdp });
    } catch (error) {
      if (pc.signalingState !== "closed") throw error;
    } finally {
      this.#isMaking = false;
    }
  }

  /** @param {{ kind: string, payload: any }} signal as the site has let it by */
  hear({ kind, payload }) {
    return this.#queue(() => {
      if (kind === "offer") return this.#onOffer(payload);
      if (kind === "answer") return this.#onAnswer(payload);
      if (kind === "candidates") return this.#onCandidates(payload);
      // The other side has no connection and cannot, or should not, offer.
      if (kind === "again" && this.leads) return this.#begin();
    });
  }

  /** @param {{ link: string, sdp: string }} offer */
  async #onOffer({ link, sdp }) {
    if (link !== this.#link) {
      if (this.leads || !this.receives) return; // an attempt that is over, or nobody's to make
      await this.#open(link);
    }
    const pc = this.#pc;
    if (!pc) return;
    const isCollision = this.#isMaking || pc.signalingState !== "stable";
    this.#isIgnoring = this.leads && isCollision;
    if (this.#isIgnoring) return;
    await pc.setRemoteDescription({ type: "offer", sdp });
    await this.#addEarly(pc);
    if (this.sends) await this.#adopt(pc);
    await pc.setLocalDescription();
    this.line.say("answer", { link, sdp: pc.localDescription?.sdp });
    if (pc.connectionState !== "connected") this.#wait(); // they are on it; a slow way is a way
  }

  /** @param {{ link: string, sdp: string }} answer */
  async #onAnswer({ link, sdp }) {
    const pc = this.#pc;
    if (link !== this.#link || pc?.signalingState !== "have-local-offer") return;
    await pc.setRemoteDescription({ type: "answer", sdp });
    await this.#addEarly(pc);
    if (pc.connectionState !== "connected") this.#wait();
  }

  /** @param {{ link: string, candidates: RTCIceCandidateInit[] }} found */
  async #onCandidates({ link, candidates }) {
    const pc = this.#pc;
    if (link !== this.#link || !pc) return;
    if (!pc.remoteDescription) this.#early.push(...candidates);
    else for (const candidate of candidates) await this.#add(pc, candidate);
  }

  /** @param {RTCPeerConnection} pc */
  async #addEarly(pc) {
    for (const candidate of this.#early.splice(0)) await this.#add(pc, candidate);
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {RTCIceCandidateInit} candidate
   */
  async #add(pc, candidate) {
    try {
      await pc.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#isIgnoring) console.warn("stage: candidate", error);
    }
  }

  /**
   * The transceivers that the other side's offer made carry our own tracks back.
   * @param {RTCPeerConnection} pc
   */
  async #adopt(pc) {
    const { audio, video } = this.line.outgoing();
    for (const transceiver of pc.getTransceivers()) {
      if (transceiver.direction !== "recvonly" || transceiver.currentDirection) continue;
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(this.line.stream);
      await transceiver.sender.replaceTrack(transceiver.receiver.track.kind === "audio" ? audio : video);
    }
  }

  /** @param {RTCIceCandidate} candidate */
  #collect(candidate) {
    this.#found.push(candidate.toJSON());
    this.#batch ??= setTimeout(() => {
      this.#batch = undefined;
      const candidates = this.#found.splice(0);
      if (candidates.length && !this.#isClosed) this.line.say("candidates", { link: this.#link, candidates });
    }, BATCH_MS);
  }

  /** @param {MediaStreamTrack} track */
  #receive(track) {
    for (const old of this.stream.getTracks()) if (old.kind === track.kind) this.stream.removeTrack(old);
    this.stream.addTrack(track);
    this.#changed(this.state);
  }

  /** @param {RTCPeerConnectionState} state */
  #watch(state) {
    if (state === "connected") {
      clearTimeout(this.#clock);
      this.#tries = 0;
      this.#changed("connected");
      this.tune();
    } else if (state === "disconnected") {
      this.#wait(PAUSE_MS);
    } else if (state === "failed") {
      this.#mend();
    }
  }

  #wait(milliseconds = WAIT_MS) {
    clearTimeout(this.#clock);
    this.#clock = setTimeout(() => {
      if (this.#pc?.connectionState !== "connected") this.#mend();
    }, milliseconds);
  }

  /** First an ICE restart of the same connection, then new connections, at growing pauses. */
  #mend() {
    if (this.#isClosed) return;
    this.#tries += 1;
    this.#changed("lost");
    if (this.#tries > MOST_TRIES) return;
    const pc = this.#pc;
    if (this.#tries === 1 && this.sends && pc?.remoteDescription && pc.signalingState === "stable") {
      this.#queue(async () => {
        const { iceServers } = await this.line.configure(true);
        pc.setConfiguration({ iceServers });
        pc.restartIce();
      });
    } else if (this.leads) {
      this.#queue(() => this.#begin(true));
    } else {
      this.line.say("again", { link: this.#link || "none" });
    }
    this.#wait(WAIT_MS + this.#tries * MORE_EACH_TIME_MS);
  }

  /**
   * Other tracks: same connection, nothing to negotiate.
   * @param {Tracks} tracks
   */
  send({ audio, video }) {
    if (this.sends) {
      for (const { sender, receiver } of this.#pc?.getTransceivers() ?? []) {
        const track = receiver.track.kind === "audio" ? audio : video;
        if (sender.track !== track) sender.replaceTrack(track).catch(() => {});
      }
    }
    this.tune();
  }

  /** A share of the uplink: it is the same for all, and more people mean less for each. */
  async tune() {
    const sender = this.#pc?.getSenders().find((one) => one.track?.kind === "video");
    const parameters = sender?.getParameters();
    const wanted = this.line.ceiling();
    if (!parameters?.encodings?.length || parameters.encodings[0].maxBitrate === wanted) return;
    parameters.encodings[0].maxBitrate = wanted;
    await sender?.setParameters(parameters).catch(() => {});
  }

  level() {
    const receiver = this.#pc?.getReceivers().find((one) => one.track.kind === "audio");
    const [source] = receiver?.getSynchronizationSources?.() ?? [];
    const isFresh = source && performance.timeOrigin + performance.now() - source.timestamp < 1000;
    return isFresh ? (source.audioLevel ?? 0) : 0;
  }

  /** @returns {Promise<Record<string, any>[]>} */
  async stats() {
    /** @type {Map<string, any>} */
    const found = new Map((await this.#pc?.getStats()) ?? []);
    return [...found.values()];
  }

  /** @returns {Promise<import("./engine.js").Report>} */
  async report() {
    const found = {
      state: this.#pc?.connectionState,
      sends: this.sends,
      framesDecoded: 0,
      audioPackets: 0,
      framesSent: 0,
    };
    for (const one of await this.stats()) {
      if (one.type === "inbound-rtp" && one.kind === "video") found.framesDecoded = one.framesDecoded ?? 0;
      if (one.type === "inbound-rtp" && one.kind === "audio") found.audioPackets = one.packetsReceived ?? 0;
      if (one.type === "outbound-rtp" && one.kind === "video") found.framesSent = one.framesEncoded ?? 0;
    }
    return found;
  }

  /** @param {Peer["state"]} state */
  #changed(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  #shut() {
    const pc = this.#pc;
    if (!pc) return;
    pc.onnegotiationneeded = null;
    pc.onicecandidate = null;
    pc.ontrack = null;
    pc.onconnectionstatechange = null;
    pc.close();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#clock);
    clearTimeout(this.#batch);
    this.#shut();
  }
}
