/** What files, and the caller, tell of a cluster that nobody asks. */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { KubernetesObject, Manifests } from "../../../engines/kubernetes/model.ts";
import { rawOf } from "../../../engines/kubernetes/raw.ts";
import type { ClusterView, NamespaceFacts } from "../model.ts";

export interface FilesViewOptions {
  /** Labels of namespaces that no manifest states, by name. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** `v1.36.1` */
  readonly version?: string;
}

const ADMISSION = "admissionregistration.k8s.io";
const POLICY_KINDS: ReadonlySet<string> = new Set(["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]);

/** What no file states is not known: a namespace that is not among them may be there all the same. */
export function viewOfFiles(
  { objects, namespaces }: Pick<Manifests, "objects" | "namespaces">,
  { labels, version }: FilesViewOptions,
): ClusterView {
  const stated = new Map(namespaces.map(({ object }) => [object.name, factsOf(object)]));
  for (const [name, more] of labels) {
    const own = stated.get(name);
    stated.set(name, {
      name,
      annotations: own?.annotations ?? {},
      labels: { ...own?.labels, ...more, ...named(name) },
    });
  }
  const policies = objects.filter(({ group, kind }) => group === ADMISSION && POLICY_KINDS.has(kind)).map(rawOf);
  const parameters = objects.filter(isOneOf(policies.flatMap(paramKind))).map(rawOf);
  const held = { objects: [...policies, ...parameters], unread: [], isPartial: true } as const;
  return {
    async namespace(name) {
      const remedy = `add its manifest, or use --namespace-labels ${name}:KEY=VALUE`;
      return stated.get(name) ?? unknown(`namespace ${name}`, "labels of the namespace are in no manifest", remedy);
    },
    async credentials() {
      return undefined;
    },
    async admissionPolicies() {
      return held;
    },
    async may(user) {
      return unknown(`user ${user.username}`, "no cluster was asked who may do what");
    },
    ...(version === undefined ? {} : { version }),
  };
}

function factsOf({ name, uid, labels, annotations }: KubernetesObject): NamespaceFacts {
  return { name, ...(uid === undefined ? {} : { uid }), labels: { ...labels, ...named(name) }, annotations };
}

/** The API server gives each namespace its name as a label. */
function named(name: string) {
  return { "kubernetes.io/metadata.name": name };
}

function paramKind(
  policy: Readonly<Record<string, unknown>>,
): { readonly apiVersion: string; readonly kind: string }[] {
  const stated = isObject(policy.spec) ? policy.spec.paramKind : undefined;
  if (!isObject(stated) || typeof stated.apiVersion !== "string" || typeof stated.kind !== "string") return [];
  return [{ apiVersion: stated.apiVersion, kind: stated.kind }];
}

function isOneOf(kinds: readonly { readonly apiVersion: string; readonly kind: string }[]) {
  const wanted = new Set(kinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  return ({ apiVersion, kind }: KubernetesObject) => wanted.has(`${apiVersion} ${kind}`);
}

function unknown(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "unavailable",
    code: "admission.not-asked",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
