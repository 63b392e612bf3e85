// Tells the page around it when to show the notice, and how high it is.

const EACH = 60_000;
const notice = document.querySelector("main").dataset.shows;
const tell = (message) => window.parent.postMessage({ source: "allclear", ...message }, "*");

function say() {
  if (!notice) return tell({ action: "dismissFrame" });
  return tell({ action: "showFrame", notice, height: Math.ceil(document.querySelector("main").getBoundingClientRect().bottom) + 8 });
}

if (window.parent !== window) {
  const button = document.getElementById("dismiss");
  button.hidden = false;
  button.addEventListener("click", () => tell({ action: "dismissFrame", notice }));
  say();
  window.addEventListener("resize", say);
  setTimeout(() => window.location.reload(), EACH);
}
