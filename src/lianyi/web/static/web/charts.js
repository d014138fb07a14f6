// Draws every element with data-chart from the JSON script it names. Colours are told apart by the colour-blind too.
(function () {
  "use strict";

  const PALETTE = ["#0b5fa5", "#d55e00", "#009e73", "#b0568d", "#b87a00", "#3f8fc4", "#5b6770"];
  const FONT = getComputedStyle(document.body).fontFamily;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function themed(option) {
    const aria = Object.assign({ enabled: true }, option.aria);
    const tooltip = Object.assign({ confine: true }, option.tooltip);
    // The strict content-security policy refuses the styled markup of the default tooltip.
    tooltip.renderMode = "richText";
    tooltip.textStyle = Object.assign({ fontFamily: FONT }, tooltip.textStyle);
    return Object.assign({ color: PALETTE, textStyle: { fontFamily: FONT }, animation: !still, animationDuration: 300 },
      option, { aria: aria, tooltip: tooltip });
  }

  function draw(element) {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    for (const name of Object.keys(data.maps)) window.echarts.registerMap(name, data.maps[name]);
    const locale = document.documentElement.lang.startsWith("zh") ? "ZH" : "EN";
    const chart = window.echarts.init(element, null, { renderer: "svg", locale: locale });
    chart.on("finished", () => { element.dataset.ready = "yes"; });
    chart.on("click", (event) => {
      const url = event.data && event.data.url;
      if (typeof url === "string" && url.startsWith("/") && !url.startsWith("//")) window.location.assign(url);
    });
    chart.setOption(themed(data.option));
    new ResizeObserver(() => chart.resize()).observe(element);
  }

  function drawAll(root) {
    for (const element of root.querySelectorAll("[data-chart]:not([data-drawn])")) {
      element.dataset.drawn = "yes";
      draw(element);
    }
  }

  drawAll(document);
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
})();
