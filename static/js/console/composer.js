// The composer: a live preview from the server's own code, one post per form, nothing lost.

import { tick } from "./clocks.js";
import * as drafts from "./drafts.js";

const PAUSE = 250;
const form = () => document.getElementById("composer");
const parse = (html) => new DOMParser().parseFromString(html, "text/html");
let asked = 0;

const compose = async (button = null) => {
  const mine = ++asked;
  const body = new FormData(form(), button);
  let answer;
  try {
    answer = await fetch(form().dataset.preview, { method: "POST", body, headers: { "X-Part": "composer" } });
  } catch {
    say("No connection. What you type is kept in this browser.");
    return;
  }
  if (mine !== asked) return;
  if (!answer.ok) {
    say(answer.status === 401 ? "You are signed out. What you type is kept in this browser; sign in again to post." : "The preview is not there just now. What you type is kept.");
    return;
  }
  say("");
  show(parse(await answer.text()), button);
};

// Takes over what the server composed, and leaves alone what somebody is typing in.
const show = (page, button) => {
  const fresh = page.getElementById("composer");
  if (!fresh) return;
  for (const message of fresh.querySelectorAll(".msg")) {
    const present = document.getElementById(message.id);
    if (message.hasAttribute("data-hand") && present.hasAttribute("data-hand")) continue;
    present.replaceWith(message);
    if (button?.value?.endsWith(`-${message.id.replace("message-", "")}`)) message.querySelector("textarea")?.focus();
  }
  const questions = fresh.querySelector("#questions");
  const asking = document.getElementById("questions");
  if (questions.dataset.names !== asking.dataset.names) ask(questions, asking);
  for (const id of ["promised", "post", "reach"]) {
    const present = document.getElementById(id);
    const next = page.getElementById(id);
    if (present && next && present.innerHTML !== next.innerHTML) present.innerHTML = next.innerHTML;
  }
  const usual = fresh.querySelector("#f-promise option");
  const first = form().querySelector("#f-promise option");
  if (usual && first && usual.textContent !== first.textContent) first.textContent = usual.textContent;
  const missed = fresh.querySelector(".missed");
  if (missed && !form().querySelector(".missed")) document.getElementById("news").append(missed);
};

// Other questions take the place of these; what was typed since the preview was asked for stays.
const ask = (questions, asking) => {
  const focused = asking.contains(document.activeElement) ? document.activeElement : null;
  for (const field of asking.querySelectorAll("[name]")) {
    const same = questions.querySelector(`[name="${CSS.escape(field.name)}"]`);
    if (same) same.value = field.value;
  }
  const at = focused && [focused.selectionStart, focused.selectionEnd];
  asking.replaceWith(questions);
  const again = focused && questions.querySelector(`[name="${CSS.escape(focused.name)}"]`);
  again?.focus();
  if (again?.setSelectionRange && at[0] !== null) again.setSelectionRange(...at);
};

const say = (sentence) => {
  let line = document.getElementById("composer-says");
  if (!line) {
    line = document.createElement("p");
    line.id = "composer-says";
    line.className = "hint warn";
    line.setAttribute("role", "status");
    form().querySelector(".send").append(line);
  }
  line.textContent = sentence;
};

const offer = () => {
  const draft = drafts.kept(form());
  if (!draft || draft.fields === drafts.read(form())) return;
  // What was sent before somebody posted may have been posted itself: then it is only offered.
  if (draft.sent && draft.seen === drafts.seen(form())) return restore(draft, "What you typed before you were signed out is back. It is not posted yet.");
  const box = document.createElement("div");
  box.className = "said tone-planned offer";
  const when = new Date(draft.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  box.append(`There is text of yours from ${when} that was not posted. `);
  box.append(act("Put it back", () => restore(draft, "It is back. It is not posted yet.")));
  box.append(" ", act("Forget it", () => { drafts.forget(form().dataset.draft); box.remove(); }));
  document.getElementById("news").append(box);
};

const act = (words, call) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small-button";
  button.textContent = words;
  button.addEventListener("click", call);
  return button;
};

const restore = async (draft, sentence) => {
  drafts.fill(form(), draft);
  await compose();
  const edited = new Map(JSON.parse(draft.fields).filter(([field]) => field.startsWith("body_")));
  for (const field of edited.keys()) await edit(field.replace("body_", ""));
  drafts.fill(form(), draft);
  await compose();
  drafts.keep(form());
  document.querySelector(".offer")?.remove();
  say(sentence);
};

const edit = async (audience) => {
  const button = form().querySelector(`button[value="edit-${audience}"]`);
  if (button) await compose(button);
};

let waiting;
document.addEventListener("input", (event) => {
  if (!form()?.contains(event.target)) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => { drafts.keep(form()); compose(); }, PAUSE);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[formaction]");
  if (!button || !form()?.contains(button)) return;
  event.preventDefault();
  compose(button);
});

document.addEventListener("submit", async (event) => {
  const sent = event.target;
  if (sent.id === "composer") {
    if (sent.dataset.sent) return event.preventDefault();
    sent.dataset.sent = "1";
    drafts.keep(sent, true);
    const button = document.getElementById("post");
    // After the browser has read the form: a disabled button would be left out of it.
    setTimeout(() => { button.disabled = true; button.textContent = "Posting…"; });
    return;
  }
  if (!sent.hasAttribute("data-quiet")) return;
  event.preventDefault();
  await quietly(sent, event.submitter);
});

// Ticks, roles and notes change the page around the composer and leave what is typed alone.
const quietly = async (sent, submitter) => {
  let answer;
  try {
    answer = await fetch(sent.action, { method: "POST", body: new FormData(sent, submitter) });
  } catch { answer = null; }
  if (!answer?.ok) return sent.submit();
  const page = parse(await answer.text());
  const focused = document.activeElement?.closest("li")?.querySelector("span:last-of-type")?.textContent;
  const opened = [...document.querySelectorAll("#side details[open] > summary")].map((one) => one.textContent);
  for (const id of ["side", "story", "chips"]) {
    const [present, next] = [document.getElementById(id), page.getElementById(id)];
    if (present && next) present.replaceWith(next);
  }
  for (const one of document.querySelectorAll("#side details > summary")) {
    if (opened.includes(one.textContent)) one.parentElement.open = true;
  }
  if (focused) {
    const row = [...document.querySelectorAll("#side li")].find((one) => one.textContent.includes(focused));
    row?.querySelector("button")?.focus();
  }
  tick();
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form()?.contains(event.target)) return;
  event.preventDefault();
  form().requestSubmit(document.getElementById("post"));
});

// The browser may show the page as it was when somebody comes back to it.
addEventListener("pageshow", (event) => {
  if (event.persisted && form()) location.reload();
});

const { posted, code } = document.getElementById("main").dataset;
if (posted) {
  // By the incident's code: the page of a resolved incident has no form to tell which draft it was.
  drafts.forget("new");
  drafts.forget(code);
  history.replaceState(null, "", location.pathname + location.hash);
} else if (form()) {
  offer();
}
document.documentElement.classList.add("scripted");
