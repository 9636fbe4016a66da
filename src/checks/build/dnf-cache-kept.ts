import type { CommandInstruction } from "../../engines/dockerfile/model.ts";
import { appended, deletes, isMounted, shippedRuns } from "./dockerfile/cleanup.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";

const programs = /^(?:dnf|dnf5|yum|microdnf|tdnf)$/;
const verbs = /^(?:install|localinstall|reinstall|groupinstall|update|upgrade|distro-sync|makecache|module)$/;
const folders = ["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf"];
/** Options that take the next word. */
const valued =
  "-c --config --installroot --releasever --setopt --enablerepo --disablerepo -x -r --repo --root -R".split(" ");

/** Lists and packages of dnf and yum that stay in a layer (dnf(8), `clean`). */
export const dnfCacheKept = dockerfileCheck<"commands">({
  name: "dnf-cache-kept",
  title: "dnf's and yum's caches kept in the image",
  severity: "low",
  documentation: {
    what: "Looks, in the stages that are in the image, for `dnf`, `yum`, `microdnf` and `tdnf` that install or update, where the same `RUN` neither runs `clean all`, nor deletes the cache, nor has one mounted.",
    why: "Lists and packages make the image larger and are of no use in it. What a later `RUN` removes stays in the layer.",
    fix: "End the same `RUN` with `&& dnf clean all`, or mount a cache: `--mount=type=cache,target=/var/cache/dnf`.",
    references: ["https://dnf.readthedocs.io/en/latest/command_ref.html#clean-command"],
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
            : appended(dockerfile, instruction, `${program} clean all`),
      };
    }
  },
});
