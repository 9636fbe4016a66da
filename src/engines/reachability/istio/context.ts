/** What the parts of Istio's reader share. */
import type { Member, Pods } from "../mesh/members.ts";
import type { MeshService } from "../mesh/services.ts";
import type { MeshNote } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { IstioConfig } from "./mesh-config.ts";

export interface IstioContext {
  readonly reading: Reading;
  readonly pods: Pods;
  readonly members: readonly Member[];
  /** Those of Istio's mesh, and those that may be in it. */
  readonly proxies: PodSet;
  readonly config: IstioConfig;
  readonly services: readonly MeshService[];
  note(note: MeshNote): void;
}

/** In the mesh, or perhaps in it. */
export function isPossible({ mesh, certainty }: Member): boolean {
  return mesh !== "none" || certainty === "unknown";
}
