/** What a workload's pods hold that is worth sending away: Secrets, and identities of a cloud. */
import { isObject } from "../../../core/untyped.ts";
import {
  containersOf,
  effectiveNamespace,
  type Manifests,
  rawOf,
  type Workload,
} from "../../../engines/kubernetes/model.ts";

/** Annotations by which a service account is somebody in a cloud (the clouds' own documentation of workload identity). */
const IDENTITIES: readonly (readonly [annotation: string, what: string])[] = [
  ["eks.amazonaws.com/role-arn", "AWS role"],
  ["iam.gke.io/gcp-service-account", "Google service account"],
  ["azure.workload.identity/client-id", "Azure identity"],
];

const STORE_DRIVER = "secrets-store.csi.k8s.io";

/** By workload, distinct, in the order of its pod. */
export function credentialsOf(manifests: Manifests): (workload: Workload) => readonly string[] {
  const accounts = new Map(
    manifests.serviceAccounts.map(({ object }) => [`${effectiveNamespace(object)}/${object.name}`, object]),
  );
  const podIdentities = podIdentityAccounts(manifests);
  return ({ object, pod }) => {
    const account = `${effectiveNamespace(object)}/${pod.serviceAccountName || "default"}`;
    const annotations = accounts.get(account)?.annotations ?? {};
    const identities = IDENTITIES.flatMap(([name, what]) =>
      Object.hasOwn(annotations, name) && annotations[name] !== "" ? [`${what} ${annotations[name]}`] : [],
    );
    const secrets = [
      ...pod.volumes.flatMap(({ secret, projected }) => [
        ...(secret === undefined ? [] : [secret.name]),
        ...(projected?.sources ?? []).flatMap(({ secret: source }) => source?.name ?? []),
      ]),
      ...containersOf(pod).flatMap(({ container }) => [
        ...container.env.flatMap(({ secretKeyRef }) => secretKeyRef?.name ?? []),
        ...container.envFrom.flatMap(({ secretRef }) => secretRef ?? []),
      ]),
    ].filter((name) => name !== "");
    const stores = pod.volumes.flatMap(({ csi }) =>
      csi?.driver === STORE_DRIVER ? [`secret store ${csi.volumeAttributes.secretProviderClass ?? ""}`.trim()] : [],
    );
    return [
      ...identities,
      ...(podIdentities.has(account) ? ["EKS Pod Identity"] : []),
      ...new Set(secrets.map((name) => `Secret ${name}`)),
      ...stores,
    ];
  };
}

/** Service accounts that an association of EKS Pod Identity names (eks.services.k8s.aws, PodIdentityAssociation). */
function podIdentityAccounts({ objects }: Manifests): ReadonlySet<string> {
  return new Set(
    objects
      .filter(({ kind, group }) => kind === "PodIdentityAssociation" && group === "eks.services.k8s.aws")
      .flatMap((object) => {
        const { spec } = rawOf(object);
        return isObject(spec) ? [`${String(spec.namespace)}/${String(spec.serviceAccount)}`] : [];
      }),
  );
}
