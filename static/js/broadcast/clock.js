// @ts-check
// A clock in a worker: a page in the background has its own timers slowed down, and the sender of a shared screen
// looks at another window.
setInterval(() => postMessage(0), 40);
