import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { StorePlace } from "../../src/store/open.ts";

export interface StoreProcess {
  /** What it has said so far. */
  readonly lines: readonly string[];
  /** Resolves when it has said so many. */
  said(count: number): Promise<void>;
  kill(): Promise<void>;
  /** @returns its exit code */
  readonly ended: Promise<number | null>;
}

const program = fileURLToPath(new URL("store-process.ts", import.meta.url));

export function startStoreProcess(work: "claims" | "jobs", name: string, place: StorePlace): StoreProcess {
  const child = spawn(process.execPath, [program, work, name, JSON.stringify(place)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const lines: string[] = [];
  let wake = (): void => {};
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    wake();
  });
  const ended = once(child, "close").then(([code]) => {
    process.off("exit", onExit);
    wake();
    return code as number | null;
  });
  return {
    lines,
    ended,
    said: async (count) => {
      while (lines.length < count && child.exitCode === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
