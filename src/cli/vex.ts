import { checks } from "../checks/index.ts";
import { openAdvisories, openNamedAdvisories } from "../collect/image/advisories.ts";
import type { ScanProgress } from "../collect/image/inventory-context.ts";
import { loadPolicy } from "../collect/policy/load.ts";
import type { Policy } from "../core/policy.ts";
import { printable } from "../core/printable.ts";
import { Problem } from "../core/problem.ts";
import type { ExitCode } from "../core/report.ts";
import { writeWhole } from "../engines/files/write.ts";
import { writeVex } from "../engines/vulnerability/vex/write.ts";
import { vexFormats } from "../engines/vulnerability/vex/written.ts";
import { imageStatements, policyStatements } from "../scan/vex.ts";
import { parseNow } from "./evaluation.ts";
import { createdOf } from "./image/sbom.ts";
import { knownWord } from "./known-word.ts";
import { defaultDatabase } from "./paths.ts";
import { createProgress, progressLine } from "./progress.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "./pulling.ts";
import { toolVersion } from "./version.ts";

export interface VexOptions extends PullingOptions {
  readonly policy?: string;
  readonly db?: string;
  readonly format: string;
  readonly author?: string;
  readonly output?: string;
  readonly now?: string;
}

/**
 * `bulkhead vex [IMAGE…]`: a VEX document of what the policy excepts. Exit code 3 where an image could not be judged as
 * a whole.
 */
export async function vex(references: readonly string[], options: VexOptions): Promise<ExitCode> {
  const format = knownWord(options.format, vexFormats, { place: `--format ${options.format}`, what: "format" });
  const now = parseNow(options.now);
  const created = createdOf({ timestamp: false }, process.env.SOURCE_DATE_EPOCH) ?? now;
  const policy = await loadPolicy({ flag: options.policy, root: process.cwd() });
  const { statements, owners, leftOut, gaps } = await statementsOf(references, policy, now, options);
  for (const reason of leftOut) process.stderr.write(`bulkhead: left out: ${printable(reason)}\n`);
  for (const reason of gaps) process.stderr.write(`bulkhead: incomplete: ${printable(reason)}\n`);
  if (statements.length === 0) {
    const name = policy.origin.kind === "default" ? "the default policy" : nameOf(policy.origin);
    const cause = "no exception that VEX can express";
    throw new Problem({ kind: "usage", code: "vex.empty", place: name, cause });
  }
  const author = options.author ?? owners.join(", ");
  const text = writeVex({ author, statements }, format, { toolVersion: toolVersion(), created });
  if (options.output === undefined) process.stdout.write(text);
  else writeWhole(options.output, text);
  return gaps.length > 0 ? 3 : 0;
}

async function statementsOf(
  references: readonly string[],
  policy: Policy,
  now: Date,
  options: VexOptions,
): ReturnType<typeof imageStatements> {
  if (references.length === 0) return { ...policyStatements(policy, now), gaps: [] };
  const advisories = options.db === undefined ? openAdvisories(defaultDatabase()) : openNamedAdvisories(options.db);
  const cache = await scanCacheOf(options);
  const progress = createProgress(process.stderr, options.quiet);
  const context = {
    open: openOptions(options),
    now,
    policy,
    advisories,
    ...(cache === undefined ? {} : { cache }),
    onProgress: ({ name, done, total }: ScanProgress) => progress.update(progressLine(name, done, total)),
  };
  try {
    return await imageStatements(references, context, checks);
  } finally {
    progress.clear();
    if (!(advisories instanceof Problem)) advisories.close();
    cache?.close();
  }
}

function nameOf(origin: Exclude<Policy["origin"], { kind: "default" }>): string {
  return origin.kind === "tree" ? origin.path : origin.name;
}
