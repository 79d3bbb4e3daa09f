import htm from "htm";
import { h, render } from "preact";
import { useEffect, useState } from "preact/hooks";

const html = htm.bind(h);

async function ask(path, { body, token } = {}) {
  const headers = {
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const method = body === undefined ? "GET" : "POST";
  const answer = await fetch(`/api${path}`, { method, headers, body: body && JSON.stringify(body) });
  return { instance: answer.headers.get("X-Instance-ID"), ...(await answer.json()) };
}

async function order(restaurant, dish) {
  const { token } = await ask("/login", { body: { customer: "guest" } });
  const body = { restaurant, address: "1 Harbour Street", items: [{ dish, quantity: 1 }] };
  return ask("/orders", { body, token });
}

function Restaurant({ id, name, onOrdered }) {
  const [menu, setMenu] = useState([]);
  useEffect(() => void ask(`/restaurants/${id}/menu`).then((answer) => setMenu(answer.menu ?? [])), [id]);
  const dishes = menu.map(
    ({ dish, name: title, cents }) =>
      html`<button onClick=${async () => onOrdered(await order(id, dish))}>
        ${title} ${(cents / 100).toFixed(2)}
      </button>`,
  );
  return html`<article>
    <h2>${name}</h2>
    ${dishes}
  </article>`;
}

function App() {
  const [restaurants, setRestaurants] = useState([]);
  const [ordered, setOrdered] = useState();
  useEffect(() => void ask("/restaurants").then((answer) => setRestaurants(answer.restaurants ?? [])), []);
  return html`
    <h1>Food delivery</h1>
    ${
      ordered &&
      html`<p>
        ${ordered.success ? `Order ${ordered.orderId} is there in ${ordered.eta} minutes.` : "That did not work."}
        <small> (answered by ${ordered.instance})</small>
      </p>`
    }
    ${restaurants.map((each) => html`<${Restaurant} ...${each} onOrdered=${setOrdered} />`)}
  `;
}

render(html`<${App} />`, document.getElementById("app"));
