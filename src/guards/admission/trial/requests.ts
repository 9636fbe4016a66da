/** Requests that applying manifests would make, and reviews that were recorded, before there is an API server. */
import { asProblem, Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type {
  AdmissionRequest,
  GroupVersionResource,
  Operation,
  RequestUser,
} from "../../../engines/admission/model.ts";
import { isReview, requestOf } from "../../../engines/admission/review.ts";
import { clusterResources } from "../../../engines/kubernetes/cluster/resources.ts";
import type { FieldPath, KubernetesObject, Manifests, ObjectSource } from "../../../engines/kubernetes/model.ts";
import { effectiveNamespace } from "../../../engines/kubernetes/model.ts";
import { rawOf } from "../../../engines/kubernetes/raw.ts";

/** Who is taken to ask, and where what names no namespace goes. */
export interface Simulated {
  readonly namespace: string;
  readonly user: RequestUser;
}

export interface TrialRequest {
  readonly request: AdmissionRequest;
  /** Absent: of a cluster. */
  readonly source?: TrialSource;
}

/** Where a request is from: fields of its object stand behind `within` in the object that was read. */
export interface TrialSource {
  readonly object: KubernetesObject;
  /** Empty for a manifest; `["request", "object"]` of a review. */
  readonly within: FieldPath;
}

export interface TrialRequests {
  readonly requests: readonly TrialRequest[];
  /** Reviews that cannot be read. */
  readonly problems: readonly Problem[];
  /** Services of Compose files: no API server is asked about them. */
  readonly compose: number;
}

/** Each object as `kubectl create` would send it, in the order of the files; of a review the request that it is of. */
export function requestsOf(manifests: Pick<Manifests, "objects">, simulated: Simulated): TrialRequests {
  const requests: TrialRequest[] = [];
  const problems: Problem[] = [];
  const reviews: ObjectSource[] = [];
  let compose = 0;
  for (const object of manifests.objects) {
    // The object of a review is no creation of its own.
    if (reviews.some((review) => isWithin(object.source, review))) continue;
    if (object.apiVersion === "compose") {
      compose++;
      continue;
    }
    const raw = rawOf(object);
    if (!isReview(raw)) {
      requests.push({
        request: requestOfObject(raw, { ...simulated, uid: `trial-${requests.length + 1}` }),
        source: { object, within: [] },
      });
      continue;
    }
    reviews.push(object.source);
    try {
      requests.push({ request: requestOf(raw), source: { object, within: ["request", "object"] } });
    } catch (error) {
      const problem = asProblem(error, placeOf(object));
      if (!(problem instanceof Problem)) throw error;
      const { kind, code, message: cause, remedy } = problem;
      const place = placeOf(object);
      problems.push(new Problem({ kind, code, place, cause, ...(remedy === undefined ? {} : { remedy }) }));
    }
  }
  return { requests, problems, compose };
}

function isWithin(inner: ObjectSource, outer: ObjectSource): boolean {
  if (inner.kind !== "file" || outer.kind !== "file" || inner.text !== outer.text) return false;
  return inner.document === outer.document && outer.root.every((step, index) => inner.root[index] === step);
}

function placeOf({ source }: KubernetesObject): string {
  return source.kind === "file" ? source.text.path : source.cluster;
}

/** @param object - whole, with its apiVersion and kind */
export function requestOfObject(
  object: Readonly<Record<string, unknown>>,
  { namespace: unstated, user, uid }: Simulated & { readonly uid: string },
  before?: Readonly<Record<string, unknown>>,
): AdmissionRequest {
  const apiVersion = String(object.apiVersion);
  const kind = String(object.kind);
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const stated = textOf(metadata.namespace);
  const namespace = effectiveNamespace({ kind, namespace: stated } as KubernetesObject, unstated);
  const name = textOf(metadata.name);
  const operation: Operation = before === undefined ? "CREATE" : "UPDATE";
  return {
    uid,
    operation,
    kind: { group, version, kind },
    resource: resourceOf(group, version, kind),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    user,
    // Nothing is stored, and nothing outside may be changed by it.
    dryRun: true,
    object:
      namespace === undefined || stated !== undefined ? object : { ...object, metadata: { ...metadata, namespace } },
    ...(before === undefined ? {} : { oldObject: before }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What the API calls the kind in its paths; of a kind that is not known here as clients guess it. */
export function resourceOf(group: string, version: string, kind: string): GroupVersionResource {
  const known = clusterResources.find((each) => each.group === group && each.kind === kind);
  return { group, version, resource: known?.resource ?? pluralOf(kind.toLowerCase()) };
}

/** As apimachinery's UnsafeGuessKindToResource has it. */
function pluralOf(singular: string): string {
  if (/s$/.test(singular)) return `${singular}es`;
  return /y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
