// Counts what this replica does, for Prometheus and for people.
const figures = {
  chats: 0,
  words: 0,
  underWay: 0,
  mostUnderWay: 0,
  connections: 0,
  requestsOfOneConnection: 0,
};

/** Counts a conversation from its start; gives what ends it. */
function begin() {
  figures.chats += 1;
  figures.underWay += 1;
  figures.mostUnderWay = Math.max(figures.mostUnderWay, figures.underWay);
  return () => (figures.underWay -= 1);
}

/** Counts the connections from outside the container, and their requests. */
function watchConnections(server) {
  const requests = new Map();
  const isOwn = ({ remoteAddress = "" }) => remoteAddress.includes("127.0.0.1");
  server.on("connection", (socket) => {
    if (isOwn(socket)) return;
    requests.set(socket, 0);
    socket.on("close", () => requests.delete(socket));
  });
  server.on("request", ({ socket, url }) => {
    if (isOwn(socket)) return;
    const count = (requests.get(socket) ?? 0) + 1;
    if (count === 1 && url !== "/health" && url !== "/metrics") figures.connections += 1;
    requests.set(socket, count);
    figures.requestsOfOneConnection = Math.max(figures.requestsOfOneConnection, count);
  });
}

const helps = {
  chats: ["chatbot_chats_total", "counter", "Conversations that began."],
  words: ["chatbot_words_total", "counter", "Words that were said."],
  underWay: ["chatbot_chats_under_way", "gauge", "Conversations that go on."],
  mostUnderWay: ["chatbot_chats_under_way_most", "gauge", "Most conversations at the same time."],
  connections: ["chatbot_connections_total", "counter", "Connections of the balancer that brought requests."],
  requestsOfOneConnection: [
    "chatbot_connection_requests_most",
    "gauge",
    "Most requests over one connection.",
  ],
};

/** The figures in Prometheus' text. */
function render() {
  return Object.entries(helps)
    .map(
      ([key, [name, type, help]]) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${figures[key]}\n`,
    )
    .join("");
}

module.exports = { figures, begin, watchConnections, render };
