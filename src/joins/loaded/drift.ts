/** The programs that a workload ran, held beside the files of its image. */
import type { DriftFacts, RunFile } from "../../checks/subjects/runtime.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { ImageFiles } from "../../engines/contents/model.ts";
import type { LearnedFile, LearnedWorkload } from "../../engines/events/learn/model.ts";
import type { AlertSubject } from "../../engines/events/model.ts";
import { evaluateDrift } from "../../evaluate/runtime/drift.ts";
import { isMounted, missingOf } from "./observed.ts";

export interface DriftContext {
  readonly policy: Policy;
  readonly now: Date;
  /** Config digest of the image. */
  readonly image: string;
  /** Other images that the workload ran: what is not in this one may be of these. */
  readonly others: readonly string[];
}

/** @param files - of the image; undefined where it could not be read: then what was written since is known alone */
export function driftOf(
  workload: LearnedWorkload,
  files: ImageFiles | undefined,
  { policy, now, image, others }: DriftContext,
): Evaluation[] {
  const { of, executables, watched } = workload;
  const found: RunFile[] = [];
  let unsure = 0;
  for (const file of executables) {
    const place = placeOf(file, workload, files);
    if (place === "absent" && (others.length > 0 || files === undefined)) unsure += 1;
    else if (place !== "image") found.push({ path: file.path, place, count: file.count });
  }
  const gaps = missingOf(workload).map((reason): Gap => ({ code: "events.learned", reason }));
  if (unsure > 0) {
    const [other] = others;
    const reason = other === undefined ? "the image could not be read" : `they may be of ${other}, which ran as well`;
    gaps.push({ code: "events.learned", reason: `${unsure} programs are not in the image: ${reason}` });
  }
  const drift: DriftFacts["drift"] = { container: of.container, image, executables: executables.length, files: found };
  return evaluateDrift(subjectOf(workload), drift, gaps, { policy, now, observedAt: lastOf(watched, now) });
}

function placeOf(
  file: LearnedFile,
  workload: LearnedWorkload,
  files: ImageFiles | undefined,
): RunFile["place"] | "image" {
  if (file.layer === "memfd") return "memory";
  if (isMounted(file, workload)) return "volume";
  if (file.layer === "upper") return "written";
  const real = files?.resolve(file.path.replace(/^\/+/, ""));
  return real !== undefined && files?.layerOf(real) !== undefined ? "image" : "absent";
}

/** As an alert about the workload would name it, so that both have one identity. */
function subjectOf({ of, watched, images }: LearnedWorkload): AlertSubject {
  const { namespace, kind, name, container } = of;
  const id = watched.containers[0]?.id ?? "";
  const [image] = images;
  const own = { id, name: container, ...(image?.name === undefined ? {} : { image: image.name }) };
  if (namespace === undefined || name === undefined) return { container: own };
  const pod = { namespace, name, ...(kind === undefined || kind === "Pod" ? {} : { owner: { kind, name } }) };
  return { container: own, pod };
}

function lastOf({ containers }: LearnedWorkload["watched"], now: Date): string {
  const last = containers
    .map(({ to }) => to)
    .sort()
    .at(-1);
  return last ?? now.toISOString();
}
