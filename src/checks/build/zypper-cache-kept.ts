import type { CommandInstruction } from "../../engines/dockerfile/model.ts";
import { appended, deletes, isMounted, shippedRuns } from "./dockerfile/cleanup.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";

const programs = /^zypper$/;
const verbs = /^(?:install|in|update|up|refresh|ref|patch|dist-upgrade|dup)$/;
const folders = ["/var/cache/zypp", "/var/cache/zypper"];
/** Options that take the next word. */
const valued =
  "-c --config --installroot --releasever --setopt --enablerepo --disablerepo -x -r --repo --root -R".split(" ");

/** Lists and packages of zypper that stay in a layer (zypper(8), `clean`). */
export const zypperCacheKept = dockerfileCheck<"commands">({
  name: "zypper-cache-kept",
  title: "zypper's cache kept in the image",
  severity: "low",
  documentation: {
    what: "Looks, in the stages that are in the image, for `zypper` that installs, updates or refreshes, where the same `RUN` neither runs `zypper clean`, nor deletes the cache, nor has one mounted.",
    why: "Lists and packages make the image larger and are of no use in it. What a later `RUN` removes stays in the layer.",
    fix: "End the same `RUN` with `&& zypper clean --all`.",
    references: ["https://en.opensuse.org/SDB:Zypper_manual"],
  },
  needs: { dockerfile: "witness", commands: "witness" },
  *spot({ dockerfile, commands }) {
    const told = new Set<CommandInstruction>();
    for (const { command, instruction, stage } of shippedRuns(dockerfile, commands)) {
      const { program = "" } = command;
      if (!programs.test(program) || told.has(instruction)) continue;
      if (!operandsOf(command, valued).some(({ text }) => verbs.test(text))) continue;
      if (isMounted(instruction, ...folders) || deletes(instruction, ...folders)) continue;
      const cleans = instruction.commands.some(
        (other) =>
          programs.test(other.program ?? "") && other.arguments.some(({ text }) => /^(?:clean|cc)$/.test(text)),
      );
      if (cleans) continue;
      told.add(instruction);
      yield {
        subject: `${program} ${operandsOf(command, valued)[0]?.text ?? ""}`.trim(),
        title: `What ${program} fetches stays in the layer`,
        range: command.range,
        stage,
        fix:
          command.wrappers.length > 0 || command.arguments.some(({ text }) => /root/.test(text))
            ? "clean up in the same RUN"
            : appended(dockerfile, instruction, "zypper clean --all"),
      };
    }
  },
});
