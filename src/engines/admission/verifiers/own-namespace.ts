import { effectiveNamespace, type KubernetesObject } from "../../kubernetes/model.ts";
import type { Statement } from "../verifier-model.ts";
import { no, yes } from "./statement.ts";
import type { ScopedNamespace } from "./surroundings.ts";

/** A policy that is in a namespace is about that one alone. */
export function ownNamespace(object: KubernetesObject, isNamespaced: boolean, { name }: ScopedNamespace): Statement {
  if (!isNamespaced) return yes(object, ["kind"]);
  const own = effectiveNamespace(object) ?? "default";
  const path = ["metadata", "namespace"];
  return own === name ? yes(object, path) : no(object, path, `it is about namespace ${own} alone`);
}
