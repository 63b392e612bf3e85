// Enhancement only: without it every time is readable in the organisation's own zone.

const MINUTE = 60_000;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const forms = {
  clock: new Intl.DateTimeFormat("en-GB", clock),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" }),
  iso: new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }),
};
const at = (iso) => new Date(iso);

// "14:31 CET", with the day unless it is, for the reader too, the one that the page means.
function local(element) {
  const date = at(element.dateTime);
  const withDay = element.dataset.day !== forms.iso.format(date);
  const time = forms.clock.format(date);
  element.title = element.textContent.trim();
  element.textContent = withDay ? `${forms.day.format(date)}, ${time}` : time;
}

function span(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  const [days, hours, left] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  if (days) return hours ? `${many(days, "day")} ${hours} h` : many(days, "day");
  if (hours) return left ? `${hours} h ${left} min` : many(hours, "hour");
  return many(left, "minute");
}

function count() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = at(element.dataset.until) - now;
    element.textContent = left > 0 ? `, in ${span(left)}` : "";
  }
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = `, ${span(now - at(element.dataset.since))}`;
  }
}

async function copy(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not copied";
  }
  setTimeout(() => { button.textContent = "Copy link"; }, 2000);
}

document.querySelectorAll("time[data-day]").forEach(local);
for (const element of document.querySelectorAll("[data-zone]")) {
  const zone = forms.clock.formatToParts(new Date()).find((part) => part.type === "timeZoneName");
  if (element.dataset.zone !== zone.value) element.textContent = `Times in ${zone.value}, your zone`;
}
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", copy);
  }
}
count();
setInterval(count, MINUTE / 2);
