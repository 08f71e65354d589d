// Types of third-party scripts in the page, and of the events between the site and its scripts.

interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  verb: string;
  path: string;
  xhr: XMLHttpRequest;
  requestConfig: { elt: HTMLElement; verb: string; path: string; triggeringEvent?: Event };
  pathInfo?: { requestPath?: string };
  shouldSwap: boolean;
  swapOverride?: string;
  triggeringEvent?: Event; // of htmx:confirm
  issueRequest: (skipConfirmation?: boolean) => void;
}

interface Htmx {
  process(element: Element): void;
  trigger(element: Element | string, name: string): void;
  ajax(
    verb: string,
    path: string,
    context: { source?: string; target?: string; swap?: string },
  ): Promise<void>;
}

/** What the event stream says of a fact, and what the page adds. */
interface FactDetail {
  /** Milliseconds over which many listeners spread their asking. */
  w?: number;
  /** Not because something is new, but because something may have been missed. */
  again?: boolean;
  /** A number that goes on changing: media_items/live/events/announcing.py */
  throttled?: boolean;
  seat?: number;
  of?: string;
  n?: number;
  /** Of messages: those after the one with this id, which is the last that was told before. */
  after?: number;
  last?: number;
  rows?: string;
  /** Ids of messages. */
  removed?: number[];
  /** When they were read, in milliseconds. */
  since?: number;
}

interface PageEventMap {
  "htmx:confirm": CustomEvent<HtmxDetail>;
  "htmx:beforeRequest": CustomEvent<HtmxDetail>;
  "htmx:afterRequest": CustomEvent<HtmxDetail>;
  "htmx:beforeOnLoad": CustomEvent<HtmxDetail>;
  "htmx:beforeSwap": CustomEvent<HtmxDetail>;
  "htmx:oobBeforeSwap": CustomEvent<{ target: HTMLElement; shouldSwap: boolean }>;
  "htmx:afterSwap": CustomEvent<HtmxDetail>;
  "htmx:afterSettle": CustomEvent<HtmxDetail>;
  "htmx:configRequest": CustomEvent<{ elt: Element; parameters: Record<string, string> }>;
  "htmx:sendError": CustomEvent<HtmxDetail>;
  "htmx:timeout": CustomEvent<HtmxDetail>;
  /** The attempt at a quiz has ended: the address of its result, and whether it was handed in before. */
  "foyer:over": CustomEvent<{ over: string; handedIn?: boolean }>;
  "htmx:historyCacheMiss": CustomEvent<HtmxDetail>;
  "htmx:beforeHistoryUpdate": CustomEvent<
    HtmxDetail & { history: { type: "push" | "replace"; path: string } }
  >;
  "htmx:responseError": CustomEvent<HtmxDetail>;
  say: CustomEvent<{ value?: string }>;
  toast: CustomEvent<{ text?: string; value?: string; tone?: string }>;
  "stage-seat": CustomEvent<{ seat: number | null; kind: "stage" | "watch" }>;
  "broadcast:sender": CustomEvent<{ open: boolean }>;
  "broadcast:picture": CustomEvent<{ picture: string }>;
  "live:participants": CustomEvent<FactDetail | null>;
  "live:qna": CustomEvent<FactDetail | null>;
  "live:polls": CustomEvent<FactDetail | null>;
  "live:reaction": CustomEvent<FactDetail | null>;
  "live:signal": CustomEvent<FactDetail | null>;
  "live:knock": CustomEvent<FactDetail | null>;
  "live:messages": CustomEvent<FactDetail | null>;
}

interface DocumentEventMap extends PageEventMap {}
interface HTMLElementEventMap extends PageEventMap {}

declare var htmx: Htmx;

interface HlsPlayer {
  config: { maxLiveSyncPlaybackRate: number; liveMaxLatencyDurationCount: number };
  latency: number;
  liveSyncPosition: number | null;
  on(name: string, act: (name: string, error: { fatal: boolean; type: string }) => void): void;
  loadSource(address: string): void;
  attachMedia(video: HTMLVideoElement): void;
  recoverMediaError(): void;
  destroy(): void;
}

declare var Hls:
  | {
      new (options: object): HlsPlayer;
      isSupported(): boolean;
      Events: { MANIFEST_PARSED: string; ERROR: string };
      ErrorTypes: { MEDIA_ERROR: string };
    }
  | undefined;

interface HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

interface MediaRecorderOptions {
  videoKeyFrameIntervalDuration?: number;
}
