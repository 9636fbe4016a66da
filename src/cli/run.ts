/** Runs the command line that was given, and turns errors into exit codes. */
import { CommanderError } from "commander";
import { printable } from "../core/printable.ts";
import { Problem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";
import { programFor } from "./program.ts";
import { threadsFrom } from "./threads.ts";

/** What the file system or the network refuses is no bug. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

function fail(line: string): void {
  process.stderr.write(`bulkhead: ${line}\n`);
  process.exitCode = 2;
}

/** @param entry - the file that the program was started from */
export async function run(entry: URL): Promise<void> {
  // A reader that has seen enough (`| head`) is no error, and the verdict still becomes the exit code. What cannot be written
  // for another reason (a full disk) was not said, whatever the verdict is.
  let unsaid = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || unsaid) return;
      unsaid = true;
      if (stream === process.stderr) return;
      fail(
        new Problem({ kind: "unavailable", code: "cli.output", place: "standard output", cause: error.message }).line(),
      );
    });
  }

  // The first process of a container ignores signals that it does not handle; any other ends by them at once.
  if (process.pid === 1) {
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      process.once(signal, () => {
        ended = true;
        process.exit(code);
      });
    }
  }

  // Node ends with 0 when nothing is left to wait for, and with 1 on an error that nobody caught: neither is a verdict.
  let ended = false;
  process.on("exit", () => {
    if (!ended) fail("internal error, please report it: exited early");
    if (unsaid) process.exitCode = 2;
  });

  threadsFrom(entry);
  await runCommand(process.argv.slice(2));
  ended = true;
}

/** Runs one command line to its end; `process.exitCode` is what came of it. A process may run several, one after the other. */
export async function runCommand(words: readonly string[]): Promise<void> {
  try {
    const program = await programFor(words);
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof Problem) fail(error.line());
    else if (isSystemError(error)) {
      const place = error.path ?? words.join(" ");
      fail(new Problem({ kind: "unavailable", code: "cli.io", place, cause: systemCause(error) }).line());
    } else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      fail(`internal error, please report it: ${printable(text)}`);
    }
  }
}
