/** What of the policy's slice about admission is about images. */
import type { Policy } from "../../../core/policy.ts";

export function rememberedHours(policy: Policy): number {
  return (policy as { admission?: { rememberedHours?: number } }).admission?.rememberedHours ?? 24;
}

export function pinScope(policy: Policy): string {
  return (policy as { admission?: { pin?: string } }).admission?.pin ?? "pods";
}
