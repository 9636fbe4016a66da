/** Why responses do not all work as the policy has them: told at the start, not when it is too late. */
import type { Policy } from "../../../core/policy.ts";
import { type ResponseAction, responseActions } from "../../../engines/events/respond/model.ts";
import type { ResponderParts } from "./model.ts";

export function noteOf({ runtime, origin }: Policy, { tell, cluster, hostProcesses }: ResponderParts): string[] {
  const { respond, responses } = runtime;
  if (respond === "off") return responses.length === 0 ? [] : ["runtime.respond is off: responses are not carried out"];
  if (origin.kind === "tree") {
    return [`runtime.respond: ${respond} of an untrusted policy does not count (name the policy with --policy)`];
  }
  if (responses.length === 0) return [`runtime.respond is ${respond}, and runtime.responses has no entry`];
  const wanted = new Set(responses.flatMap((rule) => rule.do));
  const lacks = (actions: readonly ResponseAction[], why: string): string[] => {
    const some = responseActions.filter((action) => wanted.has(action) && actions.includes(action));
    return some.length === 0 ? [] : [`${some.join(", ")} will fail: ${why}`];
  };
  return [
    ...(respond === "dry-run" ? ["runtime.respond is dry-run: responses are told and not carried out"] : []),
    ...(tell === undefined ? lacks(["kill", "protect"], "no sensor of ours runs") : []),
    ...(tell !== undefined && !hostProcesses ? lacks(["protect"], "/proc is not the host's") : []),
    ...(cluster === undefined ? lacks(["label", "detach", "quarantine"], "no cluster is known") : []),
  ];
}
