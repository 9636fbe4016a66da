/**
 * What pipelines do to an image on its way from a commit to where it runs, step by step and whatever the platform: what is
 * asked where two layers have to fit, as a signature and who verifies it. What is judged of them stands in the checks.
 */
import type { Place, Text } from "../field.ts";

export const stepRoles = [
  "build",
  "push",
  "scan",
  "secret-scan",
  "sbom",
  "sbom-use",
  "sign",
  "provenance",
  "verify",
  "verify-provenance",
  "deploy",
] as const;

/**
 * `sbom-use`: an SBOM is attested, scanned, compared, handed to who keeps it or attached to a release. `verify`: signatures are
 * verified. A step may have several roles: one entry each.
 */
export type StepRole = (typeof stepRoles)[number];

export interface LifecycleStep {
  readonly role: StepRole;
  /** `cosign`, `docker/build-push-action`. */
  readonly tool: string;
  readonly place: Place;
  /** Path of the pipeline that it is of. */
  readonly pipeline: string;
  /** Its job's key in the file; empty in an action. */
  readonly job: string;
  /** Among all that its job does, from 0: what comes later has a higher one. */
  readonly index: number;
  /** The image that it is about; absent where it names none, or nobody can tell which of its words is it. */
  readonly image?: NamedImage;
  /** Why what it finds, or its own failure, ends nothing; absent: it does. */
  readonly ignored?: string;
  /** Of an SBOM: the file that it writes. */
  readonly file?: string;
  /** Of a build: what is reused of an earlier one, `type=gha`; absent: nothing is stated. */
  readonly cacheFrom?: string;
  /** Of a search for secrets in the history: what alone the checkout before it has; GitHub's one commit, GitLab's the last. */
  readonly shallow?: "one commit" | "the last commits";
  /** Its own `if`, of GitHub's. */
  readonly condition?: Text;
  /** Of a build: bases are asked for anew (`--pull`), or no cache is used (`--no-cache`). */
  readonly fresh?: boolean;
}

/** A reference as it is written, as far as it is known before it runs. */
export interface NamedImage {
  /** With what could be filled in; a variable that nobody knows stays `$NAME`. */
  readonly text: string;
  /**
   * Its end that is known, without tag and digest: `registry.example.com/shop/api`, or `/shop/api` behind a variable. Absent
   * where nothing of it is.
   */
  readonly repository?: string;
  /** The repository is known from its beginning. */
  readonly whole: boolean;
  /** It is named by a digest, which a variable may hold. */
  readonly byDigest: boolean;
}

/** One file of continuous integration. */
export interface LifecyclePipeline {
  readonly path: string;
  readonly system: "github" | "gitlab";
  /** The `name` that it states, or the file's. */
  readonly name: string;
  readonly steps: readonly LifecycleStep[];
  /** What runs and could do any of it: `make release`, another repository's workflow. */
  readonly opaque: readonly OpaqueStep[];
  /** Of each job: those that end before it begins, by its key; through any number of others. */
  readonly before: ReadonlyMap<string, ReadonlySet<string>>;
  /** Words of commands, and inputs of actions, that name files: what reads an SBOM names it. In their order. */
  readonly mentions: readonly Mention[];
  /** Absent: no schedule starts it; of GitLab the schedules are settings of the project, and what a rule says of them. */
  readonly schedule?: Schedule;
}

export interface OpaqueStep {
  /** `make release`. */
  readonly what: string;
  readonly place: Place;
}

export interface Mention {
  readonly text: string;
  readonly place: Place;
  readonly job: string;
  readonly index: number;
  /** It only hands the file on within continuous integration: an upload, which nothing says is read. */
  readonly upload: boolean;
}

export interface Schedule {
  readonly place: Place;
  readonly crons: readonly Text[];
  /** By job: conditions that must all hold for it to run, with those of the jobs that it needs. */
  readonly conditions: ReadonlyMap<string, readonly Text[]>;
}

/** What is to bring new versions of dependencies, as one file configures it. */
export interface UpdateConfiguration {
  readonly tool: "Dependabot" | "Renovate";
  readonly path: string;
  readonly entries: readonly UpdateEntry[];
}

/** One ecosystem in one place of Dependabot's; of Renovate, which looks everywhere, the whole. */
export interface UpdateEntry {
  /** `npm in /web`, `Renovate`. */
  readonly name: string;
  readonly place: Place;
  /** As the tool calls it: `docker`, `npm`; absent: all. */
  readonly ecosystem?: string;
  /** What is stated that keeps all of its updates from coming, with its place. */
  readonly stopped?: { readonly reason: string; readonly place: Place };
  /** Whether there is anything for it where it looks. */
  readonly found: "yes" | "no" | "unknown";
}

/** A run of a workflow that was, as the caller's file tells (`gh run list --json …`). */
export interface PastRun {
  /** The workflow's name, or its file's path. */
  readonly workflow: string;
  readonly event: string;
  /** `success`, `failure`, `cancelled`. */
  readonly conclusion: string;
  /** ISO 8601. */
  readonly at: string;
}
