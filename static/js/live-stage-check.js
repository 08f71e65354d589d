// The device check: the dialog in which one sees oneself before anybody else does.
// It lives wherever #device-check stands: in the dialog, or on the page of its own.
(() => {
  const { media, word } = foyerStage;
  let clock = null;

  function fill(select, devices, chosen, numbered) {
    const usual = new Option(word("usual"), "");
    const named = devices
      .filter((one) => one.deviceId && one.deviceId !== "default" && one.deviceId !== "communications")
      .map((one, at) => new Option(one.label || word(numbered, { number: at + 1 }), one.deviceId));
    select.replaceChildren(usual, ...named);
    select.value = named.some((one) => one.value === chosen) ? chosen : "";
  }

  class Check {
    constructor(form) {
      this.form = form;
      this.onStage = "onStage" in form.dataset;
      this.part = (id) => form.querySelector(`#device-${id}`);
      media.setPicture(form.dataset.picture);
      this.part("keys").checked = media.choice.keys;
      this.part("keys").addEventListener("change", (event) => {
        media.remember({ keys: event.target.checked });
        document.dispatchEvent(new CustomEvent("stage-keys"));
      });
      for (const kind of ["camera", "microphone"]) {
        this.part(`${kind}-on`).addEventListener("change", (event) => this.switchTo(kind, event.target.checked));
        this.part(kind).addEventListener("change", (event) => this.tried(media.choose(kind, event.target.value)));
      }
      this.begin();
    }

    async begin() {
      if (!this.onStage) {
        this.part("camera-on").checked = media.choice.cameraOn;
        this.part("microphone-on").checked = media.choice.microphoneOn;
        if (media.choice.microphoneOn) await this.tried(media.setMicrophone(true));
        if (media.choice.cameraOn) await this.tried(media.setCamera(true));
      }
      this.show();
      clock ??= setInterval(() => current?.tick(), 100);
    }

    switchTo(kind, on) {
      if (!this.onStage) media.remember({ [`${kind}On`]: on });
      return this.tried(kind === "camera" ? media.setCamera(on) : media.setMicrophone(on));
    }

    /** What the browser refuses is said in the dialog, and one can come without. */
    async tried(wish) {
      const problem = this.part("problem");
      try {
        await wish;
        problem.textContent = "";
      } catch (refusal) {
        problem.textContent = refusal.message;
      }
      this.show();
    }

    async show() {
      const picture = this.part("picture");
      if (picture.srcObject !== media.stream) picture.srcObject = media.stream;
      picture.hidden = !media.outgoing.video;
      picture.classList.toggle("stage-mirrored", !media.screenOn);
      if (!picture.hidden) picture.play().catch(() => {});
      this.part("dark").hidden = !picture.hidden;
      this.part("camera-on").checked = media.cameraOn;
      this.part("microphone-on").checked = media.microphoneOn;
      const devices = await media.devices();
      fill(this.part("camera"), devices.camera, media.choice.camera, "cameraNumber");
      fill(this.part("microphone"), devices.microphone, media.choice.microphone, "microphoneNumber");
    }

    tick() {
      if (!this.form.isConnected) return finish();
      this.part("level").value = media.level();
    }
  }

  let current = null;

  function begin() {
    const form = document.getElementById("device-check");
    if (form && current?.form !== form) current = new Check(form);
  }

  /** Closed without coming on: nothing of theirs stays switched on. */
  function finish() {
    clock = clearInterval(clock) ?? null;
    current = null;
    if (!document.getElementById("device-check") && !foyerStage.isOnStage?.()) media.stop();
  }

  // On the page of its own: the stage is on the session's page, which finds the seat remembered.
  document.addEventListener("stage-seat", (event) => {
    if (document.getElementById("stage")) return;
    const { seat, kind } = event.detail;
    try {
      const now = { seat, kind, microphone: media.microphoneOn, camera: media.cameraOn };
      sessionStorage.setItem("foyer-stage", JSON.stringify(now));
    } catch {
      // The session's page offers to come over, then.
    }
    location.assign(current.form.dataset.back);
  });

  media.addEventListener("change", () => current?.show());
  navigator.mediaDevices?.addEventListener?.("devicechange", () => current?.show());
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
