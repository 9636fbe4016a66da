/** What a policy states of admission, as its readers use it. */

import { byNamespace } from "../../core/by-namespace.ts";
import { greatest } from "../../core/extremes.ts";
import type { StatedAt } from "../../core/setting.ts";

export interface AdmissionRules {
  /** Namespace or pattern over names → the environment of the policy that holds there. */
  readonly environments: Readonly<Record<string, string>>;
  /** Where tags are replaced by digests as objects are admitted. */
  readonly pin: PinScope;
  /** Levels of the Pod Security Standards that pods of a namespace must meet, whatever its labels say. */
  readonly podSecurity: PodSecurityRules;
  /** Seconds within which a request is answered; what the API server asks for is never exceeded. */
  readonly deadlineSeconds: number;
  /** Hours that what was found beside an image still counts while its registry does not answer. */
  readonly outageHours: number;
  /** Images by which `check --cluster --probe` tries admission, as references. */
  readonly probe: { readonly unsigned?: string; readonly stranger?: string; readonly signed?: string };
}

export type PinScope = (typeof pinScopes)[number];

/** From the loosest. */
export const pinScopes = ["off", "pods", "all"] as const;

/** From the loosest. */
export const podSecurityLevels = ["privileged", "baseline", "restricted"] as const;

export interface PodSecurityRule {
  readonly level: (typeof podSecurityLevels)[number];
  /** The minor version of Kubernetes 1.x, or `latest`. */
  readonly version: number | "latest";
  readonly statedAt?: StatedAt;
}

export interface PodSecurityRules {
  readonly levels: Readonly<Record<string, PodSecurityRule>>;
  /** What others ask for that may be stricter alone. */
  readonly atLeast: readonly Readonly<Record<string, PodSecurityRule>>[];
}

/** All of them must be met; empty where nothing is stated of the namespace. Of several patterns the strictest level. */
export function podSecurityOf({ levels, atLeast }: PodSecurityRules, namespace: string): readonly PodSecurityRule[] {
  const rank = ({ level }: PodSecurityRule) => podSecurityLevels.indexOf(level);
  return [levels, ...atLeast].flatMap((stated) => {
    const rules = byNamespace(stated, namespace).map(([, rule]) => rule);
    const most = greatest(rules.map(rank));
    return rules.filter((rule) => rank(rule) === most);
  });
}

/** The environment of a namespace; of several patterns the first that the file states. */
export function environmentOf({ environments }: AdmissionRules, namespace: string | undefined): string | undefined {
  return byNamespace(environments, namespace)[0]?.[1];
}
