/** A server program as a child process of a test, with its log in a file. */
import { spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";

export interface ServerProcess {
  readonly pid: number;
  /** Rejects, with the end of its log, when it ends unasked. Never resolves. */
  readonly ended: Promise<never>;
  /** Ends it and waits for its end; kills it after ten seconds. */
  stop(): Promise<void>;
}

/** Where a program is on the PATH; undefined where it is not. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

// A test that is killed runs no handler of ours; on Linux the kernel then ends what it started.
const withParent = findProgram("setpriv");

/** Starts it with nothing of this environment but the PATH, writing all that it says to `log`. */
export function startProcess(program: string, args: readonly string[], log: string): ServerProcess {
  const [command, ...all] =
    withParent === undefined ? [program, ...args] : [withParent, "--pdeathsig=KILL", "--", program, ...args];
  const output = openSync(log, "a");
  const child = spawn(command as string, all, {
    stdio: ["ignore", output, output],
    env: { PATH: process.env.PATH },
  });
  closeSync(output);
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  let asked = false;
  const ended = exited.then(async () => {
    process.off("exit", onExit);
    if (asked) return new Promise<never>(() => {});
    const said = (await readFile(log, "utf8")).trimEnd().split("\n").slice(-20).join("\n");
    throw new Error(`${program} ended (${child.exitCode ?? child.signalCode ?? "it could not be run"}):\n${said}`);
  });
  // Whoever waits for it hears of it; where nobody does, its end shows in what fails next.
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    ended,
    async stop() {
      asked = true;
      child.kill();
      const patience = new AbortController();
      const late = setTimeout(10_000, "late", { signal: patience.signal }).catch(() => "");
      if ((await Promise.race([exited, late])) === "late") child.kill("SIGKILL");
      patience.abort();
      await exited;
    },
  };
}
