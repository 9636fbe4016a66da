/** What it costs to read and score a package's archive, against inflating and hashing its bytes. */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { tarOf } from "../src/engines/oci/image.fixture.ts";
import { readPackageArchive } from "../src/engines/packages/contents/read.ts";
import { type Bench, ratios, row } from "./bench.ts";

const FILES = 5_000;
const ROUNDS = 9;
const LIMIT_MILLISECONDS = 1_000;

export const packages: Bench = {
  about: "reading and scoring a package's archive of 5,000 files",
  needs: [],
  async run({ short }) {
    const tar = tarOf(files());
    const archive = gzipSync(tar);
    const rounds = short ? 3 : ROUNDS;
    const scored: number[] = [];
    const hashed: number[] = [];
    let capabilities = 0;
    for (let round = 0; round <= rounds; round++) {
      let started = performance.now();
      createHash("sha512").update(archive).digest();
      createHash("sha256")
        .update(gunzipSync(archive, { chunkSize: 256 * 1024 }))
        .digest();
      const hashing = performance.now() - started;
      started = performance.now();
      const contents = readPackageArchive(archive, "npm", { place: "made", observedAt: "2026-01-01T00:00:00Z" });
      const scoring = performance.now() - started;
      if (contents.state === "absent") throw new Error(contents.gaps[0].reason);
      capabilities = contents.facts.capabilities.length;
      // The first is before anything is compiled.
      if (round === 0) continue;
      hashed.push(hashing);
      scored.push(scoring);
    }
    return {
      inputs: [
        `an archive of ${FILES} files, ${archive.length} bytes, ${tar.length} unpacked; ${capabilities} capabilities`,
      ],
      rounds,
      rows: [
        row("read and score the archive", "ms", scored, LIMIT_MILLISECONDS),
        row("inflate and hash its bytes", "ms", hashed),
        row("read and score / inflate and hash", "ratio", ratios(scored, hashed)),
      ],
    };
  },
};

/** Modules, types, texts; one in ten asks something of its machine, one in fifty of a network; one bundle. */
function files() {
  const made = Array.from({ length: FILES - 2 }, (_, index) => {
    if (index % 5 === 0) return { name: `package/types/t${index}.d.ts`, content: types(index) };
    if (index % 23 === 0) return { name: `package/docs/d${index}.md`, content: text(index) };
    return { name: `package/lib/m${index}.js`, content: moduleOf(index) };
  });
  const manifest = {
    name: "made",
    version: "1.0.0",
    license: "MIT",
    main: "lib/m1.js",
    scripts: { postinstall: "node lib/m2.js" },
  };
  const bundle = Array.from({ length: 60 }, (_, index) => moduleOf(index).replaceAll(/\s+/g, " ")).join(";");
  return [
    { name: "package/package.json", content: JSON.stringify(manifest) },
    { name: "package/dist/bundle.min.js", content: bundle },
    ...made,
  ];
}

function moduleOf(index: number): string {
  const lines = [
    '"use strict";',
    `const other = require("./m${index + 1}");`,
    index % 10 === 1 ? `const level = process.env.LOG_LEVEL_${index} || "info";` : `const level = "level ${index}";`,
    index % 50 === 1 ? 'const https = require("https");' : 'const path = require("path");',
  ];
  for (let part = 0; part < 12 + (index % 9); part++) {
    lines.push(
      `/** Does part ${part} of ${index}, and returns what it came to. */`,
      `function part${part}(first, { second = ${part}, third } = {}) {`,
      `  if (first === undefined || third < ${index * part}) return other["part" + second] ?? \`\${first}: \${level}\`;`,
      "  return [first, second].map((each) => each * 2).filter(Boolean).reduce((sum, each) => sum + each, 0);",
      "}",
    );
  }
  lines.push(`module.exports = { part0, level, name: "m${index}" };`);
  return `${lines.join("\n")}\n`;
}

function types(index: number): string {
  return Array.from(
    { length: 20 },
    (_, part) => `export declare function part${part}(first: number): string | undefined; // ${index}\n`,
  ).join("");
}

function text(index: number): string {
  return `# Part ${index}\n\n${"Some words on how it is used. ".repeat(40)}\n`;
}
