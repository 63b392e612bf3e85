// Shows the status page's sentence while a component's words are typed.

const form = document.getElementById("component");
const value = (name) => form.elements[name].value.trim();

form.addEventListener("input", () => {
  const name = value("spoken") || value("name");
  document.getElementById("example-slow").textContent = `${name} ${value("words_slow") || "is slow"}.`;
  document.getElementById("example-down").textContent = `${name} ${value("words_down") || "is down"}.`;
});
