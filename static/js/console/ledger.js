// Keeps the progress of an announcement up to date while it goes out.

const again = async () => {
  const shown = document.getElementById("progress");
  if (!shown || (shown.dataset.whole && shown.dataset.owed === "0")) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Part": "progress" } });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("progress");
      if (fresh) shown.replaceWith(fresh);
    }
  } catch {
    // The next look may succeed; what is shown stays true as of when it was read.
  }
  setTimeout(again, 2000);
};

setTimeout(again, 2000);
