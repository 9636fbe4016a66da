/** Pipelines where the platforms look for them, without a walk through the directory. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bounds } from "./bounds.ts";

/** Paths relative to the root, sorted. */
export function pipelinesAtRoot(root: string): string[] {
  const fixed = [".github/dependabot.yml", ".github/dependabot.yaml", ".gitlab-ci.yml", ".gitlab-ci.yaml"];
  return [...workflows(root), ...fixed.filter((path) => existsSync(join(root, path)))].sort();
}

function workflows(root: string): string[] {
  try {
    return readdirSync(join(root, ".github/workflows"), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .slice(0, bounds.pipelines)
      .map(({ name }) => `.github/workflows/${name}`);
  } catch {
    return [];
  }
}
