/** Alerts as they are shown: texts of attackers, which each form escapes for the place where it is read. */
import type { ExitCode } from "../../core/report.ts";
import type { RatedSeverity } from "../../core/severity.ts";

export interface AlertsView {
  readonly subject: string;
  /** In the order in which they began. */
  readonly alerts: readonly AlertView[];
  readonly events: number;
  /** Events that some rule wanted to see. */
  readonly evaluated: number;
  /** Why what is not told may still have happened, one line each. */
  readonly gaps: readonly string[];
  readonly notes: readonly string[];
  /** `policy: bulkhead.yaml (untrusted)`. */
  readonly policy: string;
  readonly exitCode: ExitCode;
}

export interface AlertView {
  /** ISO 8601, UTC, with as many digits as the event has. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly rule: string;
  /** What said so, where that is another detector: `guardduty`. */
  readonly detector: string;
  /** `WARNING`. */
  readonly priority: string;
  readonly severity: RatedSeverity;
  readonly source: string;
  readonly output: string;
  readonly fields: Readonly<Record<string, string | null>>;
  readonly tags: readonly string[];
  /** What it is about: `shop/Deployment/api`, `node-1`. */
  readonly asset: string;
  readonly host?: string;
  readonly container?: {
    readonly id: string;
    readonly name?: string;
    readonly image?: string;
    /** Of the manifest where the runtime tells it, else of the configuration. */
    readonly digest?: string;
    readonly imageId?: string;
  };
  /** Of an audit event: `pods shop/api`. */
  readonly object?: string;
  readonly pod?: { readonly namespace: string; readonly name: string };
  readonly process?: {
    readonly pid: number;
    readonly name: string;
    readonly commandLine: string;
    readonly path?: string;
    readonly user?: string;
    readonly uid?: number;
    readonly ancestors: readonly string[];
  };
  /** Whose the program is in its image: `/usr/bin/curl of curl 8.14.1-2, layer 2/3, Dockerfile:7 (sha256:…)`. */
  readonly program?: string;
  /** Each may have opened the session; one: it did. */
  readonly kubernetesUsers: readonly { readonly name: string; readonly request: string; readonly time: string }[];
  /** Of a sequence: what came before. */
  readonly after: readonly string[];
  readonly why?: string;
  readonly fix?: string;
  /** `rules/falco_rules.yaml:120`. */
  readonly place?: string;
  /** What an exception or a baseline made of it, or that it is below the threshold. */
  readonly state: "over" | "below" | "excepted" | "baselined";
}
