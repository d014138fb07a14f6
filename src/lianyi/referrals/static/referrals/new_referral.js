// The list of receivers comes anew while the form is filled; what was ticked meanwhile stays ticked.
(function () {
  "use strict";
  const chosen = new Map();

  document.addEventListener("change", (event) => {
    if (event.target.name === "receivers") chosen.set(event.target.value, event.target.checked);
  });
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.addEventListener(name, () => {
      for (const box of document.querySelectorAll("#destinations input[name=receivers]")) {
        if (chosen.has(box.value)) box.checked = chosen.get(box.value);
      }
    });
  }
})();
