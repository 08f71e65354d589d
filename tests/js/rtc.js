/** Two browsers' RTCPeerConnection as far as offers, answers and candidates go; no media, no network. */

let made = 0;

class FakeTrack {
  constructor(kind) {
    this.kind = kind;
  }
}

class FakeSender {
  parameters = { encodings: [{}] };

  constructor(track) {
    this.track = track;
  }
  async replaceTrack(track) {
    this.track = track;
  }
  setStreams() {}
  getParameters() {
    return structuredClone(this.parameters);
  }
  async setParameters(parameters) {
    this.parameters = parameters;
  }
}

export class FakePeerConnection {
  signalingState = "stable";
  connectionState = "new";
  localDescription = null;
  remoteDescription = null;
  transceivers = [];
  candidates = [];
  isClosed = false;
  restarts = 0;
  /** Every one that was made, in order. */
  static all = [];

  constructor(configuration) {
    this.configuration = configuration;
    FakePeerConnection.all.push(this);
  }

  addTransceiver(trackOrKind, { direction, sendEncodings = [{}] } = {}) {
    const kind = typeof trackOrKind === "string" ? trackOrKind : trackOrKind.kind;
    const sender = new FakeSender(typeof trackOrKind === "string" ? null : trackOrKind);
    sender.parameters = { encodings: structuredClone(sendEncodings) };
    const transceiver = {
      direction,
      currentDirection: null,
      sender,
      receiver: { track: new FakeTrack(kind) },
    };
    this.transceivers.push(transceiver);
    this.#needsNegotiation();
    return transceiver;
  }

  #isAsking = false;
  #needsNegotiation() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    queueMicrotask(() => {
      this.#isAsking = false;
      if (!this.isClosed) this.onnegotiationneeded?.();
    });
  }

  async setLocalDescription() {
    if (this.isClosed) throw new Error("closed");
    made += 1;
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    await null;
    this.localDescription = { type, sdp: `${type} ${made}` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    if (type === "answer") this.#isNegotiated();
  }

  async setRemoteDescription({ type, sdp }) {
    await null;
    if (type === "answer" && this.signalingState !== "have-local-offer") throw new Error("no offer was made");
    // An offer in the place of our own: it is rolled back.
    this.remoteDescription = { type, sdp };
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    if (type === "answer") this.#isNegotiated();
    if (type === "offer" && !this.transceivers.length) {
      for (const kind of ["audio", "video"]) {
        const receiver = { track: new FakeTrack(kind) };
        this.transceivers.push({
          direction: "recvonly",
          currentDirection: null,
          sender: new FakeSender(null),
          receiver,
        });
      }
    }
  }

  #isNegotiated() {
    for (const transceiver of this.transceivers) transceiver.currentDirection = transceiver.direction;
  }

  async addIceCandidate(candidate) {
    if (!this.remoteDescription) throw new Error("no description");
    this.candidates.push(candidate);
  }

  finds(candidate) {
    this.onicecandidate?.({ candidate: { toJSON: () => candidate } });
  }

  becomes(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  restartIce() {
    this.restarts += 1;
    this.#needsNegotiation();
  }
  setConfiguration(configuration) {
    this.configuration = configuration;
  }
  getTransceivers() {
    return this.transceivers;
  }
  getSenders() {
    return this.transceivers.map((one) => one.sender);
  }
  getReceivers() {
    return this.transceivers.map((one) => one.receiver);
  }
  close() {
    this.isClosed = true;
    this.signalingState = "closed";
  }
}

export class FakeStream {
  tracks = [];
  getTracks() {
    return this.tracks;
  }
  addTrack(track) {
    if (!this.tracks.includes(track)) this.tracks.push(track);
  }
  removeTrack(track) {
    this.tracks = this.tracks.filter((one) => one !== track);
  }
}

export const audio = new FakeTrack("audio");
export const video = new FakeTrack("video");

export function useFakeBrowser() {
  FakePeerConnection.all.length = 0;
  Object.assign(globalThis, { RTCPeerConnection: FakePeerConnection, MediaStream: FakeStream });
}
