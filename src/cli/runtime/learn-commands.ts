/** Commands of learning. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { collect } from "../options.ts";
import { withPods } from "./pod-options.ts";

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
  const learn = withPods(
    outputs(runtime.command("learn"))
      .argument(
        "[recordings...]",
        "captures (.scap), frames or JSON lines of system calls; - for standard input (default: this host, by the sensor)",
      )
      .description("learn what containers do: system calls, capabilities, files, connections, programs")
      .option(
        "--hours <hours>",
        "hours that a workload is to be watched before what was learned is complete (default: 24)",
      )
      .optionsGroup("This host:")
      .option(
        "--sensor <place>",
        "the sensor's program, or unix:PATH where one listens (default: the one that `make -C sensor` builds)",
      )
      .option("--for <time>", "how long to learn: 90s, 30m, 24h, 7d (default: until SIGINT or SIGTERM)")
      .option("--root <directory>", "where the host's root filesystem is mounted", "/"),
  )
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Formats: text (summary), json (what the other commands read), seccomp (profile for one workload), spo (SeccompProfile of
the Security Profiles Operator), capabilities, volumes (what a read-only root filesystem needs), network (lines for
network generate --observed), executables

Exit codes: 0 learned, 2 usage or input error, 3 no container was seen, a recording could not be read whole, or the sensor
ended early

Examples:
  bulkhead runtime learn --for 24h --format json --output learned.json
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

  learn
    .command("prove")
    .argument("<file>", "file that `runtime learn --format json` wrote; it gets the proof")
    .argument("[command...]", "what the container runs (default: what its image says)")
    .description("restart a container under what was learned of it, and see that it works and that all else is refused")
    .option("--image <image>", "image to run (default: the one that was seen)")
    .option("--engine <name>", "podman or docker", "podman")
    .option("--engine-runtime <name>", "low-level runtime of the engine: runc, crun")
    .option("--with <option>", "option for the engine's run, as --with=--env=A=b; repeatable", collect, [] as string[])
    .option("--health <command>", "shell command that has to succeed in the container")
    .option("--seconds <seconds>", "how long it has to work", "10")
    .addHelpText(
      "after",
      `
Exit codes: 0 proven, 1 it does not work under the profile, 2 usage or input error, 3 it could not be tried

Example:
  bulkhead runtime learn prove learned.json --workload api --health 'curl -fs localhost:8080/healthz'`,
    )
    .action(async (file: string, words: string[], _, command: Command) =>
      finish((await import("./learn-prove.ts")).runtimeLearnProve(file, words, command.optsWithGlobals())),
    );
}
