/** Scans in the order of what they gate, and the images that they are about. */
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import { scanSteps } from "../../engines/pipelines/gates.ts";
import { type LifecyclePipeline, type LifecycleStep, sameRepository } from "../../engines/pipelines/model.ts";
import type { LifecycleInput } from "./input.ts";

/** Scans that fail their job, as far as the step itself tells. */
function blockingScans({ steps }: LifecyclePipeline): LifecycleStep[] {
  return steps.filter(({ role, ignored }) => role === "scan" && ignored === undefined);
}

/** It has ended before the other begins; undefined where nothing says so, as of jobs side by side. */
function endsBefore(one: LifecycleStep, other: LifecycleStep, { before }: LifecyclePipeline): boolean {
  if (one.job === other.job) return one.index < other.index;
  return before.get(other.job)?.has(one.job) === true;
}

export function scanOrderFacts({ pipelines }: LifecycleInput): LifecycleFacts["scanOrder"] | undefined {
  const late: { scan: LifecycleStep; after: LifecycleStep }[] = [];
  let early: LifecycleStep | undefined;
  let scans = 0;
  for (const pipeline of pipelines) {
    const gates = blockingScans(pipeline);
    scans += gates.length;
    for (const scan of gates) {
      const after = releasedBefore(scan, pipeline);
      // What another pipeline does with what was pushed may wait for this one to succeed.
      const goesOn =
        after?.role === "push" && pipelines.some((other) => other !== pipeline && other.steps.some(isRelease));
      if (goesOn) continue;
      if (after === undefined) early ??= scan;
      else late.push({ scan, after });
    }
  }
  // Without a step that releases there is nothing to be late for.
  return scans === 0 || late.length === 0 ? undefined : { late, ...(early === undefined ? {} : { early }) };
}

function isRelease({ role }: LifecycleStep): boolean {
  return role === "deploy" || role === "push";
}

/** What has released the image when the scan begins, with nothing behind it that a failure stops. */
function releasedBefore(scan: LifecycleStep, pipeline: LifecyclePipeline): LifecycleStep | undefined {
  const releases = pipeline.steps.filter(isRelease);
  const isBehind = (step: LifecycleStep) => !endsBefore(step, scan, pipeline) && endsBefore(scan, step, pipeline);
  const stops = pipeline.steps.some(
    (step) => ["deploy", "push", "sign", "provenance", "sbom-use"].includes(step.role) && isBehind(step),
  );
  if (stops) return undefined;
  const done = releases.filter((step) => endsBefore(step, scan, pipeline));
  return done.find(({ role }) => role === "deploy") ?? done.at(-1);
}

/** Only where everything is known before anything runs: of each scan and each release the whole repository. */
export function scannedImageFacts(input: LifecycleInput): LifecycleFacts["scannedImages"] | undefined {
  const pipelines: LifecycleFacts["scannedImages"]["pipelines"][number][] = [];
  for (const pipeline of input.pipelines) {
    const scans = blockingScans(pipeline);
    const shipped = pipeline.steps.filter(({ role }) => role === "push" || role === "deploy");
    const builds = pipeline.steps.filter(({ role, image }) => role === "build" && image !== undefined);
    const isKnown = ({ image }: LifecycleStep) => image?.whole === true && image.repository !== undefined;
    const about = shipped.filter(({ image }) => image !== undefined);
    if (scans.length === 0 || about.length === 0 || ![...scans, ...about, ...builds].every(isKnown)) continue;
    const isShipped = scans.some((scan) =>
      [...about, ...builds].some(
        (step) =>
          scan.image !== undefined && step.image !== undefined && sameRepository(scan.image, step.image) !== false,
      ),
    );
    pipelines.push({ scans, shipped: about, matches: isShipped });
  }
  return pipelines.length === 0 ? undefined : { pipelines };
}

/** Whether a scan ends its pipeline, by every rule of its scanner. */
export function gateOf(...read: Parameters<typeof scanSteps>) {
  const scans = scanSteps(...read);
  return { scans, gate: scans.find(({ ignored, unknown }) => ignored === undefined && unknown === undefined) };
}
