
"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const count = document.getElementById("count");
  const folded = Array.from(document.querySelectorAll("details"));
  const filtered = folded.filter((element) => element.querySelector("article"));
  const items = Array.from(document.querySelectorAll("article"), (element) => ({
    element,
    data: element.dataset,
    findings: Number(element.dataset.n),
    text: null,
  }));
  const sections = Array.from(document.querySelectorAll("section"), (element) => ({
    element,
    total: element.querySelector(".total"),
    all: element.querySelector(".total").textContent,
    items: items.filter((item) => element.contains(item.element)),
  })).filter((section) => section.items.length);
  const sum = (some) => some.reduce((all, item) => all + item.findings, 0);
  const everything = sum(items);

  const chosen = () => {
    const fields = new FormData(form);
    const value = (name) => fields.get(name) || "";
    return {
      decision: value("decision"),
      state: value("state"),
      class: value("class"),
      tool: value("tool"),
      rank: Number(value("rank")),
      words: value("text").toLowerCase().split(/\s+/).filter(Boolean),
    };
  };

  const isMade = (data, decision) =>
    decision === "hushed" ? "hushed" in data : !decision || data.decision === decision;

  const holds = (item, words) => {
    if (!words.length) return true;
    item.text ??= item.element.textContent.toLowerCase();
    return words.every((word) => item.text.includes(word));
  };

  const matches = (item, wanted) =>
    isMade(item.data, wanted.decision) &&
    ["state", "class", "tool"].every((key) => !wanted[key] || item.data[key] === wanted[key]) &&
    Number(item.data.rank) >= wanted.rank &&
    holds(item, wanted.words);

  const isNarrow = (wanted) =>
    Boolean(wanted.rank || wanted.words.length || wanted.decision || wanted.state ||
      wanted.class || wanted.tool);

  let wasOpen = null;
  const unfold = (narrow) => {
    if (narrow && !wasOpen) {
      wasOpen = new Map(filtered.map((element) => [element, element.open]));
      filtered.forEach((element) => { element.open = true; });
    } else if (!narrow && wasOpen) {
      wasOpen.forEach((open, element) => { element.open = open; });
      wasOpen = null;
    }
  };

  const apply = () => {
    const wanted = chosen();
    const narrow = isNarrow(wanted);
    items.forEach((item) => { item.element.hidden = !matches(item, wanted); });
    sections.forEach((section) => {
      const shown = sum(section.items.filter((item) => !item.element.hidden));
      section.element.hidden = narrow && !shown;
      section.total.textContent = narrow ? `${shown} of ${section.all}` : section.all;
    });
    unfold(narrow);
    const shown = sum(items.filter((item) => !item.element.hidden));
    const noun = everything === 1 ? "finding" : "findings";
    count.textContent = narrow ? `${shown} of ${everything} ${noun} shown` : `${everything} ${noun}`;
  };

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 150);
  };
  form.addEventListener("input", (event) => (event.target.type === "search" ? soon() : apply()));
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());

  const unfoldTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    const inside = target && target.querySelector(":scope > details");
    if (inside) inside.open = true;
  };
  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();

  let beforePrint = [];
  addEventListener("beforeprint", () => {
    beforePrint = folded.filter((element) => !element.open);
    beforePrint.forEach((element) => { element.open = true; });
  });
  addEventListener("afterprint", () => {
    beforePrint.forEach((element) => { element.open = false; });
  });
  form.hidden = false;
})();
