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
  process.stdout.on("error", endUnheard);
  process.stderr.on("error", endUnheard);
  const { main } = await import("./main.ts");
  const { processOutput } = await import("./output.ts");
  process.exitCode = await main(process.argv.slice(2), processOutput());
}

/** Ends where nothing more can be written: quietly if whoever read the output has closed it, there is nothing left to say. */
function endUnheard({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") process.exit();
  process.stderr.write(`error: the output cannot be written (${code ?? message})\n`);
  process.exit(1);
}

await start();
