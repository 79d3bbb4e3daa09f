/** How many colours lines have, before they begin again. */
export const colors = 8;

const light = ["#0067b1", "#c34a00", "#007a5a", "#a0378c", "#7a6400", "#b3202c", "#4b5bbf", "#5a5a5a"];
const dark = ["#5db2f5", "#f5944d", "#46c79f", "#dd8bcf", "#d6bb3c", "#f5747c", "#9ba8ff", "#b4b4b4"];

const variables = (some: string[]): string => some.map((color, at) => `--line${at}: ${color};`).join(" ");

/** Looks of a page: colours by what the reader's system is set to, and pictures side by side where there is room. */
export const style = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --faint: #5c6670; --rule: #d5dbe1; --card: #f6f8fa;
  --good: #177a3c; --middling: #a15c00; --bad: #c0262d; ${variables(light)} }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e6eaee; --faint: #9aa5b0; --rule: #333c46; --card: #1c2229;
    --good: #4cc27a; --middling: #e0a23c; --bad: #ff6b70; ${variables(dark)} }
}
body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 0.3rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 0.6rem; }
p { margin: 0.3rem 0; } .faint { color: var(--faint); } .good { color: var(--good); } .middling { color: var(--middling); }
.bad { color: var(--bad); }
a { color: var(--line0); } nav a { margin-right: 0.9rem; display: inline-block; padding: 0.3rem 0; }
.cards, .grid { display: grid; gap: 0.8rem; margin: 0.8rem 0; }
.cards { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
.grid { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
.card, figure { margin: 0; padding: 0.7rem; background: var(--card); border: 1px solid var(--rule); border-radius: 0.5rem; min-width: 0; }
.card b { display: block; font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
figcaption { font-weight: 600; margin-bottom: 0.3rem; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--faint); font: 13px system-ui, sans-serif; }
.axis { stroke: var(--rule); } .bound { stroke: var(--ink); stroke-width: 1.5; } .bars { fill: var(--line0); }
.legend { list-style: none; margin: 0.3rem 0 0; padding: 0; font-size: 0.85rem; color: var(--faint); }
.legend li { display: inline-block; margin-right: 0.9rem; overflow-wrap: anywhere; }
.legend i { display: inline-block; width: 0.8rem; height: 0.25rem; margin-right: 0.35rem; vertical-align: middle; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
${light.map((_, at) => `.line${at} { stroke: var(--line${at}); fill: none; stroke-width: 1.8; } .mark${at} { background: var(--line${at}); }`).join("\n")}
.fill-good { fill: var(--good); } .fill-middling { fill: var(--middling); } .fill-bad { fill: var(--bad); } .fill-none { fill: var(--rule); }
`;
