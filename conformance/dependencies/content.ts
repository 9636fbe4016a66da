/**
 * What packages are, told by their content alone: recall and precision over labelled samples (`labels.jsonl`: path of an
 * archive or an unpacked directory, malicious true or false), and over samples that are made here, each with a benign twin
 * and encoded variants. A package is refused for a threat of severity critical or high.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Evidence } from "../../src/core/evidence.ts";
import { isObject } from "../../src/core/untyped.ts";
import { tarOf } from "../../src/engines/oci/image.fixture.ts";
import { type ArchiveKind, archiveKindOf, readPackageArchive } from "../../src/engines/packages/contents/read.ts";
import { readPackageFolder } from "../../src/engines/packages/contents/read-folder.ts";
import type { PackageContents } from "../../src/engines/packages/model.ts";
import { zipOf } from "../../src/formats/zip/zip.fixture.ts";
import { commandSamples } from "./command-samples.ts";
import { pythonSamples } from "./python-samples.ts";
import { encoded, joined, type Sample, VARIANTS, type Variant } from "./sample.ts";
import { scriptSamples } from "./script-samples.ts";

export interface Judged {
  /** The sample's path, or its id and variant. */
  readonly name: string;
  readonly malicious: boolean;
  /** Rules with severity critical or high. */
  readonly rules: readonly string[];
  /** Why it could not be read, where it could not. */
  readonly unread?: string;
}

const OPTIONS = { observedAt: "2026-01-01T00:00:00Z" };

/** Every labelled sample of a directory; none where it has no labels. */
export async function labelledSamples(data: string): Promise<Judged[]> {
  const labels = join(data, "labels.jsonl");
  if (!existsSync(labels)) return [];
  const judged: Judged[] = [];
  for (const line of readFileSync(labels, "utf8").split("\n")) {
    const label = line.trim() === "" ? undefined : (JSON.parse(line) as unknown);
    if (!isObject(label) || typeof label.path !== "string" || typeof label.malicious !== "boolean") continue;
    judged.push(judge(label.path, label.malicious, await contentsAt(join(data, label.path))));
  }
  return judged;
}

async function contentsAt(path: string): Promise<Evidence<PackageContents>> {
  const options = { ...OPTIONS, place: path };
  if (statSync(path).isDirectory()) return await readPackageFolder(path, options);
  return readPackageArchive(readFileSync(path), kindOf(basename(path)), options);
}

function kindOf(name: string): ArchiveKind {
  if (name.endsWith(".crate")) return "crate";
  if (name.endsWith(".gem")) return "gem";
  if (name.endsWith(".tgz")) return "npm";
  return archiveKindOf(name, "pypi") ?? "npm";
}

/** The samples that are made here: malicious in every variant, and their twins. */
export function madeSamples(): Judged[] {
  const judged: Judged[] = [];
  for (const sample of [...scriptSamples, ...commandSamples, ...pythonSamples]) {
    for (const variant of VARIANTS)
      judged.push(judge(`${sample.id} (${variant})`, true, contentsOf(sample, joined(sample.malicious), variant)));
    judged.push(judge(`${sample.id} (twin)`, false, contentsOf(sample, joined(sample.benign), "plain")));
  }
  return judged;
}

/** The archive of one made sample, read. */
export function contentsOf(sample: Sample, code: string, variant: Variant): Evidence<PackageContents> {
  return readPackageArchive(archiveOf(sample, code, variant), sample.kind, { ...OPTIONS, place: sample.id });
}

function archiveOf({ kind, path, script }: Sample, code: string, variant: Variant): Buffer {
  if (kind === "npm") {
    const isCommand = path === "package.json";
    const start = isCommand ? encoded(code, "command", variant) : `node ${path}`;
    const manifest = {
      name: "made",
      version: "1.0.0",
      license: "MIT",
      main: "index.js",
      ...(script === undefined ? {} : { scripts: { [script]: start } }),
    };
    const files = [{ name: "package/package.json", content: JSON.stringify(manifest, null, 2) }];
    if (!isCommand) files.push({ name: `package/${path}`, content: encoded(code, "javascript", variant) });
    return gzipSync(tarOf(files));
  }
  const metadata = "Metadata-Version: 2.1\nName: made\nVersion: 1.0.0\nLicense: MIT\n\n";
  const text = encoded(code, "python", variant);
  if (kind === "sdist") {
    return gzipSync(
      tarOf([
        { name: "made-1.0.0/PKG-INFO", content: metadata },
        { name: `made-1.0.0/${path}`, content: text },
      ]),
    );
  }
  // Lines of a .pth file are run one by one.
  const content = path.endsWith(".pth") ? text.replaceAll(/^(?!import)(.+)$/gm, "import os; $1") : text;
  return zipOf([
    { name: path, content },
    { name: "made-1.0.0.dist-info/METADATA", content: metadata },
  ]);
}

function judge(name: string, malicious: boolean, contents: Evidence<PackageContents>): Judged {
  if (contents.state === "absent") return { name, malicious, rules: [], unread: contents.gaps[0].reason };
  const rules = contents.facts.threats.flatMap(({ rule, severity }) =>
    severity === "critical" || severity === "high" ? [rule] : [],
  );
  return { name, malicious, rules: [...new Set(rules)] };
}

export interface ContentScore {
  readonly recall: number;
  readonly precision: number;
  readonly missed: readonly Judged[];
  readonly falseAlarms: readonly Judged[];
  readonly unread: readonly Judged[];
}

export function scoreOf(judged: readonly Judged[]): ContentScore {
  const malicious = judged.filter((each) => each.malicious);
  const missed = malicious.filter((each) => each.rules.length === 0);
  const falseAlarms = judged.filter((each) => !each.malicious && each.rules.length > 0);
  const found = malicious.length - missed.length;
  return {
    recall: malicious.length === 0 ? 1 : found / malicious.length,
    precision: found + falseAlarms.length === 0 ? 1 : found / (found + falseAlarms.length),
    missed,
    falseAlarms,
    unread: judged.filter((each) => each.unread !== undefined),
  };
}

/** @param of - what the samples are, as the first line says */
export function contentReport(of: string, judged: readonly Judged[]): string {
  const { recall, precision, missed, falseAlarms, unread } = scoreOf(judged);
  const malicious = judged.filter((each) => each.malicious).length;
  const lines = [
    `content of ${of}: ${malicious} malicious, ${judged.length - malicious} benign: recall ${percent(recall)}, precision ${percent(precision)}`,
  ];
  for (const { name } of missed) lines.push(`  missed ${name}`);
  for (const { name, rules } of falseAlarms) lines.push(`  false alarm ${name}: ${rules.join(", ")}`);
  for (const { name, unread: why } of unread) lines.push(`  not read ${name}: ${why}`);
  return `${lines.join("\n")}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
