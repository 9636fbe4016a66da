/** What is said of AuthorizationPolicies beside the rules that they are. */
import type { AuthorizationFact, MeshNote } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { AuthorizationPolicy, AuthorizationRule } from "./authorization-policy.ts";
import type { IstioContext } from "./context.ts";
import type { DestinationGroup } from "./destinations.ts";
import type { HeldRule } from "./rule-parts.ts";

export function noteRule(
  context: IstioContext,
  policy: AuthorizationPolicy,
  { field, sources, operations, conditions }: AuthorizationRule,
  { parts, dropped }: HeldRule,
  { kind, tcpOnly }: DestinationGroup,
  selected: PodSet,
): void {
  const { portSets } = context.reading;
  const tell = (code: MeshNote["code"], reason: string, remedy?: string) =>
    context.note({ ...noteOf(policy, code, reason, selected, remedy), field });
  const { action } = policy;
  if (dropped.length > 0) {
    const fields = dropped.join(", ");
    if (parts.length === 0) {
      const effect = action === "DENY" ? "denies nothing" : "allows nothing";
      tell(
        "mesh.rule-void",
        `ztunnel does not look at ${fields}: the rule ${effect}`,
        "attach the policy to a waypoint with targetRefs",
      );
    } else {
      tell(
        "mesh.rule-wider",
        `ztunnel does not look at ${fields}: the rule is held without`,
        "attach the policy to a waypoint with targetRefs",
      );
    }
    return;
  }
  if (kind !== "ambient" && action === "DENY" && parts.some(({ requests }) => requests.length > 0)) {
    tell("mesh.rule-requests-only", "the rule denies requests: the connection stands");
    if (tcpOnly !== portSets.none)
      tell(
        "mesh.rule-wider",
        "on ports declared as TCP the rule denies connections, whatever they ask for",
        "name the ports that the rule is about",
      );
  }
  if (action !== "ALLOW") return;
  if (sources.length + operations.length + conditions.length === 0) {
    tell(
      "mesh.allows-everyone",
      "the rule has no condition: it allows every client",
      "name the service accounts that need it",
    );
  } else if (isNegativeOnly([...sources, ...conditions])) {
    tell(
      "mesh.allows-plaintext",
      "the rule names whom it does not allow, and a client without mTLS is none of them",
      "require STRICT mTLS, or name whom it allows",
    );
  }
}

/** Says something of identities, and of none that the client must have. */
function isNegativeOnly(
  clauses: readonly { readonly terms: AuthorizationRule["conditions"][number]["terms"] }[],
): boolean {
  const identities = clauses.flatMap(({ terms }) => terms).filter((term) => "values" in term);
  return identities.length > 0 && identities.every(({ not }) => not);
}

export function noteOf(
  policy: AuthorizationPolicy,
  code: MeshNote["code"],
  reason: string,
  { members }: PodSet,
  remedy?: string,
): MeshNote {
  return {
    code,
    reason,
    ...(remedy === undefined ? {} : { remedy }),
    object: policy.object,
    field: ["spec"],
    workloads: [...members],
  };
}

export function withoutEffect({ reading: { podSets } }: IstioContext, policy: AuthorizationPolicy): MeshNote {
  return noteOf(
    policy,
    "mesh.policy-without-effect",
    "no workload that was read and is in Istio's mesh is selected by the AuthorizationPolicy",
    podSets.none,
    "correct the selector, or add the workloads to the mesh",
  );
}

/** Facts of one workload that are kept; one policy of the mesh's is a fact of each of its workloads. */
const FACTS = 200;

export function createFacts() {
  const facts = new Map<number, AuthorizationFact[]>();
  return {
    facts,
    add(policy: AuthorizationPolicy, { members }: PodSet): void {
      const action = ({ ALLOW: "allow", DENY: "deny", CUSTOM: "custom", AUDIT: "audit" } as const)[policy.action];
      const fact: AuthorizationFact = {
        object: policy.object,
        field: ["spec"],
        action,
        everyone: policy.rules.some(isForEveryone),
      };
      for (const index of members) {
        const there = facts.get(index);
        if (there === undefined) facts.set(index, [fact]);
        else if (there.length < FACTS) there.push(fact);
      }
    },
  };
}

function isForEveryone({ sources, operations, conditions }: AuthorizationRule): boolean {
  return sources.length + operations.length + conditions.length === 0;
}
