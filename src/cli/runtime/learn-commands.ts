/** Commands of learning. Their code is loaded when one of them is run. */
import type { Command } from "commander";

type Finish = (code: Promise<number> | number) => Promise<void>;

function outputs(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--format <format>", "text, json, seccomp, spo, capabilities, volumes, network or executables", "text")
    .option("--output <file>", "file instead of standard output")
    .option("--workload <name>", "only this workload: its name, its container's, or NAMESPACE/KIND/NAME/CONTAINER")
    .optionsGroup("");
}

export function learnCommands(runtime: Command, finish: Finish): void {
  const learn = outputs(runtime.command("learn"))
    .argument("[recordings...]", "captures (.scap), frames or JSON lines of system calls; - for standard input")
    .description("learn what containers do: system calls, capabilities, files, connections, programs")
    .option(
      "--hours <hours>",
      "hours that a workload is to be watched before what was learned is complete (default: 24)",
    )
    .addHelpText(
      "after",
      `
Formats: text (summary), json (what the other commands read), seccomp (profile for one workload), spo (SeccompProfile of
the Security Profiles Operator), capabilities, volumes (what a read-only root filesystem needs), network (lines for
network generate --observed), executables

Exit codes: 0 learned, 2 usage or input error, 3 no container was seen, or a recording could not be read whole

Examples:
  bulkhead runtime learn capture.scap.gz --format json --output learned.json
  bulkhead runtime learn merge monday.json tuesday.json --format seccomp --workload api --output api.json`,
    )
    .action(async (recordings: string[], options) =>
      finish((await import("./learn.ts")).runtimeLearn(recordings, options)),
    );

  outputs(learn.command("merge"))
    .argument("<files...>", "files that `runtime learn --format json` wrote")
    .description("merge what was learned over several runs, and write it in any format")
    .option("--hours <hours>", "hours that a workload is to be watched (default: as the files say)")
    .action(async (files: string[], _, command: Command) =>
      finish((await import("./learn.ts")).runtimeLearnMerge(files, command.optsWithGlobals())),
    );
}
