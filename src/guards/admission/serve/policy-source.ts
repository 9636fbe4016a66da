/** Policies of files that may change: what is read of them at once, and when to read again. */
import { createHash } from "node:crypto";
import { readPolicyFiles } from "../../../collect/policy/files.ts";
import { openPolicyScanner } from "../../../collect/secrets/scanner.ts";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { SecretScanner } from "../../../engines/secrets/scan.ts";
import type { GuardPolicy, PolicySet } from "../model.ts";
import { openPolicies, type PolicySetOptions } from "../policies.ts";

export interface PolicySource {
  /** Of the policy's file and of all that it names. @throws Problem where one cannot be read */
  fingerprint(): Promise<string>;
  /** @throws Problem where something of it could not be opened: half a policy is not put in force */
  open(): Promise<PolicySet>;
  /** By the rules of a policy that is in force, or was until now. */
  scannerOf(policy: GuardPolicy): SecretScanner | undefined;
}

export function policySource(options: PolicySetOptions & { readonly policy: string }): PolicySource {
  let scanners: ReadonlyMap<Digest, SecretScanner> = new Map();
  return {
    async fingerprint() {
      const hash = createHash("sha256");
      for (const file of await readPolicyFiles(options.policy, options.root)) hash.update(JSON.stringify(file));
      return hash.digest("hex");
    },
    async open() {
      const set = await openPolicies({ ...options, reviewed: false });
      const own = new Map<Digest, SecretScanner>();
      for (const { digest, policy, trust } of distinctPolicies(set)) {
        if (trust instanceof Problem) throw trust;
        own.set(digest, (await openPolicyScanner(policy, options.root)).scanner);
      }
      // Requests that are under way keep the policy that they began with.
      scanners = new Map([...[...scanners].slice(-own.size), ...own]);
      return set;
    },
    scannerOf: ({ digest }) => scanners.get(digest),
  };
}

/** One for each environment that a namespace may have. */
export function distinctPolicies(set: PolicySet): readonly GuardPolicy[] {
  const rest = set.forNamespace(undefined);
  // A pattern matches itself.
  const patterns = Object.keys(rest.policy.admission.environments);
  const all = [rest, ...patterns.map((pattern) => set.forNamespace(pattern))];
  return [...new Map(all.map((policy) => [policy.digest, policy])).values()];
}
