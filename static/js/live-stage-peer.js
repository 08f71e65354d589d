// One connection to one other browser. The newer of two on stage makes the first offer; whoever is
// on stage makes all offers to whoever watches, who only answers. After that either side on stage
// may offer (perfect negotiation): the older gives way when both do at once.
(() => {
  const BATCH_MS = 120; // candidates come in bursts; they go out together
  const WAIT_MS = 12_000; // for a connection, before it is tried again
  const PAUSE_MS = 4000; // “disconnected” often mends itself
  const MOST_TRIES = 6;

  class Peer extends EventTarget {
    state = "connecting";
    stream = new MediaStream();
    #pc = null;
    #link = "";
    #making = false;
    #ignoring = false;
    #early = [];
    #found = [];
    #batch = null;
    #clock = null;
    #tries = 0;
    #closed = false;
    #turn = Promise.resolve();

    /** `mine` and `theirs`: seats as {seat, kind}; `say(kind, payload)`; `configure(fresh)` gives
        what RTCPeerConnection needs; `outgoing()` the tracks; `ceiling()` bits a second for a picture. */
    constructor({ mine, theirs, say, configure, outgoing, ceiling }) {
      super();
      Object.assign(this, { mine, theirs, say, configure, outgoing, ceiling });
      this.sends = mine.kind === "stage";
      this.receives = theirs.kind === "stage";
      this.leads = this.sends && (!this.receives || mine.seat > theirs.seat);
      if (this.leads) this.#queue(() => this.#begin());
      else this.#wait();
    }

    /** Signals and attempts one after the other. */
    #queue(act) {
      this.#turn = this.#turn.then(() => !this.#closed && act()).catch((error) => {
        if (!this.#closed) console.warn("stage:", error);
      });
      return this.#turn;
    }

    async #begin(fresh = false) {
      await this.#open(crypto.randomUUID(), fresh);
      const direction = this.receives ? "sendrecv" : "sendonly";
      const { audio, video } = this.outgoing();
      const streams = [foyerStage.media.stream];
      this.#pc.addTransceiver(audio ?? "audio", { direction, streams });
      this.#pc.addTransceiver(video ?? "video", { direction, streams, sendEncodings: [{ maxBitrate: this.ceiling() }] });
      this.#wait();
    }

    async #open(link, fresh = false) {
      const configuration = await this.configure(fresh);
      if (this.#closed) throw new Error("closed meanwhile");
      this.#shut();
      this.#link = link;
      this.#early = [];
      this.#found = [];
      this.#ignoring = this.#making = false;
      const pc = (this.#pc = new RTCPeerConnection({ iceServers: configuration.iceServers }));
      pc.onnegotiationneeded = () => this.#offer(pc);
      pc.onicecandidate = ({ candidate }) => candidate && pc === this.#pc && this.#collect(candidate);
      pc.ontrack = ({ track }) => this.#receive(track);
      pc.onconnectionstatechange = () => pc === this.#pc && this.#watch(pc.connectionState);
    }

    async #offer(pc) {
      if (pc !== this.#pc || !this.sends) return;
      // Not before the first offer of whoever leads has been answered.
      if (!this.leads && !pc.remoteDescription) return;
      this.#making = true;
      try {
        await pc.setLocalDescription();
        if (pc.localDescription.type === "offer") this.say("offer", { link: this.#link, sdp: pc.localDescription.sdp });
      } catch (error) {
        if (pc.signalingState !== "closed") throw error;
      } finally {
        this.#making = false;
      }
    }

    hear(signal) {
      return this.#queue(() => this[`on_${signal.kind}`]?.(signal.payload));
    }

    async on_offer({ link, sdp }) {
      if (link !== this.#link) {
        if (this.leads || !this.receives) return; // an attempt that is over, or nobody's to make
        await this.#open(link);
      }
      const pc = this.#pc;
      const collision = this.#making || pc.signalingState !== "stable";
      this.#ignoring = this.leads && collision;
      if (this.#ignoring) return;
      await pc.setRemoteDescription({ type: "offer", sdp });
      await this.#addEarly();
      if (this.sends) await this.#adopt(pc);
      await pc.setLocalDescription();
      this.say("answer", { link, sdp: pc.localDescription.sdp });
      if (pc.connectionState !== "connected") this.#wait(); // they are on it; a slow way is a way
    }

    async on_answer({ link, sdp }) {
      if (link !== this.#link || this.#pc.signalingState !== "have-local-offer") return;
      await this.#pc.setRemoteDescription({ type: "answer", sdp });
      await this.#addEarly();
      if (this.#pc.connectionState !== "connected") this.#wait();
    }

    async on_candidates({ link, candidates }) {
      if (link !== this.#link) return;
      // Not before there is a description to which they belong.
      if (!this.#pc.remoteDescription) this.#early.push(...candidates);
      else for (const candidate of candidates) await this.#add(candidate);
    }

    /** The other side has no connection and cannot, or should not, offer. */
    async on_again() {
      if (this.leads) await this.#begin();
    }

    async #addEarly() {
      for (const candidate of this.#early.splice(0)) await this.#add(candidate);
    }

    async #add(candidate) {
      try {
        await this.#pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.#ignoring) console.warn("stage: candidate", error);
      }
    }

    /** The transceivers that the other side's offer made carry our own tracks back. */
    async #adopt(pc) {
      const tracks = this.outgoing();
      for (const transceiver of pc.getTransceivers()) {
        if (transceiver.direction !== "recvonly" || transceiver.currentDirection) continue;
        transceiver.direction = "sendrecv";
        transceiver.sender.setStreams?.(foyerStage.media.stream);
        await transceiver.sender.replaceTrack(tracks[transceiver.receiver.track.kind] ?? null);
      }
    }

    #collect(candidate) {
      this.#found.push(candidate.toJSON());
      this.#batch ??= setTimeout(() => {
        this.#batch = null;
        const candidates = this.#found.splice(0);
        if (candidates.length && !this.#closed) this.say("candidates", { link: this.#link, candidates });
      }, BATCH_MS);
    }

    #receive(track) {
      for (const old of this.stream.getTracks()) if (old.kind === track.kind) this.stream.removeTrack(old);
      this.stream.addTrack(track);
      this.#changed(this.state);
    }

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
      this.#clock = setTimeout(() => this.#pc?.connectionState !== "connected" && this.#mend(), milliseconds);
    }

    /** First a new way over the same connection, then a new connection, ever more slowly. */
    #mend() {
      if (this.#closed) return;
      this.#tries += 1;
      this.#changed("lost");
      if (this.#tries > MOST_TRIES) return;
      const tries = this.#tries;
      const pc = this.#pc;
      if (tries === 1 && this.sends && pc?.remoteDescription && pc.signalingState === "stable") {
        this.#queue(async () => {
          pc.setConfiguration({ iceServers: (await this.configure(true)).iceServers });
          pc.restartIce();
        });
      } else if (this.leads) {
        this.#queue(() => this.#begin(true));
      } else {
        this.say("again", { link: this.#link || "none" });
      }
      this.#wait(WAIT_MS + tries * 2000);
    }

    /** Other tracks: same connection, nothing to negotiate. */
    send({ audio, video }) {
      for (const { sender, receiver } of this.#pc?.getTransceivers() ?? []) {
        if (!this.sends) continue;
        const track = (receiver.track.kind === "audio" ? audio : video) ?? null;
        if (sender.track !== track) sender.replaceTrack(track).catch(() => {});
      }
      this.tune();
    }

    /** A share of the uplink: it is the same for all, and more people mean less for each. */
    async tune() {
      const sender = this.#pc?.getSenders().find((one) => one.track?.kind === "video");
      const parameters = sender?.getParameters();
      const wanted = this.ceiling();
      if (!parameters?.encodings?.length || parameters.encodings[0].maxBitrate === wanted) return;
      parameters.encodings[0].maxBitrate = wanted;
      await sender.setParameters(parameters).catch(() => {});
    }

    /** How loud they are, 0 to 1. */
    level() {
      const receiver = this.#pc?.getReceivers().find((one) => one.track.kind === "audio");
      const [source] = receiver?.getSynchronizationSources?.() ?? [];
      return source && performance.timeOrigin + performance.now() - source.timestamp < 1000 ? (source.audioLevel ?? 0) : 0;
    }

    /** For the journeys: what is really sent and received. */
    async report() {
      const found = { state: this.#pc?.connectionState, sends: this.sends, framesDecoded: 0, audioPackets: 0, framesSent: 0 };
      for (const one of (await this.#pc?.getStats())?.values() ?? []) {
        if (one.type === "inbound-rtp" && one.kind === "video") found.framesDecoded = one.framesDecoded ?? 0;
        if (one.type === "inbound-rtp" && one.kind === "audio") found.audioPackets = one.packetsReceived ?? 0;
        if (one.type === "outbound-rtp" && one.kind === "video") found.framesSent = one.framesEncoded ?? 0;
      }
      return found;
    }

    #changed(state) {
      this.state = state;
      this.dispatchEvent(new Event("change"));
    }

    #shut() {
      const pc = this.#pc;
      if (!pc) return;
      pc.onnegotiationneeded = pc.onicecandidate = pc.ontrack = pc.onconnectionstatechange = null;
      pc.close();
    }

    close() {
      this.#closed = true;
      clearTimeout(this.#clock);
      clearTimeout(this.#batch);
      this.#shut();
    }
  }

  foyerStage.Peer = Peer;
})();
