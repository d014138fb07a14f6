// Counts the seconds of the wall's clocks, tells news by sound when asked to, and remembers the dark look.
// Everything that matters is drawn by the server; without this script the wall still renews itself.
(function () {
  "use strict";

  const root = document.documentElement;
  const LOOK = "lianyi-wall-dark";
  const button = (name) => document.querySelector(`[data-wall=${name}]`);
  let skew = 0;
  let audio = null;
  let sounds = false;
  let known = null;
  let late = new Set();

  const wall = () => document.getElementById("wall");
  const cases = () => [...document.querySelectorAll(".wall-case")];

  function press(name, on) {
    button(name).setAttribute("aria-pressed", on ? "true" : "false");
  }

  function setDark(on) {
    root.classList.toggle("wall-dark", on);
    press("dark", on);
    try {
      localStorage.setItem(LOOK, on ? "yes" : "no");
    } catch (error) {
      // A browser that keeps nothing starts light again; there is nothing to tell.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  function remembersDark() {
    try {
      return localStorage.getItem(LOOK) === "yes";
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return false;
    }
  }

  function setSound(on) {
    sounds = on;
    press("sound", on);
    button("sound").querySelector("[data-on]").hidden = !on;
    button("sound").querySelector("[data-off]").hidden = on;
    if (on) {
      audio = audio || new AudioContext();
      audio.resume();
      beep(1);
    }
  }

  // Two tones, the second higher; three times for what ran out of time.
  function beep(times) {
    if (!sounds || !audio) return;
    for (let turn = 0; turn < times; turn += 1) {
      [660, 880].forEach((hertz, step) => {
        const begin = audio.currentTime + turn * 0.6 + step * 0.22;
        const tone = audio.createOscillator();
        const loudness = audio.createGain();
        tone.frequency.value = hertz;
        loudness.gain.setValueAtTime(0.0001, begin);
        loudness.gain.exponentialRampToValueAtTime(0.4, begin + 0.02);
        loudness.gain.exponentialRampToValueAtTime(0.0001, begin + 0.2);
        tone.connect(loudness).connect(audio.destination);
        tone.start(begin);
        tone.stop(begin + 0.22);
      });
    }
  }

  function clockText(milliseconds) {
    const seconds = Math.floor(Math.abs(milliseconds) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
    const text = hours ? `${hours}:${rest}` : rest;
    return milliseconds < 0 ? `+${text} ${wall().dataset.over}` : text;
  }

  function tick() {
    const now = Date.now() + skew;
    let fresh = false;
    for (const clock of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(clock.dataset.due) - now;
      clock.textContent = clockText(left);
      const card = clock.closest(".wall-case");
      if (left < 0 && !late.has(card.dataset.leg)) {
        fresh = fresh || known !== null;
        late.add(card.dataset.leg);
        card.classList.remove("wall-calm", "wall-near");
        card.classList.add("wall-over");
      }
    }
    if (fresh) beep(3);
  }

  // What waits for this side and was not there a moment ago.
  function look() {
    skew = Date.parse(wall().dataset.now) - Date.now();
    const mine = cases().filter((each) => each.dataset.mine);
    if (known !== null) {
      const news = mine.filter((each) => !known.has(each.dataset.leg));
      news.forEach((each) => each.classList.add("wall-new"));
      if (news.length) {
        beep(2);
        const told = document.getElementById("wall-news");
        told.textContent = `${told.dataset.text} (${news.length})`;
      }
    }
    known = new Set(mine.map((each) => each.dataset.leg));
    const shown = new Set(cases().map((each) => each.dataset.leg));
    late = new Set([...late].filter((each) => shown.has(each)));
    tick();
  }

  function step(by) {
    const links = [...document.querySelectorAll(".wall-link")];
    const here = links.indexOf(document.activeElement);
    const next = links[Math.max(0, Math.min(links.length - 1, here + by))];
    if (next) next.focus();
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen();
  }

  const actions = {
    sound: () => setSound(!sounds),
    dark: () => setDark(!root.classList.contains("wall-dark")),
    full: fullScreen,
  };
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-wall]");
    if (pressed) actions[pressed.dataset.wall]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const keys = { s: actions.sound, d: actions.dark, f: actions.full, j: () => step(1), k: () => step(-1) };
    if (keys[event.key]) keys[event.key]();
  });
  document.addEventListener("htmx:afterSwap", () => { if (wall()) look(); });

  if (remembersDark()) setDark(true);
  look();
  setInterval(tick, 1000);
})();
