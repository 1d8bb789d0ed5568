"use strict";
const root = document.documentElement;
root.classList.add("script");

function choose(id) { // mark everything that belongs to one lightpath, or nothing
  for (const element of document.querySelectorAll("[data-lightpath]")) {
    const on = element.dataset.lightpath.split(" ").includes(id);
    element.classList.toggle("on", on);
    if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", on);
  }
}

addEventListener("beforeprint", () => { // paper cannot be unfolded
  for (const folded of document.querySelectorAll("main details")) folded.open = true;
});

let chosen = null;
function toggle(element) {
  const ids = element.dataset.lightpath.split(" ");
  const next = ids[(ids.indexOf(chosen) + 1) % (ids.length + (ids.includes(chosen) ? 1 : 0))];
  chosen = next ?? null; // a fibre offers its lightpaths one after the other, then none
  choose(chosen);
}

for (const element of document.querySelectorAll(".hit[data-lightpath], .slot, button[data-lightpath]")) {
  element.addEventListener("click", () => toggle(element));
}

function speak(language) {
  root.dataset.language = root.lang = language;
  const button = document.getElementById("language");
  button.textContent = language === "ja" ? "English" : "日本語";
  button.lang = language === "ja" ? "en" : "ja";
}
speak(navigator.language.startsWith("ja") ? "ja" : "en");
document.getElementById("language").addEventListener("click", () =>
  speak(root.dataset.language === "ja" ? "en" : "ja"));

document.getElementById("theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
