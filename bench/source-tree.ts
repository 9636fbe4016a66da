/** A tree of mixed source, made once: what npm installed here and this project's own files, repeated with variation. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";

export interface SourceTree {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

const ENDINGS = new Set([
  ...[".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".json", ".md", ".yml", ".yaml", ".css", ".html"],
  ...[".txt", ".sh", ".toml", ".map", ".svg", ".xml", ".py", ".c", ".h", ".rs", ".go"],
]);
/** One generated file of many megabytes would be most of the tree. */
const LARGEST = 2_000_000;

export function sourceTree(cache: string, root: string, wanted: number, note: (line: string) => void): SourceTree {
  const folder = join(cache, `sources-${wanted / 1e6}`);
  const summary = join(folder, "..", `sources-${wanted / 1e6}.json`);
  if (existsSync(folder) && existsSync(summary)) {
    return { folder, ...(JSON.parse(readFileSync(summary, "utf8")) as Omit<SourceTree, "folder">) };
  }
  note(`writing ${wanted / 1e6} MB of source`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const sources = ["node_modules", "src", "docs", "bench", "test"].flatMap((name) => listed(root, name));
  let files = 0;
  let bytes = 0;
  for (let copy = 0; bytes < wanted; copy++) {
    for (const path of sources) {
      if (bytes >= wanted) break;
      const content = varied(readFileSync(join(root, path)), copy);
      // gitleaks leaves out folders of the name that npm gives.
      const target = join(partial, `copy${copy}`, path.replaceAll("node_modules", "packages"));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      files += 1;
      bytes += content.length;
    }
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  writeFileSync(summary, JSON.stringify({ files, bytes }));
  return { folder, files, bytes };
}

function listed(root: string, folder: string): string[] {
  const paths: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !entry.name.startsWith(".")) paths.push(...listed(root, path));
    else if (entry.isFile() && ENDINGS.has(extname(entry.name))) paths.push(path);
  }
  return paths;
}

/** Each copy differs in every few thousand bytes, so that no copy's content is another's. */
function varied(bytes: Buffer, copy: number): Buffer {
  const parts: Buffer[] = [];
  const whole = bytes.subarray(0, LARGEST);
  for (let at = 0; at < whole.length; ) {
    const line = whole.indexOf(0x0a, at + 4_000);
    const end = line < 0 ? whole.length : line + 1;
    parts.push(whole.subarray(at, end), Buffer.from(`// ${copy} ${at}\n`));
    at = end;
  }
  return Buffer.concat(parts);
}
