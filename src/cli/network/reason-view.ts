/** Rules that decide, as texts. */
import { formatLocation } from "../../core/location.ts";
import type { Network, PortSet } from "../../engines/reachability/model.ts";
import { type Decision, type PairReasons, ruleName, rulePlace } from "../../engines/reachability/queries/reasons.ts";
import { egressStages } from "../../engines/reachability/rule-model.ts";
import type { DecisionView, StageView } from "../../report/network/explain-view.ts";
import { portsText } from "./view.ts";

const WORDS = {
  "network-egress": { title: "egress of", open: "open: no policy selects it for egress" },
  "network-ingress": { title: "ingress of", open: "open: no policy selects it for ingress" },
  "mesh-outbound": { title: "mesh, outbound of", open: "open: its sidecar restricts nothing" },
  "mesh-authentication": { title: "mesh, mTLS of", open: "open: plaintext is accepted" },
  "mesh-authorization": { title: "mesh, authorization of", open: "open: no authorization policy selects it" },
} as const;

/**
 * Stages of a mesh are told where one of its rules has a say, and those of the network not at the end of what is no pod.
 *
 * @param names - what the two ends are called
 */
export function stageViews(
  { endpoints, portSets }: Network,
  { stages }: Pick<PairReasons, "stages">,
  asked: PortSet,
  names: { readonly from: string; readonly to: string },
): StageView[] {
  return stages
    .filter(({ name, end, decisions }) => {
      const isPod = endpoints[end]?.kind === "pods";
      return (isPod && name.startsWith("network-")) || decisions.some(({ rule }) => rule !== undefined);
    })
    .map(({ name, end, decisions }) => {
      const endpoint = endpoints[end];
      const onHost = endpoint?.kind === "pods" && endpoint.host;
      const open = onHost ? "open: it is on its node's network, where no policy selects it" : WORDS[name].open;
      return {
        title: `${WORDS[name].title} ${egressStages.includes(name) ? names.from : names.to}`,
        decisions: decisions.map((decision) => {
          const ports = decision.ports === asked ? undefined : portsText(decision.ports, portSets);
          return decisionView(decision, open, decisions.length > 1, ports);
        }),
      };
    });
}

function decisionView(
  { outcome, rule, doubts }: Decision,
  open: string,
  isOneOfSeveral: boolean,
  ports: string | undefined,
): DecisionView {
  const reasons = doubts.map(({ reason, remedy }) => ({ reason, ...(remedy === undefined ? {} : { remedy }) }));
  const some = ports === undefined ? {} : { ports };
  if (rule === undefined) {
    const text = outcome === "unknown" ? "unknown" : isOneOfSeveral ? "allowed: no rule decides otherwise" : open;
    return { outcome, ...some, text, doubts: reasons };
  }
  const name = ruleName(rule);
  const direction = rule.stage.endsWith("egress") ? "egress" : "ingress";
  const isolates = rule.role !== undefined;
  const text = {
    allowed: `allowed by ${name}`,
    denied: isolates ? `denied: ${name} selects it for ${direction}, and no rule allows this` : `denied by ${name}`,
    passed: `passed on by ${name}`,
    unknown: `unknown: ${name} may ${{ accept: "allow", deny: "deny", pass: "pass on" }[rule.action]} it`,
    open: name,
  }[outcome];
  return {
    outcome,
    ...some,
    text,
    place: formatLocation(rulePlace(rule)),
    doubts: reasons,
    ...(rule.narrowing === undefined ? {} : { narrowing: rule.narrowing }),
    ...(rule.source === undefined ? {} : { source: rule.source }),
  };
}
