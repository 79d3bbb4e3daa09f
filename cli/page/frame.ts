import { escapeHtml } from "../../nginx/watch/page";
import { style } from "./style";

/** A page of one file, for light and dark screens, large and small ones. */
export function renderFrame(
  title: string,
  body: string[],
  { refreshSeconds }: { refreshSeconds?: number } = {},
): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8" />',
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    '<meta name="color-scheme" content="light dark" />',
    ...(refreshSeconds === undefined ? [] : [`<meta http-equiv="refresh" content="${refreshSeconds}" />`]),
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    `<h1>${escapeHtml(title)}</h1>`,
    ...body,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** A picture with its title, and what is to be said below it. */
export function renderFigure(title: string, picture: string[], below: string[] = []): string[] {
  return ["<figure>", `<figcaption>${escapeHtml(title)}</figcaption>`, ...picture, ...below, "</figure>"];
}

/** A table of texts, the head first; all columns but the first are numbers. */
export function renderHtmlTable(head: string[], rows: string[][]): string[] {
  const line = (tag: string, cells: string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return [
    '<div class="wide"><table>',
    `<thead>${line("th", head)}</thead>`,
    `<tbody>${rows.map((row) => line("td", row)).join("")}</tbody>`,
    "</table></div>",
  ];
}
