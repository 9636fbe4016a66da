/** The admission guard as commands ask it: the same that serves, without a server. */
import { openAdvisories, openNamedAdvisories } from "../../collect/image/advisories.ts";
import { openPolicyScanner } from "../../collect/secrets/scanner.ts";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { clusterPolicyEvaluator } from "../../guards/admission/cluster-policies.ts";
import { createGuard } from "../../guards/admission/decide.ts";
import { createImageAssessor } from "../../guards/admission/images/assessor.ts";
import type { ClusterView, Guard, GuardPolicy, ImageAssessor, PolicySet } from "../../guards/admission/model.ts";
import { openPolicies } from "../../guards/admission/policies.ts";
import { unaskedImages } from "../../guards/admission/trial/unasked-images.ts";
import { policyText } from "../../report/wording.ts";
import { defaultDatabase, defaultRoots } from "../paths.ts";
import { type ReachingOptions, registryOptions } from "../reaching.ts";
import { refreshRoots } from "../trust/open.ts";
import { mirrorsOf } from "./serve-values.ts";

export interface AskingOptions extends ReachingOptions {
  readonly policy?: string;
  readonly environment?: string;
  readonly db?: string;
  /** No registry is asked. */
  readonly offline: boolean;
  readonly registryMirror: readonly string[];
}

export interface OpenedGuard {
  readonly guard: Guard;
  readonly policies: PolicySet;
  /** Whose policy it is, for people. */
  readonly origin: string;
  /** One sentence each, without a full stop. */
  readonly notes: readonly string[];
  close(): void;
}

/**
 * @param namespaces - all that requests will be of; undefined is among them where some are of none
 * @throws Problem (usage) where a file that the options or the policy name cannot be read
 */
export async function openGuard(
  options: AskingOptions,
  {
    root,
    cluster,
    scope,
    namespaces,
  }: {
    /** Where the scanned directory's own policy is looked for. */
    readonly root: string;
    readonly cluster: ClusterView;
    readonly scope: string;
    readonly namespaces: ReadonlySet<string | undefined>;
  },
): Promise<OpenedGuard> {
  const { policy: flag, environment, offline } = options;
  const policies = await openPolicies({ policy: flag, root, environment, roots: defaultRoots() });
  const distinct = distinctPolicies(policies, namespaces);
  const notes = new Set<string>();
  const scanners = new Map<Digest, SecretScanner>();
  for (const { digest, policy } of distinct) {
    for (const note of await refreshRoots(policy.trust, offline)) notes.add(note);
    const opened = await openPolicyScanner(policy, root);
    for (const note of opened.notes) notes.add(note);
    scanners.set(digest, opened.scanner);
  }
  const advisories =
    options.db === undefined ? await openAdvisories(defaultDatabase()) : await openNamedAdvisories(options.db);
  const images: ImageAssessor = offline
    ? unaskedImages(() => advisories)
    : createImageAssessor({
        advisories: () => advisories,
        registry: registryOptions(options),
        mirrors: mirrorsOf(options.registryMirror),
      });
  const [first] = distinct;
  return {
    policies,
    guard: createGuard({
      policies: () => policies,
      images,
      cluster,
      scope,
      scannerOf: ({ digest }: GuardPolicy) => scanners.get(digest),
      admissionPolicies: clusterPolicyEvaluator(cluster),
      ...(flag === undefined ? {} : { policyName: flag }),
    }),
    origin: first === undefined ? "built-in defaults" : policyText(first.policy.origin),
    notes: [...notes],
    close() {
      images.close();
      if (!(advisories instanceof Problem)) advisories.close();
    },
  };
}

function distinctPolicies(policies: PolicySet, namespaces: ReadonlySet<string | undefined>): GuardPolicy[] {
  const all = [undefined, ...namespaces].map((namespace) => policies.forNamespace(namespace));
  return [...new Map(all.map((policy) => [policy.digest, policy])).values()];
}
