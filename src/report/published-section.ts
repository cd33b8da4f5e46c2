import type { ResultDocument } from "../result.ts";
import { configNumber } from "./config-values.ts";
import { fixed, plusMinus } from "./format.ts";
import { type PublishedRow, publishedRows } from "./published.ts";
import { numberColumn, type Section, textColumn } from "./table.ts";

/** Simulated beside published, where the config is one of the paper's; otherwise nothing. */
export function publishedSection(document: ResultDocument): Section[] {
  const rows = publishedRows(document);
  if (rows.length === 0) return [];
  const rate = configNumber(document.config, "workload", "arrivals", "rate");
  const here = rate === null ? "" : ` This run: ${rate} requests/s.`;
  const columns = [
    textColumn("allocator"),
    textColumn("measure"),
    numberColumn("published"),
    numberColumn("simulated"),
    numberColumn("difference"),
    textColumn("figure"),
    textColumn("reason, if more than 5 %"),
  ];
  return [
    {
      title: "Simulated beside published",
      paragraphs: [
        `PagedAttention paper (Kwon et al., SOSP'23, arXiv 2309.06180), OPT-13B on one A100-40GB; nothing is fitted to these values.${here}`,
        "The paper's external & others = rounding + external + remainder + idle.",
      ],
      table: { columns, rows: rows.map(cells) },
      bullets: [],
    },
  ];
}

function cells({ published, label, simulated, difference, differs, note }: PublishedRow): string[] {
  const isRequests = published.metric === "running";
  const decimals = isRequests ? 2 : 1;
  const gap = fixed(difference, 1);
  const sign = Number(gap) > 0 ? "+" : "";
  const at = published.rate === null ? "" : ` at ${published.rate}/s`;
  return [
    label,
    isRequests ? "requests at once" : `${published.metric} %`,
    fixed(published.value, decimals),
    plusMinus(simulated, decimals),
    `${sign}${gap} ${isRequests ? "%" : "points"}`,
    published.figure + at,
    differs ? (note ?? "not explained yet") : "",
  ];
}
