/** Edits that hand a secret to the RUNs that need it by `--mount=type=secret` (Dockerfile reference), and keep nothing. */
import type { TextEdit } from "../../../core/finding.ts";
import type { CommandInstruction, Dockerfile, Instruction, Pair, Stage } from "../../../engines/dockerfile/model.ts";
import { insertBehind } from "./edits.ts";
import type { SecretFile } from "./secret-files.ts";

type Run = CommandInstruction & { readonly keyword: "RUN" };

/**
 * An ARG without a default becomes a secret file, which each RUN that names the variable reads into it: `env=` of the
 * mount would be shorter, and not every builder knows it yet.
 */
export function argAsMount(dockerfile: Dockerfile, argument: Instruction, pair: Pair): TextEdit[] {
  const name = pair.name.text;
  const stage = argument.stage === undefined ? undefined : dockerfile.stages[argument.stage];
  if (argument.keyword !== "ARG" || argument.onbuild || stage === undefined || pair.value !== undefined) return [];
  if (argument.pairs.length > 1 || !/^[A-Za-z_]\w*$/.test(name) || hasChildren(dockerfile, stage)) return [];
  const users = stage.instructions.filter(
    (instruction) => instruction !== argument && namesIt(dockerfile, instruction, name),
  );
  if (users.length === 0 || !users.every(isPlainRun)) return [];
  return [
    removeInstruction(dockerfile, argument),
    ...users.flatMap((run) => [
      mount(dockerfile, run, `id=${name}`),
      {
        path: dockerfile.path,
        start: run.form.range.start,
        end: run.form.range.start,
        replacement: `export ${name}="$(cat /run/secrets/${name})"; `,
      },
    ]),
  ];
}

/** A file that is copied, used by RUNs, and deleted by a RUN of its own: it is mounted for those between. */
export function fileAsMount(dockerfile: Dockerfile, stage: Stage, file: SecretFile): TextEdit[] {
  const { instruction: copy, removed, written } = file;
  if (copy.keyword !== "COPY" || copy.sources.length > 1 || copy.flags.length > 0 || copy.heredocs.length > 0)
    return [];
  const removal = removed?.instruction;
  if (removal === undefined || !isPlainRun(removal) || removal.commands.length > 1 || removal.mounts.length > 0)
    return [];
  const { commands } = removal;
  // `rm -f deploy.key` and nothing else.
  if (commands[0]?.program !== "rm" || commands[0].arguments.filter(({ text }) => !text.startsWith("-")).length !== 1) {
    return [];
  }
  const from = stage.instructions.indexOf(copy);
  const to = stage.instructions.indexOf(removal);
  const id = written.split("/").at(-1) ?? "";
  const target = file.path.replace(/^~(?=\/)/, "/root");
  const before = stage.instructions.slice(0, to);
  // Another user could not read it, and of a folder's user nothing is known.
  if (before.some(({ keyword }) => keyword === "USER" || keyword === "ONBUILD")) return [];
  if (from < 0 || to < from || !/^[\w.-]+$/.test(id) || !/^\/[\w./-]+$/.test(target)) return [];
  const runs = stage.instructions.slice(from + 1, to).filter(({ keyword }) => keyword === "RUN");
  if (runs.length === 0 || !runs.every(isPlainRun)) return [];
  return [
    removeInstruction(dockerfile, copy),
    ...runs.map((run) => mount(dockerfile, run, `id=${id},target=${target}`)),
    removeInstruction(dockerfile, removal),
  ];
}

function mount(dockerfile: Dockerfile, run: Run, options: string): TextEdit {
  return insertBehind(dockerfile, run.keywordRange, ` --mount=type=secret,${options},required=true`);
}

/** With its lines; what stands above it stays. */
function removeInstruction({ path, text }: Dockerfile, { range }: Instruction): TextEdit {
  const start = text.lastIndexOf("\n", range.start - 1) + 1;
  const newline = text.indexOf("\n", range.end);
  return { path, start, end: newline === -1 ? text.length : newline + 1, replacement: "" };
}

function isPlainRun(instruction: Instruction): instruction is Run {
  return (
    instruction.keyword === "RUN" &&
    instruction.form.kind === "shell" &&
    instruction.shell === "posix" &&
    instruction.heredocs.length === 0
  );
}

function namesIt({ text }: Dockerfile, { range }: Instruction, name: string): boolean {
  const written = text.slice(range.start, range.end);
  return new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(written);
}

/** Stages that are built on it have its ARGs too. */
function hasChildren({ stages }: Dockerfile, { index }: Stage): boolean {
  return stages.some(({ from: { origin } }) => origin.kind === "stage" && origin.index === index);
}
