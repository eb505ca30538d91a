"use strict";
// The theme button and the reading view. Text reaches the page through textContent alone.
const $ = (id) => document.getElementById(id);
const root = document.documentElement;

function make(name, classes, text) {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  if (text !== undefined) element.textContent = text;
  return element;
}

// --- theme: the system's, until the button says otherwise; kept where the browser lets a page keep things ---

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);

function nameTheme() {
  $("theme").textContent = isDark() ? "Light theme" : "Dark theme";
}

function keep(theme) {
  try { localStorage.setItem("onrecord-theme", theme); } catch { /* storage is closed to this page */ }
}

function kept() {
  try { return localStorage.getItem("onrecord-theme"); } catch { return null; }
}

if (["light", "dark"].includes(kept())) root.dataset.theme = kept();
$("theme").hidden = false;
$("theme").addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  keep(root.dataset.theme);
  nameTheme();
});
systemDark.addEventListener("change", nameTheme);
nameTheme();

// --- reading view ---

const data = JSON.parse($("reading").textContent);
const HUES = 8;
const BLOCKS = { heading: "h4", blockquote: "blockquote", list_item: "li" };
const chosen = { speaker: new Set(), type: new Set(), label: new Set() }; // none chosen: all are shown
let article = null;
let pieces = []; // of the article shown: the spans that stand for statements
let pinned = null;
let dismissed = null; // the statement whose card Escape has closed, until another is reached

const nameOf = (number) => (number ? article.speakers[number - 1][0] ?? "Unresolved speaker" : null);
const passes = ([, type, speaker, , , labels]) =>
  (!chosen.type.size || chosen.type.has(type)) &&
  (!chosen.speaker.size || chosen.speaker.has(speaker)) &&
  (!chosen.label.size || labels.some(([label]) => chosen.label.has(label)));

function showArticle(number) {
  article = data.articles[number];
  pinned = null;
  hideCard();
  chosen.speaker.clear();
  $("article").selectedIndex = number;
  $("previous").disabled = number === 0;
  $("next").disabled = number === data.articles.length - 1;
  $("paper-title").textContent = article.title;
  $("paper").lang = /^[a-z]{2,3}$/.test(article.language ?? "") ? article.language : "";
  $("paper").dir = "auto";
  showByline();
  showText();
  showFilters();
  showMatches();
}

function showByline() {
  const line = $("byline");
  line.replaceChildren([article.publisher, article.authors, article.date].filter(Boolean).join(" · "));
  if (article.url) {
    const link = make("a", "", "Original page");
    link.href = article.url;
    link.rel = "noreferrer";
    line.append(" · ", link);
  }
}

function showText() {
  const last = new Map(); // statement -> its last piece, behind which its speaker's number stands
  pieces = [];
  let list = null;
  $("text").replaceChildren();
  for (const [kind, parts] of article.blocks) {
    const block = make(BLOCKS[kind] ?? "p", kind);
    block.dir = "auto";
    for (const [text, statements = [], naming = []] of parts) {
      if (!statements.length && !naming.length) {
        block.append(text);
        continue;
      }
      const span = statements.length ? makePiece(text, statements) : make("span", "", text);
      if (naming.length) span.dataset.names = naming.join(" ");
      block.append(span);
      for (const statement of statements) last.set(statement, span);
    }
    if (kind !== "list_item") list = null;
    else if (!list) $("text").append((list = make("ul")));
    (list ?? $("text")).append(block);
  }
  for (const [statement, span] of last) addNumber(statement, span);
  const first = pieces.find((piece) => piece.tabIndex === -1);
  if (first) first.tabIndex = 0;
  const ofAll = (part, whole) => `${part.toLocaleString("en")} of ${whole.toLocaleString("en")}`;
  $("cut").hidden = article.length <= data.maxChars;
  $("cut").textContent = `The first ${ofAll(data.maxChars, article.length)} characters, `
    + `with ${ofAll(article.statements.length, article.statementCount)} statements.`;
}

function makePiece(text, statements) {
  const [, type, speaker] = article.statements[statements[0]];
  const hue = speaker ? 1 + ((speaker - 1) % HUES) : 0;
  const span = make("span", `said ${data.quoteTypes[type]} hue-${hue}`, text);
  span.statements = statements;
  if (!pieces.some((piece) => piece.statements[0] === statements[0])) { // one stop of the keyboard for each statement
    span.tabIndex = -1;
    span.setAttribute("role", "button");
  }
  pieces.push(span);
  return span;
}

function addNumber(statement, span) {
  const speaker = article.statements[statement][2];
  if (!speaker) return;
  const number = make("sup", `hue-${1 + ((speaker - 1) % HUES)}`, speaker);
  number.setAttribute("aria-hidden", "true");
  number.statement = statement;
  span.after(number);
}

// --- filters ---

function showFilters() {
  const counts = { speaker: new Map(), type: new Map(), label: new Map() };
  const add = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const [, type, speaker, , , labels] of article.statements) {
    add(counts.type, type);
    if (speaker) add(counts.speaker, speaker);
    for (const [label] of labels) add(counts.label, label);
  }
  const speakers = article.speakers.map((_, place) => place + 1).filter((number) => counts.speaker.has(number));
  fillFilter("speaker", speakers, counts.speaker, (number) => nameOf(number));
  fillFilter("type", [...data.quoteTypes.keys()], counts.type, (type) => data.quoteTypes[type]);
  fillFilter("label", [...data.labels.keys()], counts.label, (label) => data.labels[label]);
}

function fillFilter(group, keys, counts, name) {
  $(`by-${group}`).parentElement.hidden = !keys.length;
  $(`${group}-filter`).replaceChildren(...keys.map((key) => {
    const chip = make("button", "chip");
    chip.type = "button";
    if (group === "speaker") chip.append(make("span", `dot hue-${1 + ((key - 1) % HUES)}`, key));
    const label = make("bdi", "", name(key));
    chip.append(label, " ", make("span", "quiet", (counts.get(key) ?? 0).toLocaleString("en")));
    chip.setAttribute("aria-pressed", chosen[group].has(key));
    chip.addEventListener("click", () => {
      if (!chosen[group].delete(key)) chosen[group].add(key);
      chip.setAttribute("aria-pressed", chosen[group].has(key));
      showMatches();
    });
    const item = make("li");
    item.append(chip);
    return item;
  }));
}

function showMatches() {
  const matching = article.statements.map(passes);
  const count = matching.filter(Boolean).length;
  const isFiltered = Object.values(chosen).some((set) => set.size);
  $("paper").classList.toggle("filtered", isFiltered);
  for (const piece of pieces) piece.classList.toggle("match", piece.statements.some((one) => matching[one]));
  for (const number of $("text").querySelectorAll("sup")) number.classList.toggle("match", matching[number.statement]);
  $("clear").disabled = !isFiltered;
  $("matched").textContent = isFiltered
    ? `${count} of ${article.statements.length} statements match.`
    : `${article.statements.length} statements. Choose to see only those that match.`;
}

// --- the card that says who speaks ---

function describe(statement, isOuter) {
  const [, type, speaker, cue, score, labels] = article.statements[statement];
  const part = make("div", isOuter ? "outer" : "");
  const [, kind, role] = speaker ? article.speakers[speaker - 1] : [];
  const quoteType = data.quoteTypes[type];
  const who = make("p", "who", speaker ? nameOf(speaker) : quoteType === "narration" ? "The article’s own voice" : "Speaker not told");
  who.dir = "auto";
  part.append(who);
  if (speaker) part.append(make("p", "quiet", [role, data.speakerTypes[kind]].filter(Boolean).join(" · ")));
  const how = [isOuter ? `within: ${quoteType}` : quoteType, cue && `“${cue}”`, score !== null && `attribution score ${score.toFixed(2)}`];
  if (quoteType !== "narration") part.append(make("p", "", how.filter(Boolean).join(", ")));
  const tags = make("p");
  for (const [label, value] of labels) tags.append(make("span", "tag", value === null ? data.labels[label] : `${data.labels[label]} ${value.toFixed(2)}`));
  if (labels.length) part.append(tags);
  return part;
}

function showCard(piece) {
  const card = $("card");
  const [inner, ...outer] = piece.statements;
  hideCard();
  for (const one of pieces) one.classList.toggle("active", one.statements.includes(inner));
  for (const name of $("text").querySelectorAll("[data-names]"))
    name.classList.toggle("naming", name.dataset.names.split(" ").includes(String(inner)));
  card.replaceChildren(describe(inner, false), ...outer.map((statement) => describe(statement, true)));
  card.hidden = false;
  const place = [...piece.getClientRects()].at(-1);
  const left = Math.min(place.left, root.clientWidth - card.offsetWidth - 16);
  const above = place.bottom + card.offsetHeight + 12 > innerHeight && place.top > card.offsetHeight + 12;
  card.style.left = `${Math.max(8, left) + scrollX}px`;
  card.style.top = `${(above ? place.top - card.offsetHeight - 6 : place.bottom + 6) + scrollY}px`;
}

function hideCard() {
  $("card").hidden = true;
  for (const one of $("text").querySelectorAll(".active, .naming")) one.classList.remove("active", "naming");
}

function settle() { // what is pinned or focused stays when the pointer leaves
  const focused = pieces.find((piece) => piece === document.activeElement && piece !== dismissed);
  if (pinned ?? focused) showCard(pinned ?? focused);
  else hideCard();
}

const pieceAt = (target) => pieces.find((piece) => piece === target);
let leaving = 0;

function listen() {
  $("clear").addEventListener("click", () => {
    for (const set of Object.values(chosen)) set.clear();
    showFilters();
    showMatches();
  });
  $("text").addEventListener("pointerover", (event) => {
    const piece = event.pointerType === "mouse" && !pinned && pieceAt(event.target);
    if (piece) { clearTimeout(leaving); showCard(piece); }
  });
  $("text").addEventListener("pointerout", (event) => {
    if (event.pointerType === "mouse" && pieceAt(event.target)) leaving = setTimeout(settle, 150);
  });
  $("card").addEventListener("pointerenter", () => clearTimeout(leaving));
  $("card").addEventListener("pointerleave", () => { leaving = setTimeout(settle, 150); });
  $("text").addEventListener("focusin", (event) => {
    if (pieceAt(event.target)) { pinned = dismissed = null; showCard(event.target); }
  });
  $("text").addEventListener("focusout", () => setTimeout(settle));
  document.addEventListener("click", (event) => {
    if ($("card").contains(event.target)) return;
    const piece = pieceAt(event.target) ?? null;
    pinned = piece === pinned ? null : piece;
    settle();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { pinned = null; dismissed = document.activeElement; hideCard(); }
  });
  $("text").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const stops = pieces.filter((piece) => piece.hasAttribute("role") && (piece.classList.contains("match") || piece === event.target));
    const next = step && stops[stops.indexOf(event.target) + step];
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pinned = event.target; settle(); }
    if (next) { event.preventDefault(); moveTo(next); }
  });
}

function moveTo(stop) {
  for (const piece of pieces) if (piece.tabIndex === 0) piece.tabIndex = -1;
  stop.tabIndex = 0;
  stop.focus();
}

// --- choosing an article; `#read:article:statement` is a link to a statement ---

function follow() {
  const [, id, ...key] = location.hash.split(":");
  const number = data.articles.findIndex((one) => one.id === id);
  if (!location.hash.startsWith("#read:") || number < 0) return;
  for (const set of Object.values(chosen)) set.clear();
  showArticle(number);
  const statement = article.statements.findIndex((one) => one[0] === key.join(":"));
  const stop = pieces.find((piece) => piece.hasAttribute("role") && piece.statements.includes(statement));
  (stop ?? $("read")).scrollIntoView({ block: "center" });
  if (stop) moveTo(stop);
}

if (data.articles.length) {
  $("filter").open = !matchMedia("(max-width: 52rem)").matches; // where it stands above the text, not beside it
  $("reader").hidden = false;
  $("article").append(...data.articles.map((one) => make("option", "", [one.date, one.title, one.publisher].filter(Boolean).join(" · "))));
  $("article").addEventListener("change", () => showArticle($("article").selectedIndex));
  $("previous").addEventListener("click", () => showArticle($("article").selectedIndex - 1));
  $("next").addEventListener("click", () => showArticle($("article").selectedIndex + 1));
  listen();
  showArticle(0);
  addEventListener("hashchange", follow);
  follow();
}
