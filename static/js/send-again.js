// <button data-wait="23" data-words="Send again in {seconds} s">Send again</button>: counts down
// and can be pressed when the time has come. The server keeps the same rule without this.
(() => {
  function count(button) {
    const words = button.textContent;
    const end = Date.now() + Number(button.dataset.wait) * 1000;
    const tick = () => {
      const seconds = Math.ceil((end - Date.now()) / 1000);
      button.disabled = seconds > 0;
      button.textContent = seconds > 0 ? button.dataset.words.replace("{seconds}", seconds) : words;
      if (seconds > 0) setTimeout(tick, 1000);
    };
    tick();
  }

  document.querySelectorAll("button[data-wait]").forEach(count);
})();
