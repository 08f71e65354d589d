// @ts-check
// A clock in a worker: browsers slow down the timers of a page in the background, and somebody who shares a
// screen looks at another window.
setInterval(() => postMessage(0), 40);
