/** What there is of each step, as what was read has it: findings are not looked at here. */
import { publicRegistry } from "../../checks/knowledge/public-registries.ts";
import { counted } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import { isPinned, splitImageName } from "../../core/image-name.ts";
import type { LifecycleStepName, LifecycleStepResult } from "../../core/lifecycle.ts";
import type { Location } from "../../core/location.ts";
import type { RuntimeDetection } from "../../engines/detectors/model.ts";
import { containersOf, locationOf } from "../../engines/kubernetes/model.ts";
import type { GitlabPipeline, LifecycleStep, Pipeline, Place, StepRole } from "../../engines/pipelines/model.ts";
import type { ScannerFiles } from "../../engines/pipelines/scanner-settings.ts";
import type { Admitted } from "./admission.ts";
import { type LifecycleInput, pipelineGaps, stepsOf } from "./input.ts";
import { scheduledRebuilds } from "./rebuilds.ts";
import { gateOf } from "./scans.ts";

export interface SeenContext {
  readonly admitted: Admitted;
  readonly detection: RuntimeDetection;
  /** As gates read them. */
  readonly gates: readonly Pipeline[];
  readonly gitlab: readonly GitlabPipeline[];
  /** By which scanners are configured. */
  readonly scannerFiles: ScannerFiles;
}

type Seen = Omit<LifecycleStepResult, "step" | "short">;

/** Places of one step that are kept. */
const PLACES = 5;

/** In the order of the steps; empty where there is neither a pipeline nor an object. */
export function seenSteps(input: LifecycleInput, context: SeenContext): LifecycleStepResult[] {
  if (input.pipelines.length === 0 && input.manifests.objects.length === 0) return [];
  const gaps = pipelineGaps(input);
  const seen: Readonly<Record<LifecycleStepName, Seen>> = {
    review: reviewOf(input, context),
    build: buildOf(input, gaps),
    scan: scanOf(input, context, gaps),
    secrets: secretsOf(input, gaps),
    sbom: ofRole(input, "sbom", gaps),
    sign: ofRole(input, "sign", gaps),
    push: pushOf(input, gaps),
    admit: admitOf(context),
    run: runOf(input),
    detect: detectOf(input, context),
    rebuild: rebuildOf(input, gaps),
    updates: updatesOf(input),
  };
  return Object.entries(seen).map(([step, one]) => ({ step: step as LifecycleStepName, ...one }));
}

function unknown(reason: string): Seen {
  return { state: "unknown", reason, places: [] };
}

function fileLocation({ path, line, column }: Place): Location {
  return { kind: "file", path, line, column };
}

function toldBy(steps: readonly LifecycleStep[]): string {
  return [...new Set(steps.map(({ tool }) => tool))].slice(0, 3).join(", ");
}

function exists(steps: readonly LifecycleStep[], state: "exists" | "blocks" = "exists", reason = toldBy(steps)): Seen {
  return { state, reason, places: steps.slice(0, PLACES).map(({ place }) => fileLocation(place)) };
}

/** Nothing was found; whether there is nothing depends on what was read. */
function none({ pipelines }: LifecycleInput, gaps: readonly Gap[]): Seen {
  const [gap] = gaps;
  if (pipelines.length === 0) return unknown(gap?.reason ?? "no pipeline was read");
  return gap === undefined
    ? { state: "absent", reason: `no such step in ${counted(pipelines.length, "pipeline")}`, places: [] }
    : unknown(gap.reason);
}

function ofRole(input: LifecycleInput, role: StepRole, gaps: readonly Gap[]): Seen {
  const steps = stepsOf(input, role);
  return steps.length === 0 ? none(input, gaps) : exists(steps);
}

/** That a merge needs the run to pass is a setting of the repository's host, which files do not have. */
function reviewOf({ pipelines, pipelineGaps: [gap] }: LifecycleInput, { gates, gitlab }: SeenContext): Seen {
  if (pipelines.length === 0) return unknown(gap?.reason ?? "no pipeline was read");
  const github = gates.filter(({ triggers }) => triggers.includes("pull_request") || triggers.includes("merge_group"));
  const merge = gitlab.filter(({ jobs }) => jobs.some(({ hidden, runs }) => !hidden && runs.mergeRequest !== "never"));
  const paths = [...github, ...merge].map(({ path }) => path);
  if (paths.length === 0 && gap !== undefined) return unknown(gap.reason);
  if (paths.length === 0) return { state: "absent", reason: "no pipeline runs on pull or merge requests", places: [] };
  return {
    state: "exists",
    reason: "runs on pull or merge requests; whether merging needs it the host's branch protection says",
    places: paths.slice(0, PLACES).map((path) => ({ kind: "file", path })),
  };
}

function buildOf(input: LifecycleInput, gaps: readonly Gap[]): Seen {
  const builds = stepsOf(input, "build");
  if (builds.length === 0) return none(input, gaps);
  const attests = stepsOf(input, "provenance");
  const provenance = attests.length === 0 ? "without provenance" : `with provenance (${toldBy(attests)})`;
  return exists([...builds, ...attests], "exists", `${toldBy(builds)}, ${provenance}`);
}

function scanOf(input: LifecycleInput, { gates, scannerFiles }: SeenContext, gaps: readonly Gap[]): Seen {
  const { scans, gate } = gateOf(gates, scannerFiles);
  if (gate !== undefined) {
    const { pipeline: path, line, column } = gate;
    return { state: "blocks", reason: `${gate.scanner} fails the job`, places: [{ kind: "file", path, line, column }] };
  }
  if (scans.length === 0) return ofRole(input, "scan", gaps);
  const unknown = scans.find((scan) => scan.unknown !== undefined);
  return {
    state: "exists",
    reason:
      unknown !== undefined
        ? `whether ${unknown.scanner} blocks: ${unknown.unknown}`
        : `${[...new Set(scans.map(({ scanner }) => scanner))].join(", ")} blocks nothing`,
    places: scans.slice(0, PLACES).map(({ pipeline: path, line, column }) => ({ kind: "file", path, line, column })),
  };
}

function secretsOf(input: LifecycleInput, gaps: readonly Gap[]): Seen {
  const scans = stepsOf(input, "secret-scan");
  if (scans.length === 0) return none(input, gaps);
  const blocking = scans.filter(({ ignored, shallow }) => ignored === undefined && shallow === undefined);
  return blocking.length > 0 ? exists(blocking, "blocks", `${toldBy(blocking)} fails the job`) : exists(scans);
}

function pushOf(input: LifecycleInput, gaps: readonly Gap[]): Seen {
  const pushes = stepsOf(input, "push");
  if (pushes.length === 0) return none(input, gaps);
  const hosts = new Set(pushes.flatMap(({ image }) => (image?.whole === true ? registryOf(image.text) : [])));
  const open = [...hosts].flatMap((host) => publicRegistry(host) ?? []);
  const where = hosts.size === 0 ? "to a registry that a variable names" : `to ${[...hosts].slice(0, 3).join(", ")}`;
  return exists(pushes, "exists", `${where}${open.length === 0 ? "" : `, which is public (${open.join(", ")})`}`);
}

function registryOf(image: string): string {
  return splitImageName(image).registry ?? "docker.io";
}

function admitOf({ admitted }: SeenContext): Seen {
  const { verification, deployed, gaps } = admitted;
  const { verifiers } = verification;
  if (verifiers.length > 0) {
    const refuses = verifiers.filter(
      ({ enforces, failsClosed }) => enforces.answer === "yes" && failsClosed.answer !== "no",
    );
    const isAll = verification.namespaces.every(({ answer }) => answer === "yes");
    const [first] = refuses.length > 0 ? refuses : verifiers;
    return {
      state: refuses.length > 0 && isAll ? "blocks" : "exists",
      reason: `${[...new Set(verifiers.map(({ product }) => product))].join(", ")}${first === undefined ? "" : ` (${first.object.kind} ${first.object.name})`}`,
      places: verifiers.slice(0, PLACES).map(({ object }) => locationOf(object, ["metadata", "name"])),
    };
  }
  const [gap] = gaps;
  if (!deployed) return unknown("no manifests and no cluster were read");
  return gap === undefined
    ? { state: "absent", reason: "nothing that was read verifies images on admission", places: [] }
    : unknown(gap.reason);
}

function runOf({ manifests }: LifecycleInput): Seen {
  const { workloads } = manifests;
  const [first] = workloads;
  if (first === undefined) return unknown("no workloads were read");
  const images = workloads.flatMap(({ pod }) => containersOf(pod).flatMap(({ container }) => container.image ?? []));
  const pinned = images.filter((image) => isPinned(splitImageName(image))).length;
  return {
    state: "exists",
    reason: `${counted(workloads.length, "workload")}, ${pinned} of ${counted(images.length, "image")} by digest`,
    places: [locationOf(first.object, ["metadata", "name"])],
  };
}

/** A detector that is there is no proof that it alerts. */
function detectOf({ manifests }: LifecycleInput, { detection }: SeenContext): Seen {
  const { detectors, nodes, isCluster } = detection;
  if (manifests.objects.length === 0) return unknown("no manifests and no cluster were read");
  const names = [...new Set(detectors.map(({ product }) => product))].join(", ");
  const places = detectors.slice(0, PLACES).map(({ workload: { object } }) => locationOf(object, ["metadata", "name"]));
  const proven = nodes.filter(({ proof }) => proof?.kind === "alerted").length;
  if (isCluster && nodes.length > 0 && proven === nodes.length) {
    return { state: "exists", reason: `an alert is proven on ${counted(nodes.length, "node")}`, places };
  }
  if (detectors.length === 0) {
    return isCluster
      ? { state: "absent", reason: "no detector that is known", places }
      : unknown("no detector in the manifests, which may be a part of the cluster");
  }
  return { state: "unknown", reason: `${names}: nothing proves that it alerts (bulkhead runtime prove)`, places };
}

function rebuildOf(input: LifecycleInput, gaps: readonly Gap[]): Seen {
  const scheduled = scheduledRebuilds(input);
  const places = scheduled.flatMap(({ pipeline: { schedule, steps } }) => {
    const place = schedule?.place ?? steps.find(({ role }) => role === "build")?.place;
    return place === undefined ? [] : [fileLocation(place)];
  });
  const [first] = scheduled;
  if (first === undefined) {
    const onlyGitlab = input.pipelines.length > 0 && input.pipelines.every(({ system }) => system === "gitlab");
    return onlyGitlab ? unknown("schedules of GitLab are settings of the project") : none(input, gaps);
  }
  const { pipeline, runs } = first;
  const [last] = runs ?? [];
  const told = runs === undefined ? "whether its runs succeed was not read (--runs)" : undefined;
  const past = told ?? (last === undefined ? "no run of it was told" : `last run ${last.at}: ${last.conclusion}`);
  const cron = pipeline.schedule?.crons[0]?.value;
  const reason = `on schedule${cron === undefined ? "" : ` ${cron}`}; ${past}`;
  return { state: "exists", reason, places: places.slice(0, PLACES) };
}

function updatesOf({ updates, updateGaps, pipelines }: LifecycleInput): Seen {
  if (updates.length > 0) {
    return {
      state: "exists",
      reason: updates.map(({ tool }) => tool).join(", "),
      places: updates.map(({ path }) => ({ kind: "file", path })),
    };
  }
  const [gap] = updateGaps;
  if (gap !== undefined) return unknown(gap.reason);
  return pipelines.length === 0
    ? unknown("no pipeline was read")
    : { state: "absent", reason: "neither Dependabot nor Renovate is configured", places: [] };
}
