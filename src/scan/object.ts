/** One object of the Kubernetes API, read and judged by itself: as admission calls it, once for each request. */

import type { Evaluation } from "../core/evaluation.ts";
import type { Scope } from "../core/scope.ts";
import { asItIs } from "../core/strings.ts";
import { isObject } from "../core/untyped.ts";
import { bounds } from "../engines/kubernetes/bounds.ts";
import { asWritten } from "../engines/kubernetes/cluster/normalise.ts";
import { manifestReader } from "../engines/kubernetes/manifests.ts";
import { describeObject, type Manifests } from "../engines/kubernetes/model.ts";
import type { SecretScanner } from "../engines/secrets/scan.ts";
import { evaluateManifestSecrets } from "../evaluate/kubernetes/manifest-secrets.ts";
import { evaluateObject, type ObjectContext } from "../evaluate/kubernetes/object.ts";

export interface ScannedObjectContext extends ObjectContext {
  /** Of the API server that hands it over: `v1.33.1`. Absent: of a recent one. */
  readonly version?: string;
  /** Absent: nobody looks for secrets among its values. */
  readonly scanner?: SecretScanner;
}

/**
 * Workloads, and namespaces, through every check over them, and what the object states through those for secrets. Of
 * other kinds, which no check judges by themselves, there are no evaluations but the last. Never throws for what the
 * object contains: what is not read makes its evaluations unknown.
 *
 * @param object - parsed JSON
 * @param context - `scope` is the cluster's name, as `cluster audit` has it
 */
export function scanObject(object: unknown, context: ScannedObjectContext): Evaluation[] {
  const { scope, version } = context;
  const reader = manifestReader(bounds.kubernetesObjects, asItIs);
  const written = isObject(object) ? asWritten(object, version) : object;
  reader.object(written, { kind: "cluster", cluster: scope });
  return scanRead(reader.manifests(), context);
}

/** As {@link scanObject}, of an object that was read already. */
export function scanRead(read: Manifests, context: ScannedObjectContext): Evaluation[] {
  const { scanner } = context;
  const evaluations = evaluateObject(read, context);
  const [first] = read.objects;
  if (scanner === undefined || first === undefined) return evaluations;
  // The asset is the cluster, of which this is a part: what it passes, nothing else does.
  const part: Scope = { kind: "object", object: describeObject(first) };
  const secrets = evaluateManifestSecrets(read, scanner, context).map((each) => ({ ...each, scope: part }));
  return [...evaluations, ...secrets];
}
