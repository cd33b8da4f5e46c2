import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadCharts } from "../../src/report/chart.ts";
import { poolBars } from "../../src/report/charts.ts";
import { parseResultDocument } from "../../src/report/json.ts";
import { byAllocator } from "../../src/report/summary.ts";
import { invariantsPage } from "./invariants-page.ts";

/** Makes what the documentation shows of the code and of the headline report. Run from the project's root. */
const parsed = parseResultDocument(readFileSync("reports/sharegpt-opt13b/result.json", "utf8"));
if ("error" in parsed) throw new Error(parsed.error);
mkdirSync("docs/images", { recursive: true });
const { wide } = poolBars(await loadCharts(), byAllocator(parsed.document));
writeFileSync("docs/images/where-the-pool-goes.svg", wide);
writeFileSync("docs/invariants.md", invariantsPage());
