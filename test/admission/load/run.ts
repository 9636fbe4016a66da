/** Runs a webhook and the load generator, each on a core of its own where there are two and the system can bind them. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { findProgram } from "../../cluster/process.ts";
import { unmoved } from "../../environment.ts";
import type { LoadPlan, LoadReport } from "./plan.ts";

const taskset = findProgram("taskset");

/** The command bound to a core; as it is where it cannot be. */
export function onCore(core: number, command: readonly string[]): readonly [string, ...string[]] {
  const bound = taskset === undefined || availableParallelism() < 2 ? [] : [taskset, "-c", String(core)];
  return [...bound, ...command] as unknown as readonly [string, ...string[]];
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate that signed itself, for `127.0.0.1` and a name, by openssl; paths of its files. */
export function makeCertificate(folder: string, name: string): Certificate {
  mkdirSync(folder, { recursive: true });
  const files = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") };
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "36500"],
      ...["-subj", "/CN=bulkhead tests", "-addext", `subjectAltName=DNS:${name},IP:127.0.0.1`],
      ...["-keyout", files.key, "-out", files.certificate],
    ],
    { stdio: "ignore", env: unmoved },
  );
  return files;
}

export interface StartedServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startBareResponder({ certificate, key }: Certificate, core: number): Promise<StartedServer> {
  const program = join(import.meta.dirname, "bare-responder.ts");
  const [command, ...rest] = onCore(core, [process.execPath, program, certificate, key]);
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    pid: child.pid ?? 0,
    port: Number(line),
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** @throws Error with what the generator said where it fails */
export async function load(folder: string, plan: LoadPlan, core: number): Promise<LoadReport> {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  const [command, ...rest] = onCore(core, [process.execPath, join(import.meta.dirname, "generate.ts"), file]);
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`the load generator ended with ${code}: ${errors}`);
  return JSON.parse(out) as LoadReport;
}

/** Resident memory of a process, now and at its most, in bytes. Linux alone. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN);
  return { now: kilobytes("VmRSS") * 1024, most: kilobytes("VmHWM") * 1024 };
}

/** Processor time that a process has used, in milliseconds (proc(5)). Linux alone. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  // Ticks are of 10 ms wherever Linux runs Node.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
