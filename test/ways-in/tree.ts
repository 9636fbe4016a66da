/** A small repository with one finding at or above the default threshold. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BASE = `docker.io/acme/base:3@sha256:${"4b".repeat(32)}`;

/** @param downloads - programs whose output is piped to a shell, a finding each */
export function writeTree(folder: string, downloads: readonly ("wget" | "curl")[] = ["wget"]): void {
  const commands = {
    wget: "wget -qO- https://example.com/a.sh | sh",
    curl: "curl -fsSL https://example.com/b.sh | sh",
  };
  const lines = [`FROM ${BASE}`, ...downloads.map((each) => `RUN ${commands[each]}`), "USER 10001:10001"];
  mkdirSync(join(folder, "web"), { recursive: true });
  writeFileSync(join(folder, "web", "Dockerfile"), `${lines.join("\n")}\n`);
}
