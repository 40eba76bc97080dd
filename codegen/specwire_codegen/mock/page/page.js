"use strict";
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const form = find("#form");
if (window.matchMedia("(max-width: 48rem)").matches && location.search) find("#list").open = false;

find("#filter").addEventListener("input", event => {
  const wanted = event.target.value.toLowerCase();
  for (const row of all("nav li")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  for (const group of all(".group")) group.hidden = all("li", group).every(row => row.hidden);
});

function parsed(text) {
  try { return JSON.parse(text); } catch { return text.split(","); }
}

const SEPARATORS = { pipeDelimited: "|", spaceDelimited: " " };
const encoded = encodeURIComponent;
const shown = each => typeof each === "string" ? each : JSON.stringify(each);
const isList = value => Array.isArray(value);
const isObject = value => value !== null && typeof value === "object" && !isList(value);

/* Items of a value, encoded one by one: a delimiter within an item is not one between items. */
function items(value, explode, encode) {
  if (isList(value)) return value.map(each => encode(shown(each)));
  if (isObject(value)) return Object.entries(value).map(([key, each]) => encode(key) + (explode ? "=" : ",") + encode(shown(each)));
  return [encode(shown(value))];
}

/* Text of a value in a path or a header, by style. */
function styled(name, style, explode, value, encode) {
  const parts = items(value, explode, encode);
  if (style === "label") return `.${parts.join(explode ? "." : ",")}`;
  if (style !== "matrix") return parts.join(",");
  if (!explode) return `;${encode(name)}=${parts.join(",")}`;
  return parts.map(part => isObject(value) ? `;${part}` : `;${encode(name)}=${part}`).join("");
}

/* Pairs of a query or of cookies, by style. */
function pairs(name, style, explode, value) {
  if (isObject(value) && style === "deepObject") {
    return Object.entries(value).map(([key, each]) => [encoded(`${name}[${key}]`), encoded(shown(each))]);
  }
  if (isObject(value) && explode) return Object.entries(value).map(([key, each]) => [encoded(key), encoded(shown(each))]);
  const parts = items(value, false, encoded);
  if (isList(value) && explode) return parts.map(part => [encoded(name), part]);
  return [[encoded(name), parts.join(encoded(SEPARATORS[style] || ",").replace("%2C", ","))]];
}

function credentials(headers, query) {
  const key = find("#key") && find("#key").value;
  if (!key) return;
  for (const { dataset } of all(".scheme")) {
    if (dataset.type === "apiKey") {
      if (dataset.in === "header") headers.set(dataset.name, key);
      else if (dataset.in === "query") query.push(`${encoded(dataset.name)}=${encoded(key)}`);
      else cookie(encoded(dataset.name), encoded(key));
    } else if (dataset.type !== "mutualTLS") {
      const scheme = dataset.type === "http" ? dataset.scheme : "Bearer";
      headers.set("authorization", scheme.toLowerCase() === "basic" ? `Basic ${btoa(`${key}:`)}` : `${scheme} ${key}`);
    }
  }
}

const cookies = [];
function cookie(name, value) {
  if (cookies.includes(name)) throw new Error(`it keeps one cookie ${decodeURIComponent(name)}`);
  document.cookie = `${name}=${value}; path=/; samesite=strict`;
  cookies.push(name);
}

async function body(headers) {
  const part = find(".body:not([hidden])");
  if (!part) return undefined;
  const { media, kind } = part.dataset;
  if (kind === "file") {
    headers.set("content-type", media.includes("*") ? "application/octet-stream" : media);
    return find("input", part).files[0];
  }
  if (kind === "text") {
    headers.set("content-type", media.includes("*") ? "text/plain" : media);
    return find("textarea", part).value;
  }
  const data = media === "multipart/form-data" ? new FormData() : new URLSearchParams();
  for (const field of all(".part", part)) {
    const input = find("input, select", field);
    if (input.type === "file") { if (input.files[0]) data.append(field.dataset.name, input.files[0]); }
    else if (input.value) data.append(field.dataset.name, input.value);
  }
  return data;
}

function quoted(text) { return `'${text.replaceAll("'", `'\\''`)}'`; }

function curl(method, url, headers, content) {
  const parts = [`curl -X ${method} ${quoted(url)}`];
  headers.forEach((value, name) => parts.push(`-H ${quoted(`${name}: ${name === "authorization" ? value.replace(/ .*/, " $KEY") : value}`)}`));
  if (content instanceof FormData || content instanceof URLSearchParams) {
    const option = content instanceof FormData ? "-F" : "--data-urlencode";
    for (const [name, value] of content) parts.push(`${option} ${quoted(`${name}=${value instanceof File ? `@${value.name}` : value}`)}`);
  } else if (typeof content === "string") parts.push(`--data-raw ${quoted(content)}`);
  else if (content) parts.push(`--data-binary @${quoted(content.name)}`);
  return parts.join(" \\\n  ");
}

async function request() {
  const headers = new Headers(), query = [];
  let path = form.dataset.path;
  for (const field of all(".field[data-place]", form)) {
    const { place, name, style, explode } = field.dataset;
    const input = find("input, select", field), text = input.value;
    if (text === "" && place !== "path") continue;
    const isExploded = explode === "true", value = input.placeholder && style !== "content" ? parsed(text) : text;
    if (place === "path") path = path.replace(`{${name}}`, () => styled(name, style, isExploded, value, encoded));
    else if (place === "header") headers.set(name, styled(name, style, isExploded, value, each => each));
    else if (place === "querystring") query.push(text);
    else for (const [key, each] of pairs(name, style, isExploded, value)) place === "cookie" ? cookie(key, each) : query.push(`${key}=${each}`);
  }
  credentials(headers, query);
  for (const instruction of find("#fault").value.split(";").filter(Boolean)) {
    const [name, value] = instruction.split("=");
    headers.set(`x-mock-${name}`, value);
  }
  const content = await body(headers);
  /* The origin comes first, so that no path leads to another host. */
  const url = location.origin + path + (query.length ? `${path.includes("?") ? "&" : "?"}${query.join("&")}` : "");
  return { url, headers, content };
}

let running = null;
async function send() {
  if (running) running.abort();
  const mine = running = new AbortController();
  const method = form.dataset.method, started = performance.now();
  const elapsed = () => `${Math.round(performance.now() - started)} ms`;
  const show = (text, bad) => { find("#status").textContent = text; find("#status").className = bad ? "bad" : "good"; };
  find("#outcome").hidden = find("#stop").hidden = false;
  find("#response").textContent = find("#headers").textContent = find("#curl").textContent = "";
  show("waiting", false);
  let sent = false;
  try {
    const { url, headers, content } = await request();
    find("#curl").textContent = curl(method, url, headers, content);
    if (form.dataset.streams === "true") headers.set("x-mock-pause", "0.15");
    sent = true;
    const response = await fetch(url, { method, headers, body: content, signal: mine.signal, redirect: "manual", cache: "no-store" });
    const media = response.headers.get("content-type") || "";
    show(`${response.status} ${response.statusText}, ${media || "no body"}`, response.status >= 400);
    find("#headers").textContent = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    await read(response, media, elapsed, show);
  } catch (problem) {
    if (mine.signal.aborted) show(`stopped after ${elapsed()}`, true);
    else if (!sent) show(`not sent: a browser cannot make this request (${problem.message})`, true);
    else show(`${find("#status").textContent}: the connection was closed after ${elapsed()}`, true);
  } finally {
    for (const name of cookies.splice(0)) document.cookie = `${name}=; path=/; max-age=0`;
    await refresh();
    if (running === mine) find("#stop").hidden = true;
  }
}

/* Show a response as it comes; indent JSON once it is complete. */
async function read(response, media, elapsed, show) {
  const line = find("#status").textContent, place = find("#response");
  const isText = /^text\/|json|xml|javascript|urlencoded/.test(media);
  let size = 0, text = "";
  if (response.body) {
    const reader = response.body.getReader(), decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (isText && size < 4_000_000) { text += decoder.decode(value, { stream: true }); place.textContent = text; place.scrollTop = place.scrollHeight; }
      show(`${line}, ${size} bytes, ${elapsed()}`, response.status >= 400);
    }
  }
  show(`${line}, ${size} bytes, ${elapsed()}`, response.status >= 400);
  if (size && !isText) place.textContent = `${size} bytes of ${media || "unknown content"}`;
  if (/[/+]json/.test(media)) {
    try { place.textContent = JSON.stringify(JSON.parse(text), null, 2); place.scrollTop = 0; } catch { /* shown as it came */ }
  }
}

if (form) {
  form.addEventListener("submit", event => { event.preventDefault(); send(); });
  find("#stop").addEventListener("click", () => running && running.abort());
  const choice = find("#body-choice");
  if (choice) choice.addEventListener("change", () => {
    for (const part of all(".body")) part.hidden = part.disabled = part.dataset.index !== choice.value;
  });
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

let last = find("#records").dataset.last;
function row(record) {
  const made = element("li", record.status >= 400 || !record.matched || record.departures.length ? "wrong" : "", "");
  made.append(element("span", "code", record.status), " ", element("span", `method ${record.method.toLowerCase()}`, record.method), " ");
  made.append(element("code", "", record.path + (record.query ? `?${record.query}` : "")));
  if (record.operation_id) made.append(" ", element("span", "id", record.operation_id));
  for (const text of [record.reason, ...record.violations, ...record.departures]) if (text) made.append(element("p", "", text));
  return made;
}

async function refresh() {
  try {
    const response = await fetch(`${location.origin}/__mock__/requests?after=${encodeURIComponent(last)}`, { cache: "no-store" });
    for (const record of await response.json()) {
      last = record.id;
      find("#records").prepend(row(record));
      find("#empty").hidden = true;
    }
    find("#gone").hidden = true;
    for (const old of all("#records li").slice(50)) old.remove();
  } catch { find("#gone").hidden = false; }
}
setInterval(() => { if (document.visibilityState === "visible") refresh(); }, 1500);
