/** What `admission test` is asked with, of files and of a cluster. */
import type { Simulated } from "../../guards/admission/trial/requests.ts";
import type { AskingOptions } from "./guard.ts";

export interface AdmissionTestOptions extends AskingOptions {
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly namespaceLabels: readonly string[];
  readonly as: string;
  readonly asGroup: readonly string[];
  readonly kubernetesVersion?: string;
  readonly render: boolean;
  readonly exclude: readonly string[];
  readonly respectGitignore: boolean;
  readonly format: readonly string[];
  readonly all: boolean;
  readonly quiet: boolean;
  readonly now?: string;
}

/** Milliseconds for each request: there is no API server that waits, and a laptop's network is slow. */
export const PATIENCE = 60_000;

export function simulatedBy({ namespace = "default", as: username, asGroup: groups }: AdmissionTestOptions): Simulated {
  return { namespace, user: { username, groups: [...groups, "system:authenticated"], extra: {} } };
}
