/** The floor under an import: every file named is inflated, and every line of it parsed as JSON and forgotten. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const CHUNK = 256 * 1024;

for (const file of process.argv.slice(2)) {
  for (const line of gunzipSync(readFileSync(file), { chunkSize: CHUNK }).toString("utf8").split("\n")) {
    if (line !== "") JSON.parse(line);
  }
}
