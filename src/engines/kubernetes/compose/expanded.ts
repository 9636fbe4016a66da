/** A Compose file with its variables filled in, and what of it that leaves open. */
import { someOf } from "../../../core/counted.ts";
import { isObject } from "../../../core/untyped.ts";
import type { FieldPath } from "../field-path.ts";
import { type ComposeVariables, expandCompose } from "./interpolate.ts";

type Plain = Readonly<Record<string, unknown>>;

export interface Unresolved {
  /** From the document's root. */
  readonly field: FieldPath;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** Fields of a service that checks decide by; commands, labels and the environment are kept as they are. */
const DECIDING: ReadonlySet<string> = new Set([
  ...["privileged", "user", "network_mode", "pid", "ipc", "uts", "cgroup", "userns_mode", "cap_add", "cap_drop"],
  ...["security_opt", "volumes", "devices", "device_cgroup_rules", "sysctls", "secrets", "configs", "read_only"],
  ...[
    "post_start",
    "pre_stop",
    "use_api_socket",
    "group_add",
    "volumes_from",
    "runtime",
    "extends",
    "tmpfs",
    "image",
    "ports",
  ],
]);

/** Variables that a reason names, and characters of a name. */
const NAMED = 5;
const LONGEST = 80;

const OF_BUILD: ReadonlySet<string> = new Set(["privileged", "network", "entitlements"]);

/** What everybody's environment has, and what begins a path there. */
const OWN_FOLDERS: ReadonlySet<string> = new Set(["HOME", "PWD"]);

export function expandFile(
  file: Plain,
  variables: ComposeVariables,
): { readonly file: Plain; readonly unresolved: readonly Unresolved[] } {
  const unresolved: Unresolved[] = [];
  const expand = (value: unknown, field: FieldPath): unknown => {
    if (typeof value === "string") {
      const found = expandCompose(value, variables);
      if (isDeciding(field)) {
        const path = isPath(field, found.text);
        const names = [...new Set(found.unresolved)].filter((name) => !(path && OWN_FOLDERS.has(name)));
        if (found.invalid) unresolved.push({ field, reason: "unsupported variable syntax" });
        else if (names.length > 0) unresolved.push({ field, reason: `no value found for ${named(names)}` });
      }
      return found.text;
    }
    if (Array.isArray(value)) return value.map((item, index) => expand(item, [...field, index]));
    if (!isObject(value)) return value;
    const inner: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value)) {
      const expanded = expand(each, [...field, key]);
      Object.defineProperty(inner, key, { value: expanded, enumerable: true, configurable: true, writable: true });
    }
    return inner;
  };
  const expanded = expand(file, []);
  return { file: expanded as Plain, unresolved };
}

function named(names: readonly string[]): string {
  return someOf(names, NAMED, (name) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
}

function isDeciding([section, , name, inner]: FieldPath): boolean {
  switch (section) {
    case "services":
      return name === undefined || DECIDING.has(String(name)) || (name === "build" && OF_BUILD.has(String(inner)));
    case "volumes":
      return name === "driver" || name === "driver_opts";
    case "configs":
    case "secrets":
      return name === "file";
    default:
      return false;
  }
}

/** A volume's source, at whose beginning the variable stands. */
function isPath([section, , name]: FieldPath, text: string): boolean {
  const starts = /^\$\{(?:HOME|PWD)\}(?:[/:]|$)/.test(text) && text.indexOf("${", 2) < 0;
  return starts && (section !== "services" || name === "volumes");
}
