// Closes a CI run: counts the test report, and exits 1 when anything failed. No report is one failure.
import { readFileSync } from "node:fs";

const [path, steps] = process.argv.slice(2);
const failedSteps = Number(steps);

function read() {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

const report = read();
const passed = report?.numPassedTests ?? 0;
const brokenFiles = (report?.testResults ?? []).filter(
  (file) =>
    file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
).length;
const failedTests = report === null ? 1 : report.numFailedTests + brokenFiles;
const failed = Math.max(failedSteps, failedTests);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
