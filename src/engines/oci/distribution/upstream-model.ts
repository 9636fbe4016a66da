/** What a policy states of the registries that namespaces of ours stand for. */
import type { StatedAt } from "../../../core/setting.ts";

/** By namespace: the first parts of a repository's name. */
export interface UpstreamRules {
  readonly upstreams: Readonly<Record<string, UpstreamRule>>;
}

export interface UpstreamRule {
  /** Host, with a port and folders where there are some: `docker.io`, `registry.example.com:5000/team`. */
  readonly registry: string;
  /** Name of what it is asked with, which whoever runs the guard resolves. Absent: it is asked without any. */
  readonly credentials?: string;
  /** Patterns (core/glob.ts) over the upstream's repositories; empty: all of them. */
  readonly allow: readonly string[];
  /** Who must have signed, beside what `trust.images` asks of the upstream's own names. */
  readonly signedBy?: UpstreamSigners;
  /** Days that an image is held back. */
  readonly cooldownDays: number;
  /** From when they count. */
  readonly cooldownFrom: CooldownStart;
  /** Minutes that a tag is taken to name the same image. */
  readonly refreshMinutes: number;
  /** What is done with what was fetched before, while the upstream cannot be asked. */
  readonly offline: OfflineAction;
  /** `linux/amd64`: what of an index is fetched; empty: all. */
  readonly platforms: readonly string[];
  /** Names of the guard by which clients mean this registry, whose repositories they then name without the namespace. */
  readonly hosts: readonly string[];
  readonly statedAt?: StatedAt;
}

export interface UpstreamSigners {
  readonly of: readonly string[];
  readonly atLeast: number;
  /** Of a policy that may only tighten: it can be missed, and never makes a pass. */
  readonly tightensOnly?: true;
}

/** `created` is the image's own word, which whoever made it may date back; from the looser. */
export const cooldownStarts = ["created", "seen"] as const;
export type CooldownStart = (typeof cooldownStarts)[number];

/** From the looser. */
export const offlineActions = ["serve", "refuse"] as const;
export type OfflineAction = (typeof offlineActions)[number];
