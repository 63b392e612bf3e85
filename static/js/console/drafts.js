// Keeps what is typed in this browser, so that a dead network or an ended sign-in loses nothing.

const OLDEST = 7 * 24 * 3600 * 1000;
const LEFT_OUT = new Set(["csrf_token", "form_key", "seen", "do"]);

const name = (form) => `allclear.draft.${form.dataset.draft}`;

export const read = (form) => {
  const fields = [...new FormData(form)].filter(([field, value]) => !LEFT_OUT.has(field) && typeof value === "string");
  return JSON.stringify(fields);
};

export const seen = (form) => form.elements.seen.value;

export const keep = (form, sent = false) => {
  try {
    localStorage.setItem(name(form), JSON.stringify({ at: Date.now(), sent, seen: seen(form), fields: read(form) }));
  } catch { /* A full or forbidden store is no reason to stop somebody from writing. */ }
};

export const kept = (form) => {
  try {
    const draft = JSON.parse(localStorage.getItem(name(form)) ?? "null");
    return draft && Date.now() - draft.at < OLDEST ? draft : null;
  } catch { return null; }
};

export const forget = (key) => {
  try { localStorage.removeItem(`allclear.draft.${key}`); } catch { /* As above. */ }
};

export const fill = (form, draft) => {
  const fields = new Map();
  for (const [field, value] of JSON.parse(draft.fields)) fields.set(field, [...(fields.get(field) ?? []), value]);
  for (const control of form.elements) {
    if (!control.name || LEFT_OUT.has(control.name) || control.type === "hidden" || control.type === "submit") continue;
    const values = fields.get(control.name) ?? [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
    else if (values.length) control.value = values[0];
  }
  return fields;
};
