/**
 * Writes what is generated from the checks, the policy's schema and the command line: the checks' indexes, docs/checks,
 * docs/reference, docs/schemas/bulkhead-policy-v1.json, deploy/admission/base and the index of analysers. With `--check` it writes nothing, names what is stale and ends with 1.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles, leftOver } from "./generated-files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = await generatedFiles(root);
const stale = [...files].filter(([path, text]) => readIfThere(join(root, path)) !== text);
const gone = leftOver(root, files);

if (process.argv.includes("--check")) {
  for (const [path] of stale) process.stderr.write(`${path} is stale: npm run generate\n`);
  for (const path of gone) process.stderr.write(`${path} is generated no more: npm run generate\n`);
  if (stale.length + gone.length > 0) process.exitCode = 1;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
  for (const path of gone) {
    rmSync(join(root, path));
    process.stdout.write(`${path} removed\n`);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
