/** The cases of falco_tests.yaml and falco_k8s_audit_tests.yaml: what goes in, and apart from it what is to come out. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";

/** All that the evaluation sees of a case. */
export interface Inputs {
  /** Rule files in their order; those of a folder by name. */
  readonly rules: readonly string[];
  readonly capture?: string;
  /** Audit events in the place of a capture. */
  readonly audit?: string;
  readonly disabled: readonly string[];
  readonly disabledTags: readonly string[];
  readonly tags: readonly string[];
  readonly priority?: string;
  readonly isoTime: boolean;
  /** Alerts as Falco's JSON, with the properties that are asked for. */
  readonly json?: { readonly output: boolean; readonly tags: boolean };
}

export interface ExpectedDiagnostic {
  readonly item_type: string;
  readonly item_name: string;
  readonly code: string;
  readonly message?: string;
  readonly message_contains?: string;
}

export interface Expectations {
  /** Whether anything is to fire; undefined where a case does not say. */
  readonly fires: boolean | undefined;
  readonly levels: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly fails: boolean;
  readonly errors: readonly ExpectedDiagnostic[];
  readonly warnings: readonly ExpectedDiagnostic[];
  readonly stdout: readonly string[];
  readonly notStdout: readonly string[];
  readonly stderr: readonly string[];
}

export interface FalcoCase {
  readonly name: string;
  readonly inputs: Inputs;
  readonly expected: Expectations;
}

/** Keys as the file has them; each of its kind. */
interface Raw {
  readonly rules_file?: unknown;
  readonly validate_rules_file?: unknown;
  readonly trace_file?: unknown;
  readonly disabled_rules?: unknown;
  readonly disable_tags?: unknown;
  readonly run_tags?: unknown;
  readonly priority?: unknown;
  readonly addl_cmdline_opts?: unknown;
  readonly time_iso_8601?: unknown;
  readonly json_output?: unknown;
  readonly json_include_output_property?: unknown;
  readonly json_include_tags_property?: unknown;
  readonly detect?: unknown;
  readonly detect_level?: unknown;
  readonly detect_counts?: unknown;
  readonly exit_status?: unknown;
  readonly validate_errors?: unknown;
  readonly validate_warnings?: unknown;
  readonly stdout_contains?: unknown;
  readonly stdout_not_contains?: unknown;
  readonly stderr_contains?: unknown;
}

export interface FalcoCases {
  readonly cases: readonly FalcoCase[];
  /** Names of those whose rules or events are not there. */
  readonly without: readonly string[];
}

const AUDIT = "test/falco_k8s_audit_tests.yaml";

/** @returns those of system calls, and where the folder has them those of audit events */
export function readCases(folder: string): FalcoCases {
  const own = readFile(folder, "test/falco_tests.yaml");
  if (!existsSync(join(folder, AUDIT))) return own;
  const audit = readFile(folder, AUDIT);
  const cases = audit.cases.map((one) => ({ ...one, name: `k8s_audit ${one.name}` }));
  return { cases: [...own.cases, ...cases], without: [...own.without, ...audit.without] };
}

function readFile(folder: string, file: string): FalcoCases {
  const text = readFileSync(join(folder, file), "utf8");
  const { trace_files: raw } = parse(text, { logLevel: "silent", uniqueKeys: false }) as {
    trace_files: Record<string, Raw>;
  };
  const cases: FalcoCase[] = [];
  const without: string[] = [];
  for (const [name, entry] of Object.entries(raw)) {
    const named = [...texts(entry.rules_file), ...texts(entry.validate_rules_file)];
    const paths = named.map((path) => pathOf(folder, path));
    const [, audit] = /open_params=(\S+[.]json)/.exec(String(entry.addl_cmdline_opts)) ?? [];
    const auditPath = audit === undefined ? undefined : join(folder, "test", audit);
    const capture = entry.trace_file === undefined ? undefined : join(folder, "test", String(entry.trace_file));
    if ([...paths, capture, auditPath].some((path) => path !== undefined && !existsSync(path))) {
      without.push(name);
      continue;
    }
    // Cases of validation end with it: no capture is read.
    const isValidation = entry.validate_rules_file !== undefined;
    const rules = named.length > 0 ? paths.flatMap(filesAt) : [join(folder, "rules/falco_rules.yaml")];
    cases.push({
      name,
      inputs: {
        ...inputsOf(entry, rules, isValidation ? undefined : capture),
        ...(auditPath !== undefined && { audit: auditPath }),
      },
      expected: expectationsOf(entry),
    });
  }
  return { cases, without };
}

/** Rules that the suite fetches when it is built are among the folder's own. */
function pathOf(folder: string, path: string): string {
  return path.startsWith("BUILD_DIR/") ? join(folder, "rules", basename(path)) : join(folder, "test", path);
}

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .map((name) => join(path, name));
}

function inputsOf(entry: Raw, rules: readonly string[], capture: string | undefined): Inputs {
  return {
    rules,
    ...(capture !== undefined && { capture }),
    disabled: texts(entry.disabled_rules),
    disabledTags: texts(entry.disable_tags),
    tags: texts(entry.run_tags),
    ...(entry.priority !== undefined && { priority: String(entry.priority) }),
    isoTime: entry.time_iso_8601 === true,
    ...(entry.json_output === true && {
      json: {
        output: entry.json_include_output_property !== false,
        tags: entry.json_include_tags_property !== false,
      },
    }),
  };
}

function expectationsOf(entry: Raw): Expectations {
  const counts = (entry.detect_counts ?? []) as readonly Record<string, number>[];
  return {
    fires: entry.detect as boolean | undefined,
    levels: texts(entry.detect_level),
    counts: Object.assign({}, ...counts),
    fails: entry.exit_status === 1,
    errors: (entry.validate_errors ?? []) as ExpectedDiagnostic[],
    warnings: (entry.validate_warnings ?? []) as ExpectedDiagnostic[],
    stdout: texts(entry.stdout_contains),
    notStdout: texts(entry.stdout_not_contains),
    stderr: texts(entry.stderr_contains),
  };
}

function texts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
