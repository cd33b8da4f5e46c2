import type { ResultDocument } from "../result.ts";
import { atOnce } from "./at-once.ts";
import { loadCharts } from "./chart.ts";
import { lineStyle, poolBars, poolOverTime, type Responsive, runningLines } from "./charts.ts";
import { escapeEntities, escapeHtml } from "./escape.ts";
import { headline } from "./headline.ts";
import { prettyJson } from "./json.ts";
import { POOL_PARTS } from "./parts.ts";
import { poolText, workloadText } from "./scenario.ts";
import { fingerprints, reportSections } from "./sections.ts";
import { STYLE } from "./style.ts";
import { type AllocatorRuns, byAllocator } from "./summary.ts";
import type { Section, Table } from "./table.ts";

/** `report.html`: one static page without scripts or other files. The same document gives the same bytes. */
export async function htmlReport(document: ResultDocument): Promise<string> {
  const name = escapeHtml(document.name);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} – kvsim</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${name}</h1>
<p class="headline">${escapeHtml(headline(document))}</p>
<p class="note">${escapeHtml(`A pool of ${poolText(document)}; ${workloadText(document)}.`)}</p>
</header>
${await pictures(document)}
${reportSections(document).map(sectionHtml).join("\n")}
<details>
<summary>Config</summary>
<pre>${escapeEntities(prettyJson(document.config))}</pre>
</details>
<footer>
<p>kvsim ${escapeHtml(document.kvsim)}. Fingerprints of the decisions:</p>
${bulletList(fingerprints(document))}
</footer>
</main>
</body>
</html>
`;
}

async function pictures(document: ResultDocument): Promise<string> {
  const allocators = byAllocator(document);
  if (allocators.length === 0) return "";
  const draw = await loadCharts();
  const { note } = atOnce(allocators);
  const multiples = allocators.map(
    (allocator, index) =>
      `<figure>\n<figcaption>${escapeHtml(allocator.label)}</figcaption>\n${poolOverTime(draw, allocator, index)}\n</figure>`,
  );
  const seeds = allocators.some(({ runs }) => runs.length > 1) ? ", first seed" : "";
  return `<section>
<h2>Where the pool goes</h2>
<p class="note">Average over the window, % of the pool.</p>
${figure(poolBars(draw, allocators), partsLegend())}
</section>
<section>
<h2>Requests at once</h2>
<p class="note">${escapeHtml(`Requests in memory over time${seeds}.${note === null ? "" : ` ${note}`}`)}</p>
${figure(runningLines(draw, allocators), linesLegend(allocators))}
</section>
<section>
<h2>The pool over time</h2>
<p class="note">The same parts and colours as above${seeds}.</p>
<div class="multiples">
${multiples.join("\n")}
</div>
</section>`;
}

function figure({ wide, narrow }: Responsive, legend: string): string {
  return `<figure>
<div class="wide">${wide}</div>
<div class="narrow">${narrow}</div>
<figcaption>${legend}</figcaption>
</figure>`;
}

function partsLegend(): string {
  const items = POOL_PARTS.map(
    ({ name, colour, meaning }) =>
      `<li><span class="patch" style="background:${colour}"></span><span><b>${escapeHtml(name)}</b>: ${escapeHtml(meaning)}</span></li>`,
  );
  return `<ul class="legend">\n${items.join("\n")}\n</ul>`;
}

function linesLegend(allocators: readonly AllocatorRuns[]): string {
  const items = allocators.map(({ label }, index) => {
    const { color, type } = lineStyle(index);
    return `<li><span class="stroke" style="border-color:${color};border-top-style:${type}"></span><b>${escapeHtml(label)}</b></li>`;
  });
  return `<ul class="legend">\n${items.join("\n")}\n</ul>`;
}

function sectionHtml({ title, paragraphs, table, bullets }: Section): string {
  const parts = [
    `<h2>${escapeHtml(title)}</h2>`,
    ...paragraphs.map((paragraph) => `<p class="note">${escapeHtml(paragraph)}</p>`),
    ...(table === null ? [] : [tableHtml(table)]),
    ...(bullets.length === 0 ? [] : [bulletList(bullets)]),
  ];
  return `<section>\n${parts.join("\n")}\n</section>`;
}

function tableHtml({ columns, rows }: Table): string {
  const kind = (index: number) => (columns[index]?.isNumber ? ' class="number"' : "");
  const head = columns.map(
    ({ title }, index) => `<th scope="col"${kind(index)}>${escapeHtml(title)}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, index) =>
      index === 0
        ? `<th scope="row">${escapeHtml(cell)}</th>`
        : `<td${kind(index)}>${escapeHtml(cell)}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll" role="region" tabindex="0" aria-label="Table">
<table>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>
</div>`;
}

function bulletList(items: readonly string[]): string {
  return `<ul class="bullets">\n${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("\n")}\n</ul>`;
}
