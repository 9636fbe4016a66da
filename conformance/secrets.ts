/**
 * Suite `secrets`. With a folder that holds files and a `labels.jsonl`: what of its labelled lines is told, as recall
 * and precision. Else every hit of high confidence in the public corpora must be one that was looked at.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contentsOfImage } from "../src/collect/image/inventory.ts";
import { secretsOfFolder, versionControl } from "../src/collect/secrets/folder.ts";
import { openSecretScanner } from "../src/collect/secrets/scanner.ts";
import { openImage } from "../src/engines/oci/open.ts";
import type { SecretFact } from "../src/engines/secrets/model.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Case, Suite, SuiteContext } from "./suite.ts";

const LABELS = "labels.jsonl";
const ARCHIVES = ["dockerfiles", "lockfile-fixtures", "sbom-fixtures"].map((name) => `corpora/${name}.tar.zst`);
const IMAGE = "images/sample-alpine310-node-vuln.oci.tar";
/** Of high confidence, in all of the public data. */
const FALSE_ALARMS = 5;

/** A line that somebody looked at. */
interface Label {
  readonly path: string;
  readonly line: number;
  readonly secret: boolean;
}

export const secrets: Suite = {
  about: "secrets of a folder with a labels.jsonl (recall and precision), else those of the public corpora",
  needs: [],
  cases: (context) => (existsSync(join(context.data, LABELS)) ? labelledCases(context) : corpusCases(context)),
};

/**
 * A labelled secret passes when it is told at whatever rank, and what is none when it is not told, or ranks low, as
 * examples and passwords among tests do.
 */
async function* labelledCases({ data }: SuiteContext): AsyncGenerator<Case> {
  const labels = readLabels(join(data, LABELS));
  const { scanner } = openSecretScanner();
  const { found, gaps } = await secretsOfFolder(data, { scanner }, {
    skipped: versionControl,
    skippedPaths: new Set(),
  });
  const told = Map.groupBy(
    found.secrets.filter(({ path }) => path !== LABELS),
    ({ path, line }) => `${path}:${line}`,
  );
  const isTold = ({ path, line }: Label) => told.has(`${path}:${line}`);
  const isRanked = ({ path, line }: Label) => told.get(`${path}:${line}`)?.some(ranksHigher) === true;
  yield {
    name: "every file is read",
    run: () => assert.deepEqual(gaps, []),
  };
  for (const label of labels) {
    yield {
      name: `${label.path}:${label.line} ${label.secret ? "is a secret" : "is none"}`,
      run() {
        if (label.secret) assert.ok(isTold(label), "it is not told");
        else assert.ok(!isRanked(label), `it is told: ${told.get(`${label.path}:${label.line}`)?.[0]?.rule}`);
      },
    };
  }
  const real = labels.filter(({ secret }) => secret);
  const known = new Set(labels.map(({ path, line }) => `${path}:${line}`));
  const unlabelled = [...told].filter(([place, facts]) => !known.has(place) && facts.some(ranksHigher));
  const lines = [
    `recall ${share(real.filter(isTold).length, real.length)} (ranked over low: ${share(real.filter(isRanked).length, real.length)})`,
    `precision ${share(real.filter(isRanked).length, labels.filter(isRanked).length)} of the labelled lines that rank over low`,
    `${unlabelled.length} lines without a label rank over low`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function ranksHigher({ severity, wellKnown }: SecretFact): boolean {
  return wellKnown !== true && severity !== "low" && severity !== "negligible";
}

function share(part: number, whole: number): string {
  return `${part}/${whole}${whole === 0 ? "" : ` = ${((100 * part) / whole).toFixed(1)}%`}`;
}

async function* corpusCases({ data }: SuiteContext): AsyncGenerator<Case> {
  const labels = readLabels(join(import.meta.dirname, "secrets", LABELS));
  const known = new Map(labels.map((label) => [`${label.path}:${label.line}`, label]));
  const keyed = openSecretScanner();
  const met = new Map<string, Label>();
  const hit = (path: string, { rule, line = 0 }: SecretFact): Case => ({
    name: `${path}:${line} ${rule} has a label`,
    run() {
      const label = known.get(`${path}:${line}`);
      assert.ok(label !== undefined, "nobody has looked at it: write it into conformance/secrets/labels.jsonl");
      met.set(`${path}:${line}`, label);
    },
  });
  for (const archive of ARCHIVES.filter((name) => existsSync(join(data, name)))) {
    let bytes = 0;
    for (const [path, content] of unpackZstd(join(data, archive))) {
      bytes += content.length;
      for (const fact of keyed.scanner.scan(path, content).secrets) {
        if (fact.confidence === "high") yield hit(`${archive}!${path}`, fact);
      }
    }
    yield { name: `${archive} holds something`, run: () => assert.ok(bytes > 0) };
  }
  if (existsSync(join(data, IMAGE))) {
    const { image } = await openImage(`oci-archive:${join(data, IMAGE)}`, {});
    try {
      const { secrets: found } = await contentsOfImage(image, {
        now: new Date("2026-01-01T00:00:00Z"),
        secrets: keyed,
      });
      assert.ok(found?.state === "present");
      for (const fact of found.facts.secrets) if (fact.confidence === "high") yield hit(`${IMAGE}!${fact.path}`, fact);
    } finally {
      await image.store.close();
    }
  }
  yield {
    name: `no more than ${FALSE_ALARMS} of them are false alarms`,
    run: () => assert.ok([...met.values()].filter(({ secret }) => !secret).length <= FALSE_ALARMS),
  };
  yield {
    name: "every label is about a hit",
    run: () =>
      assert.deepEqual(
        [...known.keys()].filter((place) => !met.has(place)),
        [],
      ),
  };
}

function readLabels(file: string): Label[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((text, i) => {
    if (text.trim() === "") return [];
    const { path, line, secret } = JSON.parse(text) as Partial<Label>;
    if (typeof path === "string" && typeof line === "number" && typeof secret === "boolean") {
      return [{ path, line, secret }];
    }
    throw new Error(`${file}:${i + 1}: a label is {"path": "…", "line": 1, "secret": true}`);
  });
}
