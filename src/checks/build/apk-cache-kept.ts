import { deletesBehind, isMounted } from "./dockerfile/cleanup.ts";
import { insertBehind } from "./dockerfile/edits.ts";
import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption, operandsOf } from "./dockerfile/options.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const folders = ["/var/cache/apk", "/etc/apk/cache"];

/** Indices of packages that stay in a layer (apk(8), `--no-cache`). */
export const apkCacheKept = dockerfileCheck<"commands">({
  name: "apk-cache-kept",
  title: "apk cache left in the image",
  severity: "low",
  documentation: {
    what: "Checks the stages that are in the image for `apk add` with `--update-cache` or after `apk update`, without `--no-cache`, where the same `RUN` neither deletes `/var/cache/apk` nor has a cache mounted there.",
    why: "The index makes the image larger, and a later `apk add` may install what it names, with vulnerabilities that are fixed by then.",
    fix: "Write `apk add --no-cache`: it fetches the index, uses it, and leaves nothing.",
    references: ["https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper", "https://man.archlinux.org/man/apk.8"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    const reported = new Set<unknown>();
    for (const { command, instruction, verb } of installsOf(commands, "apk")) {
      const { stage } = instruction;
      if (instruction.keyword !== "RUN" || stage === undefined || !shipped.has(stage)) continue;
      if (isMounted(instruction, ...folders) || deletesBehind(instruction, command, ...folders)) continue;
      if (reported.has(instruction)) continue;
      const update = instruction.commands.find(
        (one) =>
          one.program === "apk" &&
          operandsOf(one, ["-X", "--repository"])[0]?.text === "update" &&
          !hasOption(one, "--no-cache", "--cache-dir"),
      );
      // An update of its own leaves the index, whatever apk add says.
      const kept =
        hasOption(command, "-U", "--update", "--update-cache") && !hasOption(command, "--no-cache", "--cache-dir");
      if (update === undefined && !kept) continue;
      reported.add(instruction);
      yield {
        subject: update === undefined ? "apk add" : "apk update",
        title: "The apk cache remains in the layer",
        range: (update ?? command).range,
        stage,
        fix:
          update === undefined
            ? { text: "add --no-cache", edits: [insertBehind(dockerfile, verb.range, " --no-cache")] }
            : "leave apk update away, and write apk add --no-cache",
      };
    }
  },
});
