// Compiles this folder to WebAssembly and writes src/engine/module.ts: its bytes, and the types of what it exports. Nothing is done when
// that is up to date.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const OUTPUT = `${PROJECT}src/engine/module.ts`;
const OPTIONS = ["--config", "engine/asconfig.json", "--target", "release", "--bindings", "raw"];

const sources = readdirSync(`${PROJECT}engine`, { recursive: true }).filter((name) =>
  /\.(ts|mjs|json)$/.test(name),
);
const digest = createHash("sha256");
for (const file of [...sources.sort().map((name) => `engine/${name}`), "package-lock.json"])
  digest.update(file).update(readFileSync(PROJECT + file));
const mark = `// Made by engine/build.mjs from sources with the digest ${digest.digest("hex")}.`;
if (!existsSync(OUTPUT) || !readFileSync(OUTPUT, "utf8").startsWith(mark)) await build();

async function build() {
  const { default: compiler } = await import("assemblyscript/asc");
  const { inlined } = await import("./inline.mjs");
  const made = new Map();
  const { error, stderr } = await compiler.main(
    ["engine/exports.ts", "--baseDir", PROJECT, "--outFile", "module.wasm", ...OPTIONS],
    { writeFile: (name, contents) => void made.set(name, contents) },
  );
  if (error !== null) throw new Error(`engine/: ${error.message}\n${stderr.toString()}`);
  const bytes = Buffer.from(inlined(made.get("module.wasm"))).toString("base64");
  writeFileSync(OUTPUT, `${mark}\n${exportsOf(made.get("module.d.ts"))}\n${bytesText(bytes)}`);
}

/** What the compiler declares: all are numbers, objects as their addresses. */
function exportsOf(declarations) {
  const functions = [...declarations.matchAll(/export function (\w+)\((.*)\): (.+?);?$/gm)];
  const lines = functions.map(([, name, parameters, result]) => {
    const names = [...parameters.matchAll(/(\w+): /g)].map(
      ([, parameter]) => `${parameter}: number`,
    );
    return `  readonly ${name}: (${names.join(", ")}) => ${result === "void" ? "void" : "number"};`;
  });
  return `/** What engine/exports.ts exports; objects are addresses. */\nexport interface EngineExports {\n${lines.join("\n")}\n}\n`;
}

function bytesText(bytes) {
  return `/** The WebAssembly module, in base 64. */\nexport const BYTES =\n  "${bytes}";\n`;
}
