import { writeFileSync } from "node:fs";
import { invariantsPage } from "./invariants-page.ts";

/** Run from the project's root: `node dist/test/docs/write.js`. */
writeFileSync("docs/invariants.md", invariantsPage());
