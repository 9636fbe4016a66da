/** Objects of meshes as they are written. */
import type { Draft, Plain } from "./model.ts";
import { MANAGED_BY } from "./network-policy.ts";

type Spec = { readonly [key: string]: Plain };

export const MESH_STAGES = { ingress: "mesh-authorization", egress: "mesh-outbound" } as const;

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function meshObject({ apiVersion, kind, namespace, name }: Written, spec: Spec): Spec {
  return { apiVersion, kind, metadata: { name, namespace, labels: MANAGED_BY }, spec };
}

/** One of which nothing can be left out. */
export function wholeDraft(written: Written, spec: Spec, comments: readonly string[] = []): Draft {
  const { kind, namespace, name } = written;
  const built = { object: meshObject(written, spec), comments: new Map() };
  return { kind, namespace, name, stages: MESH_STAGES, comments, allows: [], build: () => built };
}
