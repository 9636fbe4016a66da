/** Which rules are about an image. */
import { compileGlob } from "../../core/glob.ts";
import { parseReference, repositoryOf } from "../../engines/oci/reference.ts";
import type { AppliedRule, DecisionRules } from "../../engines/trust/decision-model.ts";

/** Of what lies on this machine: it has a path, and no repository that a rule could be about. */
const LOCAL = /^(?:oci|oci-archive|docker-archive|docker-daemon|podman|containers-storage|dir|sbom):/;

/** `docker.io/library/nginx` for `nginx:1.27`; what is no reference to a registry, as it is. */
export function repositoryNamed(reference: string): string {
  if (LOCAL.test(reference)) return reference;
  try {
    return repositoryOf(parseReference(reference));
  } catch {
    return reference;
  }
}

export function rulesFor({ trust, vouched }: DecisionRules): (repository: string) => readonly AppliedRule[] {
  const rules = trust.images.map((rule, index) => ({
    matches: compileGlob(rule.match),
    applied: { index, rule, vouched: vouched && rule.tightensOnly !== true },
  }));
  return (repository) => rules.filter(({ matches }) => matches(repository)).map(({ applied }) => applied);
}
