/** What may be uploaded, and from where it may be mounted. */

import { Problem } from "../../../core/problem.ts";
import type { PullGate, PushGate, RegistryPolicy, UploadDecision } from "../model.ts";
import { answerOf } from "./asking.ts";
import { bounds } from "./bounds.ts";
import { blobFaults, repositoryFaults } from "./content-rules.ts";
import { actionOf, decide } from "./verdict.ts";

type UploadAsked = Parameters<PushGate["upload"]>[0];

export async function judgeUpload(
  asked: UploadAsked,
  policy: RegistryPolicy,
  pull: Pick<PullGate, "blob">,
): Promise<UploadDecision> {
  const { repository, bytes, mount } = asked;
  const { push } = policy.policy.registry;
  const subject = mount === undefined ? asked : { ...asked, reference: mount.digest };
  const faults = [...repositoryFaults(repository, push), ...(bytes === undefined ? [] : blobFaults(bytes, push))];
  const decision = decide(faults, policy, subject);
  // One byte more is what the rule is about: where it only warns, an upload goes on.
  const [over] = blobFaults(push.maxLayerBytes + 1, push);
  const cuts = over !== undefined && actionOf(over, policy, subject) === "deny";
  const mostBytes = cuts ? push.maxLayerBytes : Number.MAX_SAFE_INTEGER;
  const mounts = decision.action === "allow" && mount !== undefined && (await mayMount(asked, mount, pull));
  return { ...decision, mounts, mostBytes };
}

/**
 * A blob of another repository: only where its principal may pull there, and the policy lets that blob be pulled. Else it is
 * uploaded: who has it may, and who has it not learns nothing.
 */
async function mayMount(
  { repository, principal, grants, now }: UploadAsked,
  { digest, from }: NonNullable<UploadAsked["mount"]>,
  pull: Pick<PullGate, "blob">,
): Promise<boolean> {
  // Without a source the engine would look for it everywhere.
  if (from === undefined || from === repository) return false;
  const isGranted = grants.some((grant) => grant.repository === from && grant.actions.includes("pull"));
  if (!isGranted) return false;
  const deadline = AbortSignal.timeout(bounds.askMilliseconds);
  const judged = await answerOf(() => pull.blob({ repository: from, digest, principal, now, deadline }), from);
  return !(judged instanceof Problem) && judged.action === "allow";
}
