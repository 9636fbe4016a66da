/** Whether the pipelines of a tree block critical vulnerabilities. */

import { pipelinesChecks } from "../../checks/lists/pipelines.ts";
import type { PipelinesFacts } from "../../checks/subjects/tree.ts";
import { append } from "../../core/append.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import { scanSteps } from "../../engines/pipelines/gates.ts";
import type { GithubFile, Pipeline, ReadGithubFile, RepositoryRuns, ScanStep } from "../../engines/pipelines/model.ts";
import { repositoryRuns } from "../../engines/pipelines/repository/repository.ts";
import { filesOf, type ScannerFile } from "../../engines/pipelines/scanner-settings.ts";
import { unreadGaps } from "../../engines/pipelines/unread.ts";

const NAMED = 3;

interface ReadTogether {
  readonly paths: readonly string[];
  readonly pipelines: readonly Pipeline[];
  readonly github: readonly ReadGithubFile[];
  readonly gaps: readonly Gap[];
  /** By which scanners are configured. */
  readonly scannerFiles: ReadonlyMap<string, ScannerFile>;
}

export interface PipelinesContext {
  readonly policy: Policy;
  readonly now: Date;
}

/**
 * One evaluation a check of all pipelines together; none where there are none.
 *
 * @param gates - false: nobody asks whether a scan blocks, for which one gate is enough
 */
export function evaluatePipelines(read: ReadTogether, { policy, now }: PipelinesContext, gates = true): Evaluation[] {
  const { paths, pipelines, github } = read;
  if (paths.length === 0) return [];
  const scans = gates ? scanSteps(pipelines, filesOf(read.scannerFiles)) : [];
  const [gate] = scans.filter(({ ignored, unknown }) => ignored === undefined && unknown === undefined);
  const observedAt = now.toISOString();
  const { runs, gaps } = runsOf(github);
  return runChecks<PipelinesFacts>(
    pipelinesChecks,
    {
      ...(gates
        ? { scans: present(scans, observedAt, { gaps: gate === undefined ? gateGaps(read, scans) : [] }) }
        : {}),
      runs: present(runs, observedAt, { gaps }),
    },
    {
      asset: assetOf(paths),
      policy,
      now,
      evidence: {
        pipelines: String(paths.length),
        ...(gates ? { gate: gate === undefined ? "none" : `${gate.scanner} at ${gate.pipeline}:${gate.line}` } : {}),
      },
    },
  );
}

/** One gate proves what is asked for, whatever else could not be read. */
function gateGaps({ paths, gaps }: ReadTogether, scans: readonly ScanStep[]): Gap[] {
  const [only] = paths;
  return [
    ...gaps,
    ...scans.flatMap(({ pipeline, line, scanner, unknown }): Gap[] =>
      unknown === undefined
        ? []
        : [
            {
              code: "pipelines.scanner-settings",
              reason: `whether ${scanner} at ${pipeline}:${line} blocks: ${unknown}`,
            },
          ],
    ),
    {
      code: "pipelines.no-gate",
      reason: `no step that fails on critical vulnerabilities in ${paths.length === 1 ? only : `${paths.length} pipelines`}`,
      remedy: "add a step that runs bulkhead check",
    },
  ];
}

/** GitHub runs what lies in the folder at the repository's root. */
function runsOf(github: readonly ReadGithubFile[]): { runs: RepositoryRuns; gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const files: GithubFile[] = [];
  for (const read of github) {
    const isRun = isAtRoot(read.path);
    if (read.state === "unread") {
      if (isRun) gaps.push(read.gap);
    } else if (read.file.kind === "action" || (read.file.kind === "workflow" && isRun)) {
      files.push(read.file);
      if (isRun) append(gaps, unreadGaps(read.file.unread));
    }
  }
  const runs = repositoryRuns(files);
  return { runs, gaps: [...gaps, ...unreadGaps(runs.unfollowed, "pipelines.unfollowed")] };
}

function isAtRoot(path: string): boolean {
  return path.replaceAll("\\", "/").startsWith(".github/workflows/");
}

function assetOf(paths: readonly string[]): Asset {
  const name = paths.length > NAMED ? `${paths.length} pipelines` : paths.join(", ");
  return { kind: "file", id: "pipelines", lineage: "pipelines", name };
}
