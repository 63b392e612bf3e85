// Keeps up to date what changes while messages go out: each such part names where it is read anew,
// and the server leaves that out once nothing more is under way.

const SOON = 2000;
const LATEST = 30000;
const waiting = () => [...document.querySelectorAll("[data-fresh]")];

// What somebody is in, or has marked, stays as it is until they leave it.
const isInUse = (part) => part.contains(document.activeElement) || (!getSelection().isCollapsed && getSelection().containsNode(part, true));

const put = (part, next) => {
  if (part.innerHTML === next.innerHTML && part.dataset.fresh === next.dataset.fresh) return false;
  if (isInUse(part)) return false;
  for (const opened of part.querySelectorAll("details[open][id]")) {
    const same = next.querySelector(`#${CSS.escape(opened.id)}`);
    if (same) same.open = true;
  }
  part.replaceWith(next);
  return true;
};

// Reads the parts of one address anew; whether any has changed.
const renew = async (path) => {
  const answer = await fetch(path, { headers: { "X-Part": "fresh" } });
  const isThere = answer.ok && !answer.redirected;
  if (!isThere && answer.status >= 500) return false; // It may be back soon.
  const page = new DOMParser().parseFromString(isThere ? await answer.text() : "", "text/html");
  const changed = waiting().filter((part) => part.dataset.fresh === path).map((part) => {
    const next = page.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (next !== null) return put(part, document.importNode(next, true));
    delete part.dataset.fresh; // Gone, or for us no more: a reload says so.
    return false;
  });
  return changed.includes(true);
};

let pause = SOON;
const again = async () => {
  const paths = document.hidden ? [] : [...new Set(waiting().map((part) => part.dataset.fresh))];
  const begun = performance.now();
  try {
    const changed = await Promise.all(paths.map(renew));
    // What waits for a later try is asked for less and less often.
    pause = changed.includes(true) || !paths.length ? SOON : Math.min(pause * 1.5, LATEST);
  } catch {
    pause = LATEST / 3; // What is shown stays true as of when it was read.
  }
  // Counting very many takes its time: it is never asked for more than a tenth of ours.
  setTimeout(again, Math.max(pause, 10 * (performance.now() - begun)));
};

setTimeout(again, SOON);
