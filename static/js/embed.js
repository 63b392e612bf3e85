// A notice in the corner of a page of yours, shown only while something is wrong.
//   <script async src="https://status.example.org/embed/script.js"></script>
// data-corner="left" puts it there; data-title names the frame for screen readers ("Status").

(() => {
  const script = document.currentScript;
  if (!script || !script.src || window.allclearEmbed) return;
  window.allclearEmbed = true;
  const { origin } = new URL(script.src);
  const key = `allclear:${origin}`;
  const frame = document.createElement("iframe");
  let hidden = "";
  try { hidden = sessionStorage.getItem(key) || ""; } catch { /* not allowed: it is asked again */ }

  const style = (wanted) => Object.assign(frame.style, wanted);
  frame.src = `${origin}/embed/frame`;
  frame.title = script.dataset.title || "Status";
  style({
    position: "fixed", bottom: "0", zIndex: "2147483000", border: "0", width: "min(24rem, 100vw)", height: "0",
    visibility: "hidden", colorScheme: "light dark", background: "transparent",
    [script.dataset.corner === "left" ? "left" : "right"]: "0",
  });

  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const { action, notice, height } = event.data || {};
    if (action === "dismissFrame") {
      if (notice) {
        hidden = String(notice);
        try { sessionStorage.setItem(key, hidden); } catch { /* until the next page, then */ }
      }
      style({ visibility: "hidden", height: "0" });
    }
    if (action === "showFrame" && notice !== hidden) {
      style({ visibility: "visible", height: `${Math.min(Number(height) || 115, 320)}px` });
    }
  });

  const add = () => document.body.append(frame);
  if (document.body) add(); else document.addEventListener("DOMContentLoaded", add);
})();
