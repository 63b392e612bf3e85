// Keeps the clocks of the page going: "in 7 min", "now", "12 min late".

const words = (milliseconds) => {
  const late = milliseconds < 0;
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  if (!minutes) return "now";
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const parts = [[days, "d"], [hours, "h"], [days ? 0 : rest, "min"]];
  const span = parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
  return late ? `${span} late` : `in ${span}`;
};

export const tick = () => {
  for (const clock of document.querySelectorAll("[data-until]")) {
    const left = new Date(clock.dataset.until) - Date.now();
    const said = words(left);
    if (clock.textContent !== said) clock.textContent = said;
    clock.closest(".chip")?.classList.toggle("late", left <= -60000);
  }
};

tick();
setInterval(tick, 10000);
