import { openAdvisories } from "../../collect/image/advisories.ts";
import { openKnownBases } from "../../collect/image/known-bases.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { readTrace, type TracePlace } from "../../joins/trace/read.ts";
import { traceImage } from "../../joins/trace/trace.ts";
import { renderTrace, renderTraceJson } from "../../report/trust/trace.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "../evaluation.ts";
import { namedPlace } from "../named-place.ts";
import { defaultBases, defaultDatabase } from "../paths.ts";
import { createProgress, progressLine } from "../progress.ts";
import { openRules, type TrustingOptions } from "./open.ts";
import { trustOutputs, writeOutputs } from "./output.ts";
import { nameByDigest } from "./resolved-name.ts";

export interface TraceOptions extends TrustingOptions, Pick<PullingOptions, "cache"> {
  readonly in?: string;
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** False for --no-secrets. */
  readonly secrets: boolean;
  readonly db?: string;
}

/** `bulkhead trace REF`. Ends with 0: it tells what is known, whatever that is. */
export async function trace(reference: string, options: TraceOptions): Promise<ExitCode> {
  const outputs = trustOutputs(options.format);
  const place = placeOf(options);
  const { opened, origin, now, notes, policy } = await openRules({ ...options, recursive: false });
  const advisories = openAdvisories(options.db ?? defaultDatabase());
  const cache = await scanCacheOf(options);
  const progress = createProgress(process.stderr, options.quiet);
  try {
    const scanner = options.secrets
      ? await (await import("../../collect/secrets/scanner.ts")).openPolicyScanner(policy, process.cwd())
      : undefined;
    const sources = await readTrace(
      reference,
      {
        trust: opened,
        scan: {
          open: openOptions(options),
          now,
          policy,
          advisories,
          bases: openKnownBases(defaultBases()),
          ...(cache === undefined ? {} : { cache }),
          ...(scanner === undefined ? {} : { secrets: scanner }),
          onProgress: ({ name, done, total }) => progress.update(progressLine(name, done, total)),
        },
        ...(place === undefined ? {} : { place }),
      },
      nameByDigest,
    );
    progress.clear();
    const view = {
      reference,
      resolved: nameByDigest(reference, sources.image.subject.digest),
      resolvedAt: sources.image.resolvedAt,
      rules: origin,
      links: traceImage(sources),
      notes: [...notes, ...(scanner?.notes ?? [])],
    };
    await writeOutputs(outputs, options.all, {
      text: (page) => renderTrace(view, page),
      json: () => renderTraceJson(view),
    });
    return 0;
  } finally {
    progress.clear();
    cache?.close();
    if (!(advisories instanceof Problem)) advisories.close();
  }
}

function placeOf({ in: folder, cluster, kubeconfig, context }: TraceOptions): TracePlace | undefined {
  if (folder !== undefined && cluster)
    throw usageProblem("--in --cluster", "a directory and a cluster", "use one of both");
  if (cluster) {
    return {
      kind: "cluster",
      connection: connectionOf({
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(context === undefined ? {} : { context }),
      }),
    };
  }
  if (folder === undefined) return undefined;
  const { path, isDirectory } = namedPlace(folder);
  if (!isDirectory) throw usageProblem(`--in ${folder}`, "not a directory");
  return { kind: "folder", root: path, name: folder };
}
