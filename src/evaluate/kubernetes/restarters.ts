/** What restarts a workload by itself once a Secret has changed, each by its project's own documentation. */

import type { SecretUse } from "../../checks/findings/secret-uses.ts";
import { containersOf, type ExternalSecret, type Manifests, type Workload } from "../../engines/kubernetes/model.ts";

export interface Restarter {
  /** Whether it is known to run, or to be done by who changes the Secret. */
  readonly sure: boolean;
  /** Half a sentence: `Reloader restarts it`. */
  readonly reason: string;
}

const RELOADER = "reloader.stakater.com/";
const ON: ReadonlySet<string> = new Set(["true", "t", "1", "True", "TRUE", "T"]);

/** Whether Reloader is among the workloads; undefined where files alone were read, which need not be all that runs. */
export function runsReloader({ workloads }: Manifests): boolean | undefined {
  const runs = workloads.some(({ pod }) =>
    containersOf(pod).some(({ container: { image = "" } }) => /(?:^|\/)reloader(?:[:@]|$)/.test(image)),
  );
  if (runs) return true;
  return workloads.some(({ object }) => object.source.kind === "cluster") ? false : undefined;
}

/** Undefined where nothing is known that does. */
export function restarterOf(
  use: SecretUse,
  workload: Workload,
  maker: ExternalSecret | undefined,
  annotationsOfSecret: Readonly<Record<string, string>>,
  reloads: boolean | undefined,
): Restarter | undefined {
  const { object, podMetadata } = workload;
  if (maker?.restarts.includes(`${object.kind}/${object.name}`) === true) {
    return { sure: true, reason: `${maker.object.kind} ${maker.object.name} restarts it (rolloutRestartTargets)` };
  }
  const annotations = { ...podMetadata.annotations, ...object.annotations };
  if (isReloaded(annotations, annotationsOfSecret, use.name)) {
    if (reloads === true) return { sure: true, reason: "Reloader restarts it" };
    // An annotation alone restarts nothing.
    return reloads === false
      ? undefined
      : { sure: false, reason: "it is annotated for Reloader, which was not among what was read" };
  }
  const hasChecksum = Object.keys(podMetadata.annotations).some((name) =>
    /^checksum\/.*secret|^checksum\/config/i.test(name),
  );
  if (!hasChecksum) return undefined;
  return maker === undefined
    ? {
        sure: false,
        reason: "its checksum annotation restarts it with the next release of its chart, if that makes the Secret",
      }
    : undefined;
}

/** Reloader's README: `auto`, lists of names, and `search` with the Secret's `match`. */
function isReloaded(
  annotations: Readonly<Record<string, string>>,
  ofSecret: Readonly<Record<string, string>>,
  name: string,
): boolean {
  const own = (from: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(from, key) ? from[key] : undefined;
  const is = (from: Readonly<Record<string, string>>, key: string) => ON.has(own(from, key) ?? "");
  if (is(ofSecret, `${RELOADER}ignore`)) return false;
  if (is(annotations, `${RELOADER}auto`) || is(annotations, `secret.${RELOADER}auto`)) return true;
  if (is(annotations, `${RELOADER}search`) && is(ofSecret, `${RELOADER}match`)) return true;
  const named = own(annotations, `secret.${RELOADER}reload`) ?? "";
  return named.split(",").some((one) => one.trim() === name);
}
