/**
 * Suite `secrets`. With a folder that holds files and a `labels.jsonl`: what of its labelled lines is told, as recall
 * and precision. Else the project's own labelled cases, made at run time, and then the public corpora: every hit of high
 * confidence there must be one that was looked at.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { contentsOfImage } from "../src/collect/image/inventory.ts";
import { secretsOfFolder, versionControl } from "../src/collect/secrets/folder.ts";
import { openSecretScanner } from "../src/collect/secrets/scanner.ts";
import { openImage } from "../src/engines/oci/open.ts";
import type { SecretFact } from "../src/engines/secrets/model.ts";
import { unpackZstd } from "./images/unpack.ts";
import { writeOwnCases } from "./secrets/write.ts";
import type { Case, Suite, SuiteContext } from "./suite.ts";

const LABELS = "labels.jsonl";
const ARCHIVES = ["dockerfiles", "lockfile-fixtures", "sbom-fixtures"].map((name) => `corpora/${name}.tar.zst`);
const IMAGE = "images/sample-alpine310-node-vuln.oci.tar";
/** Of high confidence, in all of the public data. */
const FALSE_ALARMS = 5;

/** A line that somebody looked at. */
interface Label {
  /** `archive!path` of a file within an archive. */
  readonly path: string;
  /** From 1; 0 where lines mean nothing, as in a key's bytes. */
  readonly line: number;
  readonly secret: boolean;
  /** What recall is told by; absent: the file's extension. */
  readonly kind?: string;
}

export const secrets: Suite = {
  about: "secrets of a folder with a labels.jsonl (recall and precision), else our own cases and the public corpora",
  needs: [],
  async *cases(context) {
    if (existsSync(join(context.data, LABELS))) return yield* labelledCases(context.data);
    const own = join(context.temporary, "own");
    mkdirSync(own);
    writeOwnCases(own);
    yield* labelledCases(own);
    yield* corpusCases(context);
  },
};

/**
 * A labelled secret passes when it is told at whatever rank, and what is none when it is not told, or ranks low, as
 * examples and passwords among tests do.
 */
async function* labelledCases(folder: string): AsyncGenerator<Case> {
  const labels = readLabels(join(folder, LABELS));
  const { scanner } = openSecretScanner();
  const { found, gaps } = await secretsOfFolder(
    folder,
    { scanner },
    {
      skipped: versionControl,
      skippedPaths: new Set(),
    },
  );
  const told = Map.groupBy(
    found.secrets.filter(({ path }) => path !== LABELS),
    ({ path, line = 0 }) => `${path}:${line}`,
  );
  const factsAt = ({ path, line }: Label) => told.get(`${path}:${line}`) ?? [];
  yield {
    name: "every file is read",
    run: () => assert.deepEqual(gaps, []),
  };
  for (const label of labels) {
    yield {
      name: `${label.path}:${label.line} ${label.secret ? "is a secret" : "is none"}`,
      run() {
        const facts = factsAt(label);
        if (label.secret) assert.ok(facts.length > 0, "it is not told");
        else assert.ok(!facts.some(ranksHigher), `it is told: ${facts.find(ranksHigher)?.rule}`);
      },
    };
  }
  const known = new Set(labels.map(({ path, line }) => `${path}:${line}`));
  const unlabelled = [...told].filter(([place, facts]) => !known.has(place) && facts.some(ranksHigher));
  const lines = [
    ...sharesBy("recall by kind", labels, ({ kind, path }) => [kind ?? (basename(path).split(".").at(-1) || path)], {
      counts: ({ secret }) => secret,
      holds: (label) => factsAt(label).length > 0,
    }),
    ...sharesBy(
      "precision by rule, over low",
      labels,
      (label) => [...new Set(factsAt(label).filter(ranksHigher).map(ruleOf))],
      { counts: () => true, holds: ({ secret }) => secret },
    ),
    ...wholeOf(labels, factsAt),
    `${unlabelled.length} lines without a label rank over low`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function wholeOf(labels: readonly Label[], factsAt: (label: Label) => readonly SecretFact[]): string[] {
  const real = labels.filter(({ secret }) => secret);
  const isRanked = (label: Label) => factsAt(label).some(ranksHigher);
  const told = real.filter((label) => factsAt(label).length > 0).length;
  return [
    `recall ${share(told, real.length)} (ranked over low: ${share(real.filter(isRanked).length, real.length)})`,
    `precision ${share(real.filter(isRanked).length, labels.filter(isRanked).length)} of the labelled lines that rank over low`,
  ];
}

/** One line a group, those first that hold least. */
function sharesBy(
  title: string,
  labels: readonly Label[],
  groupsOf: (label: Label) => readonly string[],
  { counts, holds }: { readonly counts: (label: Label) => boolean; readonly holds: (label: Label) => boolean },
): string[] {
  const groups = new Map<string, { held: number; all: number }>();
  for (const label of labels.filter(counts)) {
    for (const name of groupsOf(label)) {
      const group = groups.get(name) ?? { held: 0, all: 0 };
      groups.set(name, { held: group.held + Number(holds(label)), all: group.all + 1 });
    }
  }
  const sorted = [...groups].sort(([a, x], [b, y]) => x.held / x.all - y.held / y.all || (a < b ? -1 : 1));
  return [`${title}:`, ...sorted.map(([name, { held, all }]) => `  ${name.padEnd(32)} ${share(held, all)}`)];
}

function ruleOf({ rule }: SecretFact): string {
  return rule;
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
    const { path, line, secret, kind } = JSON.parse(text) as Partial<Label>;
    if (typeof path === "string" && typeof line === "number" && typeof secret === "boolean") {
      return [{ path, line, secret, ...(typeof kind === "string" ? { kind } : {}) }];
    }
    throw new Error(`${file}:${i + 1}: a label is {"path": "…", "line": 1, "secret": true}`);
  });
}
