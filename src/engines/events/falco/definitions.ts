/** What the items of rule files say, each by itself: read, and not yet put together. */
import type { Priority } from "../model.ts";
import type { ItemContext } from "./diagnostics.ts";
import type { RuleExtension } from "./model.ts";
import type { RuleNode } from "./read-yaml.ts";
import type { SourceText } from "./source-text.ts";

export type Definition =
  | ListDefinition
  | MacroDefinition
  | RuleDefinition
  | RuleUpdate
  | RuleEnabling
  | EngineRequirement
  | PluginRequirement;

export interface ListDefinition {
  readonly kind: "list";
  readonly name: string;
  readonly items: readonly string[];
  readonly append: boolean;
  readonly overrides: boolean;
  readonly context: ItemContext;
}

export interface MacroDefinition {
  readonly kind: "macro";
  readonly name: string;
  readonly condition: SourceText;
  readonly append: boolean;
  readonly overrides: boolean;
  readonly context: ItemContext;
  readonly conditionContext: ItemContext;
}

/** What a rule has and an update may change. */
export interface RuleParts {
  readonly condition: SourceText;
  readonly output: SourceText;
  readonly description: string;
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly exceptions: readonly ExceptionDefinition[];
  readonly enabled: boolean;
  readonly warnEventTypes: boolean;
  readonly skipIfUnknownFilter: boolean;
  readonly capture: boolean;
  readonly captureSeconds: number;
}

export interface RuleDefinition extends RuleParts {
  readonly kind: "rule";
  readonly name: string;
  readonly source: string;
  readonly extension?: RuleExtension;
  readonly context: ItemContext;
}

/** `override`, or `append: true` of old. */
export interface RuleUpdate {
  readonly kind: "update";
  readonly operation: "append" | "replace";
  readonly deprecated: boolean;
  readonly name: string;
  /** As the item has it; empty where it has none. */
  readonly source: string;
  readonly parts: Partial<RuleParts>;
  readonly context: ItemContext;
}

/** `enabled` alone, as old files have it. */
export interface RuleEnabling {
  readonly kind: "enabling";
  readonly name: string;
  readonly enabled: boolean;
  readonly context: ItemContext;
}

export interface ExceptionDefinition {
  readonly name: string;
  /** Absent where an append names an exception that is there. */
  readonly fields?: ExceptionEntry;
  readonly comparisons?: ExceptionEntry;
  readonly values: readonly ExceptionEntry[];
  readonly context: ItemContext;
}

export type ExceptionEntry =
  | { readonly kind: "text"; readonly text: string; readonly node: RuleNode }
  | { readonly kind: "list"; readonly items: readonly ExceptionEntry[]; readonly node: RuleNode };

export interface EngineRequirement {
  readonly kind: "engine";
  /** As the file has it: `0.57.0`, `11`. */
  readonly version: string;
  readonly context: ItemContext;
}

export interface PluginRequirement {
  readonly kind: "plugins";
  /** Of which one is enough. */
  readonly alternatives: readonly { readonly name: string; readonly version: string }[];
  readonly context: ItemContext;
}
