// Guesses the time zone, and chooses "our own" runbook when one is given.

const zone = document.getElementById("f-time_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;

for (const id of ["f-runbook", "f-runbook_text"]) {
  document.getElementById(id).addEventListener("input", (event) => {
    if (event.target.value) document.querySelector('input[name="which"][value="own"]').checked = true;
  });
}
