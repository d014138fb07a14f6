// What the shell does beyond plain links and forms. Every page works without it.
(function () {
  "use strict";

  const typing = (target) => target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  let waitingForSecondKey = false;

  function focusSearch() {
    const field = document.querySelector("[data-search], [data-filter] input:not([type=hidden])");
    if (field) {
      field.focus();
      field.select();
    }
    return Boolean(field);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const keys = document.getElementById("keys");
    if (waitingForSecondKey && event.key === "h") {
      document.querySelector(".product").click();
    } else if (event.key === "/" && focusSearch()) {
      event.preventDefault();
    } else if (event.key === "?" && keys && !keys.open) {
      keys.showModal();
    }
    waitingForSecondKey = event.key === "g";
  });

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.dataset.question && !window.confirm(button.dataset.question)) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // A long navigation scrolls by itself; the page must not move with it.
  const entries = document.querySelector(".navigation-body");
  const here = entries && entries.querySelector("[aria-current]");
  if (here && entries.scrollHeight > entries.clientHeight) {
    const distance = here.getBoundingClientRect().top - entries.getBoundingClientRect().top;
    entries.scrollTop += distance - entries.clientHeight / 2;
  }

  const failure = document.getElementById("failure");
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, () => { failure.hidden = false; });
  }
  document.addEventListener("htmx:afterSwap", () => { failure.hidden = true; });
  document.documentElement.dataset.ready = "yes";
})();
