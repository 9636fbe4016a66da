/** `--verify` of commands that scan images: the policy's rules of trust with what they name. */
import { openTrustMemory } from "../../collect/trust/image-trust.ts";
import type { Policy } from "../../core/policy.ts";
import { openTrust, type TrustLookup } from "../../scan/trust.ts";
import { defaultRoots } from "../paths.ts";
import { type ReachingOptions, registryOptions } from "../reaching.ts";
import { refreshRoots } from "./open.ts";

export interface VerifyingOptions extends ReachingOptions {
  readonly verify: boolean;
}

export interface OpenedVerifying {
  readonly trust: TrustLookup;
  /** One sentence each, without a full stop. */
  readonly notes: readonly string[];
}

/**
 * @param root - where the tree's own policy file is
 * @throws Problem (usage) where a file that the policy names cannot be read
 */
export async function openVerifying(policy: Policy, root: string, options: VerifyingOptions): Promise<OpenedVerifying> {
  const notes = await refreshRoots(policy.trust, false);
  const opened = await openTrust(policy.trust, policy.origin.kind === "trusted", { tree: root, roots: defaultRoots() });
  const memory = await openTrustMemory();
  return { trust: { opened, memory, registry: registryOptions(options) }, notes };
}
