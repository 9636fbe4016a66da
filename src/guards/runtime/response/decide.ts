/** Which responses an alert brings about, and whom they spare: no I/O, by what this side knows of the container. */
import { compileGlob } from "../../../core/glob.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { shownText } from "../../../engines/events/fields/shown.ts";
import { priorities } from "../../../engines/events/model.ts";
import {
  type ResponseAction,
  type ResponsePolicy,
  type ResponseRule,
  responseActions,
} from "../../../engines/events/respond/model.ts";
import type { ResponderParts, ResponseRequest } from "./model.ts";

/** Undefined where facts are still to come: whom it is about, and so whether it is spared, cannot be told yet. */
export type Whom =
  | { readonly kind: "host"; readonly workload: string }
  | { readonly kind: "container"; readonly workload: string; readonly facts: ContainerFacts };

export interface Decided {
  readonly actions: readonly ResponseAction[];
  /** Why nothing is done to it all the same. */
  readonly exempt?: string;
}

export interface Decider {
  /** Whether any response may follow, whomever it is about: what no entry matches is not looked up. */
  mayRespond(request: ResponseRequest): boolean;
  decide(request: ResponseRequest, whom: Whom): Decided;
}

type Own = ResponderParts["own"];

/** Of these namespaces are what nodes and the cluster itself run by: whoever stops that loses more than a workload. */
const SYSTEM_NAMESPACE =
  /^(?:kube-.*|openshift(?:-.*)?|calico-(?:system|apiserver)|tigera-.*|cilium(?:-.*)?|gke-.*|aks-.*|amazon-.*)$/;

export function createDecider(policy: ResponsePolicy, own: Own): Decider {
  const rules = policy.responses.map(compileRule);
  const exempt = policy.exempt.map(({ workload, reason }) => ({ matches: compileGlob(workload), workload, reason }));
  const lifted = new Set(policy.notExempt.map(({ workload }) => workload));

  function spared(request: ResponseRequest, whom: Whom): string | undefined {
    const always = ownReason(request, whom, own);
    if (always !== undefined) return always;
    const stated = exempt.find(({ matches }) => matches(whom.workload));
    if (stated !== undefined) return `exempt by the policy (${stated.workload}): ${stated.reason}`;
    const system = systemReason(whom);
    if (system === undefined) return undefined;
    const name = whom.kind === "host" ? `host:${request.process?.path ?? ""}` : whom.workload;
    return lifted.has(name) ? undefined : `${system} (runtime.notExempt lifts it for ${name})`;
  }

  return {
    mayRespond: (request) => rules.some((rule) => rule.matches(request)),
    decide(request, whom) {
      const wanted = new Set(
        rules.flatMap((rule) => (rule.matches(request) && rule.isIn(whom.workload) ? rule.actions : [])),
      );
      const actions = responseActions.filter((action) => wanted.has(action));
      const reason = actions.length === 0 ? undefined : spared(request, whom);
      return { actions, ...(reason === undefined ? {} : { exempt: reason }) };
    },
  };
}

interface CompiledResponse {
  readonly actions: readonly ResponseAction[];
  matches(request: ResponseRequest): boolean;
  isIn(workload: string): boolean;
}

function compileRule({ rules, tags, priority, in: workloads, do: actions }: ResponseRule): CompiledResponse {
  const names = rules?.map((rule) => compileGlob(rule.toLowerCase()));
  const places = workloads?.map(compileGlob);
  return {
    actions,
    matches(request) {
      if (priority !== undefined && priorities.indexOf(request.priority) > priorities.indexOf(priority)) return false;
      if (tags !== undefined && !tags.some((tag) => request.tags.includes(tag))) return false;
      const name = request.rule.toLowerCase();
      return names === undefined || names.some((matches) => matches(name));
    },
    isIn: (workload) => places === undefined || places.some((matches) => matches(workload)),
  };
}

/** What sees the attack is not ended by it. */
function ownReason({ process }: ResponseRequest, whom: Whom, own: Own): string | undefined {
  const isOwnProcess = process !== undefined && own.pids.includes(process.pid);
  if (isOwnProcess) return "it is a process of Bulkhead itself";
  if (whom.kind === "host") return undefined;
  const { fullId, id, details } = whom.facts;
  if (own.containers.some((one) => one === fullId || one === id)) return "it is a container of Bulkhead itself";
  const namespace = details?.pod?.namespace;
  return namespace !== undefined && namespace === own.namespace
    ? `namespace ${namespace} is Bulkhead's own`
    : undefined;
}

function systemReason(whom: Whom): string | undefined {
  if (whom.kind === "host") return "processes of the host are exempt";
  const { details } = whom.facts;
  if (details?.sandbox === true) return "it holds the pod's namespaces (pause)";
  const pod = details?.pod;
  if (pod === undefined) return undefined;
  if (SYSTEM_NAMESPACE.test(pod.namespace)) return `namespace ${shownText(pod.namespace)} is of the system`;
  return pod.owner?.kind === "Node" ? "it is a static pod" : undefined;
}

/** @returns undefined where more is to come: a container's details, or its pod */
export function whomOf(facts: ContainerFacts | undefined, node: string): Whom | undefined {
  if (facts?.details === undefined) return undefined;
  const { pod, name, sandbox } = facts.details;
  if (pod === undefined && facts.podUid !== undefined && sandbox !== true) return undefined;
  const workload =
    pod === undefined
      ? `${node}/Container/${shownText(name === "" ? facts.id : name)}`
      : [pod.namespace, pod.owner?.kind ?? "Pod", pod.owner?.name ?? pod.name].map(shownText).join("/");
  return { kind: "container", workload, facts };
}
