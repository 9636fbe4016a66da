/** Stages: which there are, what each begins from and takes from others, and which of them the last one needs. */
import { splitImageName } from "../../core/image-name.ts";
import type { CommandForm, FromInstruction, Instruction, Origin, ShellKind, Stage, Word } from "./model.ts";
import { childScope, type Globals, type StageScope } from "./scope.ts";
import { lowerCase } from "./white-space.ts";

interface OpenStage<Trigger> {
  readonly from: FromInstruction;
  readonly name?: string;
  readonly scope: StageScope;
  /** What ONBUILD of this stage keeps for those that begin from it. */
  readonly triggers: Trigger[];
  readonly triggered: Instruction[];
}

/** Stages while the file is read. `Trigger` is what an ONBUILD is read from again. */
export interface Stages<Trigger> {
  /** ARGs before the first FROM. */
  readonly globals: Globals;
  /** What counts for one that has no default; undefined where nothing is known to be given. */
  take(name: string): string | undefined;
  /** What {@link take} answered, by name. */
  readonly taken: ReadonlyMap<string, string>;
  /** Index of the stage that is open; undefined before the first FROM. */
  current(): number | undefined;
  scope(): StageScope | undefined;
  /** What FROM, or `--from` of a stage that is open already, names. */
  origin(word: Word, use: "from" | "copy"): Origin;
  /** With COPY and mounts leading to the stages that come later in the file, which Docker knows by then. */
  settle(instructions: readonly Instruction[]): readonly Instruction[];
  open(from: FromInstruction, escapeCharacter: string): void;
  /** For the stages that begin from the open one. */
  addTrigger(trigger: Trigger): void;
  /** Of the stage that the open one begins from. */
  triggers(): readonly Trigger[];
  addTriggered(instruction: Instruction): void;
  /** How many there are in all stages. */
  triggered(): number;
  finish(instructions: readonly Instruction[]): Stage[];
}

export function createStages<Trigger>(given: ReadonlyMap<string, string> = new Map()): Stages<Trigger> {
  const globals: Globals = new Map();
  const taken = new Map<string, string>();
  let triggered = 0;
  const open: OpenStage<Trigger>[] = [];
  const named = new Map<string, number>();
  return {
    globals,
    taken,
    take(name) {
      const value = given.get(name);
      if (value !== undefined) taken.set(name, value);
      return value;
    },
    current: () => (open.length === 0 ? undefined : open.length - 1),
    scope: () => open.at(-1)?.scope,
    origin(word, use) {
      const name = word.value ?? word.stated ?? "";
      // No name of an image, but a template's.
      if (name === "" || /[{}<>%]/.test(name)) return { kind: "unknown", text: word.text };
      const stage = named.get(lowerCase(name));
      if (stage !== undefined) return { kind: "stage", index: stage };
      if (use === "from" && name === "scratch") return { kind: "scratch" };
      // COPY may also count the stages; FROM may not.
      const counted = use === "copy" ? stageAt(name, open.length - 1) : undefined;
      if (counted !== undefined) return { kind: "stage", index: counted };
      return { kind: "image", name: splitImageName(name) };
    },
    settle(instructions) {
      const settled = (
        origin: Origin | undefined,
        written: string | undefined,
        own: number | undefined,
      ): Origin | undefined => {
        if (origin === undefined || written === undefined) return origin;
        const later = stageAt(written, open.length) ?? named.get(lowerCase(written));
        return later === undefined || later === own ? origin : { kind: "stage", index: later };
      };
      const settle = (instruction: Instruction): Instruction => {
        const { stage } = instruction;
        switch (instruction.keyword) {
          case "COPY": {
            const word = instruction.flags.find(({ name }) => name === "from")?.value;
            const from = settled(instruction.from, word?.value ?? word?.stated, stage);
            return from === instruction.from
              ? instruction
              : { ...instruction, ...(from === undefined ? {} : { from }) };
          }
          case "RUN": {
            if (instruction.mounts.every(({ from }) => from === undefined)) return instruction;
            const mounts = instruction.mounts.map((mount) => {
              const from = settled(mount.from, mount.options.get("from"), stage);
              return from === undefined ? mount : { ...mount, from };
            });
            return { ...instruction, mounts };
          }
          case "ONBUILD":
            return { ...instruction, instruction: settle(instruction.instruction) };
          default:
            return instruction;
        }
      };
      return instructions.map(settle);
    },
    open(from, escapeCharacter) {
      const { origin, alias } = from;
      const parent = origin.kind === "stage" ? open[origin.index]?.scope : undefined;
      const name = alias?.value === undefined ? undefined : lowerCase(alias.value);
      if (name !== undefined) named.set(name, open.length);
      open.push({
        from,
        ...(name === undefined ? {} : { name }),
        scope: childScope(parent, origin.kind === "scratch", defaultShell(from, escapeCharacter)),
        triggers: [],
        triggered: [],
      });
    },
    addTrigger: (trigger) => open.at(-1)?.triggers.push(trigger),
    triggers() {
      const origin = open.at(-1)?.from.origin;
      return origin?.kind === "stage" ? (open[origin.index]?.triggers ?? []) : [];
    },
    addTriggered(instruction) {
      open.at(-1)?.triggered.push(instruction);
      triggered++;
    },
    triggered: () => triggered,
    finish(instructions) {
      const own: Instruction[][] = open.map(() => []);
      for (const instruction of instructions) {
        if (instruction.stage !== undefined && instruction.keyword !== "FROM")
          own[instruction.stage]?.push(instruction);
      }
      const uses = open.map(({ from, triggered: before }, index) => {
        const origins = [from.origin, ...[...before, ...(own[index] ?? [])].flatMap(originsOf)];
        return [...new Set(origins.flatMap((origin) => (origin.kind === "stage" ? [origin.index] : [])))];
      });
      const needed = reachable(uses);
      return open.map(({ from, name, triggered: before }, index) => ({
        index,
        ...(name === undefined ? {} : { name }),
        from,
        instructions: own[index] ?? [],
        triggered: before,
        uses: uses[index] ?? [],
        needed: needed.has(index),
      }));
    },
  };
}

/** A number as Go reads it: `+1`, `01`. */
function stageAt(written: string, count: number): number | undefined {
  if (!/^[+-]?\d{1,6}$/.test(written)) return undefined;
  const index = Math.abs(Number(written));
  return index < count && (index === 0 || !written.startsWith("-")) ? index : undefined;
}

function originsOf(instruction: Instruction): Origin[] {
  switch (instruction.keyword) {
    case "COPY":
    case "ADD":
      return instruction.from === undefined ? [] : [instruction.from];
    case "RUN":
      return instruction.mounts.flatMap(({ from }) => from ?? []);
    case "ONBUILD":
      return originsOf(instruction.instruction);
    default:
      return [];
  }
}

/** From the last one. */
function reachable(uses: readonly (readonly number[])[]): Set<number> {
  const pending = uses.length === 0 ? [] : [uses.length - 1];
  const seen = new Set(pending);
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    for (const other of uses[index] ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      pending.push(other);
    }
  }
  return seen;
}

/** Windows images run the shell form with cmd; a backtick as escape is written for nothing else. */
function defaultShell({ origin, platform }: FromInstruction, escapeCharacter: string): ShellKind {
  if (escapeCharacter === "`" || platform?.value?.toLowerCase().startsWith("windows") === true) return "cmd";
  if (origin.kind !== "image") return "posix";
  const { registry, repository } = origin.name;
  return registry === "mcr.microsoft.com" && /(?:windows|nanoserver|servercore)/.test(repository) ? "cmd" : "posix";
}

const posix = /^(?:sh|bash|dash|ash|ksh|mksh|zsh)$/;

/** Which language a `SHELL` instruction's words stand for. */
export function shellKindOf(words: readonly Word[]): ShellKind {
  const [program = ""] = words.map((word) => word.text);
  const name = (program.split(/[/\\]/).pop() ?? "").toLowerCase().replace(/\.exe$/, "");
  if (posix.test(name) || (name === "busybox" && posix.test(words[1]?.text ?? ""))) return "posix";
  if (name === "powershell" || name === "pwsh") return "powershell";
  return name === "cmd" ? "cmd" : "other";
}

/** The script of `["sh", "-c", "…"]`. */
export function execScript(form: CommandForm): Word | undefined {
  if (form.kind !== "exec" || shellKindOf(form.words) !== "posix") return undefined;
  const flag = form.words.findIndex(
    (word, index) => index > 0 && /^-[a-z]+$/.test(word.text) && word.text.includes("c"),
  );
  return flag === -1 ? undefined : form.words[flag + 1];
}
