// @ts-check
/**
 * What the stage asks of whatever carries picture and sound, and what it gives it. One module per engine, named as
 * the configuration names it (media_items/live/stage/engine.py), with `create`. Types only: nothing here runs.
 *
 * @typedef {"stage" | "watch"} SeatKind who is on stage sends and receives; who watches only receives
 * @typedef {{ seat: number, kind: SeatKind }} Seat
 * @typedef {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null }} Tracks
 * @typedef {{ engine: string } & Record<string, any>} Configuration `engine` is its name; the rest is the engine's
 *
 * @typedef {object} Connection to one other seat
 * @property {"connecting" | "connected" | "lost"} state
 * @property {MediaStream} stream what they send
 * @property {() => number} level how loud they are, 0 to 1
 * @property {() => Promise<Record<string, any>[]>} stats what the browser counts of it, as RTCStatsReport has it
 *
 * @typedef {object} Room what the stage gives an engine
 * @property {string} signals where signals are sent and read
 * @property {MediaStream} stream our own, to which the outgoing tracks belong
 * @property {() => Tracks} outgoing
 * @property {(seat: Seat) => Promise<Configuration>} configure what the site says our seat needs to connect
 * @property {() => void} changed something about a connection
 * @property {() => void} lookAnew who has which seat is not what the page shows
 *
 * @typedef {object} Report for the journeys: what is really sent and received
 * @property {string} [state]
 * @property {boolean} sends
 * @property {number} framesDecoded
 * @property {number} audioPackets
 * @property {number} framesSent
 *
 * @typedef {object} StageEngine
 * @property {(seat: Seat | null, configuration?: Configuration) => void} hold from now on for this seat, or for none;
 *   every connection from another one ends
 * @property {(others: Seat[]) => void} connect to these seats and to no others
 * @property {(seat: number) => Connection | undefined} connectionTo
 * @property {(tracks: Tracks) => void} send these from now on
 * @property {(seat: number | undefined) => void} hear there is something said to our seat
 * @property {(yes: boolean) => void} pause while the page is on its way to another seat, nothing is said
 * @property {() => Promise<Record<number, Report>>} report by seat
 *
 * @typedef {{ create: (room: Room) => StageEngine }} EngineModule
 */
export {};
