// The code of a guest's link stands behind the #, which no server sees: put it into the field and out of the address.
(function () {
  "use strict";
  const field = document.getElementById("code");
  function take() {
    const code = location.hash.slice(1);
    // The journey number of a printed form stands there too, and is no code.
    if (!field || !/^\d{4}(-\d{4}){3}$/.test(code)) return;
    field.value = code;
    history.replaceState(null, "", location.pathname);
  }
  take();
  // The page may be open already when the link is followed.
  window.addEventListener("hashchange", take);
})();
