"use strict";

// Tables: a button in every heading sorts, and says so to a screen reader

function sortedBy(column, ascending) {
  const value = (row) => {
    const text = row.cells[column].dataset.sort;
    return text === "" ? null : isNaN(text) ? text : Number(text);
  };
  return (first, second) => {
    const [a, b] = [value(first), value(second)];
    if (a === null || b === null) return (a === null) - (b === null); // what is unknown stays last
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return ascending ? order : -order;
  };
}

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const numbersFirst = heading.classList.contains("number") ? "descending" : "ascending";
      const current = heading.getAttribute("aria-sort");
      const next = current === "none" ? numbersFirst : current === "ascending" ? "descending" : "ascending";
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      heading.setAttribute("aria-sort", next);
      body.append(...[...body.rows].sort(sortedBy(column, next === "ascending")));
    });
  });
}

// Curves: boxes show and hide a candidate or the intervals in all charts; pointer and arrow keys read out values

for (const curves of document.querySelectorAll(".curves")) {
  for (const box of curves.querySelectorAll(".legend input")) {
    box.addEventListener("change", () => {
      if (box.value === "intervals") curves.classList.toggle("bare", !box.checked);
      else for (const part of curves.querySelectorAll(`.plot [data-candidate="${box.value}"]`)) part.classList.toggle("off", !box.checked);
    });
  }
}

function addReadout(plot) {
  const svg = plot.querySelector("svg");
  const readout = plot.parentElement.querySelector(".readout");
  const marks = [...svg.querySelectorAll("[data-candidate] use:has(title)")].map((mark) => ({
    x: Number(mark.getAttribute("x")),
    text: mark.textContent.trim(),
    group: mark.closest("[data-candidate]"),
  }));
  const places = [...new Set(marks.map((mark) => mark.x))].sort((a, b) => a - b);
  const cursor = document.createElementNS(svg.namespaceURI, "line");
  cursor.setAttribute("class", "cursor off");
  cursor.setAttribute("y2", svg.viewBox.baseVal.height);
  svg.append(cursor);
  let place = -1;

  function show(next) {
    place = Math.max(0, Math.min(places.length - 1, next));
    cursor.setAttribute("x1", places[place]);
    cursor.setAttribute("x2", places[place]);
    cursor.classList.remove("off");
    const visible = marks.filter((mark) => mark.x === places[place] && !mark.group.classList.contains("off"));
    readout.textContent = visible.map((mark) => mark.text).join("\n");
  }

  plot.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const x = ((event.clientX - frame.left) / frame.width) * svg.viewBox.baseVal.width;
    const nearest = places.reduce((best, at, k) => (Math.abs(at - x) < Math.abs(places[best] - x) ? k : best), 0);
    if (nearest !== place) show(nearest);
  });
  plot.addEventListener("pointerleave", () => {
    if (plot === document.activeElement) return; // the arrow keys go on from here
    cursor.classList.add("off");
    readout.textContent = "";
    place = -1;
  });
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(place + step);
  });
}

document.querySelectorAll(".plot").forEach(addReadout);

// Gallery: images that one candidate gets wrong and another right

for (const gallery of document.querySelectorAll(".gallery")) {
  const counts = JSON.parse(gallery.dataset.counts);
  const [bad, good] = [gallery.querySelector(".bad"), gallery.querySelector(".good")];
  const update = () => {
    let shown = 0;
    for (const item of gallery.querySelectorAll("li")) {
      const [wrong, right] = [item.dataset.wrong.split(" "), item.dataset.right.split(" ")];
      item.hidden = !wrong.includes(bad.value) || !right.includes(good.value);
      shown += !item.hidden;
      item.querySelector("b").textContent = JSON.parse(item.dataset.said)[bad.value];
    }
    const all = counts[`${bad.value}-${good.value}`] || 0;
    gallery.querySelector(".count").textContent =
      all === 0 ? "no such image" : all === 1 ? "1 image" : shown < all ? `${shown} of ${all} images` : `${all} images`;
  };
  bad.addEventListener("change", update);
  good.addEventListener("change", update);
  update();
}

document.body.classList.add("scripted");
