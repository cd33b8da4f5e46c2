#!/usr/bin/env node
const LEAST_NODE = [20, 19] as const;

/** The imports come after the check, so that an old Node says what is wrong instead of failing on syntax. */
async function start(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    process.stderr.write(`error: kvsim needs Node ${LEAST_NODE.join(".")} or newer\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.on("error", endQuietly);
  process.stderr.on("error", endQuietly);
  const { main } = await import("./main.ts");
  const { processOutput } = await import("./output.ts");
  process.exitCode = await main(process.argv.slice(2), processOutput());
}

/** Whoever read the output has closed it; there is nothing left to say. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}

await start();
