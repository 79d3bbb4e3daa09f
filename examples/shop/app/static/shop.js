"use strict";

const find = (id) => document.getElementById(id);

async function ask(path, options) {
  const answer = await fetch(path, options);
  return answer.json();
}

async function buy(product) {
  const headers = { "Content-Type": "application/json" };
  const { error } = await ask("/purchase", { method: "POST", headers, body: JSON.stringify({ product }) });
  if (error !== undefined) alert(error);
}

function showProduct({ id, name, price }) {
  const article = document.createElement("article");
  article.innerHTML = `<h3>${name}</h3><p>${price} € · <span id="left-${id}">?</span> left</p>`;
  const button = document.createElement("button");
  button.textContent = "Buy";
  button.addEventListener("click", () => buy(id));
  article.append(button);
  find("products").append(article);
}

async function showStock() {
  const { stock } = await ask("/stock");
  for (const [product, left] of Object.entries(stock)) find(`left-${product}`).textContent = left;
}

function showPurchase({ id, product, left, from }) {
  find(`left-${product}`).textContent = left;
  const line = document.createElement("li");
  line.id = `purchase-${id}`;
  line.textContent = `${product}, sold by ${from}`;
  find("events").prepend(line);
  while (find("events").children.length > 20) find("events").lastChild.remove();
}

async function start() {
  const { products } = await ask("/products");
  products.forEach(showProduct);
  const events = new EventSource("/events");
  // Also after an update, when the browser has opened the stream again.
  events.addEventListener("hello", ({ data }) => {
    find("instance").textContent = JSON.parse(data).instance;
    showStock();
  });
  events.addEventListener("error", () => (find("instance").textContent = "nowhere, for a moment"));
  events.addEventListener("message", ({ data }) => showPurchase(JSON.parse(data)));
}

start();
