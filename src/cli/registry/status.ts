/** `registry status`: what is stored, and what was refused lately. */
import { append } from "../../core/append.ts";
import { counted } from "../../core/counted.ts";
import { shortDigest } from "../../core/digest.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { type ScanStatus, scanStatus } from "../../guards/registry/worker/status.ts";
import type { Store, StoredAuditEntry } from "../../store/model.ts";
import { openStore } from "../../store/open.ts";
import { writeStream } from "../write-stream.ts";
import { countOf, type StoreOptions, storePlace } from "./settings.ts";

export interface StatusCommandOptions extends StoreOptions {
  readonly refused: string;
  readonly json: boolean;
}

/** Exit code 3: the database does not answer. @throws Problem (usage) */
export async function registryStatus(options: StatusCommandOptions): Promise<number> {
  const most = options.refused === "0" ? 0 : countOf(options.refused, "--refused", 1_000);
  const store = await openStore(storePlace(options));
  try {
    const status = await scanStatus(store);
    const refused = await lastRefused(store, most);
    const text = options.json
      ? `${JSON.stringify({ ...status, refused }, undefined, 2)}\n`
      : statusText(status, refused);
    await writeStream(process.stdout, [text]);
    return 0;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === "usage") throw error;
    process.stderr.write(`bulkhead: ${error.line()}\n`);
    return 3;
  } finally {
    await store.close();
  }
}

const PAGE = 500;
const PAGES = 20;

async function lastRefused({ audit }: Store, most: number): Promise<readonly StoredAuditEntry[]> {
  const found: StoredAuditEntry[] = [];
  let before: string | undefined;
  for (let page = 0; page < PAGES && found.length < most; page++) {
    const entries = await audit.list({ ...(before === undefined ? {} : { before }), limit: PAGE });
    append(
      found,
      entries.filter(({ entry }) => entry.action === "refuse"),
    );
    before = entries.at(-1)?.id;
    if (entries.length < PAGE) break;
  }
  return found.slice(0, most);
}

function statusText(
  { counts, databases, oldestScan, failing }: ScanStatus,
  refused: readonly StoredAuditEntry[],
): string {
  const { images, scanned, failing: fails, unknown, claims, jobs, oldestDue } = counts;
  const since = oldestDue === undefined ? "" : `, the oldest due since ${oldestDue.toISOString()}`;
  const judged = databases.map(({ database, images }) => `${images} by advisories of ${database}`);
  const oldest = oldestScan === undefined ? "" : `, the oldest at ${oldestScan.toISOString()}`;
  const lines = [
    `images    ${images} stored, ${scanned} scanned, ${fails} with failing checks, ${unknown} with unknown ones`,
    ...(judged.length === 0 ? [] : [`judged    ${judged.join(", ")}${oldest}`]),
    `tags      ${claims} that do not move`,
    `jobs      ${jobs.waiting} waiting, ${jobs.leased} under way, ${jobs.failed} given up${since}`,
    ...(failing.length === 0 ? [] : ["failing   the worst:", ...failing.map((image) => `  ${shownImage(image)}`)]),
    ...(refused.length === 0 ? ["refused   nothing lately"] : ["refused   the last, newest first:"]),
    ...refused.map(({ entry }) => `  ${shown(entry)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function shownImage({ repository, digest, tags, failing, unknown }: ScanStatus["failing"][number]): string {
  const names = tags.length === 0 ? "" : ` (${tags.slice(0, 5).join(", ")}${tags.length > 5 ? ", …" : ""})`;
  const found = `${counted(failing, "check")} failing, ${unknown} unknown`;
  return printable(`${repository}@${shortDigest(digest)}${names}: ${found}`);
}

function shown(entry: StoredAuditEntry["entry"]): string {
  const [time, principal, operation, repository, reference, reason] = [
    "time",
    "principal",
    "operation",
    "repository",
    "reference",
    "reason",
  ].map((name) => printable(typeof entry[name] === "string" ? entry[name] : "-"));
  return `${time}  ${principal}  ${operation} ${repository}:${reference}  ${reason}`;
}
