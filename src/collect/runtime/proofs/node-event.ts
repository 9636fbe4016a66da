/** Makes the event of a proof on this machine, or in a container that an engine of this machine starts. */
import { spawn } from "node:child_process";
import { accessSync, chmodSync, constants, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { readClock } from "../../../core/clock.ts";
import { printable } from "../../../core/printable.ts";
import { Problem } from "../../../core/problem.ts";
import { PROOF_FILE, proofProgram, proofScript } from "../../../engines/detectors/proof-event.ts";
import { bounds } from "../bounds.ts";

/** What was done, as a proof tells it. */
export interface MadeEvent {
  readonly event: string;
  /** When it began. */
  readonly at: Date;
}

/** Whose copy is executed. */
const CAT = ["/usr/bin/cat", "/bin/cat"];

/**
 * A copy of `cat` of its own name is executed on the file; what it reads goes nowhere.
 *
 * @throws Problem `detection.event`: nothing was executed, so that nothing can be told of it
 */
export async function makeNodeEvent(nonce: string): Promise<MadeEvent> {
  const original = CAT.find(isProgram);
  if (original === undefined) throw failed("this machine", `no ${CAT.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-proof-"));
  const program = join(folder, proofProgram(nonce));
  try {
    copyFileSync(original, program);
    chmodSync(program, 0o755);
    const at = readClock();
    const { fault } = await run(program, [PROOF_FILE, program], {});
    if (fault !== undefined) throw failed(program, fault);
    return { event: `${program} executed on ${PROOF_FILE}`, at };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface ContainerEventOptions {
  readonly image: string;
  /** `podman`, or a path; looked up in PATH. */
  readonly engine: string;
}

/**
 * Starts a container without a network, which executes a copy of its own `cat` and ends.
 *
 * @throws Problem `detection.event` as above, where the engine starts no container of the image
 */
export async function makeContainerEvent(
  nonce: string,
  { image, engine }: ContainerEventOptions,
  path = process.env.PATH ?? "",
): Promise<MadeEvent> {
  const file = isAbsolute(engine) ? engine : found(engine, path);
  if (file === undefined) throw failed(engine, "not found in PATH", "--engine PROGRAM");
  const name = proofProgram(nonce).slice(0, 32);
  const at = readClock();
  // An entry point of the image's own would take the script for its arguments.
  const started = ["--entrypoint", "/bin/sh", image, "-c", proofScript(nonce)];
  const words = ["run", "--rm", "--name", name, "--network", "none", ...started];
  const { fault, code, said } = await run(file, words, process.env);
  if (fault !== undefined) throw failed(engine, fault);
  if (code !== 0) throw failed(`${engine} run ${image}`, said === "" ? `exit code ${code}` : said);
  return { event: `${proofProgram(nonce)} executed in a container of ${image}`, at };
}

interface Ran {
  /** Why it was not executed at all, or not to its end. */
  readonly fault?: string;
  readonly code: number | null;
  /** The last line of its errors, printable. */
  readonly said: string;
}

async function run(file: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const child = spawn(file, words, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  let late = false;
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    said = (said + text).slice(-bounds.proofSaid);
  });
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, bounds.proofEventMilliseconds);
  child.on("error", (error: NodeJS.ErrnoException) => {
    resolve({ fault: printable(error.code ?? error.message), code: null, said: "" });
  });
  child.on("close", (code) => {
    const last = said.trimEnd().split("\n").at(-1) ?? "";
    const fault = late ? { fault: `not done after ${bounds.proofEventMilliseconds / 1000} s` } : {};
    resolve({ ...fault, code, said: printable(last).slice(0, 300) });
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function found(name: string, path: string): string | undefined {
  if (name.includes("/")) return undefined;
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function failed(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "unavailable",
    code: "detection.event",
    place,
    cause: `the event could not be made: ${cause}`,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
