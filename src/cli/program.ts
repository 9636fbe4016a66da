/**
 * The command line: its commands, arguments and options. Making it runs nothing; a command's code is loaded by its action, and
 * what most runs do not name is not made.
 */
import { Command } from "commander";
import { printable } from "../core/printable.ts";
import { buildCommands } from "./build/commands.ts";
import { checkCommand } from "./check-command.ts";
import { clusterCommands } from "./cluster/commands.ts";
import { interpretExpressions, optimizeSeldom } from "./compiler.ts";
import type { Finish } from "./finish.ts";
import { helpLayout } from "./help.ts";
import { imageCommands } from "./image/commands.ts";
import { secretsCommands } from "./secrets/commands.ts";
import { explainUnknownCommands } from "./unknown-command.ts";
import { toolVersion } from "./version.ts";
import { workloadCommands } from "./workload/commands.ts";

interface Part {
  /** The first words of its commands. */
  readonly names: readonly string[];
  /** Whether its commands read trees, images or clusters, and judge them once. */
  readonly isEvaluating?: boolean;
  /** Whether most of their runs take some tenths of a second. */
  readonly isShort?: boolean;
  define(program: Command, finish: Finish): void | Promise<void>;
}

/** In the order in which help lists them. Those of every day come with the program, the others when they are named. */
export const parts: readonly Part[] = [
  { names: ["check"], isEvaluating: true, isShort: true, define: checkCommand },
  { names: ["image"], isEvaluating: true, isShort: true, define: imageCommands },
  { names: ["build"], isEvaluating: true, define: buildCommands },
  { names: ["workload"], isEvaluating: true, define: workloadCommands },
  { names: ["cluster"], isEvaluating: true, define: clusterCommands },
  {
    names: ["admission"],
    define: async (...into) => (await import("./admission/commands.ts")).admissionCommands(...into),
  },
  {
    names: ["registry"],
    define: async (...into) => (await import("./registry/commands.ts")).registryCommands(...into),
  },
  { names: ["network"], define: async (...into) => (await import("./network/commands.ts")).networkCommands(...into) },
  { names: ["runtime"], define: async (...into) => (await import("./runtime/commands.ts")).runtimeCommands(...into) },
  {
    names: ["trust", "verify", "trace", "sign", "attest", "generate-key"],
    async define(...into) {
      (await import("./trust/roots-commands.ts")).rootsCommands(...into);
      (await import("./trust/verify-commands.ts")).verifyCommands(...into);
      (await import("./trust/signing-commands.ts")).signingCommands(...into);
    },
  },
  { names: ["secrets"], isEvaluating: true, define: secretsCommands },
  { names: ["db"], define: async (...into) => (await import("./db/commands.ts")).dbCommands(...into) },
  {
    names: ["vex", "policy", "import-ignores", "explain", "cache", "init", "completion"],
    define: async (...into) => (await import("./other-commands.ts")).otherCommands(...into),
  },
];

/** The program as far as these words need it: one part where they begin with its name, else all. */
export async function programFor(words: readonly string[]): Promise<Command> {
  const [first = ""] = words;
  // Completion tells of all commands.
  const named = first === "completion" ? undefined : parts.find(({ names }) => names.includes(first));
  const program = bareProgram();
  if (named?.isEvaluating === true) program.hook("preAction", interpretExpressions);
  if (named?.isShort === true) program.hook("preAction", () => optimizeSeldom());
  for (const part of named === undefined ? parts : [named]) await part.define(program, finish);
  explainUnknownCommands(program);
  return program;
}

/** With all its commands. */
export async function wholeProgram(): Promise<Command> {
  return await programFor([]);
}

function bareProgram(): Command {
  return (
    new Command("bulkhead")
      .description("Check images, builds, manifests and clusters against ten security controls.")
      .version(toolVersion())
      .showHelpAfterError("(run bulkhead --help for usage)")
      .exitOverride()
      // It repeats words of the command line, and a pattern of the shell may have made them of names in a tree.
      .configureOutput({ writeErr: (text) => process.stderr.write(text.split("\n").map(printable).join("\n")) })
      .configureHelp(helpLayout)
      .addHelpText(
        "after",
        `
Examples:
  bulkhead check .                          check the current directory
  bulkhead image scan alpine:3.19           scan an image in a registry
  bulkhead image scan oci:build/web         scan an OCI layout
  bulkhead image scan dir:/                 scan this machine
  bulkhead image sbom oci:build/web --format cyclonedx --output web.cdx.json
  bulkhead image scan sbom:web.cdx.json     scan an SBOM
  bulkhead secrets scan . --history         secrets in a repository and its Git history
  bulkhead db update                        update advisories, KEV and EPSS
  bulkhead db import advisories/            build the advisory database from OSV records

Exit codes: 0 clean, 1 findings at or above the threshold, 2 usage or input error, 3 incomplete`,
      )
  );
}

/** Commands return their exit code; setting it, not exiting, lets the output drain. */
async function finish(code: Promise<number> | number): Promise<void> {
  process.exitCode = await code;
}
