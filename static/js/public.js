// Enhancement only: without it every time is readable in the organisation's own zone.

const MINUTE = 60_000;
const words = JSON.parse(document.querySelector("[data-words]").dataset.words);
const locale = document.documentElement.lang.replace(/^en$/, "en-GB");
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const forms = {
  clock: new Intl.DateTimeFormat(locale, clock),
  day: new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" }),
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

const many = (count, unit) =>
  new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
const filled = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);

function span(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  const [days, hours, left] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days) return hours ? filled(words.days, { days: many(days, "day"), hours }) : many(days, "day");
  if (hours) return left ? filled(words.hours, { hours, minutes: left }) : many(hours, "hour");
  return many(left, "minute");
}

function count() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = at(element.dataset.until) - now;
    element.textContent = left > 0 ? filled(words.until, { span: span(left) }) : "";
  }
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = `, ${span(now - at(element.dataset.since))}`;
  }
}

async function copy(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = words.copied;
  } catch {
    button.textContent = words.failed;
  }
  setTimeout(() => { button.textContent = words.copy; }, 2000);
}

document.querySelectorAll("time[data-day]").forEach(local);
for (const element of document.querySelectorAll("[data-zone]")) {
  const zone = forms.clock.formatToParts(new Date()).find((part) => part.type === "timeZoneName");
  if (element.dataset.zone !== zone.value) element.textContent = filled(words.zone, { zone: zone.value });
}
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", copy);
  }
}
count();
setInterval(count, MINUTE / 2);
