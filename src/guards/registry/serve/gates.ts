/** What decides: the gates of pulls and pushes, and namespaces of upstreams. */
import type { Problem } from "../../../core/problem.ts";
import type { AuditEntry, Engine, EngineTokens, PullGate, PushGate, Upstreams } from "../model.ts";
import type { Page } from "../proxy/options.ts";
import type { Ground } from "./open.ts";
import type { Part } from "./serve.ts";
import type { GuardSettings } from "./settings.ts";

export interface Gates {
  readonly pull: PullGate;
  readonly push: PushGate;
  readonly upstreams: Upstreams;
  /** By path: the engine's notifications. */
  readonly pages: readonly (readonly [string, Page])[];
  readonly part: Part;
}

export interface GatesGround {
  readonly settings: GuardSettings;
  readonly ground: Ground;
  readonly engine: Engine;
  /** Absent: the engine asks nobody who they are. */
  readonly tokens: EngineTokens | undefined;
  onProblem(problem: Problem): void;
  /** A line of the audit log about what nobody asked the guard for. */
  onFound(entry: AuditEntry): void;
}

export type OpenGates = (ground: GatesGround) => Gates;
