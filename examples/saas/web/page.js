const find = (id) => document.getElementById(id);

async function ask(path, body) {
  const options = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(path, body === undefined ? {} : options);
  const said = await answer.json();
  if (said.served_by) find("served").textContent = `${said.served_by.instance}, version ${said.version}`;
  if (!answer.ok) throw new Error(said.error);
  return said;
}

async function show() {
  const usage = await ask("/api/usage").catch(() => undefined);
  find("sign-in").hidden = usage !== undefined;
  find("usage").hidden = usage === undefined;
  find("who").textContent = usage?.account ?? "Not signed in";
  find("events").textContent = usage?.events ?? 0;
  find("amount").textContent = usage?.amount ?? 0;
}

find("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  try {
    await ask(`/api/${event.submitter.value}`, { email, password });
    find("fault").textContent = "";
    await show();
  } catch ({ message }) {
    find("fault").textContent = message;
  }
});
find("add").addEventListener("click", async () => {
  await ask("/api/usage", { metric: "requests", amount: 1 });
  await show();
});
find("sign-out").addEventListener("click", async () => {
  await ask("/api/logout", {});
  await show();
});

const { plans } = await ask("/api/plans");
find("plans").replaceChildren(
  ...plans.map(({ name, price, included }) => {
    const line = document.createElement("li");
    line.textContent = `${name}: ${price} a month, ${included} requests`;
    return line;
  }),
);
await show();
