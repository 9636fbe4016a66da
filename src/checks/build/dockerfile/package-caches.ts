import type { CommandInstruction, Dockerfile, PlacedCommand } from "../../../engines/dockerfile/model.ts";
import { appended, deletesBehind, isMounted, shippedRuns } from "./cleanup.ts";
import type { Detection } from "./lint-check.ts";
import { operandsOf } from "./options.ts";

/** A family of package managers that are cleaned up after by a command of their own. */
export interface CachingManagers {
  readonly programs: RegExp;
  /** Subcommands that fetch. */
  readonly verbs: RegExp;
  /** Where the cache is. */
  readonly folders: readonly string[];
  /** What empties it. */
  readonly clean: (program: string) => string;
}

/** Options of dnf, yum and zypper that take the next word. */
const valued =
  "-c --config --installroot --releasever --setopt --enablerepo --disablerepo -x -r --repo --root -R".split(" ");

/** The first command of each RUN that ships and leaves what it fetched in the layer. */
export function* cachesKept(
  dockerfile: Dockerfile,
  commands: readonly PlacedCommand[],
  { programs, verbs, folders, clean }: CachingManagers,
): Generator<Detection> {
  const reported = new Set<CommandInstruction>();
  for (const { command, instruction, stage } of shippedRuns(dockerfile, commands)) {
    const { program = "" } = command;
    if (!programs.test(program) || reported.has(instruction)) continue;
    if (!operandsOf(command, valued).some(({ text }) => verbs.test(text))) continue;
    if (isMounted(instruction, ...folders) || deletesBehind(instruction, command, ...folders)) continue;
    const cleans = instruction.commands.some(
      (other) =>
        other.index > command.index &&
        programs.test(other.program ?? "") &&
        other.arguments.some(({ text }) => /^(?:clean|cc)$/.test(text)),
    );
    if (cleans) continue;
    reported.add(instruction);
    yield {
      subject: `${program} ${operandsOf(command, valued)[0]?.text ?? ""}`.trim(),
      title: `The ${program} cache remains in the layer`,
      range: command.range,
      stage,
      fix:
        command.wrappers.length > 0 || command.arguments.some(({ text }) => /root/.test(text))
          ? "remove the cache in the same RUN"
          : appended(dockerfile, instruction, clean(program)),
    };
  }
}
