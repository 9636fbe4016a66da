/** What the parts of Linkerd's reader share. */
import type { MeshRules } from "../mesh/emit.ts";
import type { Sources } from "../mesh/sources.ts";
import type { MeshNote, MeshPlace } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { IdentityContext } from "./authentications.ts";
import type { DefaultPolicy } from "./configuration.ts";
import type { LinkerdMember, Namespaces } from "./membership.ts";

export interface LinkerdContext extends IdentityContext {
  /** Pods of the mesh, and those that may be in it. */
  readonly proxies: PodSet;
  readonly members: readonly LinkerdMember[];
  readonly namespaces: Namespaces;
  readonly sources: Sources;
  readonly rules: MeshRules;
  note(note: MeshNote): void;
}

/** The default policy of a workload, where it was read. */
export interface DefaultInbound {
  readonly policy: DefaultPolicy;
  readonly place: MeshPlace | undefined;
  readonly isKnown: boolean;
}
