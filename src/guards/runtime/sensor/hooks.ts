/** Which system calls and kernel events the sensor attaches to: what enabled rules look at, and what keeps the state true. */
import { planRules } from "../../../engines/events/detect/plan.ts";
import type { SyscallEvent } from "../../../engines/events/event.ts";
import { compileCondition, type Vocabulary } from "../../../engines/events/falco/compile/condition.ts";
import type { EventTypes } from "../../../engines/events/falco/compile/event-types.ts";
import { syscallVocabulary } from "../../../engines/events/falco/compile/sources.ts";
import type { LoadedRules } from "../../../engines/events/falco/model.ts";
import { fieldsOf } from "../../../engines/events/fields/sources.ts";
import { codes } from "../../../engines/events/types/codes.ts";
import { syscalls } from "../../../engines/events/types/syscalls.ts";
import { eventType } from "../../../engines/events/types/table.ts";

/** Processes, where they are and who they run as: every rule asks for these, whatever it looks at. */
export const stateHooks: readonly string[] = [
  ...["execve", "execveat", "clone", "clone3", "fork", "vfork", "procexit"],
  ...["chdir", "fchdir", "chroot", "setsid", "setpgid", "prctl"],
  ...["setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid"],
];

/** What io_uring does in the place of a system call of the same name: no such call is seen. */
const rings: ReadonlySet<string> = new Set([
  ...["open", "openat", "openat2", "close", "connect", "accept", "accept4", "socket", "bind", "listen"],
  ...["sendto", "sendmsg", "recvfrom", "recvmsg", "unlink", "unlinkat", "rename", "renameat", "renameat2"],
  ...["mkdir", "mkdirat", "symlink", "symlinkat", "link", "linkat", "statx", "read", "write", "readv", "writev"],
]);

const RING = "io_uring";

/** What the kernel tells beside system calls, and a sensor can attach to. */
const kernelEvents: ReadonlySet<number> = new Set([codes.procexit, codes.signaldeliver, codes.page_fault]);

/** Codes of system calls that have none of their own, told apart by their id. */
const GENERIC = 100_000;

/** Those that a kernel of 64 bits has. */
const real = syscalls.filter(({ x86_64, arm64 }) => x86_64 !== undefined || arm64 !== undefined);
const generic = real.filter(({ code }) => code === codes.generic);
const genericById = new Map(generic.map((syscall) => [GENERIC + syscall.id, syscall.name]));
const codeOfGeneric = new Map(generic.map(({ id, name }) => [name, GENERIC + id]));

/** As the compiler has them, but that each system call without a code of its own has one: conditions decide which are meant. */
function typesOf(types: EventTypes): EventTypes {
  const told = types.live.filter((code) => {
    const type = eventType(code);
    return type !== undefined && (kernelEvents.has(code) || (type.kind === "syscall" && type.exit));
  });
  const all = [...told.filter((code) => code !== codes.generic), ...genericById.keys()];
  return {
    codes: all,
    live: all,
    codesOf(name) {
      const own = codeOfGeneric.get(name);
      return own === undefined ? types.codesOf(name) : [own];
    },
    nameOf: (code) => genericById.get(code) ?? types.nameOf(code),
  };
}

/** @returns names that the sensor is told (`hooks execve,openat…`), each once, sorted */
export function hooksOf(
  rules: Pick<LoadedRules, "rules" | "conditionOf">,
  wanted: ReadonlySet<string> = new Set(),
): readonly string[] {
  const hooks = new Set(stateHooks);
  for (const { hooks: own } of hooksByRule(rules, wanted)) for (const hook of own) hooks.add(hook);
  return [...hooks].sort();
}

export interface RuleHooks {
  readonly rule: string;
  /** Steps of a sequence are counted with their rule. */
  readonly hooks: readonly string[];
}

/** What each enabled rule about system calls looks at. */
export function hooksByRule(
  { rules, conditionOf }: Pick<LoadedRules, "rules" | "conditionOf">,
  wanted: ReadonlySet<string> = new Set(),
): readonly RuleHooks[] {
  const compiler = syscallVocabulary(fieldsOf("syscall"));
  const vocabulary: Vocabulary<SyscallEvent> = { ...compiler, types: typesOf(compiler.types) };
  const plan = planRules(rules, { source: "syscall", matching: "all", wanted, conditionOf });
  const found = new Map<string, Set<string>>();
  for (const { name, condition } of plan.rules) {
    const result = compileCondition(condition, vocabulary);
    // What cannot be compiled is told when rules are loaded, and looks at nothing.
    if (!("compiled" in result)) continue;
    const own = found.get(name) ?? new Set();
    found.set(name, own);
    for (const code of result.compiled.codes) for (const hook of namesOf(code)) own.add(hook);
  }
  return [...found].map(([rule, own]) => {
    if ([...own].some((hook) => rings.has(hook))) own.add(RING);
    return { rule, hooks: [...own].sort() };
  });
}

const byCode = new Map<number, string[]>();
for (const { code, name } of real) {
  if (code === codes.generic) continue;
  const names = byCode.get(code);
  if (names === undefined) byCode.set(code, [name]);
  else names.push(name);
}

function namesOf(code: number): readonly string[] {
  const name = genericById.get(code);
  if (name !== undefined) return [name];
  if (kernelEvents.has(code)) return [eventType(code)?.name ?? ""];
  return byCode.get(code) ?? [];
}
