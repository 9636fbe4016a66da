/** What is said of Istio's objects that decide no connection by themselves. */
import { rawOf } from "../../kubernetes/model.ts";
import { fieldsOf } from "../../kubernetes/read/fields.ts";
import { type Labels, matchesLabels } from "../selector.ts";
import { type AuthorizationPolicy, type PolicyTarget, targetsOf } from "./authorization-policy.ts";
import type { IstioContext } from "./context.ts";
import { namespaceOf } from "./mesh-config.ts";

/**
 * RequestAuthentication refuses tokens that are wrong, and lets a request without one through: it authenticates no peer. Said
 * where no AuthorizationPolicy over all that it selects looks at who the token is of.
 * https://istio.io/latest/docs/reference/config/security/request_authentication/
 *
 * @param policies - all of the mesh
 */
export function noteRequestAuthentications(
  { reading, note, config: { rootNamespace } }: IstioContext,
  policies: readonly AuthorizationPolicy[],
): void {
  const asking = policies.filter(asksForToken);
  for (const object of reading.objectsOf("security.istio.io", "RequestAuthentication")) {
    const namespace = namespaceOf(object);
    const near = asking.filter((policy) => policy.namespace === namespace || policy.namespace === rootNamespace);
    const spec = fieldsOf(rawOf(object), () => undefined).fields("spec");
    const wanted = spec === undefined ? [] : targetsOf(spec);
    const labels = spec?.fields("selector")?.stringMap("matchLabels") ?? {};
    if (near.some((policy) => isOverAll(policy, wanted, labels))) continue;
    note({
      code: "mesh.request-authentication",
      reason: "a RequestAuthentication refuses wrong tokens and lets requests without one through",
      remedy: "require requestPrincipals in an AuthorizationPolicy",
      object,
      field: ["spec"],
      workloads: [],
    });
  }
}

function asksForToken({ action, dryRun, rules }: AuthorizationPolicy): boolean {
  if (dryRun || action === "AUDIT" || action === "CUSTOM") return false;
  const clauses = rules.flatMap(({ sources, operations, conditions }) => [...sources, ...operations, ...conditions]);
  return clauses.some(({ requests }) =>
    requests.some((field) => /request_?principals?$|^request\.auth\./i.test(field)),
  );
}

/** Whether whatever has these targets, or pods with these labels, is selected by the policy too. */
function isOverAll(
  { selector, targets }: AuthorizationPolicy,
  wanted: readonly PolicyTarget[],
  labels: Labels,
): boolean {
  if (targets.length > 0) {
    return (
      wanted.length > 0 &&
      wanted.every(({ kind, name }) => targets.some((own) => own.kind === kind && own.name === name))
    );
  }
  return selector === undefined || matchesLabels(selector, labels);
}
