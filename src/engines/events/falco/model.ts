/**
 * Falco's rule language (engine 0.63): what its files hold, and what becomes of them. Read, collected, compiled: three
 * stages, each with its own file(s) and its own diagnostics.
 */
import type { EventSource, Priority } from "../model.ts";

/** One file as it was given, in the order in which files are loaded. */
export interface RuleText {
  /** How it is named to the user. */
  readonly name: string;
  readonly text: string;
}

/** A place in a rule file: line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Upstream's codes (`userspace/engine/falco_load_result.h`): users know them, and suites compare them. The rest of a
 * diagnostic is ours.
 */
export type ErrorCode =
  | "LOAD_ERR_FILE_READ"
  | "LOAD_ERR_YAML_PARSE"
  | "LOAD_ERR_YAML_VALIDATE"
  | "LOAD_ERR_COMPILE_CONDITION"
  | "LOAD_ERR_COMPILE_OUTPUT"
  | "LOAD_ERR_VALIDATE"
  | "LOAD_ERR_EXTENSION";

export type WarningCode =
  | "LOAD_UNKNOWN_SOURCE"
  | "LOAD_UNSAFE_NA_CHECK"
  | "LOAD_NO_EVTTYPE"
  | "LOAD_UNKNOWN_FILTER"
  | "LOAD_UNUSED_MACRO"
  | "LOAD_UNUSED_LIST"
  | "LOAD_UNKNOWN_ITEM"
  | "LOAD_DEPRECATED_ITEM"
  | "LOAD_WARNING_EXTENSION"
  | "LOAD_APPEND_NO_VALUES"
  | "LOAD_EXCEPTION_NAME_NOT_UNIQUE"
  | "LOAD_INVALID_MACRO_NAME"
  | "LOAD_INVALID_LIST_NAME"
  | "LOAD_COMPILE_CONDITION"
  | "LOAD_UNKNOWN_KEY";

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: ErrorCode | WarningCode;
  /** One sentence without a full stop; upstream's words where suites compare them. */
  readonly message: string;
  /** What to do about it, where there is something to say beyond the message. */
  readonly remedy?: string;
  /** What it is about: `rule`, `macro`, `list`, `exception`, `required_engine_version`, `rules content`…, and its name. */
  readonly item: { readonly kind: string; readonly name: string };
  /** From where it was found outward: the place in the condition, each macro that led there, the item, the file. */
  readonly chain: readonly [PlaceInChain, ...PlaceInChain[]];
}

export interface PlaceInChain {
  /** `condition expression`, `macro 'spawned_process'`, `rule 'Terminal shell in container'`, `rules file`. */
  readonly what: string;
  readonly place: Place;
  /** The line of the file that it is in, for the caret; absent where the file has none. */
  readonly source?: string;
}

/**
 * A condition as it is parsed; `at` is an offset that differs over all texts of a load, which knows its place. Texts of
 * literals are byte strings (`fields/field.ts`): the UTF-8 of what the file has, and one byte for each `\xHH`.
 */
export type Condition =
  | { readonly kind: "and" | "or"; readonly terms: readonly Condition[]; readonly at: number }
  | { readonly kind: "not"; readonly term: Condition; readonly at: number }
  /** A macro by name. Gone after macros were put in their places. */
  | { readonly kind: "macro"; readonly name: string; readonly at: number }
  | { readonly kind: "exists"; readonly left: Operand; readonly at: number }
  | {
      readonly kind: "compare";
      readonly left: Operand;
      readonly operator: Operator;
      readonly modifier?: "oneof" | "anyof" | "allof";
      readonly right: Right;
      readonly at: number;
    };

/** A field or what a transformer makes of some. */
export type Operand =
  | { readonly kind: "field"; readonly name: string; readonly argument?: string; readonly at: number }
  | {
      readonly kind: "transform";
      readonly transformer: Transformer;
      readonly of: readonly TransformerArgument[];
      /** `getopt(proc.args, "p")[0]`. */
      readonly argument?: string;
      readonly at: number;
    };

export type TransformerArgument =
  | Operand
  | { readonly kind: "literal"; readonly text: string; readonly number?: true; readonly at: number }
  | { readonly kind: "list"; readonly items: readonly TransformerArgument[]; readonly at: number };

export type Right =
  /** One value, quotes and escapes undone: a byte string (UTF-8; `\\xff` is one byte), as are all texts of literals here. */
  | { readonly kind: "value"; readonly text: string; readonly at: number }
  | { readonly kind: "values"; readonly texts: readonly string[]; readonly at: number }
  /** `val(field)` or a transformer. */
  | { readonly kind: "operand"; readonly operand: Operand };

export type Operator =
  | "="
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "contains"
  | "icontains"
  | "bcontains"
  | "startswith"
  | "bstartswith"
  | "endswith"
  | "glob"
  | "iglob"
  | "regex"
  | "in"
  | "intersects"
  | "pmatch";

export type Transformer = "tolower" | "toupper" | "b64" | "basename" | "len" | "join" | "concat" | "getopt";

/** A rule after all files were read: lists, exceptions, overrides and macros have done their part. */
export interface CollectedRule {
  readonly name: string;
  readonly description: string;
  readonly source: EventSource;
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  /** False: no warning where it fits too many types of events. */
  readonly warnEventTypes: boolean;
  /** A field or a type of event that there is none of leaves the rule out, with a warning and no error. */
  readonly skipIfUnknownFilter: boolean;
  /** Asks for a recording when it fires, and for how long; kept for the sensor. */
  readonly capture?: { readonly seconds?: number };
  /** Whole, without macros and lists. Leaves of one macro are the same objects in all rules that use it. */
  readonly condition: Condition;
  readonly conditionText: string;
  readonly output: string;
  readonly place: Place;
  /** Rules are tried in this order. */
  readonly index: number;
  /** What Bulkhead's rules say beyond Falco's keys, under `bulkhead:`; absent in other files. */
  readonly extension?: RuleExtension;
}

/**
 * The key `bulkhead` of a rule: files with it stay readable by Falco, which warns of a key it does not know. See
 * docs/runtime-rules.md.
 */
export interface RuleExtension {
  readonly severity?: "low" | "medium" | "high" | "critical";
  readonly attack?: readonly string[];
  readonly why?: string;
  readonly fix?: string;
  /** A rule that is not loaded unless a policy names it. */
  readonly optional?: boolean;
  readonly sequence?: SequenceRule;
  readonly threshold?: ThresholdRule;
}

/** This rule's condition, and before it, within some time and for the same key, each of these in order. */
export interface SequenceRule {
  /** Earlier steps, the first first; the rule's own condition is the last. */
  readonly after: readonly { readonly condition: string; readonly name?: string }[];
  readonly withinSeconds: number;
  readonly by: CorrelationKey;
}

/** Fires once the condition held this often within some time for one key; then anew after as much time. */
export interface ThresholdRule {
  readonly count: number;
  readonly withinSeconds: number;
  readonly by: CorrelationKey;
  /** Only different values of this field count: `fd.sport`. */
  readonly distinct?: string;
}

/** `container`, `process-tree`, `process`, `user`, `host`, or the names of fields. */
export type CorrelationKey = "container" | "process-tree" | "process" | "user" | "host" | readonly string[];

/** What loading came to: rules are there only without errors. */
export interface LoadedRules {
  readonly rules: readonly CollectedRule[];
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  readonly requiredEngineVersion?: string;
  readonly requiredPlugins: readonly { readonly name: string; readonly version: string }[];
  /**
   * The condition of a step of a sequence of one of the rules (`RuleExtension`), with macros and lists in their places: they
   * were compiled with the rule.
   */
  conditionOf(text: string): Condition;
}

/** What is asked of the detector for one event. */
export type Matching = "first" | "all";

/**
 * Rules that were compiled for one source. Called once for each event, in order; the matched rules are in `matched` until
 * the next call.
 */
export interface Detector<Event> {
  readonly rules: readonly CompiledRule<Event>[];
  /** By event code: whether any rule wants it. Sources need not build state-free events that no rule wants. */
  wants(code: number): boolean;
  /** Number of rules that hold, of which the first `return` entries of `matched` tell which. */
  evaluate(event: Event): number;
  readonly matched: CompiledRule<Event>[];
}

export interface CompiledRule<Event> extends CollectedRule {
  /** Codes of the event table that it can match; undefined: not of that source. */
  readonly codes?: ReadonlySet<number>;
  /** The output filled in: the text, and each field with what it was. Must be called while the event is in hand. */
  render(event: Event): { readonly text: string; readonly fields: Record<string, string | null> };
}
