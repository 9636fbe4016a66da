/** gitleaks, as what is measured beside it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "./whole-process.ts";

/** @param cache - where its report goes */
export function gitleaks(cache: string, ...words: readonly string[]): Command {
  const report = join(cache, "gitleaks.json");
  return {
    program: "gitleaks",
    arguments: ["detect", ...words, "--no-banner", "--log-level", "error", "--report-path", report],
    exitCodes: [0, 1],
  };
}

export function hasGitleaks(): boolean {
  return spawnSync("gitleaks", ["version"]).status === 0;
}
